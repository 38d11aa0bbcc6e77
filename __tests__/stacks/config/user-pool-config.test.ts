import type { Environment } from "../../../stacks/config/environment";
import { USER_POOL_SETTINGS } from "../../../stacks/config/user-pool-settings";
import { createStageConfig, synthesize } from "../../support/stage";

const FUNCTION = "arn:aws:lambda:us-west-2:123456789012:function:groups";
const WEB_ACL =
  "arn:aws:wafv2:us-west-2:123456789012:regional/webacl/auth/12345678";
const IDENTITY = "arn:aws:ses:us-west-2:123456789012:identity/example.org";

/** A value of each setting that is not its default. */
const VALUES: Readonly<Record<string, string>> = {
  DELETION_PROTECTION: "false",
  MFA: "Required",
  MFA_FACTORS: "totp, EMAIL",
  ACCOUNT_RECOVERY: "admin_only",
  PASSWORD_MIN_LENGTH: "14",
  PASSWORD_HISTORY: "5",
  FEATURE_PLAN: "plus",
  THREAT_PROTECTION: "enforced",
  EMAIL_IDENTITY_ARN: IDENTITY,
  EMAIL_FROM: "VEDA <no-reply@example.org>",
  EMAIL_REPLY_TO: "help@example.org",
  PRE_TOKEN_GENERATION_ARN: FUNCTION,
  PRE_TOKEN_GENERATION_VERSION: "v2_0",
  WEB_ACL_ARN: WEB_ACL,
};

function listProblems(settings: Environment): string[] {
  try {
    createStageConfig(settings);
  } catch (error) {
    return (error as Error).message.split("\n  - ").slice(1);
  }
  return [];
}

describe("the settings of a user pool", () => {
  test("are all options of the user pool", () => {
    expect(Object.keys(VALUES)).toEqual(
      Object.values(USER_POOL_SETTINGS.userPool).map(({ name }) => name),
    );
    expect(createStageConfig(VALUES).userPool).toEqual({
      deletionProtection: false,
      mfa: { required: true, factors: ["TOTP", "EMAIL"] },
      email: {
        identityArn: IDENTITY,
        from: "VEDA <no-reply@example.org>",
        replyTo: "help@example.org",
      },
      plan: "PLUS",
      accountRecovery: "admin_only",
      password: { minimumLength: 14, history: 5 },
      threatProtection: "ENFORCED",
      triggers: { preTokenGeneration: { arn: FUNCTION, version: "V2_0" } },
      webAclArn: WEB_ACL,
    });
    synthesize(VALUES);
  });

  test("change nothing if they have their defaults", () => {
    const defaults = {
      MFA: "off",
      MFA_FACTORS: "EMAIL",
      ACCOUNT_RECOVERY: "verified_email",
      PASSWORD_MIN_LENGTH: "12",
      FEATURE_PLAN: "ESSENTIALS",
    };
    expect(synthesize(defaults)).toEqual(synthesize());
  });

  test("are replaced by options", () => {
    const { resource } = synthesize(
      { ...VALUES, MFA_FACTORS: "TOTP" },
      undefined,
      {
        userPool: { mfa: null, password: { minimumLength: 20 } },
      },
    );
    const [pool] = Object.values(resource.aws_cognito_user_pool ?? {});
    expect(pool).toMatchObject({
      password_policy: { minimum_length: 20 },
      user_pool_tier: "PLUS",
    });
    expect(pool).not.toHaveProperty("mfa_configuration");
  });

  test("allow optional MFA", () => {
    expect(createStageConfig({ MFA: "optional" }).userPool.mfa).toEqual({
      required: false,
      factors: ["TOTP"],
    });
  });
});

describe("the settings of a user pool fail when", () => {
  test.each([
    ["MFA", "on"],
    ["MFA_FACTORS", "SMS"],
    ["ACCOUNT_RECOVERY", "phone"],
    ["PASSWORD_MIN_LENGTH", "5"],
    ["PASSWORD_MIN_LENGTH", "100"],
    ["PASSWORD_HISTORY", "25"],
    ["FEATURE_PLAN", "PRO"],
    ["THREAT_PROTECTION", "on"],
    ["EMAIL_IDENTITY_ARN", "example.org"],
    ["EMAIL_FROM", "example.org"],
    ["EMAIL_REPLY_TO", "help"],
    ["PRE_TOKEN_GENERATION_ARN", "groups"],
    ["PRE_TOKEN_GENERATION_VERSION", "V4_0"],
    ["WEB_ACL_ARN", "auth"],
  ])("%s is %s", (name, value) => {
    expect(listProblems({ ...VALUES, [name]: value })).toEqual([
      expect.stringMatching(`^${name} must be `),
    ]);
  });

  test.each([
    ["MFA_FACTORS", "MFA"],
    ["EMAIL_FROM", "EMAIL_IDENTITY_ARN"],
    ["EMAIL_IDENTITY_ARN", "EMAIL_FROM"],
    ["EMAIL_REPLY_TO", "EMAIL_FROM"],
    ["PRE_TOKEN_GENERATION_VERSION", "PRE_TOKEN_GENERATION_ARN"],
  ])("%s is set without %s", (name, required) => {
    expect(listProblems({ [name]: VALUES[name] })).toEqual([
      `${name} requires ${required}`,
    ]);
  });

  test.each([
    ["PRE_TOKEN_GENERATION_ARN", FUNCTION],
    ["WEB_ACL_ARN", WEB_ACL],
  ])("%s is in another Region", (name, arn) => {
    expect(listProblems({ [name]: arn, AWS_REGION: "us-east-1" })).toEqual([
      `${name} must be in Region "us-east-1" of the user pool, got "${arn}"`,
    ]);
  });

  test.each([
    ["EMAIL_IDENTITY_ARN", { EMAIL_FROM: "a@example.org" }],
    ["WEB_ACL_ARN", {}],
    ["PRE_TOKEN_GENERATION_ARN", {}],
  ])("%s is in another partition", (name, others) => {
    const settings = { ...others, AWS_REGION: "us-gov-west-1" };
    expect(listProblems({ ...settings, [name]: VALUES[name] })).toContain(
      `${name} must be in partition "aws-us-gov" of Region "us-gov-west-1", got "${VALUES[name]}"`,
    );
  });

  test("the web ACL is in another account, and the identity and the function are not", () => {
    const AWS_ACCOUNT_ID = "999999999999";
    expect(listProblems({ ...VALUES, AWS_ACCOUNT_ID })).toEqual([
      `WEB_ACL_ARN must be in account "999999999999", got "${WEB_ACL}"`,
    ]);
    expect(() =>
      synthesize({ AWS_ACCOUNT_ID }, undefined, {
        userPool: { webAclArn: WEB_ACL },
      }),
    ).toThrow(
      `web ACL ARN must be in account "999999999999", got "${WEB_ACL}"`,
    );
  });

  test("the stage uses an existing user pool", () => {
    const existing = { USER_POOL_ID: "us-west-2_Example" };
    const { DELETION_PROTECTION, ...others } = VALUES;
    expect(listProblems({ ...existing, DELETION_PROTECTION })).toEqual([]);
    expect(listProblems({ ...existing, ...others })).toEqual(
      Object.keys(others).map(
        (name) =>
          `${name} must be unset if USER_POOL_ID is set, because the stage does not manage an existing user pool`,
      ),
    );
    expect(() =>
      synthesize(existing, undefined, { userPool: { mfa: null } }),
    ).toThrow(
      "options of the user pool must be omitted if the stage uses an existing one, got mfa",
    );
    synthesize(existing, undefined, { userPool: {} });
  });
});
