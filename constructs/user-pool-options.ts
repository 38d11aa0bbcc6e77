/** Types of the options of a user pool. Pure, because the configuration of a stage has them. */

/**
 * Feature plan of a user pool.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-sign-in-feature-plans.html
 */
export type FeaturePlan = "LITE" | "ESSENTIALS" | "PLUS";

/** Response to risky sign-ins and leaked passwords: a log entry (`AUDIT`), or also a block (`ENFORCED`). */
export type ThreatProtection = "OFF" | "AUDIT" | "ENFORCED";

/** A second factor: codes of an authenticator app (`TOTP`), or codes by email. */
export type MfaFactor = "TOTP" | "EMAIL";

/** Multi-factor authentication of the users of a user pool. Users of other identity providers do not need it. */
export interface Mfa {
  /** Whether every user must set up a factor, or can do so. */
  readonly required: boolean;
  readonly factors: readonly MfaFactor[];
}

/** A first factor of a sign-in in which users choose. */
export type FirstFactor = "PASSWORD" | "EMAIL_OTP" | "WEB_AUTHN";

/**
 * Sign-in with passkeys.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow-methods.html
 */
export interface Passkeys {
  /**
   * Domain of the sign-in pages, without `https://`. If the user pool has a custom domain, it is that domain. Changing it makes
   * all passkeys invalid.
   */
  readonly relyingPartyId: string;
  /** @default required: a passkey without a PIN or a fingerprint is refused */
  readonly userVerification?: "required" | "preferred";
}

/** How users who forgot their passwords get access again: with a code by email, or by an administrator. */
export type AccountRecovery = "verified_email" | "admin_only";

/** Email through Amazon SES, from an address of an identity that is verified there. */
export interface SesEmail {
  /** ARN of the identity: a domain or an address. Its Region can be another one than that of the user pool. */
  readonly identityArn: string;
  /** Address of the sender, or `Name <address>`. It belongs to the identity. */
  readonly from: string;
  /** @default the sender */
  readonly replyTo?: string;
  /** @default none */
  readonly configurationSet?: string;
}

interface CustomAttributeOptions {
  /**
   * Whether users can change their own value. Do not allow it for an attribute that grants access, such as a list of groups.
   *
   * @default false
   */
  readonly writableByUsers?: boolean;
}

interface StringAttribute extends CustomAttributeOptions {
  readonly type: "String";
  /** @default 0 */
  readonly minLength?: number;
  /** @default 2048 */
  readonly maxLength?: number;
}

interface NumberAttribute extends CustomAttributeOptions {
  readonly type: "Number";
  /** @default -9007199254740991 */
  readonly minimum?: number;
  /** @default 9007199254740991 */
  readonly maximum?: number;
}

interface OtherAttribute extends CustomAttributeOptions {
  readonly type: "Boolean" | "DateTime";
}

/** A custom attribute, which is optional and can be changed. Neither its type nor its bounds can be changed later. */
export type CustomAttribute =
  StringAttribute | NumberAttribute | OtherAttribute;

/** Custom attributes by their names without the prefix `custom:`. */
export type CustomAttributes = Readonly<Record<string, CustomAttribute>>;

/** Version of the event of a pre token generation trigger. Later ones can change access tokens too. */
export type PreTokenGenerationVersion = "V1_0" | "V2_0" | "V3_0";

/**
 * ARNs of Lambda functions that a user pool calls, each with its permission. A function for `preTokenGeneration` can put any
 * group into a token, so a principal that can change its code can get the access of every group.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-working-with-lambda-triggers.html
 */
export interface UserPoolTriggers {
  /** @default none */
  readonly preTokenGeneration?: {
    readonly arn: string;
    readonly version: PreTokenGenerationVersion;
  };
  /** @default none */
  readonly preSignUp?: string;
  /** @default none */
  readonly postConfirmation?: string;
  /** @default none */
  readonly preAuthentication?: string;
  /** @default none */
  readonly postAuthentication?: string;
  /** @default none */
  readonly customMessage?: string;
  /** @default none */
  readonly userMigration?: string;
  /** @default none */
  readonly defineAuthChallenge?: string;
  /** @default none */
  readonly createAuthChallenge?: string;
  /** @default none */
  readonly verifyAuthChallengeResponse?: string;
}

/** Rules for passwords, in addition to the four classes of characters, which are always required. */
export interface PasswordPolicy {
  /** @default 12 */
  readonly minimumLength?: number;
  /**
   * Number of previous passwords that a user cannot choose again.
   *
   * @default 0
   */
  readonly history?: number;
}

/** Options of a user pool that do not depend on its stage. */
export interface UserPoolOptions {
  /**
   * Whether AWS and Terraform refuse to delete the pool with all of its users. To delete the pool, apply once with
   * `false`, then once without the pool.
   */
  readonly deletionProtection: boolean;
  /** `null` disables it. */
  readonly mfa: Mfa | null;
  /** `null` leaves the email to Amazon Cognito, which sends few messages a day. */
  readonly email: SesEmail | null;
  /**
   * First factors from which users choose. Clients get the flow `ALLOW_USER_AUTH` for it. Terraform does not reset a user pool
   * that has had others: set `["PASSWORD"]` to go back.
   *
   * @default those of the user pool: a new one has passwords only
   */
  readonly firstFactors?: readonly FirstFactor[];
  /** @default none */
  readonly passkeys?: Passkeys;
  /** @default verified_email */
  readonly accountRecovery?: AccountRecovery;
  /** @default ESSENTIALS */
  readonly plan?: FeaturePlan;
  /** @default 12 characters without a history */
  readonly password?: PasswordPolicy;
  /**
   * Requires the plan `PLUS`. AWS recommends MFA that is not required with it. Set `OFF` before you change the plan.
   *
   * @default OFF with the plan PLUS, and otherwise not set
   */
  readonly threatProtection?: ThreatProtection;
  /**
   * Attributes of users in addition to the standard ones. They can be added, and neither be changed nor be removed.
   *
   * @default none
   */
  readonly customAttributes?: CustomAttributes;
  /** @default none */
  readonly triggers?: UserPoolTriggers;
  /**
   * ARN of the regional web ACL of AWS WAF that filters requests to the sign-in pages and to the API.
   *
   * @default none
   */
  readonly webAclArn?: string;
}
