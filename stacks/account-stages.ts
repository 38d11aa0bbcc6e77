import {
  defaultStateKey,
  environmentSecretName,
  stackName,
} from "../constructs/names";
import { mayShareAccount, type Environment, type StackConfig } from "./config";
import { deployConflicts } from "./deploy-conflicts";
import { parseSettings } from "./given-settings";
import type { Settings } from "./settings";
import { stateKeyProblems } from "./state-key";

/** What the account has to know of a stage to let CI deploy it. */
export interface AccountStage {
  readonly stage: string;
  readonly stackName: string;
  readonly region: string;
  readonly stateKey: string;
  /** GitHub environment whose jobs may change the stage. */
  readonly environment: string;
  readonly environmentSecret: string;
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
export function accountStages(
  account: StackConfig,
  chosen: readonly string[] | undefined,
  known: readonly string[],
  settingsOf: (stage: string) => Environment,
  problems: string[],
): AccountStage[] {
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
    if (key !== undefined) found.push(...stateKeyProblems(key, appName, stage));
    problems.push(...found.map((problem) => `stage "${stage}": ${problem}`));
    const isHere = mayShareAccount(inAccount(account, given), account);
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
      return mayShareAccount(inAccount(account, given), account)
        ? [accountStage(account, stage, given)]
        : [];
    });
  problems.push(...deployConflicts(stages, others));
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
): AccountStage {
  const appName = given.APP_NAME ?? account.appName;
  return {
    stage,
    stackName: stackName(appName, stage),
    region: given.AWS_REGION ?? account.region,
    stateKey: given.STATE_BUCKET_KEY ?? defaultStateKey(appName, stage),
    environment: given.GITHUB_ENVIRONMENT ?? stage,
    environmentSecret: environmentSecretName(stage),
    ...(given.USER_POOL_ID !== undefined && {
      userPoolId: given.USER_POOL_ID,
    }),
    ...(given.DATA_MANAGERS_ROLE_ARN !== undefined && {
      dataManagersRoleArn: given.DATA_MANAGERS_ROLE_ARN,
    }),
  };
}
