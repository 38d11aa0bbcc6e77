import { environmentSecretName, stackName } from "../constructs/names";
import { mayShareAccount, type Environment, type StackConfig } from "./config";
import { parseSettings } from "./given-settings";

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
 * Stages that CI deploys in an account.
 *
 * @param chosen those that `ACCOUNT_STAGES` names
 * @param known those that files or `STAGE` name, else
 * @param problems gets what is wrong with them, and with them together
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
    problems.push(...found.map((problem) => `stage "${stage}": ${problem}`));
    const { accountId, region } = account;
    const own = {
      ...account,
      ...(given.AWS_ACCOUNT_ID !== undefined && {
        accountId: given.AWS_ACCOUNT_ID,
      }),
    };
    if (chosen === undefined && !mayShareAccount(own, account)) return [];
    if (accountId !== own.accountId && accountId !== undefined) {
      problems.push(
        `stage "${stage}": AWS_ACCOUNT_ID must be the account's "${accountId}", got "${own.accountId ?? ""}"`,
      );
    }
    const appName = given.APP_NAME ?? account.appName;
    return [
      {
        stage,
        stackName: stackName(appName, stage),
        region: given.AWS_REGION ?? region,
        stateKey:
          given.STATE_BUCKET_KEY ?? `${appName}/${stage}/terraform.tfstate`,
        environment: given.GITHUB_ENVIRONMENT ?? stage,
        environmentSecret: environmentSecretName(stage),
        ...(given.USER_POOL_ID !== undefined && {
          userPoolId: given.USER_POOL_ID,
        }),
        ...(given.DATA_MANAGERS_ROLE_ARN !== undefined && {
          dataManagersRoleArn: given.DATA_MANAGERS_ROLE_ARN,
        }),
      },
    ];
  });
  problems.push(...sharedProblems(stages));
  return stages;
}

/** What two stages may not share: the role of one would reach into the other. */
function sharedProblems(stages: readonly AccountStage[]): string[] {
  const own = [
    ["GITHUB_ENVIRONMENT", ({ environment }) => environment],
    ["STATE_BUCKET_KEY", ({ stateKey }) => stateKey],
    ["APP_NAME-STAGE", ({ stackName }) => stackName],
    ["USER_POOL_ID", ({ userPoolId }) => userPoolId],
  ] as const satisfies readonly (readonly [
    string,
    (stage: AccountStage) => string | undefined,
  ])[];
  return own.flatMap(([name, valueOf]) =>
    stages.flatMap((stage, index) => {
      const value = valueOf(stage);
      const other = stages
        .slice(0, index)
        .find((one) => value !== undefined && valueOf(one) === value);
      return other === undefined
        ? []
        : [
            `${name} must be another for each stage, got "${value ?? ""}" for stages "${other.stage}" and "${stage.stage}"`,
          ];
    }),
  );
}
