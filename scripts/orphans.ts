import { parseArgs } from "node:util";
import { runCommand } from "./lib/cli/command";
import {
  COMMON_OPTIONS,
  COMMON_OPTIONS_HELP,
  requireChoice,
  resolveStage,
} from "./lib/cli/options";
import { findOrphans, formatOrphans } from "./lib/orphans/orphans";
import { listStageResources } from "./lib/orphans/stage-resources";
import { withStageWorkspace } from "./lib/plan/stage-workspace";

const HELP = `Usage: npm run -s orphans -- [options]

List the AWS resources of a stage that are not in its state, such as those of an interrupted deployment.

Finds user pools, clients, groups, resource servers, identity pools, roles and secrets by the name of the stage, and OIDC
providers by its tag. Prints import blocks for resources that the next deployment would duplicate, and the commands that
delete each. Changes nothing.

Options:
  --format <format>         text (default), or json: {"stage","stack","orphans":[…]}
${COMMON_OPTIONS_HELP}

Example:
  npm run -s orphans -- --stage dev

Exit codes: 0 no orphans; 1 error; 2 invalid option; 3 orphans; 70 internal error.`;

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
  const format = requireChoice("format", values.format, ["text", "json"]);
  const target = resolveStage(values);
  const { stage, stackName: stack } = target;
  const [{ json }, resources] = await Promise.all([
    withStageWorkspace(target, { log }, (workspace) => workspace.plan()),
    listStageResources(target, log),
  ]);
  const orphans = findOrphans(resources, json);
  console.log(
    format === "json"
      ? JSON.stringify({ stage, stack, orphans })
      : formatOrphans(orphans, stage),
  );
  return orphans.length === 0 ? 0 : EXIT_ORPHANS;
});
