import { formatPage } from "../stacks/config/documentation";
import { UserError } from "../constructs/errors";
import { readAppConfig } from "../stacks/config/app-config";
import { readStageSettings } from "../stacks/config/command-settings";
import { getEnvironment } from "../stacks/config/environment";
import { ACCOUNT_STAGE } from "../stacks/naming";
import { bootstrap } from "./lib/bootstrap/bootstrap";
import {
  formatNextStep,
  formatSetupScript,
} from "./lib/bootstrap/setup-script";
import { defineCommand } from "./lib/cli/command";
import { requireValidOptions, STAGE_OPTIONS } from "./lib/cli/options";
import { withTerminal } from "./lib/cli/terminal";

const log = console.error;

export const command = defineCommand({
  needsApp: true,
  description: `The stack {APP_NAME}-account contains the bucket of the Terraform states and the permissions boundary of every role. With GITHUB_REPOSITORY, it also contains GitHub's OIDC provider, and for each stage a plan role, an apply role and a role that rotates its client secrets. The first run starts with a local state, and moves it into the bucket. Run the command again after a change of settings, after an interruption, or to check that nothing has changed.

Requires the settings AWS_ACCOUNT_ID and STATE_BUCKET_NAME in the environment, .env.account or .env; see ${formatPage("configuration")}. Standard error contains the plan and the progress. Standard output contains a script that configures AWS and GitHub, and lists the settings of the stages.`,
  options: {
    "adopt-bucket": {
      type: "flag",
      description:
        "adopt an existing bucket with objects, and overwrite its policy and other configuration as the plan shows",
    },
    "show-plan": {
      type: "flag",
      description: "show every attribute of new resources in the plan",
    },
    yes: {
      type: "flag",
      description: "apply without confirmation; required without a terminal",
    },
    profile: STAGE_OPTIONS.profile,
    "env-file": STAGE_OPTIONS["env-file"],
  },
  examples: ["veda-auth bootstrap > next-steps.sh"],
  run: async (values) => {
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
          origins: readStageSettings(ACCOUNT_STAGE).origins,
          canAdoptBucket: values["adopt-bucket"],
          isPlanComplete: values["show-plan"],
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
    log(formatNextStep(account));
    return 0;
  },
});
