import { rmSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../constructs/errors";
import { LOCAL_AWS_DIRECTORY } from "../../scripts/lib/local-aws/local-aws";
import { findPython } from "../../scripts/lib/local-aws/python";
import { runProcess, tail } from "../../scripts/lib/processes";
import { environment } from "../../stacks/config";

const REQUIREMENT = "awscli>=1.40,<2";
const INSTALL_SECONDS = 300;

/**
 * The AWS CLI that is on the path, else one that is installed beside the local AWS, once.
 *
 * @throws UserError when it cannot be installed
 */
export async function awsCli(): Promise<string> {
  const folder = path.resolve(LOCAL_AWS_DIRECTORY, "aws-cli");
  const own = path.join(folder, "bin", "aws");
  for (const command of ["aws", own])
    if ((await run(command, "--version")).code === 0) return command;

  console.error(`installing ${REQUIREMENT} into ${folder} (first time)`);
  const search = await findPython(environment());
  if ("problem" in search) throw new UserError(search.problem);
  rmSync(folder, { recursive: true, force: true });
  const python = path.join(folder, "bin", "python");
  const pip = ["-I", "-m", "pip", "install", "--no-input", REQUIREMENT];
  for (const [command, ...args] of [
    [search.python, "-m", "venv", folder],
    [python, ...pip],
  ] as const) {
    const { code, stderr } = await run(command, ...args);
    if (code !== 0)
      throw new UserError(
        `the AWS CLI could not be installed: ${tail(stderr, 5)}`,
      );
  }
  return own;
}

function run(command: string, ...args: readonly string[]) {
  return runProcess(command, args, {
    environment: environment(),
    timeoutSeconds: INSTALL_SECONDS,
  });
}
