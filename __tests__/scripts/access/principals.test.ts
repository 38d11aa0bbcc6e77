import { parsePolicy } from "../../../scripts/lib/access/policy";
import { plain } from "../../../scripts/lib/access/phrase";
import { grants } from "../../../scripts/lib/access/policy-sets";
import { Snapshot } from "../../../scripts/lib/access/snapshot";
import { trustedParties } from "../../../scripts/lib/access/trust-parties";

const NOTHING = new Snapshot([]);
const GITHUB = "token.actions.githubusercontent.com";

function told(statement: object, snapshot = NOTHING): readonly string[] {
  const text = JSON.stringify({
    Statement: { Effect: "Allow", Action: "sts:AssumeRole*", ...statement },
  });
  return grants(parsePolicy(text) ?? [])
    .flatMap((grant) => trustedParties(grant, snapshot))
    .map(({ who, where }) => plain([...who.told, ...where]));
}

function github(sub: unknown, operator = "StringEquals"): object {
  return {
    Principal: {
      Federated: `arn:aws:iam::111122223333:oidc-provider/${GITHUB}`,
    },
    Condition: {
      StringEquals: { [`${GITHUB}:aud`]: "sts.amazonaws.com" },
      ...(sub !== undefined && { [operator]: { [`${GITHUB}:sub`]: sub } }),
      ...(operator === "StringEquals" &&
        sub !== undefined && {
          StringEquals: {
            [`${GITHUB}:aud`]: "sts.amazonaws.com",
            [`${GITHUB}:sub`]: sub,
          },
        }),
    },
  };
}

test.each([
  ["repo:o/r:ref:refs/heads/main", "GitHub o/r on branch main"],
  [
    "repo:o@1/r@2:ref:refs/heads/main",
    "GitHub o/r on branch main (numbers 1 and 2)",
  ],
  ["repo:o/r:ref:refs/tags/v1", "GitHub o/r on tag v1"],
  ["repo:o/r:environment:prod", "GitHub o/r in environment prod"],
  ["repo:o/r:pull_request", "GitHub o/r in any pull request"],
  [
    "repo:o/r:job_workflow_ref:x",
    "GitHub o/r with subject repo:o/r:job_workflow_ref:x",
  ],
  ["nonsense", "any repository of GitHub with subject nonsense"],
])("GitHub's subject %s is %s", (sub, expected) => {
  expect(told(github(sub))).toEqual([expected]);
});

test.each([
  ["repo:o/r:ref:refs/heads/*", "GitHub o/r on any branch"],
  ["repo:o/r:ref:refs/tags/*", "GitHub o/r on any tag"],
  ["repo:o/r:environment:*", "GitHub o/r in any environment"],
  ["repo:o/r:*", "GitHub o/r on any branch, tag, environment or pull request"],
  ["repo:o/*:ref:refs/heads/main", "any repository of GitHub o on branch main"],
  ["repo:*", "any repository of GitHub with subject repo:*"],
])("GitHub's pattern %s is %s", (sub, expected) => {
  expect(told(github(sub, "StringLike"))).toEqual([expected]);
});

test("each subject is somebody of its own", () => {
  expect(
    told(github(["repo:o/r:environment:a", "repo:o/r:environment:b"])),
  ).toEqual(["GitHub o/r in environment a", "GitHub o/r in environment b"]);
});

test("a trust without a subject is one in everybody there", () => {
  expect(told(github(undefined))).toEqual([
    `anybody with a token of ${GITHUB}`,
  ]);
});

test("a missing audience is said", () => {
  const { Principal } = github("x") as { Principal: object };
  const Condition = {
    StringEquals: { [`${GITHUB}:sub`]: "repo:o/r:environment:a" },
  };
  expect(told({ Principal, Condition })).toEqual([
    "GitHub o/r in environment a, for any audience",
  ]);
});

const POOL = new Snapshot([
  {
    address: "aws_cognito_identity_pool.main",
    type: "aws_cognito_identity_pool",
    values: {
      id: "us-west-2:00000000-0000-0000-0000-000000000000",
      identity_pool_name: "veda IdentityPool",
    },
  },
]);
const COGNITO = "cognito-identity.amazonaws.com";

test.each([
  ["authenticated", "signed-in users of identity pool veda IdentityPool"],
  [
    "unauthenticated",
    "users who are not signed in of identity pool veda IdentityPool",
  ],
])("users of an identity pool who are %s", (amr, expected) => {
  const statement = {
    Principal: { Federated: COGNITO },
    Condition: {
      StringEquals: { [`${COGNITO}:aud`]: POOL.resources[0]?.values.id },
      "ForAnyValue:StringLike": { [`${COGNITO}:amr`]: amr },
    },
  };
  expect(told(statement, POOL)).toEqual([expected]);
});

test("an identity pool's trust without an audience is one in every pool", () => {
  expect(told({ Principal: { Federated: COGNITO } })).toEqual([
    "all users, signed in or not, of any identity pool of anybody",
  ]);
});

test.each([
  ["*", "anybody at all"],
  [{ AWS: "*" }, "anybody at all"],
  [{ AWS: "111122223333" }, "AWS account 111122223333"],
  [
    { AWS: "arn:aws:iam::111122223333:role/r" },
    "principal arn:aws:iam::111122223333:role/r",
  ],
  [{ Service: "lambda.amazonaws.com" }, "AWS service lambda.amazonaws.com"],
])("principal %j is %s", (Principal, expected) => {
  expect(told({ Principal })).toEqual([expected]);
});

test("a condition of another kind is said", () => {
  expect(
    told({
      Principal: { AWS: "111122223333" },
      Condition: { StringEquals: { "sts:ExternalId": "x" } },
    }),
  ).toEqual(["AWS account 111122223333 when sts:externalid is x"]);
});
