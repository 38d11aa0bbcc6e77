import { parseArgs } from "node:util";
import { UserError } from "../constructs/errors";
import { ACCOUNT_STAGE } from "../stacks/naming";
import { readAppConfig } from "../stacks/config/app-config";
import { getEnvironment } from "../stacks/config/environment";
import { EXIT_CODES_HELP, requireValidOptions } from "./lib/cli/options";
import { formatSetupScript } from "./lib/bootstrap/setup-script";
import { bootstrap } from "./lib/bootstrap/bootstrap";
import { runCommand } from "./lib/cli/command";
import { withTerminal } from "./lib/cli/terminal";

const HELP = `Usage: npm run -s bootstrap -- [options]

Create or update the stack {APP_NAME}-account, which the stages of an AWS account share.

It contains the bucket of the Terraform states and the permissions boundary of every role. With GITHUB_REPOSITORY, it also
contains GitHub's OIDC provider, and a plan role and an apply role for each stage. The first run starts with a local state,
and moves it into the bucket. Run the command again after a change of settings, after an interruption, or to check that
nothing has changed.

Requires the settings AWS_ACCOUNT_ID and STATE_BUCKET_NAME in the environment, .env.account or .env; see
docs/configuration.md.

Options:
  --adopt-bucket       adopt an existing bucket with objects, and overwrite its policy and other configuration as the plan
                       shows
  --yes                apply without confirmation; required without a terminal
  --profile <profile>  profile of ~/.aws/config to call AWS with (default: AWS_PROFILE)
  -h, --help           print this help

Standard error contains the plan and the progress. Standard output contains a script that configures AWS and GitHub, and
lists the settings of the stages.

Example:
  npm run -s bootstrap > next-steps.sh

${EXIT_CODES_HELP}`;

const log = console.error;

void runCommand(async () => {
  const { values } = parseArgs({
    options: {
      "adopt-bucket": { type: "boolean", default: false },
      yes: { type: "boolean", default: false },
      profile: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  requireValidOptions(values);
  const { account } = readAppConfig({
    ...getEnvironment(),
    STAGE: ACCOUNT_STAGE,
    STATE_BACKEND: "s3",
  });
  if (account === undefined)
    throw new UserError("the account's settings are required");
  const { profile } = values;
  const outputs = await withTerminal(
    {
      needs: "a plan must be confirmed",
      hint: "use --yes to apply without confirmation",
    },
    (terminal) =>
      bootstrap({
        account,
        canAdoptBucket: values["adopt-bucket"],
        target: {
          region: account.region,
          ...(profile !== undefined && { profile }),
        },
        log,
        confirm: async (plan) => {
          log(plan.trimEnd());
          return (
            values.yes ||
            terminal().confirm(
              `Apply this plan to account ${account.accountId}?`,
            )
          );
        },
      }),
  );
  for (const line of formatSetupScript(account, outputs)) console.log(line);
  return 0;
});
