import { loadFileGraph, loadStageGraph } from "./lib/access/access-source";
import { formatAccessHtml } from "./lib/access/render/html";
import { formatAccessMermaid } from "./lib/access/render/mermaid";
import {
  formatAccessMarkdown,
  formatAccessText,
} from "./lib/access/render/text-and-markdown";
import type { AccessGraph } from "./lib/access/access-graph";
import { defineCommand } from "./lib/cli/command";
import { resolveUserPath } from "./lib/cli/invocation";
import {
  requireValidOptions,
  resolveStage,
  withAlternative,
} from "./lib/cli/options";

const FORMATTERS = {
  text: formatAccessText,
  markdown: formatAccessMarkdown,
  mermaid: formatAccessMermaid,
  html: formatAccessHtml,
  json: (graph: AccessGraph) => JSON.stringify(graph, null, 2),
};
const FILE = "<file>";
const log = console.error;

export const command = defineCommand({
  description:
    "Shows groups and their roles, buckets, services and their scopes, repositories and their roles. A plan also shows which access is gained and lost. Without <file>, the stage is synthesized and AWS is not called.",
  argument: {
    name: FILE,
    description:
      "plan file, plan or state as JSON, or synthesized cdk.tf.json; - reads JSON from standard input",
  },
  options: {
    format: {
      type: "text",
      description: "format of the report",
      choices: {
        text: "for a terminal",
        markdown: "for an issue or a wiki",
        mermaid: "a diagram",
        html: "one page, no server needed",
        json: "the graph of principals, permissions and resources",
      },
      default: "text",
    },
    chdir: {
      type: "path",
      value: "<directory>",
      description: "directory that the plan file was created in",
      defaultText: "the directory of the plan file",
      requires: [FILE],
    },
    ...withAlternative(FILE, "stage", "region", "profile", "env-file"),
  },
  examples: [
    "veda-auth access --stage dev",
    "veda-auth access plan.tfplan --format html > access.html",
  ],
  run: async (values, argument) => {
    const format = FORMATTERS[values.format];
    if (argument === undefined) {
      const target = resolveStage(values);
      const { stage, stackName } = target;
      const graph = await loadStageGraph(target, log);
      const options = { title: `Access in ${stackName}`, stage };
      console.log(format(graph, options).trimEnd());
      return 0;
    }
    requireValidOptions(values);
    const { chdir: directory, stage } = values;
    const plan = resolveUserPath(argument);
    const { graph, origin } = await loadFileGraph({ plan, directory, log });
    const options = { ...origin, ...(stage !== undefined && { stage }) };
    console.log(format(graph, { title: "Access", ...options }).trimEnd());
    return 0;
  },
});
