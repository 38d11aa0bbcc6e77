import { UserError } from "../../../constructs/errors";
import { ACCOUNT_STAGE } from "../../../stacks/naming";
import { readCommonSettings } from "../../../stacks/config/command-settings";
import { SETTINGS } from "../../../stacks/config/settings";
import { readCallerAccount } from "../aws/caller";
import { UsageError } from "../cli/command";
import { resolveStage, type StageTarget } from "../cli/options";

type StageOptions = Parameters<typeof resolveStage>[0];

/**
 * Resolves the stage of a command that can also name its stack, as `cdktf deploy <stack>` does. Without `--stage`, the
 * name of the stack determines the stage.
 *
 * @throws UsageError if the stack is of another stage
 * @throws UserError as {@link resolveStage}, and for the account's stack
 */
export function resolveStackTarget(
  stack: string | undefined,
  options: StageOptions,
): StageTarget {
  const stage = options.stage ?? parseStage(stack, options["stack-name-base"]);
  const target = resolveStage({ ...options, stage });
  if (stack !== undefined && stack !== target.stackName)
    throw new UsageError(
      `<stack> must be ${target.stackName}, the stack of stage ${target.stage}, got ${JSON.stringify(stack)}`,
      "name the stage with --stage, or the first part of the stack's name with --stack-name-base",
    );
  return target;
}

function parseStage(
  stack: string | undefined,
  base = readCommonSettings(["APP_NAME"]).values.APP_NAME ??
    SETTINGS.stack.appName.default,
): string | undefined {
  return stack?.startsWith(`${base}-`) === true
    ? stack.slice(base.length + 1)
    : undefined;
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
    settings.AWS_ACCOUNT_ID ?? (await readCallerAccount(awsTarget));
  return `stack ${stackName} in account ${account ?? "unknown"}, ${awsTarget.region}`;
}
