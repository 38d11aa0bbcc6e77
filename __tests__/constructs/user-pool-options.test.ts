import { Fn, TerraformVariable } from "cdktf";
import {
  type SesEmail,
  UserPool,
  type UserPoolOptions,
  type UserPoolProps,
} from "../../constructs";
import {
  collectErrors,
  createUnknownText,
  getOnlyResource,
  synthesizeConstructs,
} from "../support/synth";
import {
  createUnknownList,
  createUnknownNumber,
} from "../support/unknown-collections";

const PROPS: UserPoolProps = {
  userPoolName: "pool",
  deletionProtection: false,
  mfa: null,
  email: null,
};
const FUNCTION = "arn:aws:lambda:us-west-2:123456789012:function:";
const WEB_ACL =
  "arn:aws:wafv2:us-west-2:123456789012:regional/webacl/auth/12345678";
const SES: SesEmail = {
  identityArn: "arn:aws:ses:us-west-2:123456789012:identity/example.org",
  from: "VEDA <no-reply@example.org>",
};
const EMAIL_MFA = {
  mfa: { required: true, factors: ["EMAIL"] },
  email: SES,
  accountRecovery: "admin_only",
} as const;
const PASSKEYS = {
  firstFactors: ["PASSWORD", "WEB_AUTHN"],
  passkeys: { relyingPartyId: "auth.example.org" },
} as const;

type Options = Partial<UserPoolOptions>;
type PropsAndRegion = Partial<UserPoolProps> & { region?: string };

function synthesize(options: Options) {
  return synthesizeConstructs((scope) => {
    new UserPool(scope, "pool", { ...PROPS, ...options });
  });
}

function getPool(options: Options) {
  return getOnlyResource(synthesize(options), "aws_cognito_user_pool");
}

function listErrors({ region, ...options }: PropsAndRegion): string[] {
  return collectErrors((scope) => {
    new UserPool(scope, "pool", { ...PROPS, ...options });
  }, region);
}

/** Lists the attributes that differ from those of a pool without options. */
function listChanges(options: Options) {
  const before = getPool({});
  return Object.fromEntries(
    Object.entries(getPool(options)).filter(
      ([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]),
    ),
  );
}

describe("a user pool", () => {
  test.each<[string, Options, Readonly<Record<string, unknown>>]>([
    ["no option", { mfa: null, email: null }, {}],
    ["the default plan", { plan: "ESSENTIALS" }, {}],
    ["the default password policy", { password: { minimumLength: 12 } }, {}],
    ["empty triggers", { triggers: {}, customAttributes: {} }, {}],
    ["the default recovery", { accountRecovery: "verified_email" }, {}],
    [
      "optional MFA",
      { mfa: { required: false, factors: ["TOTP"] } },
      {
        mfa_configuration: "OPTIONAL",
        software_token_mfa_configuration: { enabled: true },
      },
    ],
    [
      "required MFA",
      { mfa: { required: true, factors: ["TOTP"] } },
      {
        mfa_configuration: "ON",
        software_token_mfa_configuration: { enabled: true },
      },
    ],
    [
      "MFA by email",
      EMAIL_MFA,
      {
        mfa_configuration: "ON",
        software_token_mfa_configuration: { enabled: false },
        email_mfa_configuration: {
          subject: "Your sign-in code",
          message: "Your sign-in code is {####}",
        },
        account_recovery_setting: {
          recovery_mechanism: [{ name: "admin_only", priority: 1 }],
        },
        email_configuration: {
          email_sending_account: "DEVELOPER",
          source_arn: SES.identityArn,
          from_email_address: SES.from,
        },
      },
    ],
    [
      "a reply address and a configuration set",
      {
        email: { ...SES, replyTo: "a@example.org", configurationSet: "auth" },
      },
      {
        email_configuration: {
          email_sending_account: "DEVELOPER",
          source_arn: SES.identityArn,
          from_email_address: SES.from,
          reply_to_email_address: "a@example.org",
          configuration_set: "auth",
        },
      },
    ],
    [
      "the plan PLUS, whose threat protection is off",
      { plan: "PLUS" },
      {
        user_pool_tier: "PLUS",
        user_pool_add_ons: { advanced_security_mode: "OFF" },
      },
    ],
    [
      "threat protection",
      { plan: "PLUS", threatProtection: "ENFORCED" },
      {
        user_pool_tier: "PLUS",
        user_pool_add_ons: { advanced_security_mode: "ENFORCED" },
      },
    ],
    [
      "threat protection that is off again",
      { threatProtection: "OFF" },
      { user_pool_add_ons: { advanced_security_mode: "OFF" } },
    ],
    [
      "passkeys",
      PASSKEYS,
      {
        sign_in_policy: {
          allowed_first_auth_factors: ["PASSWORD", "WEB_AUTHN"],
        },
        web_authn_configuration: {
          relying_party_id: "auth.example.org",
          user_verification: "required",
        },
      },
    ],
    [
      "passwords only again",
      { firstFactors: ["PASSWORD"] },
      { sign_in_policy: { allowed_first_auth_factors: ["PASSWORD"] } },
    ],
  ])("has only the attributes of %s", (_, options, expected) => {
    expect(listChanges(options)).toEqual(expected);
    expect(listErrors(options)).toEqual([]);
  });

  test("has a password policy", () => {
    const password = { minimumLength: 14, history: 5 };
    expect(getPool({ password }).password_policy).toMatchObject({
      minimum_length: 14,
      password_history_size: 5,
      require_symbols: true,
    });
    expect(getPool({}).password_policy).not.toHaveProperty(
      "password_history_size",
    );
  });

  test("has custom attributes that are optional and can be changed, in addition to the email address", () => {
    const [email, ...custom] = getPool({
      customAttributes: {
        groups: { type: "String" },
        orcid: { type: "String", minLength: 19, maxLength: 19 },
        level: { type: "Number", minimum: -1, maximum: 5 },
        points: { type: "Number" },
        member: { type: "Boolean", writableByUsers: true },
        since: { type: "DateTime" },
      },
    }).schema as { name: string }[];
    const common = {
      developer_only_attribute: false,
      mutable: true,
      required: false,
    };
    expect(email?.name).toBe("email");
    expect(custom).toEqual([
      {
        ...common,
        name: "groups",
        attribute_data_type: "String",
        string_attribute_constraints: { min_length: "0", max_length: "2048" },
      },
      {
        ...common,
        name: "orcid",
        attribute_data_type: "String",
        string_attribute_constraints: { min_length: "19", max_length: "19" },
      },
      {
        ...common,
        name: "level",
        attribute_data_type: "Number",
        number_attribute_constraints: { min_value: "-1", max_value: "5" },
      },
      {
        ...common,
        name: "points",
        attribute_data_type: "Number",
        number_attribute_constraints: {
          min_value: "-9007199254740991",
          max_value: "9007199254740991",
        },
      },
      { ...common, name: "member", attribute_data_type: "Boolean" },
      { ...common, name: "since", attribute_data_type: "DateTime" },
    ]);
  });

  test("calls its triggers, and has a permission for each", () => {
    const { resource } = synthesize({
      triggers: {
        preTokenGeneration: { arn: `${FUNCTION}groups:live`, version: "V2_0" },
        postConfirmation: `${FUNCTION}welcome`,
      },
    });
    expect(Object.values(resource.aws_cognito_user_pool ?? {})).toEqual([
      expect.objectContaining({
        lambda_config: {
          post_confirmation: `${FUNCTION}welcome`,
          pre_token_generation_config: {
            lambda_arn: `${FUNCTION}groups:live`,
            lambda_version: "V2_0",
          },
        },
      }),
    ]);
    const common = {
      action: "lambda:InvokeFunction",
      principal: "cognito-idp.amazonaws.com",
      source_arn: expect.stringMatching(
        /^\$\{aws_cognito_user_pool\.pool_\w+\.arn\}$/,
      ) as string,
    };
    expect(Object.values(resource.aws_lambda_permission ?? {})).toEqual([
      { ...common, function_name: `${FUNCTION}welcome` },
      {
        ...common,
        function_name: `${FUNCTION}groups`,
        qualifier: "live",
      },
    ]);
  });

  test("splits the ARN of a function that only Terraform knows when Terraform plans it", () => {
    const { resource } = synthesizeConstructs((scope) => {
      const { stringValue } = new TerraformVariable(scope, "function", {});
      const triggers = { preSignUp: stringValue };
      new UserPool(scope, "pool", { ...PROPS, triggers });
    });
    expect(Object.values(resource.aws_lambda_permission ?? {})).toEqual([
      expect.objectContaining({
        function_name: '${join(":", slice(split(":", var.function), 0, 7))}',
        qualifier:
          '${(length(split(":", var.function)) > 7) ? element(split(":", var.function), 7) : null}',
      }),
    ]);
  });

  test("refuses at plan to leave out preTokenGeneration while it has other triggers, which Terraform would not do", () => {
    const preTokenGeneration = {
      arn: `${FUNCTION}groups`,
      version: "V1_0",
    } as const;
    const preSignUp = `${FUNCTION}check`;
    expect(getPool({ triggers: { preSignUp } }).lifecycle).toEqual({
      postcondition: [
        {
          condition:
            "${try(length(self.lambda_config[0].pre_token_generation), 0) + try(length(self.lambda_config[0].pre_token_generation_config), 0) == 0}",
          error_message:
            "trigger preTokenGeneration cannot be removed while the user pool has others: apply once without triggers, then with the others",
        },
      ],
    });
    for (const triggers of [{ preTokenGeneration, preSignUp }, {}])
      expect(getPool({ triggers })).not.toHaveProperty("lifecycle");
    expect(
      getPool({ triggers: { preSignUp }, deletionProtection: true }).lifecycle,
    ).toMatchObject({ prevent_destroy: true, postcondition: [{}] });
  });

  test("has the web ACL", () => {
    expect(
      getOnlyResource(
        synthesize({ webAclArn: WEB_ACL }),
        "aws_wafv2_web_acl_association",
      ),
    ).toEqual({
      resource_arn: expect.stringMatching(/^\$\{.*\.arn\}$/) as string,
      web_acl_arn: WEB_ACL,
    });
    expect(synthesize({}).resource).not.toHaveProperty(
      "aws_wafv2_web_acl_association",
    );
  });
});

const requiresEssentials = (feature: string) =>
  `${feature} requires plan ESSENTIALS or PLUS, got LITE`;

describe("a user pool fails when", () => {
  test.each<[string, PropsAndRegion, (string | RegExp)[]]>([
    [
      "MFA has no factor",
      { mfa: { required: false, factors: [] } },
      ["MFA factors must have at least one item, got none"],
    ],
    [
      "MFA has a factor twice",
      { mfa: { required: false, factors: ["TOTP", "TOTP"] } },
      ['MFA factor must be unique, got "TOTP" twice'],
    ],
    [
      "only Terraform knows the factors",
      { mfa: { required: false, factors: createUnknownList("TOTP") } },
      [
        "MFA factors must be known at synth, got those that only Terraform knows",
      ],
    ],
    [
      "only Terraform knows one of the factors",
      {
        mfa: {
          required: false,
          factors: ["TOTP", createUnknownText() as "TOTP"],
        },
      },
      [
        "MFA factors must be known at synth, got those that only Terraform knows",
      ],
    ],
    [
      "there is no such factor, which code without types can have",
      { mfa: { required: false, factors: ["totp" as "TOTP"] } },
      ['MFA factor must be one of TOTP, EMAIL, got "totp"'],
    ],
    [
      "there is no such first factor, which code without types can have",
      { firstFactors: ["PASSWORD", "SMS_OTP" as "EMAIL_OTP"] },
      [
        'first factor must be one of PASSWORD, EMAIL_OTP, WEB_AUTHN, got "SMS_OTP"',
      ],
    ],
    [
      "a custom attribute has the name of a standard one",
      { customAttributes: { locale: { type: "String" } } },
      [/^name of a custom attribute must be .*, got "locale"$/],
    ],
    [
      "MFA is by email without Amazon SES",
      { ...EMAIL_MFA, email: null },
      ["MFA factor EMAIL requires email through Amazon SES"],
    ],
    [
      "MFA and recovery are by email",
      { mfa: EMAIL_MFA.mfa, email: SES },
      [
        'account recovery must be "admin_only" if MFA has the factor EMAIL, got "verified_email"',
      ],
    ],
    [
      "MFA is required, and a code by email is a first factor",
      {
        mfa: { required: true, factors: ["TOTP"] },
        firstFactors: ["PASSWORD", "EMAIL_OTP"],
      },
      [
        'first factors must be PASSWORD only if MFA is required, got ["PASSWORD","EMAIL_OTP"]',
      ],
    ],
    [
      "MFA is required, and a passkey is a first factor",
      { mfa: { required: true, factors: ["TOTP"] }, ...PASSKEYS },
      [/^first factors must be PASSWORD only if MFA is required, got /],
    ],
    [
      "passkeys are the only first factor",
      { ...PASSKEYS, firstFactors: ["WEB_AUTHN"] },
      ['first factors must contain PASSWORD, got ["WEB_AUTHN"]'],
    ],
    [
      "codes by email are the only first factor",
      { firstFactors: ["EMAIL_OTP"] },
      ['first factors must contain PASSWORD, got ["EMAIL_OTP"]'],
    ],
    [
      "there is no first factor",
      { firstFactors: [] },
      ["first factors must have at least one item, got none"],
    ],
    [
      "a first factor is there twice",
      { firstFactors: ["PASSWORD", "PASSWORD"] },
      ['first factor must be unique, got "PASSWORD" twice'],
    ],
    [
      "passkeys have no relying party",
      { firstFactors: PASSKEYS.firstFactors },
      ["first factor WEB_AUTHN requires passkeys with a relying party id"],
    ],
    [
      "passkeys are no first factor",
      { passkeys: PASSKEYS.passkeys },
      ["passkeys require the first factor WEB_AUTHN"],
    ],
    [
      "the relying party is a URL",
      { ...PASSKEYS, passkeys: { relyingPartyId: "https://a.example.org" } },
      [/^relying party id must be .*\(not a URL\), got /],
    ],
    [
      "its password is too short",
      { password: { minimumLength: 5 } },
      ["minimum password length must be a whole number from 6 to 99, got 5"],
    ],
    [
      "its password history is too long",
      { password: { history: 25 } },
      [/^password history must be a whole number from 0 to 24 .*, got 25$/],
    ],
    [
      "the plan LITE has MFA by email",
      { ...EMAIL_MFA, plan: "LITE" },
      [requiresEssentials("MFA factor EMAIL")],
    ],
    [
      "the plan LITE has other first factors",
      {
        ...PASSKEYS,
        firstFactors: ["PASSWORD", "WEB_AUTHN", "EMAIL_OTP"],
        plan: "LITE",
      },
      [
        requiresEssentials("first factor WEB_AUTHN"),
        requiresEssentials("first factor EMAIL_OTP"),
      ],
    ],
    [
      "the plan LITE has a password history",
      { password: { history: 1 }, plan: "LITE" },
      [requiresEssentials("password history")],
    ],
    [
      "the plan LITE has a trigger that changes access tokens",
      {
        triggers: {
          preTokenGeneration: { arn: `${FUNCTION}a`, version: "V2_0" },
        },
        plan: "LITE",
      },
      [requiresEssentials("trigger preTokenGeneration V2_0")],
    ],
    [
      "the default plan has threat protection",
      { threatProtection: "AUDIT" },
      ["threat protection AUDIT requires plan PLUS, got ESSENTIALS"],
    ],
    [
      "the plan LITE has threat protection",
      { threatProtection: "ENFORCED", plan: "LITE" },
      ["threat protection ENFORCED requires plan PLUS, got LITE"],
    ],
    [
      "the identity is no ARN",
      { email: { ...SES, identityArn: "example.org" } },
      [/^email identity ARN must be the ARN of an Amazon SES identity/],
    ],
    [
      "the identity is in another partition",
      { email: SES, region: "us-gov-west-1" },
      [
        /^email identity ARN must be in partition "aws-us-gov" of Region "us-gov-west-1", got /,
      ],
    ],
    [
      "the sender, the reply address and the configuration set are invalid",
      {
        email: { ...SES, from: "a", replyTo: "b", configurationSet: "c d" },
      },
      [
        /^email sender must be an email address, /,
        /^email reply address must be an email address, got "b"$/,
        /^configuration set must be 1-64 /,
      ],
    ],
    [
      "a trigger is in another Region",
      {
        triggers: { preSignUp: `${FUNCTION}a` },
        region: "us-east-1",
      },
      [
        /^trigger preSignUp must be in Region "us-east-1" of the user pool, got "arn:/,
      ],
    ],
    [
      "a trigger is no ARN",
      { triggers: { preTokenGeneration: { arn: "a", version: "V1_0" } } },
      [/^trigger preTokenGeneration must be the ARN of a Lambda function/],
    ],
    [
      "a trigger is in another partition",
      {
        triggers: { preSignUp: `${FUNCTION}a`.replace("aws", "aws-us-gov") },
      },
      [/^trigger preSignUp must be in partition "aws" of Region "us-west-2"/],
    ],
    [
      "the web ACL is in another account",
      { webAclArn: WEB_ACL, accountId: "210987654321" },
      [/^web ACL ARN must be in account "210987654321", got "arn:/],
    ],
    [
      "the web ACL is in another Region",
      { webAclArn: WEB_ACL, region: "us-east-1" },
      [/^web ACL ARN must be in Region "us-east-1" of the user pool, got /],
    ],
    [
      "the web ACL is in another partition",
      { webAclArn: WEB_ACL, region: "us-gov-west-1" },
      [
        /^web ACL ARN must be in partition "aws-us-gov"/,
        /^web ACL ARN must be in Region "us-gov-west-1"/,
      ],
    ],
    [
      "the web ACL is that of Amazon CloudFront",
      { webAclArn: WEB_ACL.replace("regional", "global") },
      [/^web ACL ARN must be the ARN of a regional web ACL of AWS WAF/],
    ],
    [
      "the name of a custom attribute has the prefix",
      { customAttributes: { "custom:groups": { type: "String" } } },
      [/^name of a custom attribute must be .*, got "custom:groups"$/],
    ],
    [
      "a custom attribute is too long",
      { customAttributes: { a: { type: "String", maxLength: 2049 } } },
      [
        'length of a custom attribute "a" must be a whole number from 0 to 2048 characters, got 2049',
      ],
    ],
    [
      "a bound of a custom attribute is no whole number",
      { customAttributes: { a: { type: "Number", minimum: 0.5, maximum: 1 } } },
      [/^bound of a custom attribute "a" must be a whole number .*, got 0\.5$/],
    ],
    [
      "the bounds of a custom attribute are in the wrong order",
      { customAttributes: { a: { type: "Number", minimum: 2, maximum: 1 } } },
      ['upper bound of custom attribute "a" must be at least 2, got 1'],
    ],
    [
      "it has too many custom attributes",
      {
        customAttributes: Object.fromEntries(
          Array.from({ length: 50 }, (_, index) => [
            `a${index}`,
            { type: "Boolean" },
          ]),
        ),
      },
      ["number of custom attributes of a user pool must be at most 49, got 50"],
    ],
  ])("%s", (_, options, expected) => {
    expect(listErrors(options)).toEqual(
      expected.map((message) =>
        typeof message === "string"
          ? message
          : (expect.stringMatching(message) as string),
      ),
    );
  });

  test.each([
    ["example.org", "a@example.com"],
    ["example.org", "a@badexample.org"],
    ["example.org", "VEDA <a@example.org.evil.com>"],
    ["mail.example.org", "a@example.org"],
    ["a@example.org", "b@example.org"],
    ["a@example.org", "a@mail.example.org"],
  ])("its identity %s does not have the sender %s", (identity, from) => {
    const identityArn = SES.identityArn.replace("example.org", identity);
    expect(listErrors({ email: { identityArn, from } })).toEqual([
      `email sender must be an address of the identity "${identity}", got "${from}"`,
    ]);
  });
});

describe("a user pool allows", () => {
  test.each([
    ["example.org", "a@example.org"],
    ["example.org", "VEDA <a@Mail.Example.org>"],
    ["a@example.org", "A@example.org"],
    ["a@example.org", "VEDA <a+news@example.org>"],
  ])("that its identity %s has the sender %s", (identity, from) => {
    const identityArn = SES.identityArn.replace("example.org", identity);
    expect(listErrors({ email: { identityArn, from } })).toEqual([]);
  });

  test.each<[string, Partial<UserPoolProps>]>([
    [
      "optional MFA with other first factors",
      {
        ...PASSKEYS,
        mfa: { required: false, factors: ["TOTP"] },
        firstFactors: ["PASSWORD", "WEB_AUTHN", "EMAIL_OTP"],
      },
    ],
    [
      "required MFA with passwords",
      {
        mfa: { required: true, factors: ["TOTP"] },
        firstFactors: ["PASSWORD"],
      },
    ],
    [
      "MFA with an app and recovery by email in the plan LITE",
      { mfa: { required: true, factors: ["TOTP"] }, plan: "LITE" },
    ],
    ["MFA by email in the plan PLUS", { ...EMAIL_MFA, plan: "PLUS" }],
    [
      "the rest of the options in the plan LITE",
      {
        email: SES,
        firstFactors: ["PASSWORD"],
        password: { minimumLength: 6, history: 0 },
        threatProtection: "OFF",
        triggers: {
          preTokenGeneration: { arn: `${FUNCTION}a`, version: "V1_0" },
        },
        plan: "LITE",
      },
    ],
    ["its longest password", { password: { minimumLength: 99, history: 24 } }],
    [
      "a web ACL in the account, and a trigger in another one",
      {
        webAclArn: WEB_ACL,
        accountId: "123456789012",
        triggers: {
          preSignUp: "arn:aws:lambda:us-west-2:999999999999:function:a",
        },
      },
    ],
    [
      "an identity in another Region and account",
      {
        email: {
          ...SES,
          identityArn:
            "arn:aws:ses:eu-west-1:999999999999:identity/example.org",
        },
      },
    ],
    [
      "equal bounds of a custom attribute",
      { customAttributes: { a: { type: "Number", minimum: 1, maximum: 1 } } },
    ],
    [
      "values that only Terraform knows",
      {
        plan: createUnknownText() as "PLUS",
        threatProtection: createUnknownText() as "OFF",
        email: {
          identityArn: createUnknownText(),
          from: createUnknownText(),
          replyTo: createUnknownText(),
          configurationSet: createUnknownText(),
        },
        password: {
          minimumLength: createUnknownNumber(8),
          history: createUnknownNumber(8),
        },
        firstFactors: createUnknownList("PASSWORD", "WEB_AUTHN"),
        passkeys: { relyingPartyId: createUnknownText() },
        triggers: { preSignUp: Fn.lower("a") },
        webAclArn: createUnknownText(),
        customAttributes: {
          a: {
            type: "Number",
            minimum: createUnknownNumber(1),
            maximum: createUnknownNumber(2),
          },
        },
      },
    ],
  ])("%s", (_, options) => {
    expect(listErrors(options)).toEqual([]);
  });
});
