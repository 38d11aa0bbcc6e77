import { plain } from "../../../scripts/lib/access/phrase";
import {
  snapshotAfter,
  snapshotBefore,
} from "../../../scripts/lib/access/plan-snapshot";
import { lossesOf } from "../../../scripts/lib/review/losses";
import { REMOVAL_TYPES } from "../../../scripts/lib/review/removals";
import { planOf, type PlannedResource } from "../../support/plans";

type Values = Readonly<Record<string, unknown>>;

function losses(...resources: readonly PlannedResource[]): readonly string[] {
  const plan = planOf(resources);
  return lossesOf(plan, snapshotBefore(plan), snapshotAfter(plan)).map(
    ({ gravity, rule, told }) => `${gravity} ${rule}: ${plain(told)}`,
  );
}

const POOL = "aws_cognito_user_pool";
const CLIENT = "aws_cognito_user_pool_client";
const SERVICE: Values = {
  name: "ingest Service Access",
  generate_secret: true,
  client_secret: "s",
  allowed_oauth_flows_user_pool_client: true,
  allowed_oauth_flows: ["client_credentials"],
  allowed_oauth_scopes: ["api-server/read"],
};
const SECRET: PlannedResource = {
  type: "aws_secretsmanager_secret",
  before: { name: "veda-dev/ingest", recovery_window_in_days: 7 },
  after: { name: "veda-dev/ingest", recovery_window_in_days: 7 },
};

describe("what is replaced", () => {
  test.each<[string, Values, string]>([
    [
      POOL,
      { name: "veda" },
      "loss user-pool-replaced: user pool veda is replaced: all its users are lost, and every client id with it",
    ],
    [
      CLIENT,
      SERVICE,
      "loss client-replaced: service ingest is replaced: its client id and secret are lost for good; all who read secret veda-dev/ingest need the new ones",
    ],
    [
      CLIENT,
      { name: "dashboard" },
      "loss client-replaced: application dashboard is replaced: its client id is lost for good; all who use it need the new one",
    ],
    [
      "aws_cognito_resource_server",
      { identifier: "api-server" },
      "loss resource-server-replaced: resource server api-server is replaced: all its scopes are taken from every client (ingest) until they are granted again",
    ],
    [
      "aws_cognito_user_pool_domain",
      { domain: "veda" },
      "loss domain-replaced: domain veda is replaced: its sign-in and token URLs stop to answer, and another account may take the name",
    ],
    [
      "aws_cognito_user_group",
      { name: "readers" },
      "loss group-replaced: group readers is replaced: its members are no longer in it",
    ],
    [
      "aws_cognito_identity_pool",
      { identity_pool_name: "veda IdentityPool" },
      "loss identity-pool-replaced: identity pool veda IdentityPool is replaced: every identity id is lost, and what is kept by identity id with it",
    ],
    [
      "aws_cognito_identity_pool_roles_attachment",
      { identity_pool_id: "us-west-2:1" },
      "break identity-pool-roles-replaced: roles attachment of identity pool us-west-2:1 is replaced: for a moment nobody gets AWS credentials from it",
    ],
    [
      "aws_iam_openid_connect_provider",
      { url: "https://idp.example.com" },
      "loss oidc-provider-replaced: OIDC provider https://idp.example.com is replaced: nothing in this account can sign in through it until it is made anew",
    ],
    [
      "aws_iam_role",
      { name: "reader" },
      "loss role-replaced: role reader is replaced: what names the old one, such as a bucket policy, no longer lets it in, and what was attached by hand is gone",
    ],
    [
      "aws_iam_role_policy",
      { name: "p", role: "reader" },
      "break role-policy-replaced: policy p of role reader is replaced: for a moment the role lacks what it allows",
    ],
    [
      "aws_secretsmanager_secret",
      { name: "veda-dev/x", recovery_window_in_days: 7 },
      "loss secret-replaced: secret veda-dev/x is replaced: its name is locked for 7 days, and readers by ARN lose it",
    ],
    [
      "aws_secretsmanager_secret_version",
      { secret_id: "arn:x" },
      "break secret-value-replaced: value of secret arn:x is replaced: its readers get a new value, and the old one is no longer current",
    ],
    [
      "aws_iam_policy",
      { name: "boundary" },
      "loss policy-replaced: policy boundary is replaced: roles that it is attached to, or bounds, lose it",
    ],
    [
      "aws_s3_bucket",
      { bucket: "state" },
      "loss bucket-replaced: bucket state is replaced: all that it holds is lost",
    ],
    [
      "aws_kms_key",
      { arn: "arn:k" },
      "loss key-replaced: key arn:k is replaced: what is encrypted with it can no longer be read",
    ],
  ])("%s", (type, values, expected) => {
    const holder: PlannedResource = {
      address: `${CLIENT}.holder`,
      type: CLIENT,
      before: SERVICE,
      after: SERVICE,
    };
    const replaced: PlannedResource = {
      address: `${type}.replaced`,
      type,
      before: values,
      after: values,
      actions: ["delete", "create"],
    };
    const beside = type === CLIENT ? [SECRET] : [SECRET, holder];
    expect(losses(...beside, replaced)).toEqual([expected]);
  });

  test.each(REMOVAL_TYPES)(
    "%s is also lost when it is destroyed, and in the other order",
    (type) => {
      const before = {
        name: "x",
        identifier: "x",
        domain: "x",
        url: "x",
        role: "x",
      };
      const found = losses({ type, before });
      expect(found).toHaveLength(1);
      expect(found[0]).toMatch(/-destroyed: /);
      const createFirst = losses({
        type,
        before,
        after: before,
        actions: ["create", "delete"],
      });
      expect(createFirst).toHaveLength(1);
      expect(createFirst[0]).toMatch(/-replaced: /);
    },
  );

  test("the attribute that forces it is told", () => {
    const plan = planOf([
      {
        type: POOL,
        before: { name: "a" },
        after: { name: "b" },
        actions: ["delete", "create"],
        more: {
          replace_paths: [
            ["username_configuration", 0, "case_sensitive"],
            ["name"],
          ],
        },
      },
    ]);
    const [loss] = lossesOf(plan, snapshotBefore(plan), snapshotAfter(plan));
    expect(loss?.forcedBy).toEqual([
      "name",
      "username_configuration.case_sensitive",
    ]);
  });
});

const BOUNDARY = "arn:aws:iam::111122223333:policy/b";

/** An attribute of each type, what it becomes, and what that costs; and a neighbour that costs nothing. */
const IN_PLACE: readonly (readonly [
  string,
  string,
  Values,
  Values,
  readonly string[],
])[] = [
  [
    "a callback URL that is removed",
    CLIENT,
    { callback_urls: ["https://a", "https://b"] },
    { callback_urls: ["https://a"] },
    [
      "break callback-url-removed: application x can no longer send those who sign in to https://b",
    ],
  ],
  [
    "a callback URL that is added",
    CLIENT,
    { callback_urls: ["https://a"] },
    { callback_urls: ["https://a", "https://b"] },
    [],
  ],
  [
    "a callback URL that others can read",
    CLIENT,
    { callback_urls: [] },
    { callback_urls: ["http://a.example", "http://localhost:3000", "app://x"] },
    [
      "weakening callback-url-unsafe: application x sends sign-ins to http://a.example, which others can read or take",
    ],
  ],
  [
    "a logout URL that is removed",
    CLIENT,
    { logout_urls: ["https://a"] },
    { logout_urls: [] },
    [
      "break logout-url-removed: application x can no longer send those who sign out to https://a",
    ],
  ],
  [
    "a scope that a client loses",
    CLIENT,
    { allowed_oauth_scopes: ["s/a", "s/b"] },
    { allowed_oauth_scopes: ["s/a"] },
    [
      "break client-scope-removed: application x gets invalid_scope when it asks for s/b",
    ],
  ],
  [
    "an OAuth flow that is removed",
    CLIENT,
    { allowed_oauth_flows: ["code"] },
    { allowed_oauth_flows: [] },
    [
      "break oauth-flow-removed: application x can no longer use the OAuth flow code",
    ],
  ],
  [
    "an OAuth flow that is added",
    CLIENT,
    { allowed_oauth_flows: ["code"] },
    { allowed_oauth_flows: ["code", "implicit"] },
    [
      "weakening oauth-flow-added: application x may now use the OAuth flow implicit, which shows tokens in addresses",
    ],
  ],
  [
    "OAuth switched off",
    CLIENT,
    { allowed_oauth_flows_user_pool_client: true },
    { allowed_oauth_flows_user_pool_client: false },
    ["break oauth-off: application x can no longer use OAuth at all"],
  ],
  [
    "a login flow that is removed",
    CLIENT,
    { explicit_auth_flows: ["ALLOW_USER_SRP_AUTH"] },
    { explicit_auth_flows: [] },
    [
      "break auth-flow-removed: application x can no longer sign people in by ALLOW_USER_SRP_AUTH",
    ],
  ],
  [
    "a login flow that is added",
    CLIENT,
    { explicit_auth_flows: [] },
    { explicit_auth_flows: ["ALLOW_USER_PASSWORD_AUTH"] },
    [
      "weakening auth-flow-added: application x may now sign people in by ALLOW_USER_PASSWORD_AUTH",
    ],
  ],
  [
    "an identity provider that is removed",
    CLIENT,
    { supported_identity_providers: ["COGNITO", "G"] },
    { supported_identity_providers: ["COGNITO"] },
    [
      "break identity-provider-removed: application x no longer signs in people of G",
    ],
  ],
  [
    "an identity provider that is added",
    CLIENT,
    { supported_identity_providers: ["COGNITO"] },
    { supported_identity_providers: ["COGNITO", "G"] },
    [
      "weakening identity-provider-added: application x now also signs in people of G",
    ],
  ],
  [
    "tokens that live longer",
    CLIENT,
    {
      access_token_validity: 60,
      token_validity_units: [{ access_token: "minutes" }],
    },
    {
      access_token_validity: 2,
      token_validity_units: [{ access_token: "hours" }],
    },
    [
      "weakening token-life-longer: access tokens of application x live longer: 2 hours, were 1 hour",
    ],
  ],
  [
    "tokens that live as long, in another unit",
    CLIENT,
    { refresh_token_validity: 30 },
    {
      refresh_token_validity: 720,
      token_validity_units: [{ refresh_token: "hours" }],
    },
    [],
  ],
  [
    "tokens that live shorter",
    CLIENT,
    { id_token_validity: 2 },
    { id_token_validity: 1 },
    [],
  ],
  [
    "units that are left out",
    CLIENT,
    {
      access_token_validity: 60,
      token_validity_units: [{ access_token: "minutes" }],
    },
    { access_token_validity: 60, token_validity_units: [] },
    [
      "weakening token-life-longer: access tokens of application x live longer: 60 hours, were 1 hour",
    ],
  ],
  [
    "token revocation switched off",
    CLIENT,
    { enable_token_revocation: true },
    { enable_token_revocation: false },
    [
      "weakening token-revocation-off: application x no longer revokes tokens: one that was stolen works until it expires",
    ],
  ],
  [
    "user names that are told to strangers",
    CLIENT,
    { prevent_user_existence_errors: "ENABLED" },
    { prevent_user_existence_errors: "LEGACY" },
    [
      "weakening user-existence-told: application x now tells strangers which user names exist",
    ],
  ],
  [
    "deletion protection switched off",
    POOL,
    { deletion_protection: "ACTIVE" },
    { deletion_protection: "INACTIVE" },
    [
      "weakening deletion-protection-off: user pool x can be deleted from now on",
    ],
  ],
  [
    "deletion protection switched on",
    POOL,
    { deletion_protection: "INACTIVE" },
    { deletion_protection: "ACTIVE" },
    [],
  ],
  [
    "a second factor that is asked for less",
    POOL,
    { mfa_configuration: "ON" },
    { mfa_configuration: "OPTIONAL" },
    [
      "weakening mfa-weakened: user pool x: a second factor is only asked for where the user set one up",
    ],
  ],
  [
    "a second factor that is not asked for",
    POOL,
    { mfa_configuration: "OPTIONAL" },
    { mfa_configuration: "OFF" },
    [
      "weakening mfa-weakened: user pool x: a second factor is no longer asked for",
    ],
  ],
  [
    "an authenticator app that no longer counts",
    POOL,
    { software_token_mfa_configuration: [{ enabled: true }] },
    { software_token_mfa_configuration: [] },
    [
      "weakening totp-off: user pool x no longer takes an authenticator app as second factor",
    ],
  ],
  [
    "shorter passwords",
    POOL,
    {
      password_policy: [
        {
          minimum_length: 12,
          require_symbols: true,
          temporary_password_validity_days: 7,
        },
      ],
    },
    {
      password_policy: [
        {
          minimum_length: 8,
          require_symbols: false,
          temporary_password_validity_days: 30,
        },
      ],
    },
    [
      "weakening password-policy-weakened: user pool x: passwords of 8 characters are enough, were 12; symbols are no longer asked for; temporary passwords work for 30 days, were 7",
    ],
  ],
  [
    "longer passwords",
    POOL,
    { password_policy: [{ minimum_length: 8 }] },
    { password_policy: [{ minimum_length: 12 }] },
    [],
  ],
  [
    "passwords that may come back",
    POOL,
    { password_policy: [{ password_history_size: 5 }] },
    { password_policy: [{ password_history_size: 0 }] },
    [
      "weakening password-policy-weakened: user pool x: old passwords can be used again sooner",
    ],
  ],
  [
    "a password policy that is taken out",
    POOL,
    { password_policy: [{ minimum_length: 8 }] },
    { password_policy: [] },
    [
      "weakening password-policy-weakened: user pool x: its password policy is taken out of the code",
    ],
  ],
  [
    "sign-up by anybody",
    POOL,
    { admin_create_user_config: [{ allow_admin_create_user_only: true }] },
    { admin_create_user_config: [{ allow_admin_create_user_only: false }] },
    [
      "weakening self-sign-up-opened: user pool x: anybody can sign up by themselves",
    ],
  ],
  [
    "a lower tier",
    POOL,
    { user_pool_tier: "PLUS" },
    { user_pool_tier: "ESSENTIALS" },
    ["weakening tier-lowered: user pool x goes from PLUS to ESSENTIALS"],
  ],
  [
    "less threat protection",
    POOL,
    { user_pool_add_ons: [{ advanced_security_mode: "ENFORCED" }] },
    { user_pool_add_ons: [{ advanced_security_mode: "AUDIT" }] },
    [
      "weakening threat-protection-weakened: user pool x no longer stops sign-ins that look like an attack as it did",
    ],
  ],
  [
    "a function that runs at sign-in",
    POOL,
    { lambda_config: [] },
    { lambda_config: [{ pre_sign_up: "arn:f", post_confirmation: "" }] },
    [
      "weakening trigger-changed: user pool x runs another function on pre_sign_up, which may decide who gets in and what tokens say",
    ],
  ],
  [
    "a function that no longer runs",
    POOL,
    { lambda_config: [{ pre_sign_up: "arn:f" }] },
    { lambda_config: [] },
    [
      "break trigger-removed: user pool x no longer runs a function on pre_sign_up",
    ],
  ],
  [
    "a schema attribute that is changed",
    POOL,
    { schema: [{ name: "email", mutable: true }] },
    { schema: [{ name: "email", mutable: false }] },
    [
      "break schema-attribute-changed: user pool x: the apply fails, since AWS lets nobody change or remove a schema attribute (email)",
    ],
  ],
  [
    "a schema attribute that is removed",
    POOL,
    { schema: [{ name: "email" }, { name: "org" }] },
    { schema: [{ name: "email" }] },
    [
      "break schema-attribute-changed: user pool x: the apply fails, since AWS lets nobody change or remove a schema attribute (org)",
    ],
  ],
  [
    "a schema attribute that is added",
    POOL,
    { schema: [{ name: "email" }] },
    { schema: [{ name: "email" }, { name: "org" }] },
    [],
  ],
  [
    "a scope that is removed",
    "aws_cognito_resource_server",
    {
      identifier: "s",
      scope: [
        { scope_name: "a", scope_description: "A" },
        { scope_name: "b", scope_description: "B" },
      ],
    },
    { identifier: "s", scope: [{ scope_name: "a", scope_description: "A" }] },
    [
      "break scope-removed: scope s/b is removed: whoever asks for it gets invalid_scope",
    ],
  ],
  [
    "a scope that is renamed",
    "aws_cognito_resource_server",
    { identifier: "s", scope: [{ scope_name: "a", scope_description: "A" }] },
    { identifier: "s", scope: [{ scope_name: "b", scope_description: "A" }] },
    [
      "break scope-renamed: scope s/a is renamed to b, which no client holds by itself: whoever asks for it gets invalid_scope",
    ],
  ],
  [
    "a scope that is described anew",
    "aws_cognito_resource_server",
    { identifier: "s", scope: [{ scope_name: "a", scope_description: "A" }] },
    { identifier: "s", scope: [{ scope_name: "a", scope_description: "B" }] },
    [],
  ],
  [
    "another precedence",
    "aws_cognito_user_group",
    { precedence: 1 },
    { precedence: 2 },
    [
      "break group-precedence-changed: group x: its members who are in other groups too may get another role",
    ],
  ],
  [
    "another description of a group",
    "aws_cognito_user_group",
    { description: "a" },
    { description: "b" },
    [],
  ],
  [
    "guests",
    "aws_cognito_identity_pool",
    { allow_unauthenticated_identities: false },
    { allow_unauthenticated_identities: true },
    [
      "weakening guests-let-in: x gives AWS credentials to people who have not signed in",
    ],
  ],
  [
    "the classic flow",
    "aws_cognito_identity_pool",
    { allow_classic_flow: false },
    { allow_classic_flow: true },
    [
      "weakening classic-flow-on: x lets its users choose their role themselves",
    ],
  ],
  [
    "tokens that are no longer checked",
    "aws_cognito_identity_pool",
    {
      cognito_identity_providers: [
        { client_id: "c", server_side_token_check: true },
      ],
    },
    {
      cognito_identity_providers: [
        { client_id: "c", server_side_token_check: false },
      ],
    },
    [
      "weakening token-check-off: x gives credentials for tokens that were revoked, until they expire",
    ],
  ],
  [
    "roles that are not clear",
    "aws_cognito_identity_pool_roles_attachment",
    { role_mapping: [{ ambiguous_role_resolution: "Deny" }] },
    { role_mapping: [{ ambiguous_role_resolution: "AuthenticatedRole" }] },
    [
      "weakening ambiguous-role-let-in: aws_cognito_identity_pool_roles_attachment.main: users whose role is not clear get the default role, and were refused",
    ],
  ],
  [
    "a boundary that is removed",
    "aws_iam_role",
    { permissions_boundary: BOUNDARY },
    { permissions_boundary: null },
    [
      `weakening boundary-removed: role x loses its permissions boundary ${BOUNDARY}: its policies alone say what it may do`,
    ],
  ],
  [
    "another boundary",
    "aws_iam_role",
    { permissions_boundary: BOUNDARY },
    { permissions_boundary: `${BOUNDARY}2` },
    [
      `weakening boundary-changed: role x has the permissions boundary ${BOUNDARY}2, was ${BOUNDARY}`,
    ],
  ],
  [
    "a boundary that is added",
    "aws_iam_role",
    { permissions_boundary: "" },
    { permissions_boundary: BOUNDARY },
    [],
  ],
  [
    "longer sessions",
    "aws_iam_role",
    { max_session_duration: 3600 },
    { max_session_duration: 43200 },
    [
      "weakening role-session-longer: credentials of role x live up to 43200 seconds, were 3600",
    ],
  ],
  [
    "another audience",
    "aws_iam_openid_connect_provider",
    { url: "u", client_id_list: ["a"] },
    { url: "u", client_id_list: ["b"] },
    [
      "break audience-removed: OIDC provider u no longer takes tokens for a",
      "weakening audience-added: OIDC provider u also takes tokens for b",
    ],
  ],
  [
    "a secret that is gone sooner",
    "aws_secretsmanager_secret",
    { recovery_window_in_days: 30 },
    { recovery_window_in_days: 0 },
    [
      "weakening recovery-window-shorter: secret x can be had back for 0 days after it was deleted, were 30",
    ],
  ],
  [
    "a secret that may be public",
    "aws_secretsmanager_secret_policy",
    { block_public_policy: true },
    { block_public_policy: false },
    ["weakening public-policy-let-in: x may be made readable by everybody"],
  ],
  [
    "versions that are not kept",
    "aws_s3_bucket_versioning",
    { bucket: "b", versioning_configuration: [{ status: "Enabled" }] },
    { bucket: "b", versioning_configuration: [{ status: "Suspended" }] },
    [
      "weakening versioning-off: bucket b keeps no older versions of what is in it",
    ],
  ],
  [
    "a bucket that may be public",
    "aws_s3_bucket_public_access_block",
    { bucket: "b", block_public_acls: true, restrict_public_buckets: true },
    { bucket: "b", block_public_acls: true, restrict_public_buckets: false },
    [
      "weakening public-access-let-in: bucket b can be made public: restrict_public_buckets off",
    ],
  ],
  [
    "a key that is not rotated",
    "aws_kms_key",
    { enable_key_rotation: true },
    { enable_key_rotation: false },
    ["weakening key-rotation-off: x is no longer rotated"],
  ],
];

test.each(IN_PLACE)("%s", (_, type, before, after, expected) => {
  const name = { name: "x", identity_pool_name: "x" };
  expect(
    losses({
      type,
      before: { ...name, ...before },
      after: { ...name, ...after },
    }),
  ).toEqual(expected);
});

test.each<[string, PlannedResource["expressions"]]>([
  [
    "by the code's other part",
    { permissions_boundary: { constant_value: "${aws_iam_policy.wide.arn}" } },
  ],
  [
    "by a variable",
    { permissions_boundary: { references: ["var.a", "var.b"] } },
  ],
])(
  "a boundary that is known later %s is no removal, and told",
  (_, expressions) => {
    const found = losses({
      type: "aws_iam_role",
      before: { name: "x", permissions_boundary: BOUNDARY },
      after: { name: "x" },
      more: { after_unknown: { permissions_boundary: true } },
      expressions: expressions ?? {},
    });
    expect(found).toEqual([
      `weakening boundary-changed: role x has a permissions boundary that is known only once it is applied, was ${BOUNDARY}`,
    ]);
  },
);

test.each(["constructor", "toString"])(
  "a type called %s is one without rules",
  (type) => {
    expect(losses({ type, before: { a: 1 }, after: { a: 2 } })).toEqual([]);
    expect(losses({ type, before: { a: 1 } })).toEqual([]);
  },
);

test("a change in place is also told of what is replaced", () => {
  expect(
    losses({
      type: POOL,
      before: { name: "x", deletion_protection: "ACTIVE" },
      after: { name: "x", deletion_protection: "INACTIVE" },
      actions: ["delete", "create"],
    }).map((told) => told.replace(/:.*/, "")),
  ).toEqual(["loss user-pool-replaced", "weakening deletion-protection-off"]);
});

test("the clients that hold a scope are told when it is removed", () => {
  const server = (scopes: readonly string[]): Values => ({
    identifier: "api-server",
    scope: scopes.map((name) => ({
      scope_name: name,
      scope_description: name,
    })),
  });
  expect(
    losses(
      { type: CLIENT, before: SERVICE, after: SERVICE },
      {
        type: "aws_cognito_resource_server",
        before: server(["read", "write"]),
        after: server(["write"]),
      },
    ),
  ).toEqual([
    "break scope-removed: scope api-server/read is removed: ingest gets invalid_scope",
  ]);
});

test.each<[string, PlannedResource]>([
  ["made", { type: POOL, after: { name: "x" } }],
  [
    "left as it is",
    { type: POOL, before: { name: "x" }, after: { name: "x" } },
  ],
  [
    "no longer managed",
    { type: POOL, before: { name: "x" }, actions: ["forget"] },
  ],
  [
    "known by another address",
    {
      type: POOL,
      before: { name: "x" },
      after: { name: "x" },
      actions: ["no-op"],
    },
  ],
])("nothing is lost with what is %s", (_, resource) => {
  expect(losses(resource)).toEqual([]);
});
