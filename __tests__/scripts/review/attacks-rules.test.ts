import { reviewPlan } from "../../../scripts/lib/review/review-plan";
import type { RuleId } from "../../../scripts/lib/review/rules/registry";
import type { PlanJson } from "../../../scripts/lib/plan/plan-json";
import { buildPlan, type PlanResource } from "../../support/plan-builder";
import {
  ACCOUNT,
  BUCKET,
  CLIENT,
  created,
  policyDocument,
  GROUP,
  unchanged,
  KEY,
  POOL,
  ROLE,
  ROLE_ARN,
  SECRET,
  SECRET_POLICY,
  updated,
  VERSION,
  addResources,
  type TestPlan,
} from "../../support/rule-cases";
import { Untrusted } from "../../../scripts/lib/plan/redactor";

const USER = "aws_cognito_user";
const LIFECYCLE = "aws_s3_bucket_lifecycle_configuration";
const OWN_POOL = unchanged(POOL, {
  id: "us-west-2_abc",
  arn: `arn:aws:cognito-idp:us-west-2:${ACCOUNT}:userpool/us-west-2_abc`,
  name: "pool",
});
const ADMINISTRATOR = `arn:aws:iam::${ACCOUNT}:role/administrator`;
const SECRET_ARN = `arn:aws:secretsmanager:us-west-2:${ACCOUNT}:secret:stage/api-1`;
const OWN_SECRET = unchanged(SECRET, {
  name: "stage/api",
  arn: SECRET_ARN,
  id: SECRET_ARN,
});
const OWN_CLIENT = unchanged(CLIENT, { name: "api", id: "x" }, `${CLIENT}.api`);
const VALUE: PlanResource = {
  type: VERSION,
  before: { secret_id: SECRET_ARN, secret_string_wo_version: 1 },
  after: { secret_id: SECRET_ARN, secret_string_wo_version: 2 },
  actions: ["create", "delete"],
  changeMembers: { replace_paths: [["secret_string_wo_version"]] },
};

function recovery(...names: readonly string[]) {
  return [
    {
      recovery_mechanism: names.map((name, index) => ({
        name,
        priority: index + 1,
      })),
    },
  ];
}

function fromClients(...references: readonly string[]): TestPlan {
  return {
    resources: [
      OWN_SECRET,
      OWN_CLIENT,
      { ...VALUE, expressions: { secret_string_wo: { references } } },
    ],
  };
}

const FIRST_VERSION: PlanResource = {
  type: VERSION,
  address: `${VERSION}.first`,
  before: { secret_id: SECRET_ARN, version_stages: ["FIRST"] },
};

/** A client with a secret is replaced by one without. */
const TO_PUBLIC: TestPlan = {
  resources: [
    OWN_SECRET,
    {
      ...unchanged(CLIENT, { name: "api" }),
      after: { name: "api", generate_secret: false },
    },
    FIRST_VERSION,
    { ...VALUE, expressions: { secret_string_wo: { references: [] } } },
  ],
};

/** Writes the value of a secret again, with a local value. */
function fromLive(
  name: string,
  version = "secrets_api_version_860C254D",
): TestPlan {
  const references = [`${CLIENT}.api.id`, `${CLIENT}.api`, `local.${name}`];
  return {
    resources: [
      OWN_SECRET,
      OWN_CLIENT,
      {
        ...VALUE,
        address: `${VERSION}.${version}`,
        expressions: { secret_string_wo: { references } },
      },
    ],
  };
}

/** Adds a version without fields to a secret that has a value. */
function addFirst(values: Readonly<Record<string, unknown>>): TestPlan {
  return {
    resources: [
      OWN_SECRET,
      unchanged(VERSION, { secret_id: SECRET_ARN, version_id: "1" }),
      {
        type: VERSION,
        address: `${VERSION}.first`,
        after: { secret_id: SECRET_ARN, secret_string: "{}", ...values },
        changeMembers: { after_sensitive: { secret_string: true } },
      },
    ],
  };
}

/** OpenTofu lists ephemeral resources in the configuration of a plan. */
function ephemeral(type: string, secret_id: object): TestPlan {
  const address = `ephemeral.${type}.x`;
  const one = { address, mode: "ephemeral", type, expressions: { secret_id } };
  return {
    resources: [],
    more: { configuration: { root_module: { resources: [one] } } },
  };
}

function noncurrent(bucket: string): PlanResource {
  return {
    type: LIFECYCLE,
    after: {
      bucket,
      rule: [
        {
          id: "versions",
          status: "Enabled",
          noncurrent_version_expiration: [{ noncurrent_days: 1 }],
        },
      ],
    },
  };
}

function keyPolicy(...statements: readonly object[]): string {
  return policyDocument(
    {
      Effect: "Allow",
      Action: "kms:*",
      Resource: "*",
      Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
    },
    ...(statements as Record<string, unknown>[]),
  );
}

function readers(...roles: readonly string[]): string {
  return policyDocument({
    Effect: "Allow",
    Action: "secretsmanager:GetSecretValue",
    Resource: "*",
    Principal: { AWS: roles },
  });
}

/** Adds an earlier address to the first resource. */
function moved({ resources, more }: TestPlan): PlanJson {
  const plan = buildPlan(resources, more);
  return {
    ...plan,
    resource_changes: plan.resource_changes.map((one, index) =>
      index === 0
        ? { ...one, previous_address: `${one.type}.old` as Untrusted }
        : one,
    ),
  };
}

function found(plan: PlanJson): readonly RuleId[] {
  return reviewPlan(plan, {
    policy: "weakening",
    today: "2026-11-30",
    allowances: [],
  }).findings.map(({ rule }) => rule);
}

function listRules({ resources, more }: TestPlan): readonly RuleId[] {
  return found(buildPlan(resources, more));
}

test.each<readonly [string, RuleId, TestPlan]>([
  [
    "a new group with a role that the plan does not have",
    "group-role-changed",
    addResources(created(GROUP, { role_arn: ADMINISTRATOR }), OWN_POOL),
  ],
  [
    "a user who was disabled",
    "user-credentials-set",
    updated(USER, { enabled: false }, { enabled: true }),
  ],
  [
    "OAuth that is turned on with a flow that was not in use",
    "oauth-flow-added",
    updated(
      CLIENT,
      {
        allowed_oauth_flows: ["implicit"],
        allowed_oauth_flows_user_pool_client: false,
      },
      { allowed_oauth_flows_user_pool_client: true },
    ),
  ],
  [
    "a new client that does not set whether it reveals user names",
    "user-existence-revealed",
    created(
      CLIENT,
      { enable_token_revocation: true },
      {
        changeMembers: {
          after_unknown: { prevent_user_existence_errors: true },
        },
      },
    ),
  ],
  [
    "a recovery by telephone that comes first",
    "account-recovery-weakened",
    updated(
      POOL,
      {
        account_recovery_setting: recovery(
          "verified_email",
          "verified_phone_number",
        ),
      },
      {
        account_recovery_setting: recovery(
          "verified_phone_number",
          "verified_email",
        ),
      },
    ),
  ],
  [
    "the secret of another client",
    "secret-value-replaced",
    fromClients(`${CLIENT}.other.client_secret`, `${CLIENT}.other`),
  ],
  [
    "the secret of the client, and something else",
    "secret-value-replaced",
    fromClients(`${CLIENT}.api.client_secret`, "var.more"),
  ],
  [
    "a secret of a client that writes its first client secret again",
    "secret-read-removed",
    {
      resources: [
        OWN_SECRET,
        unchanged(CLIENT, { name: "api", generate_secret: true }),
        FIRST_VERSION,
        { ...VALUE, expressions: { secret_string_wo: { references: [] } } },
      ],
    },
  ],
  [
    "the secret in use of another client",
    "secret-value-replaced",
    fromLive("secrets_other_live_8CBFA3BF"),
  ],
  [
    "a local value of another name",
    "secret-value-replaced",
    fromLive("another"),
  ],
  [
    "a client secret in the first version of a secret",
    "secret-value-in-state",
    updated(
      VERSION,
      { secret_string: "{}", version_stages: ["FIRST"] },
      { secret_string: "v4lue" },
      { changeMembers: { after_sensitive: { secret_string: true } } },
    ),
  ],
  [
    "a first version that becomes the current one",
    "secret-version-stage-changed",
    updated(
      VERSION,
      { secret_string: "{}", version_stages: ["FIRST"] },
      { version_stages: ["AWSCURRENT", "FIRST"] },
    ),
  ],
  [
    "an ephemeral resource that reads a secret which is not of the stage",
    "data-source-not-reviewed",
    ephemeral(VERSION, { constant_value: "arn:of-another-stage" }),
  ],
  [
    "an ephemeral resource that runs code",
    "data-source-not-reviewed",
    ephemeral("aws_lambda_invocation", { references: [`${SECRET}.a.arn`] }),
  ],
  [
    "a second value of a secret",
    "secret-version-stage-changed",
    {
      resources: [
        OWN_SECRET,
        unchanged(VERSION, { secret_id: SECRET_ARN, version_id: "1" }),
        {
          type: VERSION,
          address: `${VERSION}.second`,
          after: { secret_id: SECRET_ARN },
        },
      ],
    },
  ],
  [
    "a rule that deletes versions of a bucket that exists",
    "lifecycle-deletes",
    {
      resources: [unchanged(BUCKET, { bucket: "b", id: "b" }), noncurrent("b")],
    },
  ],
  [
    "a data source that has the secret of a client",
    "data-source-not-reviewed",
    {
      resources: [],
      more: {
        configuration: {
          root_module: {
            resources: [
              { address: `data.${CLIENT}.x`, mode: "data", type: CLIENT },
            ],
          },
        },
      },
    },
  ],
  [
    "a lower tier than the one that a pool without a tier has",
    "tier-lowered",
    updated(POOL, {}, { user_pool_tier: "LITE" }),
  ],
])("%s is reported", (_, rule, plan) => {
  expect(listRules(plan)).toContain(rule);
});

test.each<readonly [string, RuleId, TestPlan]>([
  [
    "a new group with a role that another group has",
    "group-role-changed",
    addResources(
      created(GROUP, { role_arn: ADMINISTRATOR }),
      OWN_POOL,
      unchanged(
        GROUP,
        { name: "y", role_arn: ADMINISTRATOR },
        `${GROUP}.other`,
      ),
    ),
  ],
  [
    "a group of a new stage with a role of the account",
    "group-role-changed",
    addResources(
      created(GROUP, { role_arn: ADMINISTRATOR }),
      unchanged(ROLE, { name: "reader", arn: ROLE_ARN }),
    ),
  ],
  [
    "a secret of a client that becomes public",
    "secret-read-removed",
    TO_PUBLIC,
  ],
  [
    "a first version of a client that becomes public",
    "secret-value-destroyed",
    TO_PUBLIC,
  ],
  [
    "a first version that is destroyed with its secret",
    "secret-value-destroyed",
    {
      resources: [
        { type: SECRET, before: { arn: SECRET_ARN, id: SECRET_ARN } },
        FIRST_VERSION,
      ],
    },
  ],
  [
    "the secret in use of its client",
    "secret-value-replaced",
    fromLive("secrets_api_live_8CBFA3BF"),
  ],
  [
    "the secret in use of a client whose id ends with a part of the name",
    "secret-value-replaced",
    fromLive("secrets_alive_8CBFA3BF", "secrets_alive_version_860C254D"),
  ],
  [
    "the secret in use of a client whose id is a part of the name",
    "secret-value-replaced",
    fromLive("secrets_version_live_8CBFA3BF", "secrets_version_860C254D"),
  ],
  [
    "a first version of a secret with a value",
    "secret-version-stage-changed",
    addFirst({ version_stages: ["FIRST"] }),
  ],
  [
    "a first version, which contains nothing",
    "secret-value-in-state",
    addFirst({ version_stages: ["FIRST"] }),
  ],
  [
    "a label of a version that stays current",
    "secret-version-stage-changed",
    updated(
      VERSION,
      { version_stages: ["AWSCURRENT"] },
      { version_stages: ["AWSCURRENT", "TERRAFORM"] },
    ),
  ],
  [
    "a replaced first version",
    "secret-value-replaced",
    {
      resources: [
        {
          ...VALUE,
          before: { secret_id: SECRET_ARN, version_stages: ["FIRST"] },
          after: { secret_id: SECRET_ARN, version_stages: ["FIRST"] },
        },
      ],
    },
  ],
  [
    "an ephemeral resource that reads a secret of the stage",
    "data-source-not-reviewed",
    ephemeral(VERSION, { references: [`${VERSION}.a.arn`, `${VERSION}.a`] }),
  ],
  [
    "a value that is written again",
    "secret-value-replaced",
    fromClients(`${CLIENT}.api.client_secret`, `${CLIENT}.api`),
  ],
  [
    "a rule that deletes versions of a new bucket",
    "lifecycle-deletes",
    {
      resources: [created(BUCKET, { bucket: "b" }), noncurrent("b")].flatMap(
        (one) => ("resources" in one ? one.resources : [one]),
      ),
    },
  ],
  [
    "no tier instead of the one that a pool without a tier has",
    "tier-lowered",
    updated(POOL, { user_pool_tier: "ESSENTIALS" }, { user_pool_tier: null }),
  ],
])("%s is not reported", (_, rule, plan) => {
  expect(listRules(plan)).not.toContain(rule);
});

test("more access to a key that is moved is reported", () => {
  const plan = updated(
    KEY,
    { arn: `arn:aws:kms:us-west-2:${ACCOUNT}:key/1`, policy: keyPolicy() },
    {
      policy: keyPolicy({
        Effect: "Allow",
        Action: "kms:Decrypt",
        Resource: "*",
        Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/other` },
      }),
    },
  );
  expect(found(moved(plan))).toContain("resource-access-widened");
});

test("more access to a secret that is moved is reported", () => {
  const plan = addResources(
    { resources: [OWN_SECRET] },
    unchanged(ROLE, { name: "reader", arn: ROLE_ARN }),
    {
      type: SECRET_POLICY,
      before: { secret_arn: SECRET_ARN, policy: readers(ADMINISTRATOR) },
      after: {
        secret_arn: SECRET_ARN,
        policy: readers(ADMINISTRATOR, ROLE_ARN),
      },
    },
  );
  expect(found(moved(plan))).toContain("resource-access-widened");
});
