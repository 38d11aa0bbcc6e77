import { findPlanBlockers } from "../../../../scripts/lib/adoption/checks/plan-blockers";
import { parsePlanJson } from "../../../../scripts/lib/plan/plan-json";
import { reviewPlan } from "../../../../scripts/lib/review/review-plan";

interface Resource {
  readonly type: string;
  readonly actions: readonly string[];
  readonly before?: object | null;
  readonly after?: object | null;
}

function stops(
  resource: Resource,
  {
    mayCreate = [],
    allowed = {},
  }: { mayCreate?: string[]; allowed?: Record<string, string> } = {},
): string[] {
  const { type, actions, before = null, after = null } = resource;
  const plan = parsePlanJson(
    JSON.stringify({
      format_version: "1.2",
      terraform_version: "1.11.4",
      complete: true,
      configuration: { root_module: {} },
      planned_values: { root_module: { resources: [] } },
      resource_changes: [
        {
          address: `${type}.it`,
          mode: "managed",
          type,
          name: "it",
          change: { actions, before, after, after_unknown: {} },
        },
      ],
    }),
  );
  const review = reviewPlan(plan, {
    policy: "weakening",
    allowances: [],
    today: "2026-01-01",
  });
  return findPlanBlockers(review, plan, {
    allowed: new Map(Object.entries(allowed)),
    mayCreate,
  })
    .filter(({ allowedFor }) => allowedFor === undefined)
    .map(({ told }) => told);
}

const CLIENT = "aws_cognito_user_pool_client";
const POOL = "aws_cognito_user_pool";

const update = (type: string, before: object, after: object): Resource => ({
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

describe("the gate of an adoption lets pass", () => {
  test.each<[string, Resource]>([
    [
      "the placeholder that the CDK app gave every client",
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
      "ways of signing in that every client of a stage has",
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
      "recovery by phone first, which the CDK app had",
      update(
        POOL,
        recovery("verified_phone_number", "verified_email"),
        recovery("verified_email"),
      ),
    ],
    [
      "the commit that the CDK app tagged a role with",
      update(
        "aws_iam_role",
        { tags: { GitCommit: "a", Owner: "me" } },
        { tags: {}, tags_all: { Owner: "me" } },
      ),
    ],
    [
      "what writing to a bucket came to comprise",
      update(
        "aws_iam_role_policy",
        { policy: grants("s3:PutObject") },
        { policy: grants("s3:PutObject", "s3:PutObjectTagging") },
      ),
    ],
    [
      "threat protection that is off",
      update(
        POOL,
        { user_pool_add_ons: [{ advanced_security_mode: "OFF" }] },
        { user_pool_add_ons: [] },
      ),
    ],
    [
      "ways of signing in by their names of before, and one that needs a trigger",
      update(
        CLIENT,
        {
          explicit_auth_flows: ["ADMIN_NO_SRP_AUTH", "CUSTOM_AUTH_FLOW_ONLY"],
        },
        { explicit_auth_flows: ["ALLOW_ADMIN_USER_PASSWORD_AUTH"] },
      ),
    ],
    [
      "days of a temporary password that nobody has set",
      update(
        POOL,
        { password_policy: [{ temporary_password_validity_days: 0 }] },
        { password_policy: [{ temporary_password_validity_days: 7 }] },
      ),
    ],
    [
      "a grant that another one covers",
      update(
        "aws_iam_role_policy",
        { policy: grants("s3:GetObject", "s3:GetObject*") },
        { policy: grants("s3:GetObject*") },
      ),
    ],
    [
      "lives of tokens that are written out",
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
      "deletion protection that is switched on",
      update(
        POOL,
        { deletion_protection: "INACTIVE" },
        { deletion_protection: "ACTIVE" },
      ),
    ],
    [
      "a recovery window that is written out",
      update(
        "aws_secretsmanager_secret",
        { recovery_window_in_days: null },
        { recovery_window_in_days: 7 },
      ),
    ],
    [
      "a boundary that bounds what had none",
      update(
        "aws_iam_role",
        { permissions_boundary: "" },
        { permissions_boundary: "arn:aws:iam::000000000000:policy/b" },
      ),
    ],
    [
      "the value of a secret, written again",
      {
        type: "aws_secretsmanager_secret_version",
        actions: ["create"],
        after: {},
      },
    ],
  ])("%s", (_, resource) => {
    expect(stops(resource)).toEqual([]);
  });
});

describe("the gate of an adoption stops at", () => {
  test.each<[string, Resource, RegExp]>([
    [
      "a replacement",
      {
        type: CLIENT,
        actions: ["delete", "create"],
        before: { name: "it" },
        after: { name: "it" },
      },
      /^it would be destroyed and made anew/,
    ],
    [
      "a deletion",
      { type: POOL, actions: ["delete"], before: { name: "it" } },
      /^it would be destroyed/,
    ],
    [
      "something made beside what is live",
      { type: CLIENT, actions: ["create"], after: { name: "it" } },
      /^it would be made, with an id that nobody knows, and nothing live was found/,
    ],
    [
      "a callback URL that was added by hand",
      update(
        CLIENT,
        { callback_urls: ["https://example.com", "https://by.hand/"] },
        { callback_urls: [] },
      ),
      /it loses https:\/\/by\.hand\//,
    ],
    [
      "a default redirect that would be none of the callback URLs",
      update(
        CLIENT,
        {
          callback_urls: ["https://example.com"],
          default_redirect_uri: "https://example.com",
        },
        { callback_urls: [], default_redirect_uri: "https://example.com" },
      ),
      /its default redirect https:\/\/example\.com would be none of them/,
    ],
    [
      "threat protection that somebody switched on",
      update(
        POOL,
        { user_pool_add_ons: [{ advanced_security_mode: "ENFORCED" }] },
        { user_pool_add_ons: [] },
      ),
      /it was switched on/,
    ],
    [
      "a grant of more than the code's",
      update(
        "aws_iam_role_policy",
        { policy: grants("s3:*") },
        { policy: grants("s3:GetObject*") },
      ),
      /it no longer allows all of s3:\* on/,
    ],
    [
      "a way of signing in that somebody took away",
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
      /it gains ALLOW_USER_PASSWORD_AUTH/,
    ],
    [
      "scopes of a client that people are sent back to something real by",
      update(
        CLIENT,
        {
          callback_urls: ["https://example.com", "https://by.hand/"],
          allowed_oauth_flows: ["code", "implicit"],
          allowed_oauth_scopes: ["openid", "phone"],
        },
        {
          callback_urls: ["https://by.hand/"],
          allowed_oauth_flows: ["code"],
          allowed_oauth_scopes: ["openid"],
        },
      ),
      /loses implicit\n(.*\n)*.*loses phone/,
    ],
    [
      "recovery that somebody left to administrators",
      update(POOL, recovery("admin_only"), recovery("verified_email")),
      /people recover by admin_only alone/,
    ],
    [
      "invitations that somebody made live longer",
      update(
        POOL,
        { password_policy: [{ temporary_password_validity_days: 90 }] },
        { password_policy: [{ temporary_password_validity_days: 7 }] },
      ),
      /temporary passwords live 90 days, and would live 7/,
    ],
    [
      "a tag of a role, which goes with those who assume it",
      update(
        "aws_iam_role",
        { tags: { Team: "a" } },
        { tags: {}, tags_all: { Owner: "me" } },
      ),
      /it loses tag Team/,
    ],
    [
      "another value of a role's tag",
      update(
        "aws_iam_role",
        { tags: { Project: "x" } },
        { tags: {}, tags_all: { Project: "veda" } },
      ),
      /its tag Project would be veda, and is x/,
    ],
    [
      "an action that somebody took from a role",
      update(
        "aws_iam_role_policy",
        { policy: grants("s3:GetObject*") },
        { policy: grants("s3:GetObject*", "s3:DeleteObject*") },
      ),
      /it would allow s3:DeleteObject\* on arn:aws:s3:::b\/\*, and does not/,
    ],
    [
      "somebody whom a role would trust, and does not",
      update(
        "aws_iam_role",
        { assume_role_policy: trusts("a") },
        { assume_role_policy: trusts("a", "*") },
      ),
      /it would trust \* with sts:AssumeRole in more cases, and does not/,
    ],
    [
      "a live policy that is not readable",
      update(
        "aws_iam_role_policy",
        { policy: "no policy" },
        { policy: grants("s3:GetObject*") },
      ),
      /^policy: the live policy is not readable: it is not JSON$/,
    ],
    [
      "a live trust policy that is not readable",
      update(
        "aws_iam_role",
        { assume_role_policy: '{"Statement":[{"Effect":"Allow"}]}' },
        { assume_role_policy: trusts("a") },
      ),
      /^assume_role_policy: the live policy is not readable: a statement has no Action$/,
    ],
    [
      "a role's part that the review does not know",
      update("aws_iam_role", { brand_new: "a" }, { brand_new: "b" }),
      /attribute-not-reviewed/,
    ],
    [
      "objects of buckets by a pattern that a role may read",
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
      /it no longer allows s3:GetObject\* on arn:aws:s3:::partner\*/,
    ],
    [
      "a life of tokens that was set by hand",
      update(
        CLIENT,
        { refresh_token_validity: 365 },
        { refresh_token_validity: 30 },
      ),
      /its refresh tokens would live 43200 minutes, and live 525600/,
    ],
    [
      "a second factor that was switched on by hand",
      update(
        POOL,
        { mfa_configuration: "OPTIONAL" },
        { mfa_configuration: "OFF" },
      ),
      /mfa/,
    ],
    [
      "a trigger that was added by hand",
      update(
        POOL,
        { lambda_config: [{ pre_sign_up: "arn:aws:lambda:x" }] },
        { lambda_config: [] },
      ),
      /trigger-removed/,
    ],
    [
      "an attribute that was added by hand",
      update(
        POOL,
        { schema: [{ name: "team", attribute_data_type: "String" }] },
        { schema: [] },
      ),
      /schema/,
    ],
    [
      "a boundary that would go",
      update(
        "aws_iam_role",
        { permissions_boundary: "arn:aws:iam::000000000000:policy/b" },
        { permissions_boundary: "" },
      ),
      /permissions_boundary: it was set to "arn:aws:iam::000000000000:policy\/b"/,
    ],
    [
      "longer sessions that were set by hand",
      update(
        "aws_iam_role",
        { max_session_duration: 7200 },
        { max_session_duration: 3600 },
      ),
      /max_session_duration: from 7200 to 3600/,
    ],
    [
      "a client that an identity pool no longer trusts",
      update(
        "aws_cognito_identity_pool",
        { cognito_identity_providers: [{ client_id: "by-hand" }] },
        { cognito_identity_providers: [] },
      ),
      /no longer trusts client by-hand/,
    ],
  ])("%s", (_, resource, told) => {
    expect(stops(resource).join("\n")).toMatch(told);
  });
});

describe("the policy of a secret that an adoption makes", () => {
  const reads = (AWS: string): Resource => ({
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

  test("may let the roles read it that the settings name, and not anyone", () => {
    const reader = "arn:aws:iam::000000000000:role/reader";
    expect(stops(reads(reader)).join()).not.toContain(
      "resource-access-widened",
    );
    expect(stops(reads("*")).join()).toContain("access-public: ");
  });
});

describe("the gate of an adoption stops at what the review finds in what is created:", () => {
  test.each<[string, Resource, RegExp]>([
    [
      "a client without protection",
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
    const mayCreate = [`${resource.type}.it`];
    expect(stops(resource, { mayCreate }).join("\n")).toMatch(finding);
  });
});

test("the gate of an adoption prints no secret of a plan", () => {
  const secret = "s3cr3t-value-of-a-client";
  const urls = ["https://example.com", `https://x.example/?key=${secret}`];
  const changed = update(
    CLIENT,
    { callback_urls: urls, client_secret: secret },
    { callback_urls: [], client_secret: secret },
  );
  expect(stops(changed)).toEqual([
    "callback_urls: it loses https://x.example/?key=(redacted)",
  ]);
});

describe("what stops an adoption passes", () => {
  test("where the allow-list has the address of a value that changes", () => {
    const changed = update(
      POOL,
      { mfa_configuration: "OPTIONAL" },
      { mfa_configuration: "OFF" },
    );
    expect(stops(changed, { allowed: { [`${POOL}.it`]: "agreed" } })).toEqual(
      [],
    );
  });

  test("for what is made again where that is asked for by its address", () => {
    const after = {
      enable_token_revocation: true,
      prevent_user_existence_errors: "ENABLED",
    };
    const created = { type: CLIENT, actions: ["create"], after };
    expect(stops(created, { mayCreate: [`${CLIENT}.it`] })).toEqual([]);
  });

  test("in no case for what is destroyed", () => {
    const deleted = { type: POOL, actions: ["delete"], before: { name: "it" } };
    expect(
      stops(deleted, { allowed: { [`${POOL}.it`]: "agreed" } }),
    ).toHaveLength(1);
  });
});
