import { UserPool } from "../../../constructs/user-pool";
import {
  PROJECT_POLICY,
  toPasswordPolicy,
} from "../../../scripts/lib/auth/password-policy";
import { getOnlyResource, synthesizeConstructs } from "../../support/synth";

test("the policy of this project is that of its user pool", () => {
  const { password_policy: policy } = getOnlyResource(
    synthesizeConstructs((scope) => {
      new UserPool(scope, "pool", {
        userPoolName: "pool",
        deletionProtection: true,
        mfa: null,
        email: null,
      });
    }),
    "aws_cognito_user_pool",
  );
  expect(policy).toBeDefined();
  const {
    minimum_length: MinimumLength,
    require_lowercase: RequireLowercase,
    require_uppercase: RequireUppercase,
    require_numbers: RequireNumbers,
    require_symbols: RequireSymbols,
  } = policy as Readonly<Record<string, never>>;
  expect(PROJECT_POLICY).toEqual(
    toPasswordPolicy({
      MinimumLength,
      RequireLowercase,
      RequireUppercase,
      RequireNumbers,
      RequireSymbols,
    }),
  );
});
