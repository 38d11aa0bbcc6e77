import {
  getIssuerHost,
  groupByPrincipal,
  describePrincipals,
} from "../../../scripts/lib/access/principals";
import { listGrants } from "../../../scripts/lib/iam/compare";
import { parsePolicy, getStatements } from "../../../scripts/lib/iam/policy";
import { Redactor } from "../../../scripts/lib/plan/redactor";
import { toPlainText } from "../../../scripts/lib/plan/rich-text";
import { Snapshot } from "../../../scripts/lib/plan/snapshot";
import { redacted, redactedValues } from "../../support/redacted";

const EMPTY = createSnapshot();
const GITHUB = "token.actions.githubusercontent.com";

/** Creates a snapshot of one resource of each type. */
function createSnapshot(
  types: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {},
): Snapshot {
  return new Snapshot(
    Object.entries(types).map(([type, values]) => ({
      address: redacted(`${type}.main`),
      type: redacted(type),
      values: redactedValues(values),
    })),
    new Redactor(),
  );
}

function parseGrants(statement: object) {
  const policy = parsePolicy(
    redacted(
      JSON.stringify({
        Statement: { Effect: "Allow", Action: "sts:AssumeRole*", ...statement },
      }),
    ),
  );
  return listGrants(getStatements(policy));
}

function formatPrincipals(
  statement: object,
  snapshot = EMPTY,
): readonly string[] {
  return parseGrants(statement)
    .flatMap((grant) => describePrincipals(grant, snapshot))
    .map(({ entity: who, condition: where }) =>
      toPlainText([...who.text, ...where]),
    );
}

function githubStatement(sub: unknown, operator = "StringEquals"): object {
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
    "GitHub o/r on branch main (IDs 1 and 2)",
  ],
  ["repo:o/r:ref:refs/tags/v1", "GitHub o/r on tag v1"],
  ["repo:o/r:environment:prod", "GitHub o/r in environment prod"],
  ["repo:o/r:pull_request", "GitHub o/r in any pull request"],
  // subjects of customized templates
  ["ref:refs/heads/main:repo:o/r", "GitHub o/r on branch main"],
  [
    "repository_id:74:ref:refs/heads/main",
    "GitHub repository with ID 74 on branch main",
  ],
  [
    "repo:o/r:workflow:x:environment:prod",
    "GitHub o/r in environment prod in workflow x",
  ],
  [
    "environment:prod:repository:o/r:repository_id:74",
    "GitHub o/r in environment prod with repository_id 74",
  ],
  [
    "workflow:x:pull_request:repo:o@1/r@2",
    "GitHub o/r in any pull request in workflow x (IDs 1 and 2)",
  ],
  ["repo:o/r:ref:refs/pull/12/merge", "GitHub o/r in pull request 12"],
  ["repo:o/r:ref:refs/notes/a", "GitHub o/r on ref refs/notes/a"],
  [
    "repo:o/r:event_name:push:base_ref:",
    "GitHub o/r on event push with base_ref empty",
  ],
  ["repo:o/r:environment:eu%3Aprod", "GitHub o/r in environment eu:prod"],
  [
    "repo:o/r:job_workflow_ref:o/r/.github/workflows/x.yml@refs/heads/main",
    "GitHub o/r with job_workflow_ref o/r/.github/workflows/x.yml@refs/heads/main",
  ],
  [
    "job_workflow_ref:o/r/.github/workflows/x.yml@refs/heads/main",
    "any GitHub repository with job_workflow_ref o/r/.github/workflows/x.yml@refs/heads/main",
  ],
  [
    "repository_owner:o:environment:prod",
    "any GitHub repository of o in environment prod",
  ],
  [
    "repository_owner_id:65:repository_visibility:private",
    "any GitHub repository of the owner with ID 65 with repository_visibility private",
  ],
  ["repo:o/r:new_claim:x", "GitHub o/r with unknown claim new_claim x"],
  ["repo:o/r", "GitHub o/r in any run"],
  // a workflow named environment, and no claim
  [
    "repo:o/r:workflow:environment:prod",
    "GitHub o/r with subject repo:o/r:workflow:environment:prod",
  ],
  ["nonsense", "any GitHub repository with subject nonsense"],
])("the GitHub subject %s is %s", (sub, expected) => {
  expect(formatPrincipals(githubStatement(sub))).toEqual([expected]);
});

test.each([
  ["repo:o/r:ref:refs/heads/*", "GitHub o/r on any branch"],
  ["repo:o/r:ref:refs/tags/*", "GitHub o/r on any tag"],
  ["repo:o/r:environment:*", "GitHub o/r in any environment"],
  ["repo:o/r:*", "GitHub o/r on any branch, tag, environment or pull request"],
  [
    "repo:o/*:ref:refs/heads/main",
    "any GitHub repository like o/* on branch main",
  ],
  ["repo:*", "any GitHub repository with subject repo:*"],
  ["repo:o/r:ref:*", "GitHub o/r on any branch or tag"],
  [
    "repository_id:74:environment:*",
    "GitHub repository with ID 74 in any environment",
  ],
  ["repo:o/r:workflow:*", "GitHub o/r in any workflow"],
  ["ref:refs/heads/*:repo:o/r", "GitHub o/r on any branch"],
  [
    "repository_owner:o:*",
    "any GitHub repository of o on any branch, tag, environment or pull request",
  ],
  // the wildcard can be the claims of a pull request
  [
    "repo:o/r:*:environment:prod",
    "GitHub o/r with subject repo:o/r:*:environment:prod",
  ],
  [
    "ref:*:repository_id:74",
    "any GitHub repository with subject ref:*:repository_id:74",
  ],
])("the GitHub pattern %s is %s", (sub, expected) => {
  expect(formatPrincipals(githubStatement(sub, "StringLike"))).toEqual([
    expected,
  ]);
});

test("each subject is a separate principal", () => {
  expect(
    formatPrincipals(
      githubStatement(["repo:o/r:environment:a", "repo:o/r:environment:b"]),
    ),
  ).toEqual(["GitHub o/r in environment a", "GitHub o/r in environment b"]);
});

test("a trust policy without a subject allows anyone with a token", () => {
  expect(formatPrincipals(githubStatement(undefined))).toEqual([
    `anyone with a token of ${GITHUB}`,
  ]);
});

test("a missing audience is reported", () => {
  const { Principal } = githubStatement("x") as { Principal: object };
  const Condition = {
    StringEquals: { [`${GITHUB}:sub`]: "repo:o/r:environment:a" },
  };
  expect(formatPrincipals({ Principal, Condition })).toEqual([
    "GitHub o/r in environment a, for any audience",
  ]);
});

const POOL_ID = "us-west-2:00000000-0000-0000-0000-000000000000";
const POOL = createSnapshot({
  aws_cognito_identity_pool: {
    id: POOL_ID,
    identity_pool_name: "veda IdentityPool",
  },
});
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
      StringEquals: { [`${COGNITO}:aud`]: POOL_ID },
      "ForAnyValue:StringLike": { [`${COGNITO}:amr`]: amr },
    },
  };
  expect(formatPrincipals(statement, POOL)).toEqual([expected]);
});

test("a trust policy without an audience allows users of any identity pool", () => {
  expect(formatPrincipals({ Principal: { Federated: COGNITO } })).toEqual([
    "all users, signed in or not, of any identity pool of any account",
  ]);
});

test.each([
  ["*", "anyone"],
  [{ AWS: "*" }, "anyone"],
  [{ AWS: "111122223333" }, "AWS account 111122223333"],
  [
    { AWS: "arn:aws:iam::111122223333:role/r" },
    "principal arn:aws:iam::111122223333:role/r",
  ],
  [{ Service: "lambda.amazonaws.com" }, "AWS service lambda.amazonaws.com"],
])("principal %j is %s", (Principal, expected) => {
  expect(formatPrincipals({ Principal })).toEqual([expected]);
});

test("other conditions are part of the principal", () => {
  expect(
    formatPrincipals({
      Principal: { AWS: "111122223333" },
      Condition: { StringEquals: { "sts:ExternalId": "x" } },
    }),
  ).toEqual(["AWS account 111122223333 when sts:externalid is x"]);
});

test("a reference is resolved to the name of a role or a pool", () => {
  const stack = createSnapshot({
    aws_iam_role: { name: "deploy" },
    aws_cognito_identity_pool: { identity_pool_name: "veda pool" },
  });
  expect(
    formatPrincipals({ Principal: { AWS: "${aws_iam_role.main.arn}" } }, stack),
  ).toEqual(["role deploy"]);
  expect(
    formatPrincipals(
      {
        Principal: { Federated: COGNITO },
        Condition: {
          StringEquals: {
            [`${COGNITO}:aud`]: "${aws_cognito_identity_pool.main.id}",
          },
        },
      },
      stack,
    ),
  ).toEqual(["all users, signed in or not, of identity pool veda pool"]);
});

test("NotPrincipal is anyone except the principals", () => {
  expect(
    formatPrincipals({
      NotPrincipal: { AWS: ["111122223333", "arn:aws:iam::1:role/a"] },
    }),
  ).toEqual([
    "anyone except some principals (AWS:arn:aws:iam::111122223333:root and AWS:arn:aws:iam::1:role/a)",
  ]);
});

test("the issuer host is read from the provider, or from its ARN", () => {
  const provider = createSnapshot({
    aws_iam_openid_connect_provider: { url: "https://idp.example/x" },
  });
  expect(
    [
      "${aws_iam_openid_connect_provider.main.arn}",
      "arn:aws:iam::1:oidc-provider/other.example/y",
      "accounts.google.com",
    ].map((name) => getIssuerHost(redacted(name), provider)),
  ).toEqual(["idp.example/x", "other.example/y", "accounts.google.com"]);
});

test("a reference to a GitHub provider is resolved", () => {
  const provider = createSnapshot({
    aws_iam_openid_connect_provider: { url: `https://${GITHUB}` },
  });
  const { Condition } = githubStatement("repo:*:*", "StringLike") as {
    Condition: object;
  };
  expect(
    formatPrincipals(
      {
        Principal: {
          Federated: "${aws_iam_openid_connect_provider.main.arn}",
        },
        Condition,
      },
      provider,
    ),
  ).toEqual(["any GitHub repository with subject repo:*:*"]);
});

test("grants of a resource policy are grouped by principal", () => {
  const found = groupByPrincipal(
    parseGrants({
      Action: ["s3:a", "s3:b"],
      Principal: { AWS: ["111122223333", "arn:aws:iam::1:role/a"] },
    }),
    EMPTY,
  );
  expect(
    found.map(({ entity: who, grants: own }) => [who.name, own.length]),
  ).toEqual([
    ["111122223333", 2],
    ["arn:aws:iam::1:role/a", 2],
  ]);
});
