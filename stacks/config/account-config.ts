import {
  getBoundaryPolicyName,
  getDefaultStateKey,
  getEnvironmentSecretName,
  getStackName,
} from "../naming";
import {
  canShareAccount,
  type Environment,
  getSetting,
  type HostEnvironment,
  parseSettings,
  parseStageConfig,
  type StackConfig,
} from "./environment";
import type { Settings } from "./settings";
import { findDeployConflicts } from "./stage-conflicts";
import { validateStateKey } from "./setting-conflicts";

/** Issuer of GitHub's tokens for workflows, unless `OIDC_PROVIDER_URL` names a server of one's own. */
const GITHUB_ISSUER = "token.actions.githubusercontent.com";

/** Buckets of the groups that main.ts makes. */
const DATA_BUCKETS = ["veda-data-store*"];

/** What the stages of one account share, made once for all of them. */
export interface AccountConfig extends StackConfig {
  readonly accountId: string;
  readonly stateBucketName: string;
  /** Whether the states are encrypted with a key of the customer's, which is made here. */
  readonly hasEncryptionKey: boolean;
  readonly boundary: {
    /** Names of the buckets whose data a stage's roles may use; one may end in `*`. */
    readonly buckets: readonly string[];
    readonly policyName: string;
    /** Whether somebody else has made it, and has every role bounded by it. */
    readonly exists: boolean;
  };
  /** Absent where no repository deploys. */
  readonly github?: GitHubConfig;
  /** Stages that the repository deploys in this account. */
  readonly stages: readonly DeployedStage[];
}

/** The repository whose workflows deploy. */
export interface GitHubConfig {
  readonly owner: string;
  readonly repo: string;
  readonly ids?: { readonly ownerId: string; readonly repoId: string };
  readonly issuer: string;
  readonly providerExists: boolean;
  readonly thumbprint?: string;
}

/**
 * The account's configuration, or what is wrong with it.
 *
 * @param known stages that files or `STAGE` name, for when `ACCOUNT_STAGES` does not
 * @param settingsOf settings of a stage by its name
 */
export function parseAccountConfig(
  values: Environment,
  surroundings: HostEnvironment,
  known: readonly string[],
  settingsOf: (stage: string) => Environment,
): { config?: AccountConfig; problems: readonly string[] } {
  const own = Object.entries(values).filter(
    // a key in a file for all would be a stage's
    ([name]) => name.toUpperCase() !== "STATE_BUCKET_KEY",
  );
  const base = parseStageConfig(Object.fromEntries(own), surroundings);
  if (base.config === undefined) return { problems: base.problems };
  const problems: string[] = [];
  const given = parseSettings(values, []);
  const required = (name: "AWS_ACCOUNT_ID" | "STATE_BUCKET_NAME"): string => {
    const value = getSetting(values, name);
    if (value === undefined)
      problems.push(`${name} must be given for the account's stack, got none`);
    return value ?? "";
  };
  const accountId = required("AWS_ACCOUNT_ID");
  const stateBucketName = required("STATE_BUCKET_NAME");
  const github = githubOf(given, problems);
  const { permissionsBoundaryPolicyName, ...stack } = stackOf(base.config);
  const exists = given.PERMISSIONS_BOUNDARY_EXISTS ?? false;
  if (exists && permissionsBoundaryPolicyName === undefined) {
    problems.push(
      "PERMISSIONS_BOUNDARY_EXISTS must come with PERMISSIONS_BOUNDARY_POLICY_NAME, got it alone",
    );
  }
  const stages =
    github === undefined
      ? []
      : resolveDeployedStages(
          stack,
          given.ACCOUNT_STAGES,
          known,
          settingsOf,
          problems,
        );
  if (problems.length > 0) return { problems };
  return {
    problems,
    config: {
      ...stack,
      // a policy that is made here would bound the roles that deploy to nothing
      ...(exists &&
        permissionsBoundaryPolicyName !== undefined && {
          permissionsBoundaryPolicyName,
        }),
      accountId,
      stateBucketName,
      hasEncryptionKey: given.STATE_CUSTOMER_KEY ?? false,
      boundary: {
        buckets: given.BOUNDARY_BUCKETS ?? DATA_BUCKETS,
        policyName:
          permissionsBoundaryPolicyName ?? getBoundaryPolicyName(stack.appName),
        exists,
      },
      stages,
      ...(github !== undefined && { github }),
    },
  };
}

/** The settings that every stack has, and nothing of a user pool. */
function stackOf({
  appName,
  stage,
  stackName,
  owner,
  project,
  region,
  accountId,
  state,
  permissionsBoundaryPolicyName,
}: StackConfig): StackConfig {
  return {
    appName,
    stage,
    stackName,
    owner,
    project,
    region,
    state,
    ...(accountId !== undefined && { accountId }),
    ...(permissionsBoundaryPolicyName !== undefined && {
      permissionsBoundaryPolicyName,
    }),
  };
}

function githubOf(
  given: Settings,
  problems: string[],
): GitHubConfig | undefined {
  const {
    GITHUB_REPOSITORY: repository,
    GITHUB_OWNER_ID: ownerId,
    GITHUB_REPOSITORY_ID: repoId,
  } = given;
  if ((ownerId === undefined) !== (repoId === undefined)) {
    problems.push(
      `GITHUB_OWNER_ID and GITHUB_REPOSITORY_ID must be given together, got ${ownerId === undefined ? "the repository's" : "the owner's"} alone`,
    );
  }
  if (repository === undefined) {
    if (ownerId !== undefined || repoId !== undefined)
      problems.push(
        "GITHUB_REPOSITORY must come with the repository's ids, got the ids alone",
      );
    return undefined;
  }
  return {
    owner: repository.owner,
    repo: repository.name,
    ...(ownerId !== undefined &&
      repoId !== undefined && { ids: { ownerId, repoId } }),
    issuer: given.OIDC_PROVIDER_URL ?? GITHUB_ISSUER,
    providerExists: given.OIDC_PROVIDER_EXISTS ?? false,
    ...(given.OIDC_THUMBPRINT !== undefined && {
      thumbprint: given.OIDC_THUMBPRINT,
    }),
  };
}

/** What the account has to know of a stage to let CI deploy it. */
export interface DeployedStage {
  readonly stage: string;
  readonly stackName: string;
  readonly region: string;
  readonly stateKey: string;
  /** GitHub environment whose jobs may change the stage. */
  readonly githubEnvironment: string;
  readonly environmentSecretName: string;
  readonly userPoolId?: string;
  readonly dataManagersRoleArn?: string;
}

/**
 * Returns the stages that CI deploys in an account.
 *
 * @param chosen those that `ACCOUNT_STAGES` names
 * @param known those that files or `STAGE` name: deployed if `ACCOUNT_STAGES` is unset, else kept out of the others' reach
 * @param problems receives the problems of each stage, and those that stages have with each other
 */
export function resolveDeployedStages(
  account: StackConfig,
  chosen: readonly string[] | undefined,
  known: readonly string[],
  settingsOf: (stage: string) => Environment,
  problems: string[],
): DeployedStage[] {
  const names = chosen ?? known;
  if (names.length === 0) {
    problems.push(
      "ACCOUNT_STAGES must name the stages that GITHUB_REPOSITORY deploys, got none and no file .env.<stage>",
    );
  }
  if (names.includes(account.stage)) {
    problems.push(
      `ACCOUNT_STAGES must be stages, got "${account.stage}", which is the account's own name`,
    );
  }
  const stages = names.flatMap((stage) => {
    const found: string[] = [];
    const given = parseSettings(settingsOf(stage), found);
    const { STATE_BUCKET_KEY: key, APP_NAME: appName = account.appName } =
      given;
    if (key !== undefined) found.push(...validateStateKey(key, appName, stage));
    problems.push(...found.map((problem) => `stage "${stage}": ${problem}`));
    const isHere = canShareAccount(inAccount(account, given), account);
    if (chosen === undefined && !isHere) return [];
    if (!isHere) {
      problems.push(
        `stage "${stage}": AWS_ACCOUNT_ID must be the account's "${account.accountId ?? ""}", got "${given.AWS_ACCOUNT_ID ?? ""}"`,
      );
    }
    return [accountStage(account, stage, given)];
  });
  const others = known
    .filter((stage) => !names.includes(stage))
    .flatMap((stage) => {
      // its problems are its own: no role is made for it here
      const given = parseSettings(settingsOf(stage), []);
      return canShareAccount(inAccount(account, given), account)
        ? [accountStage(account, stage, given)]
        : [];
    });
  problems.push(...findDeployConflicts(stages, others));
  return stages;
}

function inAccount(account: StackConfig, given: Settings): StackConfig {
  return given.AWS_ACCOUNT_ID === undefined
    ? account
    : { ...account, accountId: given.AWS_ACCOUNT_ID };
}

function accountStage(
  account: StackConfig,
  stage: string,
  given: Settings,
): DeployedStage {
  const appName = given.APP_NAME ?? account.appName;
  return {
    stage,
    stackName: getStackName(appName, stage),
    region: given.AWS_REGION ?? account.region,
    stateKey: given.STATE_BUCKET_KEY ?? getDefaultStateKey(appName, stage),
    githubEnvironment: given.GITHUB_ENVIRONMENT ?? stage,
    environmentSecretName: getEnvironmentSecretName(stage),
    ...(given.USER_POOL_ID !== undefined && {
      userPoolId: given.USER_POOL_ID,
    }),
    ...(given.DATA_MANAGERS_ROLE_ARN !== undefined && {
      dataManagersRoleArn: given.DATA_MANAGERS_ROLE_ARN,
    }),
  };
}
