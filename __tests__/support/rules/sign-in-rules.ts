import type {
  FirstFactor,
  LogDeliveryOptions,
  Mfa,
  RoleRule,
  RoleRules,
  UserPoolOptions,
} from "../../../constructs";
import type { AuthStack, AuthStackOptions } from "../../../stacks/auth-stack";
import {
  listCases,
  long,
  type Rule,
  setting,
  several,
  type StageInput,
} from "./rule-case";

type PoolOptions = Partial<UserPoolOptions>;

const SES = {
  identityArn: "arn:aws:ses:us-west-2:123456789012:identity/example.org",
  from: "no-reply@example.org",
};
const ROLE_ARN = "arn:aws:iam::123456789012:role/readers";
const CALLBACK_URLS = ["https://app.example.org/callback"];
const LOG_GROUP_ARN = "arn:aws:logs:us-west-2:123456789012:log-group:auth";
const ISSUER = "https://keycloak.example.org/realms/veda";

const options = (value: AuthStackOptions): StageInput => ({ options: value });
const pool = (userPool: PoolOptions): StageInput => options({ userPool });
const build = (
  run: (auth: AuthStack) => void,
  userPool: PoolOptions = {},
): StageInput => ({ ...pool(userPool), build: run });

const mfa = (required: boolean, ...factors: Mfa["factors"]): Mfa => ({
  required,
  factors,
});
const withFactors = (
  firstFactors: readonly FirstFactor[],
  others: PoolOptions = {},
): PoolOptions => ({
  firstFactors,
  ...(firstFactors.includes("WEB_AUTHN") && {
    passkeys: { relyingPartyId: "auth.example.org" },
  }),
  ...others,
});
const EMAIL_MFA = {
  mfa: mfa(false, "EMAIL"),
  email: SES,
  accountRecovery: "admin_only",
} as const satisfies PoolOptions;
const GROUPS = { groups: { type: "String" } } as const;

const addProvider = (
  auth: AuthStack,
  name: string,
  attributes: Readonly<Record<string, string>> = {},
  domains?: readonly string[],
) =>
  auth.addOidcIdentityProvider(name, {
    issuer: ISSUER,
    clientId: "veda",
    attributes: { email: "email", ...attributes },
    ...(domains && { domains }),
  });
const provider = (name: string): StageInput =>
  build((auth) => addProvider(auth, name));
const mapping = (attributes: Readonly<Record<string, string>>): StageInput =>
  build((auth) => addProvider(auth, "Keycloak", attributes), {
    customAttributes: GROUPS,
  });
const domains = (values: readonly string[]): StageInput =>
  build((auth) => addProvider(auth, "Keycloak", {}, values));

const roleRule = (rule: Partial<RoleRule>): RoleRule => ({
  claim: "custom:department",
  matchType: "Equals",
  value: "science",
  roleArn: ROLE_ARN,
  ...rule,
});
const roleRules = (rules: readonly RoleRule[]): StageInput =>
  build(
    (auth) => {
      const client = auth.addFrontendClient("page", {
        callbackUrls: CALLBACK_URLS,
      });
      auth.trustClient(client, { rules, ambiguousRoleResolution: "Deny" });
    },
    { customAttributes: { department: { type: "String" } } },
  );

const texts: readonly Rule<string>[] = [
  {
    row: "sign-in/provider-name",
    input: provider,
    accepted: ["ABC", "a_b", long(32), "Ünï-1"],
    refused: ["", "AB", long(33), "_abc", "abc_", "ab_c", "a b c", "Google"],
    subject: "identity provider name",
  },
  {
    row: "sign-in/provider-domains",
    input: (domain) => domains([domain]),
    accepted: ["a", long(40), "example.edu"],
    refused: ["", long(41), "example/edu"],
    subject: "identity provider domain",
  },
  {
    row: "sign-in/login-gov",
    input: (issuer) =>
      build((auth) =>
        auth.addOidcIdentityProvider("Login", {
          issuer,
          clientId: "veda",
          attributes: { email: "email" },
          endpoints: {
            authorizationUrl: "https://a.example.org/authorize",
            tokenUrl: "https://a.example.org/token",
            userInfoUrl: "https://a.example.org/userinfo",
            jwksUrl: "https://a.example.org/jwks",
          },
        }),
      ),
    accepted: ["https://login.example.gov"],
    refused: [
      "https://secure.login.gov",
      "https://idp.int.identitysandbox.gov",
    ],
    subject: "issuer of an identity provider",
  },
  {
    row: "sign-in/mapping-key",
    input: (attribute) => mapping({ [attribute]: "claim" }),
    accepted: ["family_name", "custom:groups"],
    refused: ["sub", "familyName", `custom:${long(26)}`],
    subject: "mapped attribute",
  },
  {
    row: "sign-in/mapping-key",
    input: (attribute) => mapping({ [attribute]: "claim" }),
    accepted: [],
    refused: ["custom:other"],
    subject: "mapped attribute must be a custom attribute of the user pool",
    got: (attribute) => `got ${attribute}`,
  },
  {
    row: "sign-in/relying-party",
    input: (relyingPartyId) =>
      pool({
        firstFactors: ["PASSWORD", "WEB_AUTHN"],
        passkeys: { relyingPartyId },
      }),
    accepted: ["a", long(127)],
    refused: ["", long(128), "https://auth.example.org"],
    subject: "relying party id",
  },
  {
    row: "sign-in/relying-party-domain",
    input: (relyingPartyId) =>
      options({
        userPool: {
          firstFactors: ["PASSWORD", "WEB_AUTHN"],
          passkeys: { relyingPartyId },
        },
        customDomain: {
          domain: "auth.example.org",
          certificateArn:
            "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
        },
      }),
    accepted: ["auth.example.org"],
    refused: ["example.org"],
    subject: "relying party",
  },
  {
    row: "sign-in/certificate-region",
    input: (region) =>
      options({
        customDomain: {
          domain: "auth.example.org",
          certificateArn: `arn:aws:acm:${region}:123456789012:certificate/12345678-1234-1234-1234-123456789012`,
        },
      }),
    accepted: ["us-east-1"],
    refused: ["us-west-2", "us-east-2"],
    subject: "certificate",
    got: (region) => `:${region}:`,
  },
  {
    row: "domain/custom",
    input: (domain) =>
      options({
        customDomain: {
          domain,
          certificateArn:
            "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
        },
      }),
    accepted: [long(63, (text) => `${text}.example.org`)],
    refused: [
      long(64, (text) => `${text}.example.org`),
      "https://a.example.org",
    ],
    subject: "custom domain",
  },
  {
    row: "cognito/attributes",
    input: (name) => pool({ customAttributes: { [name]: { type: "String" } } }),
    accepted: ["a", long(20)],
    refused: [long(21), "a b", "custom:a"],
    subject: "name of a custom attribute",
  },
  {
    row: "sign-in/rule-claim",
    input: (claim) =>
      roleRules([roleRule({}), roleRule({ claim, value: "other" })]),
    accepted: ["custom:department"],
    refused: ["", long(65)],
    subject: "claim of a rule",
  },
  {
    row: "sign-in/rule-value",
    input: (value) => roleRules([roleRule({ value })]),
    accepted: ["a", long(128)],
    refused: ["", long(129)],
    subject: "value of a rule",
  },
  {
    row: "sign-in/mfa-setting",
    input: setting("MFA", { MFA_FACTORS: "TOTP" }),
    accepted: ["optional", "required"],
    refused: ["on"],
    subject: "MFA",
  },
  {
    row: "cognito/password",
    input: setting("PASSWORD_MIN_LENGTH"),
    accepted: ["6", "99"],
    refused: ["5", "100"],
    subject: "PASSWORD_MIN_LENGTH",
  },
  {
    row: "cognito/password",
    input: setting("PASSWORD_HISTORY"),
    accepted: ["0", "24"],
    refused: ["-1", "25"],
    subject: "PASSWORD_HISTORY",
  },
];

const numbers: readonly Rule<number>[] = [
  {
    row: "cognito/auth-session",
    input: (gracePeriodSeconds) =>
      build((auth) =>
        auth.addFrontendClient("page", {
          callbackUrls: CALLBACK_URLS,
          refreshTokenRotation: { gracePeriodSeconds },
        }),
      ),
    accepted: [0, 60],
    refused: [-1, 61],
    subject: "grace period",
  },
  {
    row: "sign-in/providers",
    input: (count) => ({
      ...build((auth) => {
        for (let index = 0; index < count; index += 1)
          addProvider(auth, `Keycloak${index}`);
      }),
      quotas: { identityProviders: 2 },
    }),
    accepted: [2],
    refused: [3],
    subject: "identity providers",
    got: () => "got 3",
  },
  {
    row: "sign-in/provider-domains",
    input: (count) => domains(several(count, (index) => `d${index}.example`)),
    accepted: [50],
    refused: [51],
    subject: "number of domains of an identity provider",
  },
  {
    row: "cognito/attributes",
    input: (count) =>
      pool({
        customAttributes: Object.fromEntries(
          several(count, (index) => [`a${index}`, { type: "String" }] as const),
        ),
      }),
    accepted: [49],
    refused: [50],
    subject: "number of custom attributes",
  },
  {
    row: "sign-in/rules",
    input: (count) =>
      roleRules(several(count, (index) => roleRule({ value: `v${index}` }))),
    accepted: [1, 25],
    refused: [26],
    subject: "number of rules",
  },
  {
    row: "cognito/role-mappings",
    input: (count) =>
      build((auth) => {
        for (let index = 0; index < count; index += 1)
          auth.trustClient(
            auth.addFrontendClient(`page-${index}`, {
              callbackUrls: CALLBACK_URLS,
            }),
            "Token",
          );
      }),
    // the programmatic client and the helper client are the others
    accepted: [8],
    refused: [9],
    subject: "number of clients",
    got: () => "got 11",
  },
];

const pools: readonly Rule<PoolOptions>[] = [
  {
    row: "sign-in/required-mfa",
    input: pool,
    accepted: [
      { mfa: mfa(true, "TOTP") },
      withFactors(["PASSWORD"], { mfa: mfa(true, "TOTP") }),
      withFactors(["PASSWORD", "EMAIL_OTP"], {
        mfa: mfa(false, "TOTP"),
        email: SES,
      }),
      withFactors(["PASSWORD", "WEB_AUTHN"], { mfa: mfa(false, "TOTP") }),
    ],
    refused: [
      withFactors(["PASSWORD", "EMAIL_OTP"], {
        mfa: mfa(true, "TOTP"),
        email: SES,
      }),
      withFactors(["PASSWORD", "WEB_AUTHN"], { mfa: mfa(true, "TOTP") }),
    ],
    subject: "first factors must be PASSWORD only if MFA is required",
    got: ({ firstFactors }) => `got ${JSON.stringify(firstFactors)}`,
  },
  {
    row: "sign-in/password-first",
    input: pool,
    accepted: [withFactors(["PASSWORD", "WEB_AUTHN"])],
    refused: [
      withFactors(["WEB_AUTHN"]),
      withFactors(["EMAIL_OTP"], { email: SES }),
    ],
    subject: "first factors must contain PASSWORD",
    got: ({ firstFactors }) => `got ${JSON.stringify(firstFactors)}`,
  },
  {
    row: "sign-in/email-mfa-plan",
    input: pool,
    accepted: [
      { ...EMAIL_MFA, plan: "ESSENTIALS" },
      { ...EMAIL_MFA, plan: "PLUS" },
    ],
    refused: [{ ...EMAIL_MFA, plan: "LITE" }],
    subject: "MFA factor EMAIL requires plan ESSENTIALS or PLUS",
    got: () => "got LITE",
  },
  {
    row: "sign-in/email-mfa-sender",
    input: pool,
    accepted: [EMAIL_MFA],
    refused: [{ ...EMAIL_MFA, email: null }],
    subject: "MFA factor EMAIL requires email through Amazon SES",
    got: () => "Amazon SES",
  },
  {
    row: "sign-in/email-mfa-recovery",
    input: pool,
    accepted: [EMAIL_MFA],
    refused: [{ ...EMAIL_MFA, accountRecovery: "verified_email" }],
    subject: 'account recovery must be "admin_only"',
    got: () => 'got "verified_email"',
  },
  {
    row: "sign-in/threat-protection",
    input: pool,
    accepted: [
      { plan: "PLUS", threatProtection: "ENFORCED" },
      { threatProtection: "OFF" },
    ],
    refused: [
      { threatProtection: "ENFORCED" },
      { plan: "LITE", threatProtection: "AUDIT" },
    ],
    subject: "threat protection",
    got: ({ plan = "ESSENTIALS" }) => `requires plan PLUS, got ${plan}`,
  },
  {
    row: "sign-in/plan",
    input: pool,
    accepted: [
      { plan: "LITE" },
      { plan: "LITE", firstFactors: ["PASSWORD"] },
      { password: { history: 1 } },
    ],
    refused: [
      withFactors(["PASSWORD", "WEB_AUTHN"], { plan: "LITE" }),
      withFactors(["PASSWORD", "EMAIL_OTP"], { plan: "LITE", email: SES }),
      { plan: "LITE", password: { history: 1 } },
    ],
    subject: "requires plan ESSENTIALS or PLUS",
    got: () => "got LITE",
  },
];

const stacks: readonly Rule<AuthStackOptions>[] = [
  {
    row: "sign-in/managed-login",
    input: options,
    accepted: [
      { managedLoginVersion: 2 },
      { managedLoginVersion: 1, userPool: { plan: "LITE" } },
    ],
    refused: [{ managedLoginVersion: 2, userPool: { plan: "LITE" } }],
    subject: "managedLoginVersion 2 requires plan ESSENTIALS or PLUS",
    got: () => "got LITE",
  },
];

const logs: readonly Rule<{
  readonly delivery: LogDeliveryOptions;
  readonly userPool?: PoolOptions;
}>[] = [
  {
    row: "sign-in/logs",
    input: ({ delivery, userPool = {} }) =>
      options({ logDelivery: delivery, userPool }),
    accepted: [
      { delivery: { events: "userNotification", logGroupArn: LOG_GROUP_ARN } },
      {
        delivery: { events: "userAuthEvents", logGroupArn: LOG_GROUP_ARN },
        userPool: { plan: "PLUS", threatProtection: "AUDIT" },
      },
    ],
    refused: [
      { delivery: { events: "userAuthEvents", logGroupArn: LOG_GROUP_ARN } },
    ],
    subject: "log delivery of userAuthEvents requires plan PLUS",
    got: () => "got ESSENTIALS",
  },
];

const lists: readonly Rule<readonly RoleRule[]>[] = [
  {
    row: "sign-in/rules",
    input: roleRules,
    accepted: [[roleRule({})]],
    refused: [[]],
    subject: "rules of a role mapping",
    got: () => "got none",
  },
  {
    row: "sign-in/rule-order",
    input: roleRules,
    accepted: [
      [
        roleRule({ value: "science" }),
        roleRule({ matchType: "StartsWith", value: "sci" }),
      ],
    ],
    refused: [
      [
        roleRule({ matchType: "StartsWith", value: "sci" }),
        roleRule({ value: "science" }),
      ],
    ],
    subject: "rule must be before a rule that matches the same users",
    got: () => 'got custom:department Equals "science"',
  },
  {
    row: "sign-in/rule-list",
    input: roleRules,
    accepted: [[roleRule({ matchType: "Contains" })]],
    refused: [
      [roleRule({ claim: "cognito:groups", matchType: "Contains" })],
      [roleRule({ claim: "custom:groups", matchType: "StartsWith" })],
    ],
    subject: "must be Equals",
    got: ([rule]) => `got "${rule?.matchType ?? ""}"`,
  },
];

const resolutions: readonly Rule<string>[] = [
  {
    row: "sign-in/ambiguous",
    input: (resolution) =>
      build(
        (auth) => {
          const client = auth.addFrontendClient("page", {
            callbackUrls: CALLBACK_URLS,
          });
          auth.trustClient(client, {
            rules: [roleRule({})],
            ambiguousRoleResolution:
              resolution as RoleRules["ambiguousRoleResolution"],
          });
        },
        { customAttributes: { department: { type: "String" } } },
      ),
    accepted: ["Deny", "AuthenticatedRole"],
    refused: ["none"],
    subject: "ambiguous",
  },
];

/** Who signs in at a client of a pool whose attribute `custom:groups` a provider maps. */
const clients: readonly Rule<{
  readonly isLocal: boolean;
  readonly kind: "frontend" | "programmatic";
  readonly writableByUsers?: boolean;
}>[] = [
  {
    row: "sign-in/trap",
    input: ({ isLocal, kind, writableByUsers = false }) =>
      build(
        (auth) => {
          const keycloak = addProvider(auth, "Keycloak", {
            "custom:groups": "groups",
          });
          const props = {
            callbackUrls: CALLBACK_URLS,
            signIn: isLocal ? (["COGNITO", keycloak] as const) : [keycloak],
          };
          if (kind === "frontend") auth.addFrontendClient("page", props);
          else auth.addProgrammaticClient("scripts", props);
        },
        { customAttributes: { groups: { type: "String", writableByUsers } } },
      ),
    accepted: [
      { isLocal: true, kind: "frontend" },
      { isLocal: false, kind: "programmatic" },
      { isLocal: true, kind: "programmatic", writableByUsers: true },
    ],
    refused: [{ isLocal: true, kind: "programmatic" }],
    subject: 'must not map "custom:groups"',
    got: () => 'got "Keycloak"',
  },
];

const writeLists: readonly Rule<readonly string[]>[] = [
  {
    row: "sign-in/mapping-writable",
    input: (writeAttributes) =>
      build(
        (auth) => {
          const keycloak = addProvider(auth, "Keycloak", {
            "custom:groups": "groups",
          });
          auth.addFrontendClient("page", {
            callbackUrls: CALLBACK_URLS,
            signIn: [keycloak],
            writeAttributes,
          });
        },
        { customAttributes: GROUPS },
      ),
    accepted: [["email", "custom:groups"]],
    refused: [["email"]],
    subject: "write attributes of a client must contain",
    got: () => '"custom:groups"',
  },
  {
    row: "sign-in/mapping-required",
    input: (names) =>
      build((auth) =>
        auth.addOidcIdentityProvider("Keycloak", {
          issuer: ISSUER,
          clientId: "veda",
          // code without types
          attributes: Object.fromEntries(
            names.map((name) => [name, name]),
          ) as unknown as { email: string },
        }),
      ),
    accepted: [["email"]],
    refused: [["name"]],
    subject: "email",
    got: () => "email",
  },
];

/** Of MFA, plans, passkeys, identity providers, role mappings, domains and logs. */
export const SIGN_IN_CASES = [
  ...[...texts, ...resolutions].flatMap((rule) => listCases(rule)),
  ...numbers.flatMap((rule) => listCases(rule)),
  ...pools.flatMap((rule) => listCases(rule)),
  ...stacks.flatMap((rule) => listCases(rule)),
  ...logs.flatMap((rule) => listCases(rule)),
  ...lists.flatMap((rule) => listCases(rule)),
  ...clients.flatMap((rule) => listCases(rule)),
  ...writeLists.flatMap((rule) => listCases(rule)),
];
