import { UserPool, type UserPoolProps } from "../../constructs/user-pool";
import {
  getOnlyResource,
  collectProblems,
  resolveValue,
  synthesizeConstructs,
  createUnknownText,
} from "../support/synth";

const SMALLEST: UserPoolProps = {
  userPoolName: "veda-auth-stack-dev",
  deletionProtection: true,
};

function pool(props: Partial<UserPoolProps> = {}) {
  return getOnlyResource(
    synthesizeConstructs((scope) => {
      new UserPool(scope, "pool", { ...SMALLEST, ...props });
    }),
    "aws_cognito_user_pool",
  );
}

function problems(userPoolName: string): string[] {
  return collectProblems((scope) => {
    new UserPool(scope, "pool", { ...SMALLEST, userPoolName });
  });
}

describe("a user pool", () => {
  test("is made for users whom administrators create, who sign in by user name or e-mail address", () => {
    expect(pool()).toMatchObject({
      name: "veda-auth-stack-dev",
      user_pool_tier: "ESSENTIALS",
      admin_create_user_config: { allow_admin_create_user_only: true },
      alias_attributes: ["email"],
      auto_verified_attributes: ["email"],
      username_configuration: { case_sensitive: false },
    });
    expect(pool()).not.toHaveProperty("username_attributes");
    expect(problems("veda-auth-stack-dev")).toEqual([]);
  });

  test("has one attribute with its constraints, which can never be changed", () => {
    expect(pool().schema).toEqual([
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

  test("has its whole password policy written out", () => {
    expect(pool().password_policy).toEqual({
      minimum_length: 12,
      require_lowercase: true,
      require_uppercase: true,
      require_numbers: true,
      require_symbols: true,
      temporary_password_validity_days: 7,
    });
  });

  test("lets people recover by their verified e-mail address alone", () => {
    expect(pool().account_recovery_setting).toEqual({
      recovery_mechanism: [{ name: "verified_email", priority: 1 }],
    });
  });

  test("verifies an e-mail address by a code", () => {
    expect(pool().verification_message_template).toEqual({
      default_email_option: "CONFIRM_WITH_CODE",
      email_subject: "Verify your new account",
      email_message: "The verification code to your new account is {####}",
    });
  });

  test("has no settings that cannot be taken back or that differ at every plan", () => {
    for (const name of [
      "sms_configuration",
      "user_pool_add_ons",
      "email_verification_message",
      "email_verification_subject",
    ])
      expect(pool()).not.toHaveProperty(name);
  });

  test("is protected from deletion by AWS and by Terraform", () => {
    expect(pool()).toMatchObject({
      deletion_protection: "ACTIVE",
      lifecycle: { prevent_destroy: true },
    });
  });

  test("is protected by neither when that is switched off", () => {
    expect(pool({ deletionProtection: false }).deletion_protection).toBe(
      "INACTIVE",
    );
    expect(pool({ deletionProtection: false })).not.toHaveProperty("lifecycle");
  });

  test("offers its id by reference", () => {
    expect(
      resolveValue((scope) => new UserPool(scope, "pool", SMALLEST).userPoolId),
    ).toMatch(/^\$\{aws_cognito_user_pool\.pool_\w+\.id\}$/);
  });

  test("that exists is known by its id", () => {
    expect(UserPool.fromUserPoolId("us-west-2_Example")).toEqual({
      userPoolId: "us-west-2_Example",
    });
  });

  test("may have a name that Terraform alone will know", () => {
    expect(problems(createUnknownText())).toEqual([]);
  });
});

describe("a user pool fails when", () => {
  test.each(["", "a".repeat(129), "auth/dev", "auth!*"])(
    "its name is %j",
    (name) => {
      expect(problems(name)).toEqual([
        expect.stringMatching(/^user pool name must be 1-128 .*got /),
      ]);
    },
  );
});
