import {
  lostGrants,
  lostTrust,
} from "../../../scripts/lib/adoption/lost-statements";

const policy = (...Statement: readonly object[]) =>
  JSON.stringify({ Version: "2012-10-17", Statement });
const BUCKET = "arn:aws:s3:::data";
const allow = (Action: unknown, Resource: unknown) => ({
  Effect: "Allow",
  Action,
  Resource,
});

describe("grants of a role's policy", () => {
  test("are not lost when its statements are put together otherwise", () => {
    const before = policy(
      allow(["s3:GetObject*", "s3:List*"], [BUCKET, `${BUCKET}/*`]),
    );
    const after = policy(
      allow("s3:GetObject*", `${BUCKET}/*`),
      allow("s3:List*", [`${BUCKET}/*`, BUCKET]),
    );
    expect(lostGrants(before, after)).toEqual([]);
  });

  test("are none where an action on objects was allowed on the bucket itself", () => {
    const before = policy(allow(["s3:PutObject"], [BUCKET, `${BUCKET}/*`]));
    const after = policy(allow("s3:PutObject", `${BUCKET}/*`));
    expect(lostGrants(before, after)).toEqual([]);
  });

  test("that somebody added by hand are told", () => {
    const own = allow("s3:List*", BUCKET);
    const added = allow("s3:List*", "arn:aws:s3:::other");
    expect(lostGrants(policy(own, added), policy(own))).toEqual([
      "it no longer allows s3:List* on arn:aws:s3:::other",
    ]);
  });

  test("of a statement with conditions have to be there as they were", () => {
    const denied = { ...allow("s3:*", "*"), Effect: "Deny" };
    expect(lostGrants(policy(denied), policy(denied))).toEqual([]);
    expect(lostGrants(policy(denied), policy())).toEqual([
      expect.stringContaining('it loses the statement {"Effect":"Deny"'),
    ]);
  });
});

describe("trust of a role", () => {
  const trust = (condition: object) => ({
    Effect: "Allow",
    Action: "sts:AssumeRoleWithWebIdentity",
    Principal: { Federated: "cognito-identity.amazonaws.com" },
    Condition: {
      StringEquals: { "cognito-identity.amazonaws.com:aud": "pool" },
      ...condition,
    },
  });
  const signedIn = {
    "ForAnyValue:StringLike": {
      "cognito-identity.amazonaws.com:amr": ["authenticated"],
    },
  };

  test("is not lost by users who have to be signed in now", () => {
    expect(lostTrust(policy(trust({})), policy(trust(signedIn)))).toEqual([]);
    expect(lostTrust(policy(trust(signedIn)), policy(trust(signedIn)))).toEqual(
      [],
    );
  });

  test("of a statement that somebody added by hand is told", () => {
    const other = {
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { AWS: "arn:aws:iam::111111111111:root" },
    };
    expect(
      lostTrust(policy(trust({}), other), policy(trust(signedIn))),
    ).toEqual([expect.stringMatching(/^it no longer trusts .*111111111111/)]);
  });

  test("in another pool is told", () => {
    const after = JSON.stringify(trust(signedIn)).replace('"pool"', '"new"');
    expect(
      lostTrust(policy(trust({})), `{"Statement":[${after}]}`),
    ).toHaveLength(1);
  });
});
