import { getStackName, getStateEncryptionKeyArn } from "../naming";
import type {
  CustomDomainConfig,
  OidcProviderConfig,
  SignInConfig,
  StackConfig,
  StageConfig,
  StateConfig,
} from "./config";
import { createConfigurationError } from "./configuration-error";
import type { Environment, HostEnvironment } from "./environment";
import type { Settings } from "./settings";
import { parseStackSettings } from "./parse-settings";
import { addOrigin } from "./stage-sources";
import { createUserPoolConfig } from "./user-pool-config";

/**
 * Returns the configuration of one stage.
 *
 * @param origins files of the values, by name
 * @throws UserError with every problem
 */
export function readStageConfig(
  values: Environment,
  host: HostEnvironment,
  origins: Environment = {},
): StageConfig {
  const problems: string[] = [];
  const config = parseStageConfig(values, host, problems);
  if (problems.length > 0)
    throw createConfigurationError(
      problems.map((problem) => addOrigin({ label: "", origins }, problem)),
    );
  return config;
}

/**
 * Returns the configuration of one stage, which must not be used if there are problems.
 *
 * @param problems receives every problem
 */
export function parseStageConfig(
  values: Environment,
  host: HostEnvironment,
  problems: string[],
): StageConfig {
  const settings = parseStackSettings(values, host, problems);
  const { existing, groups, secrets } = settings;
  const { callbackUrls, browserSignIn } = settings.programmaticClient;
  const signIn = createSignInConfig(settings);
  const hasProviders = Object.values(signIn).some((one) => one !== undefined);
  return {
    ...createStackConfig(settings),
    stage: settings.stack.stage,
    existing,
    userPool: createUserPoolConfig(settings),
    groups: groups.hasDataManagers
      ? groups
      : { ...groups, dataManagersRoleArn: undefined },
    signIn,
    programmaticClient: {
      callbackUrls,
      browserSignIn: browserSignIn ?? hasProviders,
    },
    dashboard: settings.dashboard,
    secrets,
    customDomain: createCustomDomainConfig(settings),
    oidcProvider: createOidcProviderConfig(settings),
  };
}

export function createStackConfig(settings: Settings): StackConfig {
  const { appName, stage, owner, project, client } = settings.stack;
  const { region, accountId, permissionsBoundaryPolicyName } = settings.stack;
  return {
    region,
    accountId,
    permissionsBoundaryPolicyName,
    appName,
    stackName: getStackName(appName, stage),
    tags: {
      Client: client,
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

function createSignInConfig({ signIn }: Settings): SignInConfig {
  const { oidcName, oidcIssuer: issuer, oidcClientId: clientId } = signIn;
  const { samlName, samlMetadata: metadata, samlEmail } = signIn;
  return {
    oidc:
      issuer === undefined || clientId === undefined
        ? undefined
        : {
            name: oidcName,
            issuer,
            clientId,
            attributes: { email: "email", email_verified: "email_verified" },
          },
    saml:
      metadata === undefined
        ? undefined
        : { ...metadata, name: samlName, attributes: { email: samlEmail } },
  };
}

function createCustomDomainConfig({
  customDomain: { domain, certificateArn, ...options },
}: Settings): CustomDomainConfig | undefined {
  return domain === undefined || certificateArn === undefined
    ? undefined
    : { domain, certificateArn, ...options };
}

export function createOidcProviderConfig({
  oidcProvider: { issuer, thumbprint, exists },
}: Pick<Settings, "oidcProvider">): OidcProviderConfig | undefined {
  if (issuer === undefined) return undefined;
  return exists
    ? { origin: "existing", issuer }
    : { origin: "created", issuer, thumbprint };
}
