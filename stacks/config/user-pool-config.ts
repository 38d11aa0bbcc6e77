import { validateArnRegion } from "../../constructs/aws";
import type {
  SesEmail,
  UserPoolOptions,
} from "../../constructs/user-pool-options";
import { type Environment, getSetting } from "./environment";
import type { Setting } from "./setting-row";
import type { Settings } from "./settings";
import { USER_POOL_SETTINGS } from "./user-pool-settings";

/** Returns the options of the user pool that the settings describe. */
export function createUserPoolConfig({ userPool }: Settings): UserPoolOptions {
  const { mfa, mfaFactors, passwordLength, passwordHistory } = userPool;
  const { threatProtection, webAclArn, preTokenGenerationArn } = userPool;
  return {
    deletionProtection: userPool.deletionProtection,
    mfa:
      mfa === "off"
        ? null
        : { required: mfa === "required", factors: mfaFactors },
    email: createEmail(userPool),
    plan: userPool.plan,
    accountRecovery: userPool.accountRecovery,
    password: {
      minimumLength: passwordLength,
      ...(passwordHistory !== undefined && { history: passwordHistory }),
    },
    ...(threatProtection !== undefined && { threatProtection }),
    ...(preTokenGenerationArn !== undefined && {
      triggers: {
        preTokenGeneration: {
          arn: preTokenGenerationArn,
          version: userPool.preTokenGenerationVersion,
        },
      },
    }),
    ...(webAclArn !== undefined && { webAclArn }),
  };
}

function createEmail({
  emailIdentityArn,
  emailFrom,
  emailReplyTo,
}: Settings["userPool"]): SesEmail | null {
  if (emailIdentityArn === undefined || emailFrom === undefined) return null;
  return {
    identityArn: emailIdentityArn,
    from: emailFrom,
    ...(emailReplyTo !== undefined && { replyTo: emailReplyTo }),
  };
}

/** Returns the problems that the settings of the user pool have with each other. */
export function validateUserPoolSettings(
  values: Environment,
  { stack: { region }, existing, userPool }: Settings,
): string[] {
  const problems = [
    ...(
      [
        ["PRE_TOKEN_GENERATION_ARN", userPool.preTokenGenerationArn],
        ["WEB_ACL_ARN", userPool.webAclArn],
      ] as const
    ).map(([name, arn]) =>
      arn === undefined ? undefined : validateArnRegion(name, arn, region),
    ),
    ...(existing.userPoolId === undefined
      ? []
      : findUnusedSettings(values).map(
          (name) =>
            `${name} must be unset if USER_POOL_ID is set, because the stage does not manage an existing user pool`,
        )),
  ];
  return problems.filter((problem) => problem !== undefined);
}

/** Returns the settings that an existing user pool does not use. An `.env` file for all stages can have deletion protection. */
function findUnusedSettings(values: Environment): string[] {
  return Object.values<Setting>(USER_POOL_SETTINGS.userPool)
    .map(({ name }) => name)
    .filter((name) => name !== "DELETION_PROTECTION")
    .filter((name) => getSetting(values, name) !== undefined);
}
