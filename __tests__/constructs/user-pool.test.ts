import { UserPool, type UserPoolProps } from "../../constructs/user-pool";
import {
  collectErrors,
  createUnknownText,
  getOnlyResource,
  resolveValue,
  synthesizeConstructs,
} from "../support/synth";

const MINIMAL_PROPS: UserPoolProps = {
  userPoolName: "veda-auth-stack-dev",
  deletionProtection: true,
  mfa: null,
  email: null,
};

function synthesizePool(props: Partial<UserPoolProps> = {}) {
  return getOnlyResource(
    synthesizeConstructs((scope) => {
      new UserPool(scope, "pool", { ...MINIMAL_PROPS, ...props });
    }),
    "aws_cognito_user_pool",
  );
}

function validateName(userPoolName: string): string[] {
  return collectErrors((scope) => {
    new UserPool(scope, "pool", { ...MINIMAL_PROPS, userPoolName });
  });
}

describe("a user pool", () => {
  test("has users that administrators create, who sign in with user name or email address", () => {
    expect(synthesizePool()).toMatchObject({
      name: "veda-auth-stack-dev",
      user_pool_tier: "ESSENTIALS",
      admin_create_user_config: { allow_admin_create_user_only: true },
      alias_attributes: ["email"],
      auto_verified_attributes: ["email"],
      username_configuration: { case_sensitive: false },
    });
    expect(synthesizePool()).not.toHaveProperty("username_attributes");
    expect(validateName("veda-auth-stack-dev")).toEqual([]);
  });

  test("has one attribute with constraints, which cannot be changed later", () => {
    expect(synthesizePool().schema).toEqual([
      {
        name: "email",
        attribute_data_type: "String",
        developer_only_attribute: false,
        mutable: true,
        required: true,
        string_attribute_constraints: { min_length: "0", max_length: "2048" },
      },
    ]);
  });

  test("has a complete password policy", () => {
    expect(synthesizePool().password_policy).toEqual({
      minimum_length: 12,
      require_lowercase: true,
      require_uppercase: true,
      require_numbers: true,
      require_symbols: true,
      temporary_password_validity_days: 7,
    });
  });

  test("recovers accounts by verified email address only", () => {
    expect(synthesizePool().account_recovery_setting).toEqual({
      recovery_mechanism: [{ name: "verified_email", priority: 1 }],
    });
  });

  test("verifies an email address with a code", () => {
    expect(synthesizePool().verification_message_template).toEqual({
      default_email_option: "CONFIRM_WITH_CODE",
      email_subject: "Verify your new account",
      email_message: "The verification code to your new account is {####}",
    });
  });

  test("has no settings that are irreversible or that differ in every plan", () => {
    for (const name of [
      "sms_configuration",
      "user_pool_add_ons",
      "email_verification_message",
      "email_verification_subject",
    ])
      expect(synthesizePool()).not.toHaveProperty(name);
  });

  test("is protected from deletion by AWS and by Terraform", () => {
    expect(synthesizePool()).toMatchObject({
      deletion_protection: "ACTIVE",
      lifecycle: { prevent_destroy: true },
    });
  });

  test("is protected by neither without deletion protection", () => {
    expect(
      synthesizePool({ deletionProtection: false }).deletion_protection,
    ).toBe("INACTIVE");
    expect(synthesizePool({ deletionProtection: false })).not.toHaveProperty(
      "lifecycle",
    );
  });

  test.each([
    ["userPoolId", /^\$\{aws_cognito_user_pool\.pool_\w+\.id\}$/],
    ["userPoolArn", /^\$\{aws_cognito_user_pool\.pool_\w+\.arn\}$/],
    [
      "issuer",
      /^https:\/\/cognito-idp\.us-west-2\.amazonaws\.com\/\$\{aws_cognito_user_pool\.pool_\w+\.id\}$/,
    ],
  ] as const)("exposes its %s as a reference", (name, expected) => {
    expect(
      resolveValue((scope) => new UserPool(scope, "pool", MINIMAL_PROPS)[name]),
    ).toMatch(expected);
  });

  test("allows a name that only Terraform knows", () => {
    expect(validateName(createUnknownText())).toEqual([]);
  });
});

describe("a user pool fails when", () => {
  test.each(["", "a".repeat(129), "auth/dev", "auth!*"])(
    "its name is %j",
    (name) => {
      expect(validateName(name)).toEqual([
        expect.stringMatching(/^user pool name must be 1-128 .*got /),
      ]);
    },
  );
});
