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
      "without an action on objects that was allowed on the bucket itself",
      policy(allow(["s3:PutObject"], [BUCKET, `${BUCKET}/*`])),
      policy(allow("s3:PutObject", `${BUCKET}/*`)),
    ],
    [
      "with the writes that the CDK added later",
      policy(allow("s3:PutObject", `${BUCKET}/*`)),
      policy(allow(["s3:PutObject", "s3:PutObjectTagging"], `${BUCKET}/*`)),
    ],
    [
      "in other letters",
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
      ["it no longer allows s3:List* on arn:aws:s3:::other"],
    ],
    [
      "lost in part",
      policy(own),
      policy(allow("s3:ListBucket", BUCKET)),
      [`it no longer allows all of s3:List* on ${BUCKET}`],
    ],
    [
      "lost with a condition",
      policy(own, conditional),
      policy(own),
      [
        `it no longer allows s3:Get* on ${BUCKET} if Bool aws:securetransport true`,
      ],
    ],
    [
      "gained",
      policy(own),
      policy(own, allow("s3:Get*", BUCKET)),
      [`it would allow s3:Get* on ${BUCKET}, and does not`],
    ],
    [
      "gained by a condition that is dropped",
      policy(conditional),
      policy(allow("s3:Get*", BUCKET)),
      [`it would allow more of s3:Get* on ${BUCKET}, and does not`],
    ],
    [
      "no longer denied",
      policy(own, denied),
      policy(own),
      ["it no longer denies s3:* on *"],
    ],
  ])("are reported: %s", (_, before, after, changes) => {
    const found = checkPermissions(before, after);
    expect(found).toEqual(expect.arrayContaining([...changes]));
    expect(found.length).toBeLessThanOrEqual(changes.length + 1);
  });

  test("are reported if a denial is added, with what it takes away", () => {
    expect(checkPermissions(policy(own), policy(own, denied))).toEqual([
      `it no longer allows s3:List* on ${BUCKET}`,
      "it would deny s3:* on *, and does not",
    ]);
  });
});

describe("a policy that is not readable is reported,", () => {
  const readable = policy(allow("s3:List*", BUCKET));

  test.each<[string, unknown, unknown, readonly string[]]>([
    [
      "the live one",
      "{",
      readable,
      ["the live policy is not readable: it is not JSON"],
    ],
    [
      "the code's",
      readable,
      policy({ Effect: "allow", Action: "s3:*", Resource: "*" }),
      [
        "the code's policy is not readable: the Effect of a statement is neither Allow nor Deny",
      ],
    ],
    [
      "both",
      policy(),
      "[]",
      [
        "the live policy is not readable: it has no statement",
        "the code's policy is not readable: it is not a JSON object",
      ],
    ],
    [
      "one that is known only after the apply",
      readable,
      undefined,
      ["the code's policy is not readable: it is not known before the apply"],
    ],
  ])("%s", (_, before, after, problems) => {
    expect(checkPermissions(before, after)).toEqual(problems);
    expect(checkTrust(before, after)).toEqual(problems);
  });

  test("also one that is too large to compare", () => {
    const actions = Array.from({ length: 3001 }, (_, index) => `a:${index}`);
    expect(checkPermissions(readable, policy(allow(actions, "*")))).toEqual([
      "the policies are too large to compare",
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

  test("is the same if users have to be signed in now", () => {
    expect(checkTrust(policy(trust({})), policy(signedIn))).toEqual([]);
    expect(checkTrust(policy(signedIn), policy(signedIn))).toEqual([]);
  });

  test("is reported if users no longer have to be signed in", () => {
    expect(checkTrust(policy(signedIn), policy(trust({})))).toEqual([
      expect.stringMatching(
        /^it would trust .* in more cases .*, and does not$/,
      ),
    ]);
  });

  test("is reported if users who have not signed in lose it", () => {
    const guests = trust(amr("unauthenticated"));
    expect(checkTrust(policy(guests), policy(signedIn))).toEqual(
      expect.arrayContaining([
        `it no longer trusts ${WITH} in all cases if ForAnyValue:StringLike cognito-identity.amazonaws.com:amr unauthenticated and StringEquals cognito-identity.amazonaws.com:aud pool`,
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
      "it no longer trusts arn:aws:iam::111111111111:root with sts:AssumeRole",
    ]);
  });

  test("is reported if it moves to another pool", () => {
    const after = policy(trust(amr("authenticated"), "new"));
    expect(checkTrust(policy(trust({})), after)).toEqual([
      expect.stringMatching(/^it no longer trusts .*:aud pool/),
      expect.stringMatching(/^it would trust .*:aud new, and does not$/),
    ]);
  });
});
