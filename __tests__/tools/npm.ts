import { UserError } from "../../constructs/errors";
import type { Environment } from "../../stacks/config/environment";
import { runProcess, getLastLines } from "../../scripts/lib/system/processes";

/**
 * Installs packages into a directory that has a package.json.
 *
 * @throws UserError if npm fails
 */
export async function installPackages(
  directory: string,
  args: readonly string[],
  options: { readonly environment: Environment; readonly seconds: number },
): Promise<void> {
  const { code, stdout, stderr } = await runProcess(
    "npm",
    ["install", "--no-audit", "--no-fund", ...args],
    {
      directory,
      environment: options.environment,
      timeoutSeconds: options.seconds,
    },
  );
  if (code === 0) return;
  throw new UserError(
    `npm install ${args.join(" ")} failed with exit code ${code}\n${getLastLines(`${stdout}\n${stderr}`, 20)}`,
  );
}
