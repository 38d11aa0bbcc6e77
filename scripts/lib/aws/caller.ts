import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config/environment";
import { addOrigin } from "../../../stacks/config/stage-sources";
import { type AwsTarget, createAwsClient } from "./client";

/** The stage, or the account, that a command changes. */
export interface ChangedTarget {
  readonly settings: Environment;
  /** Origins of the settings that are not from options, by name. */
  readonly origins?: Environment;
  readonly awsTarget: AwsTarget;
}

/** Lines that this run has printed. */
const printed = new Set<string>();

/**
 * Requires credentials of the account in `AWS_ACCOUNT_ID`, if it is set, and logs account and caller, once in a run. Call it
 * before anything else of a command that changes something.
 *
 * @throws UserError if the credentials are of another account, or cannot be loaded
 */
export async function requireAccount(
  { settings, origins = {}, awsTarget }: ChangedTarget,
  log: (line: string) => void,
): Promise<void> {
  const { account, arn } = await readCaller(awsTarget);
  const { AWS_ACCOUNT_ID: expected = account } = settings;
  if (expected !== account) {
    const problem = `AWS_ACCOUNT_ID must be the account of the credentials, got "${expected}" with credentials of "${account}" (${arn})`;
    throw new UserError(
      addOrigin({ label: "", origins }, problem),
      `name a profile of account ${expected} with --profile, or correct AWS_ACCOUNT_ID`,
    );
  }
  const line = `Account ${account}, caller ${arn}`;
  if (printed.has(line)) return;
  printed.add(line);
  log(line);
}

/** Returns the account and the ARN of the caller that the credentials are of. */
export async function readCaller(
  target: AwsTarget,
): Promise<{ readonly account: string; readonly arn: string }> {
  const { STSClient, GetCallerIdentityCommand } =
    await import("@aws-sdk/client-sts");
  const client = await createAwsClient(STSClient, target);
  const { Account: account = "", Arn: arn = "" } = await client.send(
    new GetCallerIdentityCommand({}),
  );
  return { account, arn };
}
