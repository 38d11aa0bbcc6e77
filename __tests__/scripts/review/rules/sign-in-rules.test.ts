import { buildPlanModel } from "../../../../scripts/lib/plan/plan-model";
import { toPlainText } from "../../../../scripts/lib/plan/rich-text";
import { runRules } from "../../../../scripts/lib/review/run-rules";
import { buildPlan, type PlanResource } from "../../../support/plan-builder";
import { ACCOUNT, unchanged } from "../../../support/rule-cases";

type Values = Readonly<Record<string, unknown>>;

const POOL = "aws_cognito_user_pool";
const PROVIDER = "aws_cognito_identity_provider";
const DOMAIN = "aws_cognito_user_pool_domain";
const RECORD = "aws_route53_record";
const CLIENT = "aws_cognito_user_pool_client";
const PERMISSION = "aws_lambda_permission";
const LOG = "aws_cognito_log_delivery_configuration";

/** Returns the findings as "rule: sentence"; the plan's configuration does not have the modes of resources. */
function review(...resources: readonly PlanResource[]): readonly string[] {
  return runRules(buildPlanModel(buildPlan(resources)), undefined)
    .findings.filter(({ rule }) => rule !== "data-source-not-reviewed")
    .map(({ rule, message }) => `${rule}: ${toPlainText(message)}`);
}

const update = (type: string, before: Values, after: Values): PlanResource => ({
  type,
  before,
  after: { ...before, ...after },
});

const KEYCLOAK = {
  provider_name: "Keycloak",
  provider_details: {
    oidc_issuer: "https://a.example",
    authorize_scopes: "openid",
    client_secret: "canary-1234",
  },
  attribute_mapping: { email: "email", username: "sub" },
};

describe("an identity provider", () => {
  const change = (values: Values): readonly string[] =>
    review(update(PROVIDER, KEYCLOAK, values));
  const details = (values: Values): Values => ({
    provider_details: { ...KEYCLOAK.provider_details, ...values },
  });
  const mapping = (values: Values): Values => ({
    attribute_mapping: { ...KEYCLOAK.attribute_mapping, ...values },
  });

  test.each([
    "oidc_issuer",
    "authorize_url",
    "token_url",
    "attributes_url",
    "jwks_uri",
    "MetadataURL",
    "MetadataFile",
    "client_id",
  ])("may sign in other people if %s changes", (key) => {
    expect(change(details({ [key]: "https://b.example" }))).toEqual([
      expect.stringMatching(
        `^identity-provider-changed: identity provider Keycloak may sign in other people, since its connection changes: ${key} https://b.example, was `,
      ),
    ]);
  });

  test("has one sentence for all changes of its connection with the same effect", () => {
    const changed = { token_url: "t", jwks_uri: "j", client_secret: "s" };
    expect(change(details(changed))).toEqual([
      "identity-provider-changed: identity provider Keycloak may sign in other people, since its connection changes: jwks_uri j, was (not set); token_url t, was (not set)",
      'identity-provider-changed: identity provider Keycloak has another connection: client_secret "(redacted, changed)", was (redacted)',
    ]);
  });

  test("has another connection if its secret changes, which is not shown", () => {
    expect(change(details({ client_secret: "canary-5678" }))).toEqual([
      'identity-provider-changed: identity provider Keycloak has another connection: client_secret "(redacted, changed)", was (redacted)',
    ]);
  });

  test.each([
    ["both connections are", { before_sensitive: true, after_sensitive: true }],
    ["the new connection is", { after_sensitive: true }],
    ["the former connection is", { before_sensitive: true }],
  ])("may sign in other people if %s marked as a secret", (_, marks) => {
    const changeMembers = Object.fromEntries(
      Object.keys(marks).map((key) => [key, { provider_details: true }]),
    );
    const sentence =
      "identity-provider-changed: identity provider Keycloak may sign in other people, since its connection changes, which cannot be reviewed because it is marked as a secret";
    const values = details({ oidc_issuer: "https://b.example" });
    expect(
      review({ ...update(PROVIDER, KEYCLOAK, values), changeMembers }),
    ).toEqual([sentence]);
  });

  test("reports no change of a connection that is marked as a secret and stays", () => {
    const mark = { provider_details: true };
    expect(
      review({
        ...update(PROVIDER, KEYCLOAK, { region: "us-west-2" }),
        changeMembers: { before_sensitive: mark, after_sensitive: mark },
      }),
    ).toEqual([]);
  });

  test.each<[string, Values, string]>([
    [
      "its name for users",
      { username: "email" },
      "decides which user a person is: attribute username from email, was sub",
    ],
    [
      "a custom attribute",
      { "custom:groups": "groups" },
      "decides what roles and applications read: attribute custom:groups from groups, was (not set)",
    ],
  ])("is trusted with %s", (_, values, ending) => {
    expect(change(mapping(values))).toEqual([
      `identity-mapping-trusted: identity provider Keycloak ${ending}`,
    ]);
  });

  test.each<[string, Values, string]>([
    [
      "an attribute more",
      { name: "displayName" },
      "sets attribute name of its users from displayName, was (not set)",
    ],
    [
      "an attribute less",
      { email: null },
      "no longer sets attribute email of its users",
    ],
  ])("sets %s", (_, values, ending) => {
    expect(change(mapping(values))).toEqual([
      `identity-provider-changed: identity provider Keycloak ${ending}`,
    ]);
  });

  test("that is new is trusted with custom attributes too", () => {
    const created = { ...KEYCLOAK, ...mapping({ "custom:groups": "groups" }) };
    expect(
      review({ type: PROVIDER, after: created }).map(
        (finding) => finding.split(":")[0],
      ),
    ).toEqual(["identity-provider-added", "identity-mapping-trusted"]);
    expect(review({ type: PROVIDER, after: KEYCLOAK })).toHaveLength(1);
  });
});

describe("an identity provider that is removed", () => {
  const removal = (resource: Partial<PlanResource>): readonly string[] =>
    review(
      { type: PROVIDER, before: KEYCLOAK, ...resource },
      unchanged(CLIENT, {
        name: "portal",
        supported_identity_providers: ["Keycloak"],
      }),
      unchanged(CLIENT, { name: "cli" }, `${CLIENT}.cli`),
    );

  test("names the clients of its users", () => {
    expect(removal({})).toEqual([
      "identity-provider-destroyed: identity provider Keycloak is destroyed: its users can no longer sign in to portal",
    ]);
  });

  test("names them if it is replaced", () => {
    expect(
      removal({
        after: { ...KEYCLOAK, provider_name: "Login" },
        actions: ["create", "delete"],
      }),
    ).toEqual([
      "identity-provider-replaced: identity provider Keycloak is replaced: its users cannot sign in to portal until it exists again, and may then be new users",
    ]);
  });
});

describe("the attributes of a client", () => {
  const change = (before: Values, after: Values): readonly string[] =>
    review(update(CLIENT, { name: "portal", ...before }, after));

  test.each([
    ["write", null],
    ["write", []],
    ["read", null],
    ["read", []],
  ])("that it can %s are the standard ones with the list %j", (verb, unset) => {
    const path = `${verb}_attributes`;
    const all = { [path]: ["custom:groups", "email"] };
    const sentence = `${path.replace("_", "-")}-changed: client portal can now ${verb}`;
    expect(change({ [path]: unset }, all)).toEqual([
      `${sentence} custom:groups of users`,
    ]);
    expect(change({ [path]: unset }, { [path]: ["email"] })).toEqual([]);
    expect(change({ [path]: ["email"] }, { [path]: unset })).toEqual([
      expect.stringMatching(
        `^${sentence} address, .*, website and zoneinfo of users$`,
      ),
    ]);
  });
});

describe("a client that signs in users of another provider", () => {
  const client = (mfa: string, ...providers: readonly string[]) =>
    review(
      unchanged(POOL, { id: "us-west-2_a", mfa_configuration: mfa }),
      update(
        CLIENT,
        {
          name: "portal",
          user_pool_id: "us-west-2_a",
          supported_identity_providers: [],
        },
        { supported_identity_providers: providers },
      ),
    );
  const sentence =
    "client-identity-provider-added: client portal can now sign in users of ";

  test("does so without the MFA that the user pool requires", () => {
    expect(client("ON", "Keycloak")).toEqual([
      `${sentence}Keycloak, to whom the MFA of the user pool does not apply`,
    ]);
  });

  test.each([
    ["OPTIONAL", "Keycloak"],
    ["ON", "COGNITO"],
  ])("is reported alone with MFA %s and provider %s", (mfa, provider) => {
    expect(client(mfa, provider)).toEqual([`${sentence}${provider}`]);
  });
});

describe("a user pool", () => {
  const recovery = {
    account_recovery_setting: [
      { recovery_mechanism: [{ name: "admin_only", priority: 1 }] },
    ],
  };
  const passkeys = {
    web_authn_configuration: [{ relying_party_id: "auth.example" }],
  };
  const safe = {
    name: "people",
    auto_verified_attributes: ["email"],
    admin_create_user_config: [{ allow_admin_create_user_only: true }],
    deletion_protection: "ACTIVE",
    password_policy: [
      {
        minimum_length: 12,
        require_lowercase: true,
        require_numbers: true,
        require_symbols: true,
        require_uppercase: true,
      },
    ],
  };

  test("that is new has its recovery and the domain of its passkeys", () => {
    const after = { ...safe, ...recovery, ...passkeys };
    expect(review({ type: POOL, after })).toEqual([]);
  });

  test.each<[string, Values]>([
    ["account-recovery-weakened", recovery],
    ["passkey-settings-changed", passkeys],
  ])("that exists reports %s", (rule, values) => {
    expect(review(update(POOL, safe, values))).toEqual([
      expect.stringMatching(`^${rule}: `),
    ]);
  });
});

describe("a permission of a function", () => {
  const arn = `arn:aws:cognito-idp:us-west-2:${ACCOUNT}:userpool/us-west-2_a`;
  const permission = (values: Values): readonly string[] =>
    review(
      {
        type: PERMISSION,
        after: {
          action: "lambda:InvokeFunction",
          function_name: "grant",
          principal: "cognito-idp.amazonaws.com",
          source_arn: arn,
          ...values,
        },
      },
      unchanged(POOL, { arn, id: "us-west-2_a", name: "people" }),
    );

  test("is for one user pool", () => {
    expect(permission({})).toEqual([]);
  });

  test.each<[string, Values, string]>([
    [
      "any account",
      { source_arn: null },
      "cognito-idp.amazonaws.com can call function grant for any account",
    ],
    [
      "any user pool of one account",
      { source_arn: null, source_account: ACCOUNT },
      `cognito-idp.amazonaws.com can call function grant for ${ACCOUNT}`,
    ],
    ["anyone", { principal: "*" }, `* can call function grant for ${arn}`],
    [
      "a user pool of another account",
      { source_arn: arn.replace(ACCOUNT, "999988887777") },
      `cognito-idp.amazonaws.com can call function grant for ${arn.replace(ACCOUNT, "999988887777")}`,
    ],
    [
      "any user pool of the account",
      { source_arn: arn.replace("us-west-2_a", "*") },
      `cognito-idp.amazonaws.com can call function grant for ${arn.replace("us-west-2_a", "*")}`,
    ],
    [
      "other actions",
      { action: "lambda:*" },
      `cognito-idp.amazonaws.com can call function grant for ${arn}`,
    ],
  ])("is reported for %s", (_, values, sentence) => {
    expect(permission(values)).toEqual([
      `function-permission-wide: ${sentence}`,
    ]);
  });
});

describe("a custom domain", () => {
  const domain = { domain: "auth.example", user_pool_id: "us-west-2_a" };

  test.each([
    ["arn:aws:acm:us-east-1:123456789012:certificate/a", ""],
    ["", ", and another account can register the name"],
  ])("that is destroyed with the certificate %j", (certificate_arn, ending) => {
    const before = { domain: "auth.example.org", certificate_arn };
    expect(review({ type: DOMAIN, before })).toEqual([
      `domain-destroyed: user pool domain auth.example.org is destroyed: its sign-in and token URLs stop working${ending}`,
    ]);
  });

  test("that replaces the prefix domain reports no other certificate", () => {
    const rules = review({
      ...update(DOMAIN, domain, {
        certificate_arn: `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/a`,
      }),
      actions: ["delete", "create"],
    }).map((finding) => finding.split(":")[0]);
    expect(rules).toEqual(["domain-replaced"]);
  });

  test("has a record that leads to it, once known", () => {
    const alias = (name: string): PlanResource => ({
      type: RECORD,
      after: { name: "auth.example", type: "A", alias: [{ name }] },
    });
    const planned = unchanged(DOMAIN, {
      ...domain,
      cloudfront_distribution: "d1.cloudfront.net",
    });
    expect(review(planned, alias("d1.cloudfront.net"))).toEqual([]);
    expect(review(planned, alias("d2.cloudfront.net"))).toEqual([
      "dns-record-changed: DNS record auth.example leads to d2.cloudfront.net",
    ]);
  });

  test("has a record that leads to a domain of the same apply", () => {
    const address = `${DOMAIN}.main`;
    expect(
      review(
        {
          type: DOMAIN,
          after: domain,
          changeMembers: { after_unknown: { cloudfront_distribution: true } },
        },
        {
          type: RECORD,
          after: { name: "auth.example", type: "A", alias: [{}] },
          changeMembers: { after_unknown: { alias: [{ name: true }] } },
          expressions: {
            alias: [
              {
                name: {
                  constant_value: `\${${address}.cloudfront_distribution}`,
                },
              },
            ],
          },
        },
      ),
    ).toEqual([]);
  });
});

describe("the log of users", () => {
  const log = (account: string, event_source = "userAuthEvents"): Values => ({
    user_pool_id: "us-west-2_a",
    log_configurations: [
      {
        event_source,
        log_level: "INFO",
        s3_configuration: [
          { bucket_arn: `arn:aws:firehose:us-west-2:${account}:s` },
        ],
      },
    ],
  });
  const pool = unchanged(POOL, {
    id: "us-west-2_a",
    arn: `arn:aws:cognito-idp:us-west-2:${ACCOUNT}:userpool/us-west-2_a`,
    name: "people",
  });

  test("of a new configuration goes to the own account", () => {
    expect(review(pool, { type: LOG, after: log(ACCOUNT) })).toEqual([]);
    expect(review(pool, { type: LOG, after: log("999988887777") })).toEqual([
      "user-log-changed: user log of user pool people logs userAuthEvents to arn:aws:firehose:us-west-2:999988887777:s",
    ]);
  });

  test("ends", () => {
    expect(
      review(pool, update(LOG, log(ACCOUNT), { log_configurations: [] })),
    ).toEqual([
      "user-log-changed: user log of user pool people no longer logs userAuthEvents",
    ]);
  });
});

describe("email of a new user pool", () => {
  const sender = (account: string): readonly string[] =>
    review(
      {
        type: POOL,
        after: {
          name: "people",
          account_recovery_setting: [
            { recovery_mechanism: [{ name: "verified_email", priority: 1 }] },
          ],
          admin_create_user_config: [{ allow_admin_create_user_only: true }],
          auto_verified_attributes: ["email"],
          deletion_protection: "ACTIVE",
          password_policy: [
            {
              minimum_length: 12,
              require_lowercase: true,
              require_numbers: true,
              require_symbols: true,
              require_uppercase: true,
            },
          ],
          user_pool_tier: "ESSENTIALS",
          email_configuration: [
            {
              email_sending_account: "DEVELOPER",
              source_arn: `arn:aws:ses:us-west-2:${account}:identity/a.example`,
            },
          ],
        },
      },
      unchanged("aws_iam_role", {
        name: "reader",
        arn: `arn:aws:iam::${ACCOUNT}:role/reader`,
      }),
    );

  test("can come from an identity of the account", () => {
    expect(sender(ACCOUNT)).toEqual([]);
  });

  test("is reported if another account sends it", () => {
    expect(sender("999988887777")).toEqual([
      expect.stringMatching(
        /^email-sender-changed: user pool people sends email with another email_sending_account: DEVELOPER/,
      ),
      expect.stringMatching(
        /^email-sender-changed: user pool people sends email with another source_arn: arn:aws:ses:us-west-2:999988887777/,
      ),
    ]);
  });
});
