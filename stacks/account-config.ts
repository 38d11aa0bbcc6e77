import { boundaryPolicyName } from "../constructs/names";
import { accountStages, type AccountStage } from "./account-stages";
import {
  parseConfig,
  type Environment,
  type StackConfig,
  type Surroundings,
} from "./config";
import { lookUp, parseSettings } from "./given-settings";
import type { Settings } from "./settings";

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
  readonly stages: readonly AccountStage[];
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
  surroundings: Surroundings,
  known: readonly string[],
  settingsOf: (stage: string) => Environment,
): { config?: AccountConfig; problems: readonly string[] } {
  const own = Object.entries(values).filter(
    // a key in a file for all would be a stage's
    ([name]) => name.toUpperCase() !== "STATE_BUCKET_KEY",
  );
  const base = parseConfig(Object.fromEntries(own), surroundings);
  if (base.config === undefined) return { problems: base.problems };
  const problems: string[] = [];
  const given = parseSettings(values, []);
  const required = (name: "AWS_ACCOUNT_ID" | "STATE_BUCKET_NAME"): string => {
    const value = lookUp(values, name);
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
      : accountStages(stack, given.ACCOUNT_STAGES, known, settingsOf, problems);
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
          permissionsBoundaryPolicyName ?? boundaryPolicyName(stack.appName),
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
