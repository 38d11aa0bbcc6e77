import { rmSync } from "node:fs";
import path from "node:path";
import {
  findPython,
  installPackages,
} from "../../scripts/lib/local-aws/install";
import { LOCAL_AWS_DIRECTORY } from "../../scripts/lib/local-aws/local-aws";
import { runProcess } from "../../scripts/lib/system/processes";
import { getEnvironment } from "../../stacks/config/environment";

/** A command of a Python package. */
interface PythonTool {
  readonly command: string;
  readonly requirement: string;
  /** Directory of its installation, next to the local AWS. */
  readonly directory: string;
  /** Whether any version on the path can be used instead. */
  readonly canUsePath: boolean;
}

export const AWS_CLI: PythonTool = {
  command: "aws",
  requirement: "awscli>=1.40,<2",
  directory: "aws-cli",
  canUsePath: true,
};
export const CHECKOV: PythonTool = {
  command: "checkov",
  requirement: "checkov==3.3.30",
  directory: "checkov-3.3.30",
  canUsePath: false,
};

/**
 * Returns the path of a tool's command. Installs the tool if necessary.
 *
 * @throws UserError if it cannot be installed
 */
export async function installPythonTool(tool: PythonTool): Promise<string> {
  const { command, requirement, canUsePath } = tool;
  const directory = path.resolve(LOCAL_AWS_DIRECTORY, tool.directory);
  const env = getEnvironment();
  const installed = path.join(directory, "bin", command);
  for (const one of canUsePath ? [command, installed] : [installed]) {
    const { code } = await runProcess(one, ["--version"], {
      environment: env,
      timeoutSeconds: 60,
    });
    if (code === 0) return one;
  }
  console.error(`Installing ${requirement} into ${directory}…`);
  rmSync(directory, { recursive: true, force: true });
  await installPackages(await findPython(env), directory, [requirement], {
    log: () => undefined,
    env,
  });
  return installed;
}

/** Packages of the samples in Python. */
const CLIENT_PACKAGES = [
  "authlib>=1.9,<2",
  "requests>=2.32,<3",
  "boto3>=1.40,<2",
];
const CLIENT_IMPORTS = "import authlib, boto3, joserfc, requests";

/**
 * Returns the Python of the samples in the documentation. Installs its packages if necessary.
 *
 * @throws UserError if they cannot be installed
 */
export async function installPythonClient(): Promise<string> {
  const directory = path.resolve(LOCAL_AWS_DIRECTORY, "python-client");
  const python = path.join(directory, "bin", "python");
  const env = getEnvironment();
  const { code } = await runProcess(python, ["-I", "-c", CLIENT_IMPORTS], {
    environment: env,
    timeoutSeconds: 60,
  });
  if (code === 0) return python;
  console.error(`Installing ${CLIENT_PACKAGES.join(", ")} into ${directory}…`);
  rmSync(directory, { recursive: true, force: true });
  await installPackages(await findPython(env), directory, CLIENT_PACKAGES, {
    log: () => undefined,
    env,
  });
  return python;
}
