import { parseArgs } from "node:util";
import {
  COMMON_OPTIONS,
  COMMON_OPTIONS_HELP,
  resolveStage,
} from "./lib/cli/options";
import { runCommand, UsageError } from "./lib/cli/command";
import { listStageResources } from "./lib/orphans/stage-resources";
import { findOrphans, formatOrphans } from "./lib/orphans/orphans";
import { withStageWorkspace } from "./lib/plan/stage-workspace";

const HELP = `Usage: npm run -s orphans -- [options]

Finds what a deployment that was killed has left in AWS: user pools, clients, groups, resource servers, identity pools,
roles and secrets with the stage's name, and OIDC providers with its tag, that its state does not have. Prints the import
block for each that the next deployment would make a second time, and the commands that delete them. Changes nothing.

Options:
  --format <format>         text (the default), or json: {"stage","stack","orphans":[…]}
${COMMON_OPTIONS_HELP}

Example:
  npm run -s orphans -- --stage dev

Exit code: 0 there are none; 3 there are, as is told; 1 it cannot be said, for the reason that is told; 2 an option is not
accepted; 70 a defect.`;

const EXIT_ORPHANS = 3;
const log = console.error;

void runCommand(async () => {
  const { values } = parseArgs({
    options: { ...COMMON_OPTIONS, format: { type: "string", default: "text" } },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const { format } = values;
  if (format !== "text" && format !== "json")
    throw new UsageError(
      `--format must be text or json, got ${JSON.stringify(format)}`,
    );
  const choice = resolveStage(values);
  const { stage, stackName: stack } = choice;
  const [{ json }, things] = await Promise.all([
    withStageWorkspace(choice, { log }, (workspace) => workspace.plan()),
    listStageResources(choice, log),
  ]);
  const orphans = findOrphans(things, json);
  console.log(
    format === "json"
      ? JSON.stringify({ stage, stack, orphans })
      : formatOrphans(orphans, stage),
  );
  return orphans.length === 0 ? 0 : EXIT_ORPHANS;
});
