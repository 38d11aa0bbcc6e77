import { parseArgs } from "node:util";
import { getEnvironment } from "../stacks/config/environment";
import type { AccessGraph } from "./lib/access/access-graph";
import { loadFileGraph, loadStageGraph } from "./lib/access/access-source";
import {
  type AccessPageOptions,
  formatAccessHtml,
} from "./lib/access/render/html";
import { formatAccessMermaid } from "./lib/access/render/mermaid";
import {
  formatAccessMarkdown,
  formatAccessText,
} from "./lib/access/render/text-and-markdown";
import { resolveAwsTarget } from "./lib/aws/client";
import { runCommand, UsageError } from "./lib/cli/command";
import {
  COMMON_OPTIONS,
  COMMON_OPTIONS_HELP,
  EXIT_CODES_HELP,
  requireChoice,
  resolveStage,
  requireValidOptions,
} from "./lib/cli/options";

const HELP = `Usage: npm run -s access -- [<file>] [options]

Show who can do what: groups and their roles, buckets, services and their scopes, repositories and their roles.

<file> is a plan file, a plan or a state as JSON, or a synthesized cdk.tf.json; - reads JSON from standard input. A plan
also shows which access is gained and lost. Without <file>, the stage is synthesized and AWS is not called.

Options:
  --format <format>         text (default), markdown, mermaid, html (one page, no server needed), or json
  --chdir <directory>       directory that the plan file was created in (default: the directory of the plan file)
${COMMON_OPTIONS_HELP}

Examples:
  npm run -s access -- --stage dev
  npm run -s access -- plan.tfplan --format html > access.html

${EXIT_CODES_HELP}`;

const FORMATS = ["text", "markdown", "mermaid", "html", "json"] as const;
const FORMATTERS: Readonly<
  Record<
    (typeof FORMATS)[number],
    (graph: AccessGraph, options: AccessPageOptions) => string
  >
> = {
  text: formatAccessText,
  markdown: formatAccessMarkdown,
  mermaid: formatAccessMermaid,
  html: formatAccessHtml,
  json: (graph) => JSON.stringify(graph, null, 2),
};
const log = console.error;

void runCommand(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      ...COMMON_OPTIONS,
      format: { type: "string", default: "text" },
      chdir: { type: "string" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const format = FORMATTERS[requireChoice("format", values.format, FORMATS)];
  const [plan, ...more] = positionals;
  if (more.length > 0)
    throw new UsageError(`<file> must be one file, got ${positionals.length}`);
  if (plan === undefined) {
    const target = resolveStage(values);
    const { stage, stackName } = target;
    const graph = await loadStageGraph(target, log);
    const options = { title: `Access in ${stackName}`, stage };
    console.log(format(graph, options).trimEnd());
    return 0;
  }
  requireValidOptions(values);
  const { chdir: directory, stage } = values;
  const target = resolveAwsTarget(values, getEnvironment());
  const source = { plan, directory, target, log };
  const { graph, origin } = await loadFileGraph(source);
  const options = { ...origin, ...(stage !== undefined && { stage }) };
  console.log(format(graph, { title: "Access", ...options }).trimEnd());
  return 0;
});
