import type { UsedResources } from "../../constructs/deployment/deploy-scope";
import { validateClaimKeys } from "../../constructs/github-subject";
import {
  ACCOUNT_STAGE,
  getEnvironmentSecretName,
  getStackName,
  getStateEncryptionKeyAlias,
} from "../naming";
import type { AccountConfig, DeployedStage, GitHubConfig } from "./config";
import {
  type Environment,
  getSetting,
  type HostEnvironment,
} from "./environment";
import type { Settings } from "./settings";
import { canShareAccount, findDeployConflicts } from "./stage-conflicts";
import { createOidcProviderConfig, createStackConfig } from "./stage-config";
import {
  parseSettings,
  parseStackSettings,
  validateShared,
} from "./parse-settings";

const REQUIRED_SETTINGS = ["AWS_ACCOUNT_ID", "STATE_BUCKET_NAME"];

/** Stages of the app that a configuration of the account is read with. */
export interface KnownStages {
  /** Stages that files or `STAGE` name: the default of `ACCOUNT_STAGES`. */
  readonly names: readonly string[];
  readonly readValues: (stage: string) => Environment;
}

/**
 * Returns the configuration of the account, which must not be used if there are problems.
 *
 * @param problems receives every problem
 */
export function parseAccountConfig(
  values: Environment,
  host: HostEnvironment,
  knownStages: KnownStages,
  problems: string[],
): AccountConfig {
  const ownValues = Object.entries(values).filter(
    // a key in the file of all stages is the key of a stage
    ([name]) => name.toUpperCase() !== "STATE_BUCKET_KEY",
  );
  const missing = REQUIRED_SETTINGS.filter(
    (name) => getSetting(values, name) === undefined,
  );
  problems.push(
    ...missing.map((name) => `${name} is required for the account stack`),
  );
  const settings = parseStackSettings(
    Object.fromEntries(ownValues),
    host,
    problems,
  );
  const github = createGitHubConfig(settings);
  if (github !== undefined) problems.push(...validateClaims(github));
  // stages inherit the settings of the account, and would repeat their problems
  const stages =
    github === undefined || problems.length > missing.length
      ? []
      : resolveDeployedStages(settings, knownStages, host, problems);

  const { stack, state, account } = settings;
  const { permissionsBoundaryPolicyName: policyName = "" } = stack;
  return {
    ...createStackConfig(settings),
    // a policy that this stack creates would not allow the deploy roles to deploy
    permissionsBoundaryPolicyName: account.boundaryExists
      ? policyName
      : undefined,
    accountId: stack.accountId ?? "",
    stateBucket: {
      name: state.bucketName ?? "",
      encryptionKeyAlias: state.hasCustomerKey
        ? getStateEncryptionKeyAlias(stack.appName)
        : undefined,
    },
    boundary: account.boundaryExists
      ? { origin: "existing", policyName }
      : { origin: "created", policyName, buckets: account.boundaryBuckets },
    github,
    stages,
  };
}

function createGitHubConfig({
  github: { repository, ownerId, repositoryId: repoId, claimKeys },
  ...settings
}: Settings): GitHubConfig | undefined {
  const oidcProvider = createOidcProviderConfig(settings);
  if (repository === undefined || oidcProvider === undefined) return undefined;
  const ids =
    ownerId === undefined || repoId === undefined
      ? undefined
      : { ownerId, repoId };
  const { owner, name: repo } = repository;
  return { owner, repo, ids, claimKeys, oidcProvider };
}

/** Validates that the claims of a subject are known, and that they separate the roles from each other. */
function validateClaims({ claimKeys, ids }: GitHubConfig): string[] {
  return validateClaimKeys(
    { claimKeys, ...ids },
    "environment",
    "GITHUB_SUBJECT_CLAIMS",
    "GITHUB_OWNER_ID and GITHUB_REPOSITORY_ID",
  ).filter((problem) => problem !== undefined);
}

/** Returns the stages that CI deploys in the account. */
function resolveDeployedStages(
  account: Settings,
  knownStages: KnownStages,
  host: HostEnvironment,
  problems: string[],
): DeployedStage[] {
  const { appName, region, accountId } = account.stack;
  const parseStage = (stage: string, stageProblems: string[]) =>
    parseSettings(
      {
        APP_NAME: appName,
        AWS_REGION: region,
        AWS_ACCOUNT_ID: accountId,
        ...knownStages.readValues(stage),
        STAGE: stage,
      },
      host,
      stageProblems,
    );
  const isInAccount = ({ stack }: Settings): boolean =>
    canShareAccount(stack, account.stack);
  const chosen = account.account.stages;
  const names = chosen ?? knownStages.names;
  if (names.length === 0)
    problems.push(
      "ACCOUNT_STAGES is required with GITHUB_REPOSITORY if there is no file .env.<stage>",
    );
  if (names.includes(ACCOUNT_STAGE))
    problems.push(
      `ACCOUNT_STAGES must not contain the name of the account stack, got "${ACCOUNT_STAGE}"`,
    );
  const stages = names.flatMap((stage) => {
    const found: string[] = [];
    const settings = parseStage(stage, found);
    found.push(...validateShared(settings));
    if (chosen !== undefined && !isInAccount(settings))
      found.push(
        `AWS_ACCOUNT_ID must be the account's "${accountId ?? ""}", got "${settings.stack.accountId ?? ""}"`,
      );
    problems.push(...found.map((problem) => `stage "${stage}": ${problem}`));
    return isInAccount(settings) ? [createDeployedStage(settings)] : [];
  });
  // stages without deploy roles report their problems when they are deployed
  const others = knownStages.names
    .filter((stage) => !names.includes(stage))
    .map((stage) => parseStage(stage, []))
    .filter(isInAccount)
    .map(createDeployedStage);
  problems.push(...findDeployConflicts(stages, others));
  return stages;
}

function createDeployedStage(settings: Settings): DeployedStage {
  const { appName, stage, region } = settings.stack;
  return {
    stage,
    stackName: getStackName(appName, stage),
    region,
    stateKey: settings.state.key,
    githubEnvironment: settings.github.environment,
    environmentSecretName: getEnvironmentSecretName(stage),
    userPoolId: settings.existing.userPoolId,
    dataManagersRoleArn: settings.groups.dataManagersRoleArn,
    ...listUsedResources(settings),
  };
}

/** Returns the existing resources that the settings of a stage name. Those that only code names are added in main.ts. */
function listUsedResources({
  userPool,
  customDomain: { domain, zoneId },
}: Settings): UsedResources {
  const { preTokenGenerationArn, webAclArn, emailIdentityArn } = userPool;
  return {
    ...(preTokenGenerationArn !== undefined && {
      triggerArns: [preTokenGenerationArn],
    }),
    webAclArn,
    ...(domain !== undefined && { customDomain: { domain, zoneId } }),
    ...(emailIdentityArn !== undefined && { usesSes: true }),
  };
}
