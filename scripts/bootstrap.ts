import { parseArgs } from "node:util";
import { UserError } from "../constructs/errors";
import { ACCOUNT_STAGE } from "../stacks/naming";
import { readAppConfig } from "../stacks/config/app-config";
import { getEnvironment } from "../stacks/config/environment";
import { EXIT_CODES_HELP, validateCommonOptions } from "./lib/cli/options";
import { formatSetupScript } from "./lib/bootstrap/setup-script";
import { bootstrap } from "./lib/bootstrap/bootstrap";
import { runCommand } from "./lib/cli/command";
import { withTerminal } from "./lib/cli/terminal";

const HELP = `Usage: npm run bootstrap [-- options]

Brings up what the stages of one AWS account share, the stack {APP_NAME}-account: the bucket of the Terraform states,
the policy that bounds every role, and, with GITHUB_REPOSITORY, GitHub's OIDC provider and for each stage a role that
plans and a role that applies. Its own state is made here at first, and moved into the bucket. To be run again after a
change of settings, after an interruption, or to see that nothing has changed.

Settings are read from the environment, .env.account and .env: AWS_ACCOUNT_ID and STATE_BUCKET_NAME have to be there;
see docs/configuration.md.

Options:
  --adopt-bucket       take in a bucket that others keep something in: its policy and the like become those of a state
                       bucket, as the plan shows
  --yes                apply without asking; needed where there is no terminal
  --profile <profile>  profile of ~/.aws/config to call AWS with (default: AWS_PROFILE)
  -h, --help           show this text

The plan and what is done go to standard error. Standard output is what to set then, for the stages and in GitHub.

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
  validateCommonOptions(values);
  const { account } = readAppConfig({
    ...getEnvironment(),
    STAGE: ACCOUNT_STAGE,
    STATE_BACKEND: "s3",
  });
  if (account === undefined) throw new UserError("no account is described");
  const { profile } = values;
  const outputs = await withTerminal(
    {
      needs: "a plan has to be agreed to",
      hint: "--yes applies it without asking",
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
            terminal().confirm(`Apply this to account ${account.accountId}?`)
          );
        },
      }),
  );
  for (const line of formatSetupScript(account, outputs)) console.log(line);
  return 0;
});
