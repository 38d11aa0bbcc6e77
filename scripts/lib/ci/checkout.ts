import { UserError } from "../../../constructs/errors";
import { getEnvironment } from "../../../stacks/config/environment";
import {
  EXIT_COMMAND_NOT_FOUND,
  runProcess,
  getLastLines,
} from "../system/processes";
import { ALLOWANCE_FILE } from "../review/allowances";

const TIMEOUT_SECONDS = 60;

/** Returns Git's hash of the files of a checkout. Commits with the same files have the same. */
export async function readTreeHash(directory = "."): Promise<string> {
  return (await git(directory, "rev-parse", "--verify", "HEAD^{tree}")).trim();
}

/** Returns the commit of a checkout. */
export async function readCommit(directory = "."): Promise<string> {
  return (await git(directory, "rev-parse", "--verify", "HEAD")).trim();
}

/** @throws UserError if a tracked file differs from the commit, so that the commit does not identify the planned files */
export async function requireCleanCheckout(directory = "."): Promise<void> {
  const status = await Promise.all([
    git(directory, "status", "--porcelain", "--untracked-files=no"),
    // an untracked allow-list was not reviewed
    git(directory, "status", "--porcelain", "--", ALLOWANCE_FILE),
  ]);
  const lines = status.join("").split("\n");
  const changed = [...new Set(lines)]
    .filter((line) => line !== "")
    .map((line) => line.slice(3));
  if (changed.length === 0) return;
  throw new UserError(
    `the checkout must have no uncommitted changes, got changes to ${changed.slice(0, 5).join(", ")}${changed.length > 5 ? " and more" : ""}`,
    "commit or revert them",
  );
}

async function git(
  directory: string,
  ...args: readonly string[]
): Promise<string> {
  const { code, stdout, stderr } = await runProcess("git", args, {
    directory,
    environment: getEnvironment(),
    timeoutSeconds: TIMEOUT_SECONDS,
  });
  if (code === 0) return stdout;
  const reason =
    code === EXIT_COMMAND_NOT_FOUND
      ? "git was not found"
      : getLastLines(stderr, 1).trim();
  throw new UserError(
    `git ${args[0] ?? ""} failed with exit code ${code}: ${reason}`,
    "run this in a git clone",
  );
}
