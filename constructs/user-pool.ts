import { CognitoUserPool } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { DataAwsCallerIdentity } from "@cdktf/provider-aws/lib/data-aws-caller-identity";
import { Wafv2WebAclAssociation } from "@cdktf/provider-aws/lib/wafv2-web-acl-association";
import { Token } from "cdktf";
import { Construct } from "constructs";
import { getPartition, getUserPoolIssuer } from "./aws";
import { LIMITS } from "./constraints";
import { getRegion } from "./provider-region";
import {
  checkCustomAttributes,
  createCustomSchema,
} from "./user-pool-attributes";
import { checkEmail, createEmailConfiguration } from "./user-pool-email";
import {
  checkSignIn,
  createSignInAttributes,
  listFactors,
} from "./user-pool-mfa";
import type { CustomAttributes, UserPoolOptions } from "./user-pool-options";
import { checkPlan } from "./user-pool-plan";
import {
  checkTriggers,
  createLambdaConfig,
  createTriggerConditions,
  createTriggerPermissions,
} from "./user-pool-triggers";
import { getArnPart } from "./text-parts";
import {
  addValidationErrors,
  check,
  checkArnLocation,
  checkArnRegion,
} from "./validation";

/** A user pool, created by this stack or imported. */
export interface IUserPool {
  readonly userPoolId: string;
  /** The ARN of an imported user pool can have a data source, which is created when the ARN is read first. */
  readonly userPoolArn: string;
  /** Issuer of the tokens, as in their `iss` claim. */
  readonly issuer: string;
  /**
   * Custom attributes of the users, without the prefix `custom:`.
   *
   * @default none
   */
  readonly customAttributes?: Readonly<
    Record<string, { readonly writableByUsers?: boolean }>
  >;
  /**
   * Whether users choose their first factor, such as a passkey instead of the password.
   *
   * @default false
   */
  readonly hasFactorChoice?: boolean;
  /**
   * Whether Lambda functions define the challenges of a sign-in.
   *
   * @default false
   */
  readonly hasCustomChallenges?: boolean;
}

/** Configuration of {@link UserPool}. */
export interface UserPoolProps extends UserPoolOptions {
  readonly userPoolName: string;
  /**
   * Account of the user pool, which must have the web ACL too.
   *
   * @default any account
   */
  readonly accountId?: string | undefined;
}

/**
 * A user pool whose users are created by administrators and sign in with user name or verified email address.
 *
 * All attributes are set, because AWS's defaults can change without notice.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools.html
 */
export class UserPool extends Construct implements IUserPool {
  /** Imports a user pool of the stack's account and Region that another stack manages. It is not changed. */
  static fromUserPoolId(
    scope: Construct,
    id: string,
    userPoolId: string,
  ): IUserPool {
    return new ImportedUserPool(scope, id, { userPoolId });
  }

  /** Imports a user pool of the stack's Region that another stack manages, without a data source for its ARN. */
  static fromUserPoolArn(
    scope: Construct,
    id: string,
    userPoolArn: string,
  ): IUserPool {
    const userPoolId = getArnPart(userPoolArn, "/");
    return new ImportedUserPool(scope, id, { userPoolId, userPoolArn });
  }

  readonly userPoolId: string;
  readonly userPoolArn: string;
  /** Issuer of the tokens, as in their `iss` claim. */
  readonly issuer: string;
  readonly customAttributes: CustomAttributes;
  readonly hasFactorChoice: boolean;
  readonly hasCustomChallenges: boolean;

  constructor(scope: Construct, id: string, props: UserPoolProps) {
    super(scope, id);
    const region = getRegion(this);
    const { email, password = {}, triggers = {}, webAclArn } = props;
    const { plan = "ESSENTIALS", customAttributes = {} } = props;
    const { minimumLength = 12, history } = password;
    const postcondition = createTriggerConditions(triggers);
    const hasTriggers = Object.keys(triggers).length > 0;
    const { threatProtection = plan === "PLUS" ? "OFF" : undefined } = props;
    addValidationErrors(
      this,
      check(LIMITS.userPoolName, props.userPoolName),
      check(LIMITS.passwordLength, minimumLength),
      check(LIMITS.passwordHistory, history),
      ...checkSignIn(props),
      ...(email === null ? [] : checkEmail(email, region)),
      ...checkPlan(props),
      ...checkCustomAttributes(customAttributes),
      ...checkTriggers(triggers, region),
      ...checkWebAcl(props, region),
    );

    const resource = new CognitoUserPool(this, "Resource", {
      name: props.userPoolName,
      userPoolTier: plan,
      deletionProtection: props.deletionProtection ? "ACTIVE" : "INACTIVE",
      aliasAttributes: ["email"],
      autoVerifiedAttributes: ["email"],
      usernameConfiguration: { caseSensitive: false },
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      ...createSignInAttributes(props),
      ...(email !== null && {
        emailConfiguration: createEmailConfiguration(email),
      }),
      verificationMessageTemplate: {
        defaultEmailOption: "CONFIRM_WITH_CODE",
        emailSubject: "Verify your new account",
        emailMessage: "The verification code to your new account is {####}",
      },
      passwordPolicy: {
        minimumLength,
        ...(history !== undefined && { passwordHistorySize: history }),
        requireLowercase: true,
        requireUppercase: true,
        requireNumbers: true,
        requireSymbols: true,
        temporaryPasswordValidityDays: 7,
      },
      ...(threatProtection !== undefined && {
        userPoolAddOns: { advancedSecurityMode: threatProtection },
      }),
      ...(hasTriggers && { lambdaConfig: createLambdaConfig(triggers) }),
      schema: [
        {
          name: "email",
          attributeDataType: "String",
          developerOnlyAttribute: false,
          mutable: true,
          required: true,
          stringAttributeConstraints: { minLength: "0", maxLength: "2048" },
        },
        ...createCustomSchema(customAttributes),
      ],
      ...((props.deletionProtection || postcondition.length > 0) && {
        lifecycle: {
          ...(props.deletionProtection && { preventDestroy: true }),
          ...(postcondition.length > 0 && { postcondition }),
        },
      }),
    });
    this.userPoolId = resource.id;
    this.userPoolArn = resource.arn;
    this.issuer = getUserPoolIssuer(region, resource.id);
    this.customAttributes = customAttributes;
    this.hasFactorChoice = listFactors(props.firstFactors).some(
      (factor) => factor !== "PASSWORD",
    );
    this.hasCustomChallenges = triggers.defineAuthChallenge !== undefined;
    createTriggerPermissions(this, triggers, resource.arn);
    if (webAclArn !== undefined)
      new Wafv2WebAclAssociation(this, "web-acl", {
        resourceArn: resource.arn,
        webAclArn,
      });
  }
}

/** A user pool that another stack manages. */
class ImportedUserPool extends Construct implements IUserPool {
  readonly userPoolId: string;
  readonly issuer: string;
  private arn: string | undefined;

  constructor(
    scope: Construct,
    id: string,
    {
      userPoolId,
      userPoolArn,
    }: { readonly userPoolId: string; readonly userPoolArn?: string },
  ) {
    super(scope, id);
    const region = getRegion(this);
    const isElsewhere =
      ![region, userPoolId].some((text) => Token.isUnresolved(text)) &&
      !userPoolId.startsWith(`${region}_`);
    const error =
      userPoolArn === undefined
        ? check(LIMITS.userPoolId, userPoolId)
        : check(LIMITS.userPoolArn, userPoolArn);
    addValidationErrors(
      this,
      error,
      error === undefined && isElsewhere
        ? `user pool must be in Region "${region}" of the AWS provider, got "${userPoolArn ?? userPoolId}"`
        : undefined,
    );
    this.userPoolId = userPoolId;
    this.issuer = getUserPoolIssuer(region, userPoolId);
    this.arn = userPoolArn;
  }

  get userPoolArn(): string {
    return (this.arn ??= this.createArn());
  }

  private createArn(): string {
    const region = getRegion(this);
    const { accountId } = new DataAwsCallerIdentity(this, "account", {});
    return `arn:${getPartition(region)}:cognito-idp:${region}:${accountId}:userpool/${this.userPoolId}`;
  }
}

function checkWebAcl(
  { webAclArn: arn, accountId }: UserPoolProps,
  region: string,
): (string | undefined)[] {
  if (arn === undefined) return [];
  const { subject } = LIMITS.webAclArn;
  return [
    check(LIMITS.webAclArn, arn),
    ...checkArnLocation(subject, arn, region, accountId),
    checkArnRegion(subject, arn, region),
  ];
}
