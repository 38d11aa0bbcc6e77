import {
  hasAction,
  listIdentityPoolHosts,
  canIdentityPoolAssume,
  ASSUME_ROLE_WITH_WEB_IDENTITY,
} from "../../../scripts/lib/iam/trust";
import { parsePolicy, getStatements } from "../../../scripts/lib/iam/policy";

const HOST = "cognito-identity.amazonaws.com";
const POOL = "us-west-2:01234567-89ab-cdef-0123-456789abcdef";

test.each([
  [["sts:AssumeRole"], false, false],
  [[ASSUME_ROLE_WITH_WEB_IDENTITY.toUpperCase()], false, true],
  [["sts:AssumeRoleWith???Identity"], false, true],
  [["s3:*", "sts:*"], false, true],
  [["*"], true, false],
  [["sts:TagSession"], true, true],
])(
  "actions %j, inverted %s, contain the action: %s",
  (patterns, isInverted, has) => {
    expect(
      hasAction({ patterns, isInverted }, ASSUME_ROLE_WITH_WEB_IDENTITY),
    ).toBe(has);
  },
);

test("the services of identity pools are found in every partition, and no principal that is named like one", () => {
  const patterns = [
    `Federated:${HOST.toUpperCase()}`,
    "Federated:cognito-identity-us-gov.amazonaws.com",
    "Federated:cognito-identity.cn-north-1.amazonaws.com.cn",
    `Federated:${HOST}.example`,
    `Service:${HOST}`,
    "*",
  ];
  expect(listIdentityPoolHosts({ patterns, isInverted: false })).toEqual([
    HOST,
    "cognito-identity-us-gov.amazonaws.com",
    "cognito-identity.cn-north-1.amazonaws.com.cn",
  ]);
  expect(listIdentityPoolHosts({ patterns, isInverted: true })).toEqual([]);
  expect(listIdentityPoolHosts(undefined)).toEqual([]);
});

test.each<[boolean, string, object]>([
  [true, "names it", {}],
  [
    true,
    "names others too",
    { Condition: { StringEquals: { [`${HOST}:AUD`]: ["other", POOL] } } },
  ],
  [false, "denies", { Effect: "Deny" }],
  [false, "is for another action", { Action: "sts:AssumeRole" }],
  [false, "has no condition", { Condition: {} }],
  [
    false,
    "excludes it",
    { Condition: { StringNotEquals: { [`${HOST}:aud`]: POOL } } },
  ],
  [
    false,
    "names it in another claim",
    { Condition: { StringEquals: { [`${HOST}:sub`]: POOL } } },
  ],
  [false, "is of another provider", { Principal: { Federated: "x.example" } }],
])(
  "trust in an identity pool is %s of a statement that %s",
  (isTrusted, _, change) => {
    const policy = parsePolicy(
      JSON.stringify({
        Statement: {
          Effect: "Allow",
          Principal: { Federated: HOST },
          Action: ASSUME_ROLE_WITH_WEB_IDENTITY,
          Condition: { StringEquals: { [`${HOST}:aud`]: POOL } },
          ...change,
        },
      }),
    );
    expect(policy.kind).toBe("readable");
    expect(
      getStatements(policy).map((one) => canIdentityPoolAssume(one, POOL)),
    ).toEqual([isTrusted]);
  },
);
