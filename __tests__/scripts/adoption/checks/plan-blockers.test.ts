import { findPlanBlockers } from "../../../../scripts/lib/adoption/checks/plan-blockers";
import { reviewPlan } from "../../../../scripts/lib/review/review-plan";
import { buildPlan, type PlanResource } from "../../../support/plan-builder";

function findMessages(
  resource: PlanResource,
  {
    createAddresses = [],
    allowed = {},
  }: { createAddresses?: string[]; allowed?: Record<string, string> } = {},
): string[] {
  const plan = buildPlan([{ address: `${resource.type}.it`, ...resource }], {
    configuration: { root_module: {} },
  });
  const review = reviewPlan(plan, {
    policy: "weakening",
    allowances: [],
    today: "2026-01-01",
  });
  return findPlanBlockers(review, plan, {
    allowed: new Map(Object.entries(allowed)),
    createAddresses,
  })
    .filter(({ allowReason }) => allowReason === undefined)
    .map(({ message }) => message);
}

const CLIENT = "aws_cognito_user_pool_client";
const POOL = "aws_cognito_user_pool";

const update = (type: string, before: object, after: object): PlanResource => ({
  type,
  actions: ["update"],
  before: { name: "it", ...before },
  after: { name: "it", ...after },
});

const recovery = (...names: readonly string[]): object => ({
  account_recovery_setting: [
    {
      recovery_mechanism: names.map((name, index) => ({
        name,
        priority: index + 1,
      })),
    },
  ],
});

const grants = (...Action: readonly string[]): string =>
  JSON.stringify({
    Statement: [
      {
        Effect: "Allow",
        Action,
        Resource: ["arn:aws:s3:::b", "arn:aws:s3:::b/*"],
      },
    ],
  });

const trusts = (...principals: readonly string[]): string =>
  JSON.stringify({
    Statement: principals.map((AWS) => ({
      Effect: "Allow",
      Action: "sts:AssumeRole",
      Principal: { AWS },
    })),
  });

describe("an adoption expects", () => {
  test.each<[string, PlanResource]>([
    [
      "removal of the placeholder URL, and of the flows and scopes that need it",
      update(
        CLIENT,
        {
          callback_urls: ["https://example.com"],
          allowed_oauth_flows: ["code", "implicit"],
          allowed_oauth_flows_user_pool_client: true,
          allowed_oauth_scopes: ["openid", "phone"],
        },
        {
          callback_urls: [],
          allowed_oauth_flows: [],
          allowed_oauth_flows_user_pool_client: false,
          allowed_oauth_scopes: [],
        },
      ),
    ],
    [
      "auth flows that every client of a stage has",
      update(
        CLIENT,
        { explicit_auth_flows: ["ALLOW_USER_PASSWORD_AUTH"] },
        {
          explicit_auth_flows: [
            "ALLOW_REFRESH_TOKEN_AUTH",
            "ALLOW_USER_PASSWORD_AUTH",
            "ALLOW_USER_SRP_AUTH",
          ],
        },
      ),
    ],
    [
      "removal of account recovery by phone",
      update(
        POOL,
        recovery("verified_phone_number", "verified_email"),
        recovery("verified_email"),
      ),
    ],
    [
      "removal of the CDK app's commit tag from a role",
      update(
        "aws_iam_role",
        { tags: { GitCommit: "a", Owner: "me" } },
        { tags: {}, tags_all: { Owner: "me" } },
      ),
    ],
    [
      "write actions that later versions of the CDK added",
      update(
        "aws_iam_role_policy",
        { policy: grants("s3:PutObject") },
        { policy: grants("s3:PutObject", "s3:PutObjectTagging") },
      ),
    ],
    [
      "removal of threat protection that is off",
      update(
        POOL,
        { user_pool_add_ons: [{ advanced_security_mode: "OFF" }] },
        { user_pool_add_ons: [] },
      ),
    ],
    [
      "legacy names of auth flows, and removal of custom auth",
      update(
        CLIENT,
        {
          explicit_auth_flows: ["ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY"],
        },
        { explicit_auth_flows: ["ALLOW_ADMIN_USER_PASSWORD_AUTH"] },
      ),
    ],
    [
      "validity of temporary passwords that was not set",
      update(
        POOL,
        { password_policy: [{ temporary_password_validity_days: 0 }] },
        { password_policy: [{ temporary_password_validity_days: 7 }] },
      ),
    ],
    [
      "removal of a grant that another one covers",
      update(
        "aws_iam_role_policy",
        { policy: grants("s3:GetObject", "s3:GetObject*") },
        { policy: grants("s3:GetObject*") },
      ),
    ],
    [
      "token validity with explicit units",
      update(
        CLIENT,
        { access_token_validity: 0, refresh_token_validity: 30 },
        {
          access_token_validity: 60,
          refresh_token_validity: 30,
          token_validity_units: [
            { access_token: "minutes", refresh_token: "days" },
          ],
        },
      ),
    ],
    [
      "activation of deletion protection",
      update(
        POOL,
        { deletion_protection: "INACTIVE" },
        { deletion_protection: "ACTIVE" },
      ),
    ],
    [
      "an explicit recovery window",
      update(
        "aws_secretsmanager_secret",
        { recovery_window_in_days: null },
        { recovery_window_in_days: 7 },
      ),
    ],
    [
      "a permissions boundary on a role without one",
      update(
        "aws_iam_role",
        { permissions_boundary: "" },
        { permissions_boundary: "arn:aws:iam::000000000000:policy/b" },
      ),
    ],
    [
      "a new version of a secret",
      {
        type: "aws_secretsmanager_secret_version",
        actions: ["create"],
        after: {},
      },
    ],
  ])("%s", (_, resource) => {
    expect(findMessages(resource)).toEqual([]);
  });
});

describe("an adoption is blocked by", () => {
  test.each<[string, PlanResource, RegExp]>([
    [
      "a replacement",
      {
        type: CLIENT,
        actions: ["delete", "create"],
        before: { name: "it" },
        after: { name: "it" },
      },
      /^must not be replaced/,
    ],
    [
      "a deletion",
      { type: POOL, actions: ["delete"], before: { name: "it" } },
      /^must not be destroyed/,
    ],
    [
      "creation of a resource that must exist already",
      { type: CLIENT, actions: ["create"], after: { name: "it" } },
      /^must exist already.*--create .* new id$/m,
    ],
    [
      "removal of a callback URL",
      update(
        CLIENT,
        { callback_urls: ["https://example.com", "https://manual.example/"] },
        { callback_urls: [] },
      ),
      /^callback_urls .* https:\/\/manual\.example\//,
    ],
    [
      "a default redirect URI that is not a callback URL",
      update(
        CLIENT,
        {
          callback_urls: ["https://example.com"],
          default_redirect_uri: "https://example.com",
        },
        { callback_urls: [], default_redirect_uri: "https://example.com" },
      ),
      /^callback_urls .* default redirect URI https:\/\/example\.com/,
    ],
    [
      "deactivation of threat protection",
      update(
        POOL,
        { user_pool_add_ons: [{ advanced_security_mode: "ENFORCED" }] },
        { user_pool_add_ons: [] },
      ),
      /^user_pool_add_ons must stay ENFORCED, got OFF; set THREAT_PROTECTION$/m,
    ],
    [
      "a grant that becomes smaller",
      update(
        "aws_iam_role_policy",
        { policy: grants("s3:*") },
        { policy: grants("s3:GetObject*") },
      ),
      /^policy must still allow all of s3:\* on/,
    ],
    [
      "an auth flow that was removed manually",
      update(
        CLIENT,
        { explicit_auth_flows: ["ALLOW_USER_SRP_AUTH"] },
        {
          explicit_auth_flows: [
            "ALLOW_USER_PASSWORD_AUTH",
            "ALLOW_USER_SRP_AUTH",
          ],
        },
      ),
      /^explicit_auth_flows must not contain ALLOW_USER_PASSWORD_AUTH/,
    ],
    [
      "removal of flows and scopes of a client with a callback URL",
      update(
        CLIENT,
        {
          callback_urls: ["https://example.com", "https://manual.example/"],
          allowed_oauth_flows: ["code", "implicit"],
          allowed_oauth_scopes: ["openid", "phone"],
        },
        {
          callback_urls: ["https://manual.example/"],
          allowed_oauth_flows: ["code"],
          allowed_oauth_scopes: ["openid"],
        },
      ),
      /^allowed_oauth_flows .* implicit.*\n(.*\n)*allowed_oauth_scopes .* phone/,
    ],
    [
      "a change of account recovery by administrators",
      update(POOL, recovery("admin_only"), recovery("verified_email")),
      /^account_recovery_setting must stay admin_only/,
    ],
    [
      "shorter validity of temporary passwords",
      update(
        POOL,
        { password_policy: [{ temporary_password_validity_days: 90 }] },
        { password_policy: [{ temporary_password_validity_days: 7 }] },
      ),
      /^password_policy .* 90 days, got 7$/,
    ],
    [
      "removal of a role's tag",
      update(
        "aws_iam_role",
        { tags: { Team: "a" } },
        { tags: {}, tags_all: { Owner: "me" } },
      ),
      /^tags .*Team=a.*got no such tag$/,
    ],
    [
      "another value of a role's tag",
      update(
        "aws_iam_role",
        { tags: { Project: "x" } },
        { tags: {}, tags_all: { Project: "veda" } },
      ),
      /^tags .*Project=x.*got Project=veda$/,
    ],
    [
      "an additional action of a role",
      update(
        "aws_iam_role_policy",
        { policy: grants("s3:GetObject*") },
        { policy: grants("s3:GetObject*", "s3:DeleteObject*") },
      ),
      /^policy must not allow s3:DeleteObject\* on arn:aws:s3:::b\/\*$/,
    ],
    [
      "an additional trusted principal",
      update(
        "aws_iam_role",
        { assume_role_policy: trusts("a") },
        { assume_role_policy: trusts("a", "*") },
      ),
      /^assume_role_policy must not trust \* with sts:AssumeRole in more cases$/,
    ],
    [
      "a live policy that is not readable",
      update(
        "aws_iam_role_policy",
        { policy: "no policy" },
        { policy: grants("s3:GetObject*") },
      ),
      /^policy cannot be compared: the live policy is not readable: it is not JSON$/,
    ],
    [
      "a live trust policy that is not readable",
      update(
        "aws_iam_role",
        { assume_role_policy: '{"Statement":[{"Effect":"Allow"}]}' },
        { assume_role_policy: trusts("a") },
      ),
      /^assume_role_policy cannot be compared: .*a statement has no Action$/,
    ],
    [
      "an attribute that the review does not know",
      update("aws_iam_role", { brand_new: "a" }, { brand_new: "b" }),
      /attribute-not-reviewed/,
    ],
    [
      "removal of a grant for a pattern of buckets",
      update(
        "aws_iam_role_policy",
        {
          policy: JSON.stringify({
            Statement: {
              Effect: "Allow",
              Action: "s3:GetObject*",
              Resource: "arn:aws:s3:::partner*",
            },
          }),
        },
        { policy: grants("s3:GetObject*") },
      ),
      /^policy must still allow s3:GetObject\* on arn:aws:s3:::partner\*$/m,
    ],
    [
      "a change of token validity",
      update(
        CLIENT,
        { refresh_token_validity: 365 },
        { refresh_token_validity: 30 },
      ),
      /^refresh_token_validity .* 525600 minutes, got 43200$/,
    ],
    [
      "deactivation of MFA",
      update(
        POOL,
        { mfa_configuration: "OPTIONAL" },
        { mfa_configuration: "OFF" },
      ),
      /mfa/,
    ],
    [
      "removal of a trigger",
      update(
        POOL,
        { lambda_config: [{ pre_sign_up: "arn:aws:lambda:x" }] },
        { lambda_config: [] },
      ),
      /^lambda_config must run arn:aws:lambda:x on pre_sign_up, got no function/,
    ],
    [
      "removal of a user attribute",
      update(
        POOL,
        { schema: [{ name: "team", attribute_data_type: "String" }] },
        { schema: [] },
      ),
      /schema/,
    ],
    [
      "removal of a permissions boundary",
      update(
        "aws_iam_role",
        { permissions_boundary: "arn:aws:iam::000000000000:policy/b" },
        { permissions_boundary: "" },
      ),
      /^permissions_boundary must stay "arn:aws:iam::000000000000:policy\/b"/,
    ],
    [
      "a shorter session duration",
      update(
        "aws_iam_role",
        { max_session_duration: 7200 },
        { max_session_duration: 3600 },
      ),
      /^max_session_duration must not change, got a change from 7200 to 3600$/,
    ],
    [
      "removal of a client from an identity pool",
      update(
        "aws_cognito_identity_pool",
        { cognito_identity_providers: [{ client_id: "manual" }] },
        { cognito_identity_providers: [] },
      ),
      /^cognito_identity_providers .* client manual /,
    ],
  ])("%s", (_, resource, expected) => {
    expect(findMessages(resource).join("\n")).toMatch(expected);
  });
});

describe("the policy of a secret that an adoption creates", () => {
  const reads = (AWS: string): PlanResource => ({
    type: "aws_secretsmanager_secret_policy",
    actions: ["create"],
    after: {
      secret_arn: "arn:aws:secretsmanager:us-west-2:000000000000:secret:s",
      block_public_policy: true,
      policy: JSON.stringify({
        Statement: {
          Effect: "Allow",
          Action: "secretsmanager:GetSecretValue",
          Resource: "*",
          Principal: { AWS },
        },
      }),
    },
  });

  test("may grant access to configured roles, but not to anyone", () => {
    const reader = "arn:aws:iam::000000000000:role/reader";
    expect(findMessages(reads(reader)).join()).not.toContain(
      "resource-access-widened",
    );
    expect(findMessages(reads("*")).join()).toContain("access-public: ");
  });
});

describe("an adoption is blocked by a finding in a created resource:", () => {
  test.each<[string, PlanResource, RegExp]>([
    [
      "a client without token revocation",
      { type: CLIENT, actions: ["create"], after: {} },
      /^token-revocation-off: /m,
    ],
    [
      "a role that anyone can assume",
      {
        type: "aws_iam_role",
        actions: ["create"],
        after: { name: "it", assume_role_policy: trusts("*") },
      },
      /^access-public: /m,
    ],
    [
      "a policy that is not readable",
      {
        type: "aws_iam_role_policy",
        actions: ["create"],
        after: { name: "it", role: "r", policy: '{"Statement":[]}' },
      },
      /^policy-not-readable: /m,
    ],
    [
      "a type that no stage has",
      { type: "aws_instance", actions: ["create"], after: {} },
      /^type-not-reviewed: /m,
    ],
  ])("%s", (_, resource, finding) => {
    const createAddresses = [`${resource.type}.it`];
    expect(findMessages(resource, { createAddresses }).join("\n")).toMatch(
      finding,
    );
  });
});

test("messages contain no secret of the plan", () => {
  const secret = "s3cr3t-value-of-a-client";
  const urls = ["https://example.com", `https://x.example/?key=${secret}`];
  const changed = update(
    CLIENT,
    { callback_urls: urls, client_secret: secret },
    { callback_urls: [], client_secret: secret },
  );
  expect(findMessages(changed)).toEqual([
    "callback_urls must still contain https://x.example/?key=(redacted), which the plan removes",
  ]);
});

describe("a blocker is permitted", () => {
  test("by an entry of the allow-list, if a value changes", () => {
    const changed = update(
      POOL,
      { mfa_configuration: "OPTIONAL" },
      { mfa_configuration: "OFF" },
    );
    expect(
      findMessages(changed, { allowed: { [`${POOL}.it`]: "agreed" } }),
    ).toEqual([]);
  });

  test("by --create, if a resource is created", () => {
    const after = {
      enable_token_revocation: true,
      prevent_user_existence_errors: "ENABLED",
    };
    const created = { type: CLIENT, actions: ["create"], after };
    expect(
      findMessages(created, { createAddresses: [`${CLIENT}.it`] }),
    ).toEqual([]);
  });

  test("by nothing, if a resource is destroyed", () => {
    const deleted = { type: POOL, actions: ["delete"], before: { name: "it" } };
    expect(
      findMessages(deleted, { allowed: { [`${POOL}.it`]: "agreed" } }),
    ).toHaveLength(1);
  });
});
