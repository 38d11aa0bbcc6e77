import { reviewPlan } from "../../../scripts/lib/review/review-plan";
import type { RuleId } from "../../../scripts/lib/review/rules/registry";
import { buildPlan } from "../../support/plan-builder";
import {
  ACCOUNT,
  allow,
  claims,
  created,
  policyDocument,
  githubTrust,
  IDENTITY_POOL,
  unchanged,
  poolTrust,
  ROLE,
  ROLE_ARN,
  ROLE_POLICY,
  updated,
  addResources,
  type TestPlan,
} from "../../support/rule-cases";

const GITHUB = "token.actions.githubusercontent.com";
const OWN_ROLE = { name: "reader", arn: ROLE_ARN };
const AUDIENCE = { [`${GITHUB}:aud`]: "sts.amazonaws.com" };
const POOL = unchanged(IDENTITY_POOL, {
  id: "us-west-2:1",
  name: "identities",
});
const READ = allow("s3:GetObject*", "arn:aws:s3:::data/*");
const COPY = { name: "bucket-access", policy: policyDocument(READ) };
const ROLE_POLICY_OF_READER = unchanged(ROLE_POLICY, {
  role: "reader",
  ...COPY,
});

function subject(operator: string, value: string): string {
  return githubTrust({
    StringEquals: AUDIENCE,
    [operator]: { [`${GITHUB}:sub`]: value },
  });
}

function trust(before: string, after: string): TestPlan {
  return updated(
    ROLE,
    { ...OWN_ROLE, assume_role_policy: before },
    { assume_role_policy: after },
  );
}

function newRoleFor(principal: string): TestPlan {
  return addResources(
    created(
      ROLE,
      {
        name: "new",
        assume_role_policy: policyDocument({
          Effect: "Allow",
          Action: "sts:AssumeRole",
          Principal: { AWS: principal },
        }),
      },
      { address: `${ROLE}.new` },
    ),
    unchanged(ROLE, OWN_ROLE),
  );
}

function serviceTrust(condition: object): TestPlan {
  return addResources(
    created(ROLE, {
      assume_role_policy: policyDocument({
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Principal: { Service: "lambda.amazonaws.com" },
        Condition: condition,
      }),
    }),
    unchanged(ROLE, OWN_ROLE, `${ROLE}.own`),
  );
}

function statement(text: string): Readonly<Record<string, unknown>> {
  const [one = {}] = (
    JSON.parse(text) as {
      readonly Statement: readonly Readonly<Record<string, unknown>>[];
    }
  ).Statement;
  return one;
}

function bucketRead(bucket: string): TestPlan {
  return addResources(
    created(ROLE_POLICY, {
      role: "reader",
      policy: policyDocument(
        allow("s3:GetObject*", `arn:aws:s3:::${bucket}/*`),
      ),
    }),
    unchanged(ROLE, OWN_ROLE),
  );
}

function inline(policy: string): TestPlan {
  return addResources(
    updated(
      ROLE,
      { ...OWN_ROLE, inline_policy: [COPY] },
      { inline_policy: [{ ...COPY, policy }] },
    ),
    ROLE_POLICY_OF_READER,
  );
}

function listRules({ resources, more }: TestPlan): readonly RuleId[] {
  return reviewPlan(buildPlan(resources, more), {
    policy: "weakening",
    today: "2026-11-30",
    allowances: [],
  }).findings.map(({ rule }) => rule);
}

test.each<readonly [string, RuleId, TestPlan]>([
  [
    "a subject of one character that becomes any text",
    "trust-unbound",
    trust(
      subject("StringLike", "repo:o/r:ref:refs/heads/?"),
      subject("StringLike", "repo:o/r:ref:refs/heads/*"),
    ),
  ],
  [
    "a customized subject that loses its repository",
    "trust-unbound",
    trust(
      githubTrust(claims("environment:prod:repo:o/r")),
      githubTrust(claims("environment:prod:repository_owner:o")),
    ),
  ],
  [
    "a pattern of subjects that is excluded, and then only one text",
    "trust-unbound",
    trust(
      subject("StringNotLike", "repo:o/*"),
      subject("StringNotEquals", "repo:o/*"),
    ),
  ],
  [
    "a new role for users of an identity pool that the plan does not have",
    "access-unauthenticated",
    addResources(
      created(ROLE, { assume_role_policy: poolTrust("authenticated") }),
      unchanged(IDENTITY_POOL, { id: "us-west-2:0" }),
    ),
  ],
  [
    "session tags that principals of a role may set",
    "trust-widened",
    addResources(
      trust(
        poolTrust("authenticated"),
        policyDocument(statement(poolTrust("authenticated")), {
          ...statement(poolTrust("authenticated")),
          Action: "sts:TagSession",
        }),
      ),
      POOL,
    ),
  ],
  [
    "a service that acts for functions of any account",
    "trust-unbound",
    serviceTrust({ ArnLike: { "aws:SourceArn": "arn:aws:lambda:*:*:*" } }),
  ],
  [
    "a service that acts for another account",
    "trust-unbound",
    serviceTrust({ StringEquals: { "aws:SourceAccount": "999988887777" } }),
  ],
  [
    "a subject that is redacted",
    "trust-unbound",
    {
      resources: [
        {
          type: ROLE,
          after: {
            name: "x",
            assume_role_policy: subject("StringLike", "repo:*:*"),
          },
        },
      ],
      more: {
        output_changes: {
          subject: {
            actions: ["no-op"],
            before: "repo:*:*",
            after: "repo:*:*",
            before_sensitive: true,
            after_sensitive: true,
          },
        },
      },
    },
  ],
  [
    "the bucket that a tag of the caller names",
    "permissions-widened",
    bucketRead("${aws:PrincipalTag/bucket}"),
  ],
  [
    "a bucket whose name is one for Terraform states",
    "permissions-widened",
    bucketRead("our-auth-state"),
  ],
  [
    "an inline policy with the name of a policy that is a resource, and more permissions",
    "permissions-widened",
    inline(policyDocument(allow("*", "*"))),
  ],
  [
    "a new role for a user of the account",
    "trust-widened",
    newRoleFor(`arn:aws:iam::${ACCOUNT}:user/admin`),
  ],
  [
    "a new role for a role that is not part of the plan",
    "trust-widened",
    newRoleFor(`arn:aws:iam::${ACCOUNT}:role/administrator`),
  ],
])("%s is reported", (_, rule, plan) => {
  expect(listRules(plan)).toContain(rule);
});

test.each<readonly [string, RuleId, TestPlan]>([
  [
    "a customized subject that names its repository by id",
    "trust-unbound",
    trust(
      githubTrust(claims("environment:prod:repository_owner:o")),
      githubTrust(claims("environment:prod:repository_id:74")),
    ),
  ],
  [
    "a pattern of subjects that becomes one of them",
    "trust-unbound",
    trust(
      subject("StringLike", "repo:o/r:ref:refs/heads/v?"),
      githubTrust(claims("repo:o/r:ref:refs/heads/v1")),
    ),
  ],
  [
    "a new role for users of the identity pool of the plan",
    "access-unauthenticated",
    addResources(
      created(ROLE, { assume_role_policy: poolTrust("authenticated") }),
      POOL,
    ),
  ],
  [
    "a service that acts for the own account",
    "trust-unbound",
    serviceTrust({ StringEquals: { "aws:SourceAccount": ACCOUNT } }),
  ],
  [
    "a bucket of data",
    "permissions-widened",
    bucketRead("veda-data-statewide"),
  ],
  [
    "an inline policy that is a copy",
    "permissions-widened",
    inline(policyDocument(READ)),
  ],
  ["a new role for a role of the plan", "trust-widened", newRoleFor(ROLE_ARN)],
  [
    "a new role for the account of the caller, which only a module asks for",
    "access-foreign-account",
    {
      resources: newRoleFor(
        `arn:aws:iam::${ACCOUNT}:user/admin`,
      ).resources.slice(0, 1),
      more: {
        prior_state: {
          values: {
            root_module: {
              child_modules: [
                {
                  resources: [
                    {
                      address: "module.a.data.aws_caller_identity.x",
                      mode: "data",
                      type: "aws_caller_identity",
                      values: { account_id: ACCOUNT },
                    },
                  ],
                },
              ],
            },
          },
        },
      },
    },
  ],
])("%s is not reported", (_, rule, plan) => {
  expect(listRules(plan)).not.toContain(rule);
});
