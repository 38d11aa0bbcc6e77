import { rmSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../constructs/errors";
import { LOCAL_AWS_DIRECTORY } from "../../scripts/lib/local-aws/local-aws";
import { findPython } from "../../scripts/lib/local-aws/install";
import { runProcess, getLastLines } from "../../scripts/lib/system/processes";
import { getEnvironment } from "../../stacks/config/environment";

/** A command that a Python package brings. */
interface PythonTool {
  readonly command: string;
  readonly requirement: string;
  /** Folder beside the local AWS that it is installed to. */
  readonly folder: string;
  /** Whether one on the path will do, of whichever version. */
  readonly mayBeOnPath: boolean;
}

export const AWS_CLI: PythonTool = {
  command: "aws",
  requirement: "awscli>=1.40,<2",
  folder: "aws-cli",
  mayBeOnPath: true,
};
export const CHECKOV: PythonTool = {
  command: "checkov",
  requirement: "checkov==3.3.30",
  folder: "checkov-3.3.30",
  mayBeOnPath: false,
};
const INSTALL_SECONDS = 300;

/**
 * A tool's command, which is installed once where there is none.
 *
 * @throws UserError when it cannot be installed
 */
export async function installPythonTool(tool: PythonTool): Promise<string> {
  const { command, requirement, mayBeOnPath } = tool;
  const folder = path.resolve(LOCAL_AWS_DIRECTORY, tool.folder);
  const own = path.join(folder, "bin", command);
  for (const one of mayBeOnPath ? [command, own] : [own])
    if ((await run(one, "--version")).code === 0) return one;

  console.error(`installing ${requirement} into ${folder} (first time)`);
  const search = await findPython(getEnvironment());
  if ("problem" in search) throw new UserError(search.problem);
  rmSync(folder, { recursive: true, force: true });
  const python = path.join(folder, "bin", "python");
  const pip = ["-I", "-m", "pip", "install", "--no-input", requirement];
  for (const [program, ...args] of [
    [search.python, "-m", "venv", folder],
    [python, ...pip],
  ] as const) {
    const { code, stderr } = await run(program, ...args);
    if (code !== 0)
      throw new UserError(
        `${requirement} could not be installed: ${getLastLines(stderr, 5)}`,
      );
  }
  return own;
}

function run(command: string, ...args: readonly string[]) {
  return runProcess(command, args, {
    environment: getEnvironment(),
    timeoutSeconds: INSTALL_SECONDS,
  });
}
