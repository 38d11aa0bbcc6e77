import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { Construct } from "constructs";
import { LIMITS } from "./constraints";
import { check, addValidationErrors } from "./validation";

/** A user pool, made here or elsewhere, that clients and groups can be added to. */
export interface IUserPool {
  readonly userPoolId: string;
}

export interface UserPoolProps {
  readonly userPoolName: string;
  /**
   * Whether AWS refuses to delete the pool and Terraform refuses to plan it: with the pool go all its users. Takes two
   * applies to undo, one that switches it off and one that deletes.
   */
  readonly deletionProtection: boolean;
}

/**
 * A user pool whose users administrators create, who sign in by user name or verified e-mail address.
 *
 * Everything that AWS would default is written out, because an attribute left out is one that nobody notices changing.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools.html
 */
export class UserPool extends Construct implements IUserPool {
  /** Refers to a user pool that is managed elsewhere; nothing of it is changed. */
  static fromUserPoolId(userPoolId: string): IUserPool {
    return { userPoolId };
  }

  readonly userPoolId: string;

  constructor(scope: Construct, id: string, props: UserPoolProps) {
    super(scope, id);
    addValidationErrors(this, check(LIMITS.userPoolName, props.userPoolName));

    const verificationMessage = {
      emailSubject: "Verify your new account",
      emailMessage: "The verification code to your new account is {####}",
    };
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
        ...verificationMessage,
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
