import { appendFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { environment } from "../stacks/config";
import { EXIT_CODES } from "./lib/arguments";
import { deploymentOf, outputLines } from "./lib/ci/branch-rules";
import { githubEvent } from "./lib/ci/github-event";
import { runCommand } from "./lib/cli";

const HELP = `Usage: npm run -s deployment-stage -- [options]

Says which stage a run of a GitHub workflow is for, from the variables that GitHub gives its steps: a pull request is for
the stage of the branch that it would be merged into, any other run for that of its own branch. Fails for a pull request
from a branch that its base takes none from.

Prints lines for the file that GITHUB_OUTPUT names: stage, environment, and plan_role_variable, the repository's variable
with the ARN of the role that may look at the stage. Prints nothing for a branch without a stage, and no
plan_role_variable for a pull request from a fork.

Options:
  --summary <file>          add to this Markdown file what has been found
  -h, --help                show this text

Example:
  npm run -s deployment-stage -- --summary "$GITHUB_STEP_SUMMARY" >> "$GITHUB_OUTPUT"

${EXIT_CODES}`;

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
  const deployment = deploymentOf(githubEvent(environment()));
  console.error(deployment.told);
  if (values.summary !== undefined)
    await appendFile(values.summary, `${deployment.told}\n\n`);
  for (const line of outputLines(deployment)) console.log(line);
  return 0;
});
