import {
  ASSUME_ROLE_WITH_WEB_IDENTITY,
  canIdentityPoolAssume,
  hasAction,
  listIdentityPoolHosts,
} from "../../../scripts/lib/iam/trust";
import { getStatements, parsePolicy } from "../../../scripts/lib/iam/policy";

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
  (patterns, isInverted, expected) => {
    expect(
      hasAction({ patterns, isInverted }, ASSUME_ROLE_WITH_WEB_IDENTITY),
    ).toBe(expected);
  },
);

test("the hosts of identity pools are found in every partition", () => {
  const patterns = [
    `Federated:${HOST.toUpperCase()}`,
    "Federated:cognito-identity-us-gov.amazonaws.com",
    "Federated:cognito-identity.us-gov-east-1.amazonaws.com",
    "Federated:cognito-identity.cn-north-1.amazonaws.com.cn",
    `Federated:${HOST}.example`,
    `Service:${HOST}`,
    "*",
  ];
  expect(listIdentityPoolHosts({ patterns, isInverted: false })).toEqual([
    HOST,
    "cognito-identity-us-gov.amazonaws.com",
    "cognito-identity.us-gov-east-1.amazonaws.com",
    "cognito-identity.cn-north-1.amazonaws.com.cn",
  ]);
  expect(listIdentityPoolHosts({ patterns, isInverted: true })).toEqual([]);
  expect(listIdentityPoolHosts(undefined)).toEqual([]);
});

test.each<[boolean, string, object]>([
  [true, "names it", {}],
  [
    true,
    "names other pools too",
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
  "users of an identity pool can assume a role: %s, if a statement %s",
  (expected, _, change) => {
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
    ).toEqual([expected]);
  },
);
