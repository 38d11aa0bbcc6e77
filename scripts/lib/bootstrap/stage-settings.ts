import { REGIONS } from "../../../constructs/aws";
import type {
  AccountConfig,
  DeployedStage,
} from "../../../stacks/config/config";
import { SETTINGS } from "../../../stacks/config/settings";
import { getDefaultStateKey } from "../../../stacks/naming";

type Settings = Readonly<Record<string, string>>;

const { default: DEFAULT_APP_NAME } = SETTINGS.stack.appName;

/** Returns the settings of every stage that depend on the account's stack. */
export function getSharedSettings({
  appName,
  accountId,
  region,
  stateBucket,
  boundary,
  github,
}: AccountConfig): Settings {
  return {
    ...(appName !== DEFAULT_APP_NAME && { APP_NAME: appName }),
    AWS_ACCOUNT_ID: accountId,
    ...getRegionSettings(region),
    STATE_BUCKET_NAME: stateBucket.name,
    ...(stateBucket.encryptionKeyAlias !== undefined && {
      STATE_CUSTOMER_KEY: "true",
    }),
    PERMISSIONS_BOUNDARY_POLICY_NAME: boundary.policyName,
    ...(github !== undefined && {
      OIDC_PROVIDER_URL: github.oidcProvider.issuer,
      OIDC_PROVIDER_EXISTS: "true",
    }),
  };
}

/** Returns the settings of one stage that its deploy roles depend on, in addition to those of every stage. */
export function getDeployedSettings(
  account: AccountConfig,
  stage: DeployedStage,
): Settings {
  const { stackName, stateKey, githubEnvironment } = stage;
  const appName = stackName.slice(0, -stage.stage.length - 1);
  return {
    STAGE: stage.stage,
    ...getSharedSettings(account),
    ...(appName !== account.appName && { APP_NAME: appName }),
    ...getRegionSettings(stage.region),
    ...(stateKey !== getDefaultStateKey(appName, stage.stage) && {
      STATE_BUCKET_KEY: stateKey,
    }),
    ...(githubEnvironment !== stage.stage && {
      GITHUB_ENVIRONMENT: githubEnvironment,
    }),
    ...(stage.userPoolId !== undefined && { USER_POOL_ID: stage.userPoolId }),
    ...(stage.dataManagersRoleArn !== undefined && {
      DATA_MANAGERS_ROLE_ARN: stage.dataManagersRoleArn,
    }),
  };
}

function getRegionSettings(region: string): Settings {
  return {
    AWS_REGION: region,
    ...(!REGIONS.includes(region) && { ALLOW_UNKNOWN_REGION: "true" }),
  };
}
