import { reviewPlan } from "../../../scripts/lib/review/review-plan";
import type { RuleId } from "../../../scripts/lib/review/rules/registry";
import { buildPlan } from "../../support/plan-builder";
import {
  allow,
  ATTACHMENT,
  CLIENT,
  created,
  policyDocument,
  IDENTITY_POOL,
  POOL,
  ROLE,
  ROLE_ARN,
  updated,
  type TestPlan,
} from "../../support/rule-cases";

const OWN_ROLE = { name: "reader", arn: ROLE_ARN };
const READ = policyDocument(allow("s3:GetObject*", "arn:aws:s3:::data/*"));
const LATER = { references: ["terraform_data.later.output"] };

function constant(value: unknown) {
  return { constant_value: value };
}

function listRules({ resources, more }: TestPlan): readonly RuleId[] {
  return reviewPlan(buildPlan(resources, more), {
    policy: "weakening",
    today: "2026-11-30",
    allowances: [],
  }).findings.map(({ rule }) => rule);
}

test.each<readonly [string, TestPlan]>([
  [
    "the inline policies of a dynamic block",
    updated(
      ROLE,
      { ...OWN_ROLE, inline_policy: [] },
      { inline_policy: undefined },
      { changeMembers: { after_unknown: { inline_policy: true } } },
    ),
  ],
  [
    "a function in a dynamic block",
    updated(
      POOL,
      { lambda_config: [] },
      { lambda_config: [{}] },
      {
        changeMembers: {
          after_unknown: { lambda_config: [{ pre_token_generation: true }] },
        },
      },
    ),
  ],
  [
    "the policy of a block that the plan has before the one of the code",
    created(
      ROLE,
      { inline_policy: [{ name: "b" }, { name: "a", policy: READ }] },
      {
        changeMembers: {
          after_unknown: { inline_policy: [{ policy: true }, {}] },
        },
        expressions: {
          inline_policy: [
            { name: constant("a"), policy: constant(READ) },
            { name: constant("b"), policy: LATER },
          ],
        },
      },
    ),
  ],
  [
    "a policy of a list that the plan has before a constant one",
    created(
      ROLE,
      { managed_policy_arns: [null, "arn:aws:iam::aws:policy/ReadOnlyAccess"] },
      {
        changeMembers: {
          after_unknown: { managed_policy_arns: [true, false] },
        },
        expressions: {
          managed_policy_arns: constant([
            "arn:aws:iam::aws:policy/ReadOnlyAccess",
            "${terraform_data.later.output}",
          ]),
        },
      },
    ),
  ],
  [
    "more blocks than the code has without a dynamic one",
    created(
      ATTACHMENT,
      {
        role_mapping: [
          { type: "Token", ambiguous_role_resolution: "Deny" },
          { type: "Token", ambiguous_role_resolution: "Deny" },
        ],
      },
      {
        changeMembers: {
          after_unknown: {
            role_mapping: [
              { identity_provider: true },
              { identity_provider: true },
            ],
          },
        },
        expressions: {
          role_mapping: [
            {
              identity_provider: constant("a:${aws_x.y.id}"),
              type: constant("Token"),
              ambiguous_role_resolution: constant("Deny"),
            },
          ],
        },
      },
    ),
  ],
  [
    "a whole resource",
    created(IDENTITY_POOL, {}, { changeMembers: { after_unknown: true } }),
  ],
])("a value that is known only after apply is reported: %s", (_, plan) => {
  expect(listRules(plan)).toContain("value-unknown");
});

test.each<readonly [string, TestPlan]>([
  [
    "policies of a new role",
    created(
      ROLE,
      {
        managed_policy_arns: ["arn:aws:iam::aws:policy/AdministratorAccess"],
      },
      { changeMembers: { after_sensitive: { managed_policy_arns: true } } },
    ),
  ],
  [
    "a switch",
    updated(
      IDENTITY_POOL,
      { allow_unauthenticated_identities: false },
      { allow_unauthenticated_identities: true },
      {
        changeMembers: {
          after_sensitive: { allow_unauthenticated_identities: true },
        },
      },
    ),
  ],
  [
    "a number",
    updated(
      ROLE,
      { max_session_duration: 3600 },
      { max_session_duration: 43_200 },
      { changeMembers: { after_sensitive: { max_session_duration: true } } },
    ),
  ],
  [
    "a protection that is turned off",
    updated(
      POOL,
      { deletion_protection: "ACTIVE" },
      { deletion_protection: "INACTIVE" },
      { changeMembers: { before_sensitive: { deletion_protection: true } } },
    ),
  ],
  [
    "a whole resource",
    created(
      IDENTITY_POOL,
      { allow_unauthenticated_identities: true },
      { changeMembers: { after_sensitive: true } },
    ),
  ],
  [
    "a part of a list",
    created(
      CLIENT,
      { supported_identity_providers: ["Google"] },
      {
        changeMembers: {
          after_sensitive: { supported_identity_providers: [true] },
        },
      },
    ),
  ],
])("a value that is marked as a secret is reported: %s", (_, plan) => {
  expect(listRules(plan)).toContain("value-hidden");
});

test("a secret that stays is not reported", () => {
  const plan = updated(
    ROLE,
    { max_session_duration: 3600, description: "a" },
    { description: "b" },
    {
      changeMembers: {
        before_sensitive: { max_session_duration: true },
        after_sensitive: { max_session_duration: true },
      },
    },
  );
  expect(listRules(plan)).not.toContain("value-hidden");
});

test.each([[["no-op"]], [["read"]], [[]]])(
  "values that change under the actions %j are reported",
  (actions) => {
    const plan = updated(
      POOL,
      { mfa_configuration: "ON" },
      { mfa_configuration: "OFF" },
      { actions },
    );
    expect(listRules(plan)).toContain("plan-not-reviewed");
  },
);
