import { buildPlanModel } from "../../../../scripts/lib/plan/plan-model";
import { toPlainText } from "../../../../scripts/lib/plan/rich-text";
import { APPLY_ORDER_RULES } from "../../../../scripts/lib/review/rules/apply-order";
import { runRules } from "../../../../scripts/lib/review/run-rules";
import { buildPlan } from "../../../support/plan-builder";

type Values = Readonly<Record<string, unknown>>;

const POOL = "aws_cognito_user_pool";

const recovery = (...names: readonly string[]): Values => ({
  account_recovery_setting: [
    {
      recovery_mechanism: names.map((name, index) => ({
        name,
        priority: index + 1,
      })),
    },
  ],
});
const factors = (...names: readonly string[]): Values => ({
  sign_in_policy: [{ allowed_first_auth_factors: ["PASSWORD", ...names] }],
});
const TOTP = { software_token_mfa_configuration: [{ enabled: true }] };
const EMAIL_MFA = { email_mfa_configuration: [{ subject: "Code" }] };
const SES = { email_configuration: [{ email_sending_account: "DEVELOPER" }] };
const COGNITO = {
  email_configuration: [{ email_sending_account: "COGNITO_DEFAULT" }],
};
/** A user pool that can have email MFA. */
const READY = {
  name: "pool",
  mfa_configuration: "OFF",
  user_pool_tier: "ESSENTIALS",
  ...SES,
  ...recovery("admin_only"),
};
const ON = { mfa_configuration: "ON", ...TOTP };

/** Returns the findings of an update. */
function findAll(
  before: Values,
  after: Values,
  actions: readonly string[] = ["update"],
) {
  const plan = buildPlan([
    {
      type: POOL,
      ...(actions[0] !== "create" || actions.length > 1
        ? { before: { ...READY, ...before } }
        : {}),
      after: { ...READY, ...before, ...after },
      actions,
    },
  ]);
  return runRules(buildPlanModel(plan), undefined).findings;
}

/** Returns the findings of an update about the order of changes, as "rule: sentence". */
function findOrder(...update: Parameters<typeof findAll>): readonly string[] {
  return findAll(...update)
    .filter(({ rule }) => Object.hasOwn(APPLY_ORDER_RULES, rule))
    .map(({ rule, message }) => `${rule}: ${toPlainText(message)}`);
}

describe("email MFA takes two applies with", () => {
  test.each<[string, Values, Values, string]>([
    ["SES", COGNITO, SES, "email_configuration"],
    ["the first SES", { email_configuration: [] }, SES, "email_configuration"],
    [
      "another plan",
      { user_pool_tier: "LITE" },
      { user_pool_tier: "PLUS" },
      "user_pool_tier",
    ],
    [
      "another account recovery",
      recovery("verified_email"),
      recovery("verified_email", "verified_phone_number"),
      "account_recovery_setting",
    ],
    [
      "several of them",
      { ...COGNITO, user_pool_tier: "LITE" },
      { ...SES, user_pool_tier: "ESSENTIALS" },
      "email_configuration and user_pool_tier",
    ],
  ])("%s", (_, before, after, names) => {
    expect(findOrder(before, { ...after, ...ON, ...EMAIL_MFA })).toEqual([
      `email-mfa-too-early: user pool pool: the apply fails, since the provider turns on email MFA before it changes ${names}. Use two applies. Apply 1: change ${names} without email_mfa_configuration. Apply 2: turn on email MFA`,
    ]);
  });

  test("MFA off in the first one if email is the only factor", () => {
    const [finding] = findOrder(COGNITO, {
      ...SES,
      ...EMAIL_MFA,
      mfa_configuration: "OPTIONAL",
    });
    expect(finding).toContain(
      "Apply 1: change email_configuration without email_mfa_configuration and with MFA off.",
    );
  });
});

test("email MFA instead of authenticator apps leaves them on in the first apply", () => {
  const [finding] = findOrder(
    { ...ON, ...COGNITO },
    { ...SES, ...EMAIL_MFA, software_token_mfa_configuration: [] },
  );
  expect(finding).toContain(
    "Apply 1: change email_configuration without email_mfa_configuration and with authenticator apps as a second factor. Apply 2: turn on email MFA",
  );
});

test("email MFA never works without its requirements", () => {
  const [finding] = findOrder(COGNITO, { ...ON, ...EMAIL_MFA });
  expect(finding).toMatch(/email MFA requires another email_configuration$/);
});

test.each<[string, Values]>([
  ["email_configuration", COGNITO],
  ["user_pool_tier", { user_pool_tier: "LITE" }],
  ["account_recovery_setting", recovery("verified_email")],
])("email MFA that is on requires %s", (attribute, after) => {
  expect(findOrder({ ...ON, ...EMAIL_MFA }, after)).toEqual([
    `email-mfa-too-early: user pool pool: the apply fails, since email MFA requires another ${attribute}`,
  ]);
});

describe("email MFA takes one apply", () => {
  test.each<[string, Values, Values]>([
    ["if everything was there before", {}, { ...ON, ...EMAIL_MFA }],
    [
      "if it is turned off with SES",
      { ...ON, ...EMAIL_MFA },
      { ...TOTP, email_mfa_configuration: [], ...COGNITO },
    ],
    [
      "if it is turned off with the plan",
      { ...ON, ...EMAIL_MFA },
      { ...TOTP, email_mfa_configuration: [], user_pool_tier: "LITE" },
    ],
    ["if SES is added to MFA with TOTP", { ...ON, ...COGNITO }, SES],
    [
      "if it was on without its requirements",
      { ...ON, ...EMAIL_MFA, ...COGNITO },
      { mfa_configuration: "OPTIONAL" },
    ],
    [
      "if SES changes while it is on",
      { ...ON, ...EMAIL_MFA },
      {
        email_configuration: [
          { email_sending_account: "DEVELOPER", source_arn: "arn:b" },
        ],
      },
    ],
  ])("%s", (_, before, after) => {
    expect(findOrder(before, after)).toEqual([]);
  });
});

describe("required MFA takes two applies with the removal of", () => {
  test.each(["EMAIL_OTP", "SMS_OTP", "WEB_AUTHN"])("%s", (factor) => {
    expect(
      findOrder(
        { mfa_configuration: "OPTIONAL", ...TOTP, ...factors(factor) },
        { ...ON, ...factors() },
      ),
    ).toEqual([
      `required-mfa-too-early: user pool pool: the apply fails, since the provider requires MFA before it removes the first factor ${factor}. Use two applies. Apply 1: remove ${factor} from the first factors (sign_in_policy) and leave MFA optional. Apply 2: require MFA`,
    ]);
  });

  test("a factor while MFA is off", () => {
    const [finding] = findOrder(factors("EMAIL_OTP"), { ...ON, ...factors() });
    expect(finding).toContain("and leave MFA off. Apply 2");
  });
});

test("required MFA never works with another first factor than a password", () => {
  const [finding] = findOrder(factors("EMAIL_OTP"), ON);
  expect(finding).toMatch(
    /required MFA does not allow the first factor EMAIL_OTP$/,
  );
});

describe("required MFA takes one apply", () => {
  test.each<[string, Values, Values]>([
    ["without other first factors", factors(), { ...ON, ...factors() }],
    [
      "if it becomes optional and a factor is added",
      { ...ON, ...factors() },
      { mfa_configuration: "OPTIONAL", ...factors("EMAIL_OTP") },
    ],
    [
      "if only the factor is removed",
      { mfa_configuration: "OPTIONAL", ...TOTP, ...factors("EMAIL_OTP") },
      factors(),
    ],
  ])("%s", (_, before, after) => {
    expect(findOrder(before, after)).toEqual([]);
  });
});

describe("passkeys", () => {
  const passkeys = {
    ...factors("WEB_AUTHN"),
    web_authn_configuration: [{ relying_party_id: "auth.example" }],
  };

  test("take two applies with the plan that they require", () => {
    expect(
      findOrder(
        { user_pool_tier: "LITE" },
        { user_pool_tier: "ESSENTIALS", ...passkeys },
      ),
    ).toEqual([
      "passkeys-too-early: user pool pool: the apply fails, since the provider configures passkeys before it changes user_pool_tier. Use two applies. Apply 1: change user_pool_tier without web_authn_configuration. Apply 2: add web_authn_configuration",
    ]);
  });

  test("take one apply with the plan before", () => {
    expect(findOrder({}, passkeys)).toEqual([]);
  });
});

describe("MFA that is off fails with", () => {
  test.each<[string, Values]>([
    ["a factor", TOTP],
    [
      "a disabled factor",
      { software_token_mfa_configuration: [{ enabled: false }] },
    ],
    ["email", EMAIL_MFA],
  ])("%s", (_, block) => {
    expect(
      findOrder(
        { ...ON, ...block },
        { ...block, mfa_configuration: "OFF" },
      ).map((finding) => finding.split(":")[0]),
    ).toEqual(["mfa-off-with-factors"]);
  });

  test("email that is removed, by a rule of its own", () => {
    const removed = { email_mfa_configuration: [{ subject: null }] };
    expect(
      findAll({ mfa_configuration: "ON", ...EMAIL_MFA }, removed).map(
        ({ rule }) => rule,
      ),
    ).not.toContain("mfa-message-changed");
    for (const mfa_configuration of ["OFF", "ON"])
      expect(
        findOrder(
          { mfa_configuration: "ON", ...EMAIL_MFA },
          { ...removed, mfa_configuration },
        ),
      ).toEqual([expect.stringMatching(/^email-mfa-not-removed/)]);
  });

  test("no block", () => {
    expect(
      findOrder(ON, {
        mfa_configuration: "OFF",
        software_token_mfa_configuration: [],
      }),
    ).toEqual([]);
  });

  test("a block that the provider does not send", () => {
    const disabled = {
      software_token_mfa_configuration: [{ enabled: false }],
    };
    expect(findOrder(disabled, { deletion_protection: "ACTIVE" })).toEqual([]);
  });
});

test.each([[["create"]], [["delete", "create"]], [["create", "delete"]]])(
  "a user pool gets everything at once with the actions %j",
  (actions) => {
    expect(
      findOrder(
        { ...COGNITO, ...factors("EMAIL_OTP"), user_pool_tier: "LITE" },
        {
          ...ON,
          ...SES,
          ...EMAIL_MFA,
          ...factors(),
          user_pool_tier: "ESSENTIALS",
        },
        actions,
      ),
    ).toEqual([]);
  },
);
