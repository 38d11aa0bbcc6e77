import { createValidationError } from "../../constructs/errors";
import { getStackName, getStateEncryptionKeyArn } from "../naming";
import type {
  OidcProviderConfig,
  StackConfig,
  StageConfig,
  StateConfig,
} from "./config";
import type { Environment, HostEnvironment } from "./environment";
import type { Settings } from "./settings";
import { validateSettings } from "./validate-settings";

/**
 * Returns the configuration of one stage.
 *
 * @throws UserError with every problem
 */
export function readStageConfig(
  values: Environment,
  host: HostEnvironment,
): StageConfig {
  const { config, problems } = parseStageConfig(values, host);
  if (config === undefined)
    throw createValidationError("configuration", problems);
  return config;
}

/** Returns the configuration of one stage, or every problem. */
export function parseStageConfig(
  values: Environment,
  host: HostEnvironment,
): { config?: StageConfig; problems: readonly string[] } {
  const { settings, problems } = validateSettings(values, host);
  return problems.length > 0
    ? { problems }
    : { problems, config: createStageConfig(settings) };
}

function createStageConfig(settings: Settings): StageConfig {
  const { stack, existing, userPool, secrets } = settings;
  return {
    ...createStackConfig(settings),
    stage: stack.stage,
    existing,
    userPool,
    secrets,
    groups: createGroupsConfig(settings.groups),
    clients: createClientsConfig(settings.clients),
    oidcProvider: createOidcProviderConfig(settings.oidcProvider),
  };
}

export function createStackConfig(settings: Settings): StackConfig {
  const { appName, stage, owner, project, ...stack } = settings.stack;
  return {
    ...stack,
    appName,
    stackName: getStackName(appName, stage),
    tags: {
      Client: "nasa-impact",
      Owner: owner,
      Project: project,
      Stack: stage,
    },
    state: createStateConfig(settings),
  };
}

function createStateConfig({ stack, state }: Settings): StateConfig {
  const { appName, region, accountId } = stack;
  const { backend, bucketName = "", key, hasCustomerKey } = state;
  if (backend === "local") return { backend };
  const encryptionKeyArn =
    hasCustomerKey && accountId !== undefined
      ? getStateEncryptionKeyArn(appName, region, accountId)
      : undefined;
  return { backend, bucket: bucketName, key, encryptionKeyArn };
}

function createGroupsConfig({
  hasBucketGroups,
  hasDataManagers,
  dataManagersRoleArn,
}: Settings["groups"]): StageConfig["groups"] {
  return {
    hasBucketGroups,
    dataManagersRoleArn: hasDataManagers ? dataManagersRoleArn : undefined,
  };
}

function createClientsConfig({
  programmaticCallbackUrls,
  dashboardCallbackUrls: callbackUrls,
  dashboardLogoutUrls: logoutUrls,
}: Settings["clients"]): StageConfig["clients"] {
  return {
    programmaticCallbackUrls,
    dashboard:
      callbackUrls === undefined ? undefined : { callbackUrls, logoutUrls },
  };
}

export function createOidcProviderConfig({
  issuer,
  thumbprint,
  exists,
}: Settings["oidcProvider"]): OidcProviderConfig | undefined {
  if (issuer === undefined) return undefined;
  return exists
    ? { origin: "existing", issuer }
    : { origin: "created", issuer, thumbprint };
}
