import { startLocalAws } from "../../scripts/lib/local-aws/local-aws";
import { requirePrerequisites } from "../../scripts/lib/local-aws/prerequisites";
import { getEnvironment } from "../../stacks/config/environment";
import { resetCallReport } from "./api-model/call-log";
import { packPackage } from "./installed-app";
import {
  AWS_CLI,
  CHECKOV,
  installPythonClient,
  installPythonTool,
} from "./python-tools";
import { createTemporaryDirectory, removeTemporaryDirectories } from "./stage";

/**
 * Runs before the end-to-end tests: packs the package, and installs the local AWS, Checkov, and the AWS CLI if there is none, so
 * that no test waits for them. Without a prerequisite, the tests are skipped, or the run fails with `E2E=required`.
 */
export default async function setUp(): Promise<void> {
  const env = getEnvironment();
  process.once("exit", removeTemporaryDirectories);
  env.E2E_PACKAGE = packPackage(createTemporaryDirectory());
  try {
    await requirePrerequisites();
  } catch (error) {
    if (env.E2E === "required") throw error;
    env.E2E_MISSING = (error as Error).message;
    console.error(`end-to-end tests are skipped: ${env.E2E_MISSING}`);
    return;
  }
  const [aws, cli, checkov, pythonClient] = await Promise.all([
    startLocalAws({ log: console.error }),
    installPythonTool(AWS_CLI),
    installPythonTool(CHECKOV),
    installPythonClient().catch((error: unknown) => {
      if (env.E2E === "required") throw error;
      console.error(
        `the samples in Python are skipped: ${(error as Error).message}`,
      );
      return "";
    }),
  ]);
  await aws.stop();
  resetCallReport();
  // saves a quarter of the CPU time of Terraform, which reads the large schema of the provider
  env.GOGC ??= "800";
  // without a limit, two applies at a time need 2.5 GB, and the kernel may kill a provider on a small machine
  env.GOMEMLIMIT ??= "500MiB";
  env.E2E_AWS_CLI = cli;
  env.E2E_CHECKOV = checkov;
  env.E2E_PYTHON_CLIENT = pythonClient;
}
