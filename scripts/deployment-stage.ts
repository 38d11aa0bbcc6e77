import { appendFile } from "node:fs/promises";
import { toEnvironmentVariableName } from "../stacks/config/branches";
import { readStageSettings } from "../stacks/config/command-settings";
import { getEnvironment } from "../stacks/config/environment";
import {
  formatOutputLines,
  resolveDeployment,
} from "./lib/ci/deployment-stage";
import { readGithubEvent } from "./lib/ci/github-event";
import { defineCommand } from "./lib/cli/command";

export const command = defineCommand({
  description: `Reads the variables that GitHub sets for the steps of a workflow. A pull request is for the stage of its base branch, any other run for the stage of its branch. The command fails for a pull request whose base branch does not allow its head branch.

Prints lines for the file in GITHUB_OUTPUT; nothing for a branch without a stage:
  stage               name of the stage
  environment         GitHub environment: DEPLOY_ENVIRONMENT_<STAGE> if the step sets it, or
                      GITHUB_ENVIRONMENT in the stage's settings (default: the name of the stage)
  plan_role_variable  name of the repository variable with the ARN of the plan role; not for a
                      pull request from a fork`,
  options: {
    summary: {
      type: "path",
      value: "<file>",
      description: "append a Markdown summary to this file",
    },
  },
  examples: [
    'veda-auth deployment-stage --summary "$GITHUB_STEP_SUMMARY" >> "$GITHUB_OUTPUT"',
  ],
  run: async ({ summary }) => {
    const deployment = resolveDeployment(readGithubEvent(getEnvironment()));
    console.error(deployment.message);
    if (summary !== undefined)
      await appendFile(summary, `${deployment.message}\n\n`);
    const { stage } = deployment;
    const environment =
      stage === undefined ? undefined : findGithubEnvironment(stage);
    for (const line of formatOutputLines(deployment, environment))
      console.log(line);
    return 0;
  },
});

/** Returns the GitHub environment of a stage, if a variable or the settings name one. */
function findGithubEnvironment(stage: string): string | undefined {
  const name = getEnvironment()[toEnvironmentVariableName(stage)] ?? "";
  return name === ""
    ? readStageSettings(stage).values.GITHUB_ENVIRONMENT
    : name;
}
