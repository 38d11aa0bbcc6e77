import { UserError } from "../../../constructs/errors";
import { ACCOUNT_STAGE } from "../../../stacks/naming";
import { readAppConfig } from "../../../stacks/config/app-config";
import { STAGE_NAME } from "../../../stacks/config/setting-row";
import { readCaller } from "../aws/caller";
import { UsageError } from "../cli/usage-error";
import {
  requireValidOptions,
  resolveStage,
  type StageTarget,
} from "../cli/options";

/** The argument of a command that can name the stack, like commands of cdktf. */
export const STACK_ARGUMENT = {
  name: "<stack>",
  description: "name of the stage's stack, instead of --stage",
} as const;

/** Means every stage of the app, as in cdktf. */
const ALL_STACKS = "*";

type StageOptions = Parameters<typeof resolveStage>[0];

/**
 * Resolves the stage of a command that can also name its stack, as `cdktf deploy <stack>` does. Without `--stage`, the
 * name of the stack determines the stage.
 *
 * @throws UsageError if the stack is of another stage, or of none
 * @throws UserError as {@link resolveStage}
 */
export function resolveStackTarget(
  stack: string | undefined,
  options: StageOptions,
): StageTarget {
  if (stack === undefined) return resolveStage(options);
  const stages =
    options.stage === undefined ? listStages(stack) : [options.stage];
  const targets = stages.map((stage) =>
    resolveStage({ ...options, stage }, [], () => undefined),
  );
  const target = targets.find(({ stackName }) => stackName === stack);
  if (target !== undefined)
    return resolveStage({ ...options, stage: target.stage });
  const [named] = options.stage === undefined ? [] : targets;
  throw new UsageError(
    `<stack> must be ${named === undefined ? "the stack of a stage, such as our-auth-dev" : `${named.stackName}, the stack of stage ${named.stage}`}, got ${JSON.stringify(stack)}`,
    "name the stage with --stage; --stack-name-base or APP_NAME is the first part of the stack's name",
  );
}

/**
 * Resolves the stages of a command that can name all stacks of the app, as `cdktf deploy '*'` does.
 *
 * @throws UsageError as {@link resolveStackTarget}
 */
export function resolveStackTargets(
  stack: string | undefined,
  options: StageOptions,
): readonly StageTarget[] {
  if (stack !== ALL_STACKS) return [resolveStackTarget(stack, options)];
  if (options.stage !== undefined)
    throw new UsageError(
      `--stage must not be used together with ${ALL_STACKS}`,
    );
  // applies --env-file, which names the stages
  requireValidOptions(options);
  return readAppConfig().stages.map(({ stage }) =>
    resolveStage({ ...options, stage }),
  );
}

/** Lists the stages that a stack can be of: each end of its name after a hyphen. */
function listStages(stack: string): readonly string[] {
  return [...stack.matchAll(/-/g)]
    .map(({ index }) => stack.slice(index + 1))
    .filter(STAGE_NAME.allows);
}

/** @throws UserError for the account's stack, with the way to change it */
export function requireOrdinaryStage(
  { stage }: StageTarget,
  message: string,
  hint: string,
): void {
  if (stage === ACCOUNT_STAGE) throw new UserError(message, hint);
}

/** Describes the stack, account and Region of a stage. The account is the configured one, or that of the credentials. */
export async function describeStack({
  stackName,
  settings,
  awsTarget,
}: StageTarget): Promise<string> {
  const account =
    settings.AWS_ACCOUNT_ID ?? (await readCaller(awsTarget)).account;
  return `stack ${stackName} in account ${account}, ${awsTarget.region}`;
}
