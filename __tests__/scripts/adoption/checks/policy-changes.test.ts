import {
  checkPermissions,
  checkTrust,
} from "../../../../scripts/lib/adoption/checks/policy-changes";

const policy = (...Statement: readonly object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement });
const BUCKET = "arn:aws:s3:::data";
const allow = (Action: unknown, Resource: unknown) => ({
  Effect: "Allow",
  Action,
  Resource,
});

describe("permissions of a role's policy", () => {
  test.each<[string, string, string]>([
    [
      "in other statements",
      policy(allow(["s3:GetObject*", "s3:List*"], [BUCKET, `${BUCKET}/*`])),
      policy(
        allow("s3:GetObject*", `${BUCKET}/*`),
        allow("s3:List*", [`${BUCKET}/*`, BUCKET]),
      ),
    ],
    [
      "without an object action that was allowed for the bucket's ARN",
      policy(allow(["s3:PutObject"], [BUCKET, `${BUCKET}/*`])),
      policy(allow("s3:PutObject", `${BUCKET}/*`)),
    ],
    [
      "with the write actions that the CDK added later",
      policy(allow("s3:PutObject", `${BUCKET}/*`)),
      policy(allow(["s3:PutObject", "s3:PutObjectTagging"], `${BUCKET}/*`)),
    ],
    [
      "in another letter case",
      policy(allow("S3:listbucket", BUCKET)),
      policy(allow("s3:ListBucket", [BUCKET])),
    ],
  ])("are the same %s", (_, before, after) => {
    expect(checkPermissions(before, after)).toEqual([]);
  });

  const own = allow("s3:List*", BUCKET);
  const denied = { ...allow("s3:*", "*"), Effect: "Deny" };
  const conditional = {
    ...allow("s3:Get*", BUCKET),
    Condition: { Bool: { "aws:SecureTransport": "true" } },
  };

  test.each<[string, string, string, readonly string[]]>([
    [
      "lost",
      policy(own, allow("s3:List*", "arn:aws:s3:::other")),
      policy(own),
      ["must still allow s3:List* on arn:aws:s3:::other"],
    ],
    [
      "partially lost",
      policy(own),
      policy(allow("s3:ListBucket", BUCKET)),
      [`must still allow all of s3:List* on ${BUCKET}`],
    ],
    [
      "lost with a condition",
      policy(own, conditional),
      policy(own),
      [
        `must still allow s3:Get* on ${BUCKET} if Bool aws:securetransport true`,
      ],
    ],
    [
      "gained",
      policy(own),
      policy(own, allow("s3:Get*", BUCKET)),
      [`must not allow s3:Get* on ${BUCKET}`],
    ],
    [
      "gained by the removal of a condition",
      policy(conditional),
      policy(allow("s3:Get*", BUCKET)),
      [`must not allow more of s3:Get* on ${BUCKET}`],
    ],
    [
      "no longer denied",
      policy(own, denied),
      policy(own),
      ["must still deny s3:* on *"],
    ],
  ])("are reported: %s", (_, before, after, changes) => {
    const found = checkPermissions(before, after);
    expect(found).toEqual(expect.arrayContaining([...changes]));
    expect(found.length).toBeLessThanOrEqual(changes.length + 1);
  });

  test("are reported if a denial is added, together with the lost permissions", () => {
    expect(checkPermissions(policy(own), policy(own, denied))).toEqual([
      `must still allow s3:List* on ${BUCKET}`,
      "must not deny s3:* on *",
    ]);
  });
});

describe("a policy that cannot be compared is reported:", () => {
  const readable = policy(allow("s3:List*", BUCKET));

  test.each<[string, unknown, unknown, readonly string[]]>([
    [
      "the live one",
      "{",
      readable,
      ["cannot be compared: the live policy is not readable: it is not JSON"],
    ],
    [
      "the configured one",
      readable,
      policy({ Effect: "allow", Action: "s3:*", Resource: "*" }),
      [
        "cannot be compared: the configured policy is not readable: the Effect of a statement is neither Allow nor Deny",
      ],
    ],
    [
      "both",
      policy(),
      "[]",
      [
        "cannot be compared: the live policy is not readable: it has no statement",
        "cannot be compared: the configured policy is not readable: it is not a JSON object",
      ],
    ],
    [
      "one that is known only after the apply",
      readable,
      undefined,
      [
        "cannot be compared: the configured policy is not readable: it is not known before the apply",
      ],
    ],
  ])("%s", (_, before, after, problems) => {
    expect(checkPermissions(before, after)).toEqual(problems);
    expect(checkTrust(before, after)).toEqual(problems);
  });

  test("one that is too large", () => {
    const actions = Array.from({ length: 3001 }, (_, index) => `a:${index}`);
    expect(checkPermissions(readable, policy(allow(actions, "*")))).toEqual([
      "cannot be compared: the policies are too large",
    ]);
  });
});

describe("trust of a role", () => {
  const trust = (condition: object, aud = "pool") => ({
    Effect: "Allow",
    Action: "sts:AssumeRoleWithWebIdentity",
    Principal: { Federated: "cognito-identity.amazonaws.com" },
    Condition: {
      StringEquals: { "cognito-identity.amazonaws.com:aud": aud },
      ...condition,
    },
  });
  const amr = (value: string) => ({
    "ForAnyValue:StringLike": {
      "cognito-identity.amazonaws.com:amr": [value],
    },
  });
  const signedIn = trust(amr("authenticated"));
  const WITH =
    "cognito-identity.amazonaws.com with sts:AssumeRoleWithWebIdentity";

  test("is the same if users must be signed in now", () => {
    expect(checkTrust(policy(trust({})), policy(signedIn))).toEqual([]);
    expect(checkTrust(policy(signedIn), policy(signedIn))).toEqual([]);
  });

  test("is reported if users no longer need to be signed in", () => {
    expect(checkTrust(policy(signedIn), policy(trust({})))).toEqual([
      expect.stringMatching(/^must not trust .* in more cases if /),
    ]);
  });

  test("is reported if unauthenticated identities lose it", () => {
    const unauthenticated = trust(amr("unauthenticated"));
    expect(checkTrust(policy(unauthenticated), policy(signedIn))).toEqual(
      expect.arrayContaining([
        `must still trust ${WITH} in all cases if ForAnyValue:StringLike cognito-identity.amazonaws.com:amr unauthenticated and StringEquals cognito-identity.amazonaws.com:aud pool`,
      ]),
    );
  });

  test("is reported if another principal loses it", () => {
    const other = {
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { AWS: "111111111111" },
    };
    expect(checkTrust(policy(trust({}), other), policy(signedIn))).toEqual([
      "must still trust arn:aws:iam::111111111111:root with sts:AssumeRole",
    ]);
  });

  test("is reported if it moves to another pool", () => {
    const after = policy(trust(amr("authenticated"), "new"));
    expect(checkTrust(policy(trust({})), after)).toEqual([
      expect.stringMatching(/^must still trust .*:aud pool/),
      expect.stringMatching(/^must not trust .*:aud new$/),
    ]);
  });
});
