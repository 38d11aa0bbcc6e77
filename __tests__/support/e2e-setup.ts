import { startLocalAws } from "../../scripts/lib/local-aws/local-aws";
import { requirePrerequisites } from "../../scripts/lib/local-aws/prerequisites";
import { environment } from "../../stacks/config";
import { awsCli } from "./aws-cli";

/**
 * Runs before the end-to-end tests: installs the local AWS, and the AWS CLI where there is none, so that no test waits
 * for that. Where a prerequisite is missing the tests are skipped, and with `E2E=required` none of them runs and the run
 * fails.
 */
export default async function setUp(): Promise<void> {
  const env = environment();
  try {
    await requirePrerequisites();
  } catch (error) {
    if (env.E2E === "required") throw error;
    env.E2E_MISSING = (error as Error).message;
    console.error(`end-to-end tests are skipped: ${env.E2E_MISSING}`);
    return;
  }
  const aws = await startLocalAws({ log: console.error });
  await aws.stop();
  env.E2E_AWS_CLI = await awsCli();
}
