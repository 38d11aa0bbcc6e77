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
  validateSettings,
  validateStateKey,
} from "./parse-settings";

/** Stages of the app that a configuration of the account is read with. */
export interface KnownStages {
  /** Stages that files or `STAGE` name: the default of `ACCOUNT_STAGES`. */
  readonly names: readonly string[];
  readonly readValues: (stage: string) => Environment;
}

/** Returns the configuration of the account, or every problem. */
export function parseAccountConfig(
  values: Environment,
  host: HostEnvironment,
  knownStages: KnownStages,
): { config?: AccountConfig; problems: readonly string[] } {
  const ownValues = Object.entries(values).filter(
    // a key in the file of all stages is the key of a stage
    ([name]) => name.toUpperCase() !== "STATE_BUCKET_KEY",
  );
  const validated = validateSettings(Object.fromEntries(ownValues), host);
  if (validated.problems.length > 0) return { problems: validated.problems };
  const { settings } = validated;
  const { permissionsBoundaryPolicyName: policyName = "", accountId = "" } =
    settings.stack;
  const { boundaryExists, boundaryBuckets: buckets } = settings.account;
  const github = createGitHubConfig(settings);
  const deployed =
    github === undefined
      ? { stages: [], problems: [] }
      : resolveDeployedStages(settings, knownStages, host);
  const problems = [
    ...["AWS_ACCOUNT_ID", "STATE_BUCKET_NAME"].flatMap((name) =>
      getSetting(values, name) === undefined
        ? [`${name} is required for the account stack`]
        : [],
    ),
    ...deployed.problems,
  ];
  if (problems.length > 0) return { problems };
  const config: AccountConfig = {
    ...createStackConfig(settings),
    // a policy that this stack creates would not allow the deploy roles to deploy
    permissionsBoundaryPolicyName: boundaryExists ? policyName : undefined,
    accountId,
    stateBucket: {
      name: settings.state.bucketName ?? "",
      encryptionKeyAlias: settings.state.hasCustomerKey
        ? getStateEncryptionKeyAlias(settings.stack.appName)
        : undefined,
    },
    boundary: boundaryExists
      ? { origin: "existing", policyName }
      : { origin: "created", policyName, buckets },
    github,
    stages: deployed.stages,
  };
  return { problems, config };
}

function createGitHubConfig({
  github: { repository, ownerId, repositoryId: repoId },
  ...settings
}: Settings): GitHubConfig | undefined {
  const oidcProvider = createOidcProviderConfig(settings);
  if (repository === undefined || oidcProvider === undefined) return undefined;
  const ids =
    ownerId === undefined || repoId === undefined
      ? undefined
      : { ownerId, repoId };
  return { owner: repository.owner, repo: repository.name, ids, oidcProvider };
}

/** Returns the stages that CI deploys in the account, and their problems. */
function resolveDeployedStages(
  account: Settings,
  knownStages: KnownStages,
  host: HostEnvironment,
): { readonly stages: DeployedStage[]; readonly problems: string[] } {
  const { appName, region, accountId } = account.stack;
  const parseStage = (stage: string) =>
    parseSettings(
      {
        APP_NAME: appName,
        AWS_REGION: region,
        AWS_ACCOUNT_ID: accountId,
        ...knownStages.readValues(stage),
        STAGE: stage,
      },
      host,
    );
  const isInAccount = ({ stack }: Settings): boolean =>
    canShareAccount(stack, account.stack);
  const chosen = account.account.stages;
  const names = chosen ?? knownStages.names;
  const problems = [
    ...(names.length === 0
      ? [
          "ACCOUNT_STAGES is required with GITHUB_REPOSITORY if there is no file .env.<stage>",
        ]
      : []),
    ...(names.includes(ACCOUNT_STAGE)
      ? [
          `ACCOUNT_STAGES must not contain the name of the account stack, got "${ACCOUNT_STAGE}"`,
        ]
      : []),
  ];
  const stages = names.flatMap((stage) => {
    const { settings, problems: found } = parseStage(stage);
    const isElsewhere = !isInAccount(settings);
    const stageProblems = [
      ...found,
      ...validateStateKey(settings),
      ...(isElsewhere && chosen !== undefined
        ? [
            `AWS_ACCOUNT_ID must be the account's "${accountId ?? ""}", got "${settings.stack.accountId ?? ""}"`,
          ]
        : []),
    ];
    problems.push(
      ...stageProblems.map((problem) => `stage "${stage}": ${problem}`),
    );
    return isElsewhere ? [] : [createDeployedStage(settings)];
  });
  // stages without deploy roles report their problems when they are deployed
  const others = knownStages.names
    .filter((stage) => !names.includes(stage))
    .map((stage) => parseStage(stage).settings)
    .filter(isInAccount)
    .map(createDeployedStage);
  problems.push(...findDeployConflicts(stages, others));
  return { stages, problems };
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
  };
}
