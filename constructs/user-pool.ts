import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { Construct } from "constructs";
import { LIMITS } from "./constraints";
import { addValidationErrors, check } from "./validation";

/** A user pool, created by this stack or imported. */
export interface IUserPool {
  readonly userPoolId: string;
  /**
   * Custom attributes of the users, without the prefix `custom:`.
   *
   * @default none
   */
  readonly customAttributes?: Readonly<
    Record<string, { readonly writableByUsers?: boolean }>
  >;
}

export interface UserPoolProps {
  readonly userPoolName: string;
  /**
   * Whether AWS and Terraform refuse to delete the pool with all of its users. To delete the pool, apply once with
   * `false`, then once without the pool.
   */
  readonly deletionProtection: boolean;
}

/**
 * A user pool whose users are created by administrators and sign in with user name or verified email address.
 *
 * All attributes are set, because AWS's defaults can change without notice.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools.html
 */
export class UserPool extends Construct implements IUserPool {
  /** Imports a user pool that another stack manages. */
  static fromUserPoolId(userPoolId: string): IUserPool {
    return { userPoolId };
  }

  readonly userPoolId: string;

  constructor(scope: Construct, id: string, props: UserPoolProps) {
    super(scope, id);
    addValidationErrors(this, check(LIMITS.userPoolName, props.userPoolName));

    const resource = new CognitoUserPool(this, "Resource", {
      name: props.userPoolName,
      userPoolTier: "ESSENTIALS",
      deletionProtection: props.deletionProtection ? "ACTIVE" : "INACTIVE",
      aliasAttributes: ["email"],
      autoVerifiedAttributes: ["email"],
      usernameConfiguration: { caseSensitive: false },
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      accountRecoverySetting: {
        recoveryMechanism: [{ name: "verified_email", priority: 1 }],
      },
      verificationMessageTemplate: {
        defaultEmailOption: "CONFIRM_WITH_CODE",
        emailSubject: "Verify your new account",
        emailMessage: "The verification code to your new account is {####}",
      },
      passwordPolicy: {
        minimumLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireNumbers: true,
        requireSymbols: true,
        temporaryPasswordValidityDays: 7,
      },
      schema: [
        {
          name: "email",
          attributeDataType: "String",
          developerOnlyAttribute: false,
          mutable: true,
          required: true,
          stringAttributeConstraints: { minLength: "0", maxLength: "2048" },
        },
      ],
      ...(props.deletionProtection && { lifecycle: { preventDestroy: true } }),
    });
    this.userPoolId = resource.id;
  }
}
