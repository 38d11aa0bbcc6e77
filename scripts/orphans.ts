import { defineCommand } from "./lib/cli/command";
import { resolveStage, STAGE_OPTIONS } from "./lib/cli/options";
import { findOrphans, formatOrphans } from "./lib/orphans/orphans";
import { listStageResources } from "./lib/orphans/stage-resources";
import { withStageWorkspace } from "./lib/plan/stage-workspace";

const EXIT_ORPHANS = 3;
const log = console.error;

export const command = defineCommand({
  needsApp: true,
  description:
    "They can be left by an interrupted deployment. Finds user pools, clients, groups, resource servers, identity pools, roles and secrets by the name of the stage, and OIDC providers by its tag. Prints import blocks for resources that the next deployment would duplicate, and the commands that delete each. Changes nothing.",
  options: {
    format: {
      type: "text",
      description: "format of the list",
      choices: {
        text: "for a terminal",
        json: '{"stage","stack","orphans":[…]}',
      },
      default: "text",
    },
    ...STAGE_OPTIONS,
  },
  examples: ["veda-auth orphans --stage dev"],
  exitCodes: { 0: "no orphans", 3: "orphans" },
  run: async (values) => {
    const target = resolveStage(values);
    const { stage, stackName: stack } = target;
    const [{ json }, resources] = await Promise.all([
      withStageWorkspace(target, { log }, (workspace) => workspace.plan()),
      listStageResources(target, log),
    ]);
    const orphans = findOrphans(resources, json);
    console.log(
      values.format === "json"
        ? JSON.stringify({ stage, stack, orphans })
        : formatOrphans(orphans, stage),
    );
    return orphans.length === 0 ? 0 : EXIT_ORPHANS;
  },
});
