import { appendFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { toEnvironmentVariableName } from "../stacks/config/branches";
import { getEnvironment } from "../stacks/config/environment";
import { readStageSettings } from "../stacks/config/stage-settings";
import { EXIT_CODES_HELP } from "./lib/cli/options";
import {
  resolveDeployment,
  formatOutputLines,
} from "./lib/ci/deployment-stage";
import { readGithubEvent } from "./lib/ci/github-event";
import { runCommand } from "./lib/cli/command";

const HELP = `Usage: npm run -s deployment-stage -- [options]

Print which stage a run of a GitHub workflow is for, from the variables that GitHub sets for its steps. A pull request is
for the stage of its base branch, any other run for that of its own branch. Fails for a pull request from a branch that its
base takes none from.

Prints lines for the file that GITHUB_OUTPUT names: stage, environment, and plan_role_variable, the repository's variable
with the ARN of the stage's plan role. The environment is that of GITHUB_ENVIRONMENT in the stage's settings, or of the
repository's variable DEPLOY_ENVIRONMENT_<STAGE> if a step has it in its environment, else it has the stage's name. Prints
nothing for a branch without a stage, and no plan_role_variable for a pull request from a fork.

Options:
  --summary <file>          add to this Markdown file what was found
  -h, --help                show this text

Example:
  npm run -s deployment-stage -- --summary "$GITHUB_STEP_SUMMARY" >> "$GITHUB_OUTPUT"

${EXIT_CODES_HELP}`;

void runCommand(async () => {
  const { values } = parseArgs({
    options: {
      summary: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const deployment = resolveDeployment(readGithubEvent(getEnvironment()));
  console.error(deployment.message);
  if (values.summary !== undefined)
    await appendFile(values.summary, `${deployment.message}\n\n`);
  for (const line of formatOutputLines(deployment, githubEnvironment))
    console.log(line);
  return 0;
});

/** Returns the GitHub environment that settings name for a stage; an empty variable is one that is not set. */
function githubEnvironment(stage: string): string | undefined {
  const named = getEnvironment()[toEnvironmentVariableName(stage)] ?? "";
  return named === ""
    ? readStageSettings(stage).values.GITHUB_ENVIRONMENT
    : named;
}
