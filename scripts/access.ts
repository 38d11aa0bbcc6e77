import { parseArgs } from "node:util";
import { getEnvironment } from "../stacks/config/environment";
import { formatAccessHtml } from "./lib/access/render/html";
import type { AccessGraph, AccessOrigin } from "./lib/access/access-graph";
import { formatAccessMermaid } from "./lib/access/render/mermaid";
import { loadFileGraph, loadStageGraph } from "./lib/access/access-source";
import {
  formatAccessMarkdown,
  formatAccessText,
} from "./lib/access/render/text-and-markdown";
import {
  COMMON_OPTIONS,
  COMMON_OPTIONS_HELP,
  EXIT_CODES_HELP,
  resolveStage,
  validateCommonOptions,
} from "./lib/cli/options";
import { resolveAwsTarget } from "./lib/aws/client";
import { runCommand, UsageError } from "./lib/cli/command";

const HELP = `Usage: npm run -s access -- [<file>] [options]

Shows who can do what: groups over their roles to buckets, services over scopes to resource servers, repositories to the
roles that they may assume.

<file> is a plan file, the JSON of a plan, whose changes are then marked, the JSON of a state, a synthesized cdk.tf.json,
or - for such JSON on standard input. Without it the stage is synthesized, and nothing of AWS is read.

Options:
  --format <format>         text (the default), markdown, mermaid, html (one page that needs no server), or json
  --chdir <folder>          folder that a plan file was made in (default: the one it lies in)
${COMMON_OPTIONS_HELP}

Examples:
  npm run -s access -- --stage dev
  npm run -s access -- plan.tfplan --format html > access.html

${EXIT_CODES_HELP}`;

const log = console.error;

const FORMS: Readonly<
  Record<
    string,
    (graph: AccessGraph, origin: AccessOrigin & { title: string }) => string
  >
> = {
  text: formatAccessText,
  markdown: formatAccessMarkdown,
  mermaid: formatAccessMermaid,
  html: formatAccessHtml,
  json: (graph) => JSON.stringify(graph, null, 2),
};

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
  const { format, chdir: directory, stage } = values;
  const form = Object.hasOwn(FORMS, format) ? FORMS[format] : undefined;
  if (form === undefined)
    throw new UsageError(
      `--format must be ${Object.keys(FORMS).join(", ")}, got ${JSON.stringify(format)}`,
    );
  const [plan, ...more] = positionals;
  if (more.length > 0)
    throw new UsageError(`one file is read, got ${positionals.length}`);
  if (plan === undefined) {
    const choice = resolveStage(values);
    const graph = await loadStageGraph(choice, log);
    const title = `Access in ${choice.stackName}`;
    console.log(form(graph, { title, stage: choice.stage }).trimEnd());
    return 0;
  }
  validateCommonOptions(values);
  const place = resolveAwsTarget(values, getEnvironment());
  const { graph, origin } = await loadFileGraph({
    plan,
    directory,
    target: place,
    log,
  });
  const about = { ...origin, ...(stage !== undefined && { stage }) };
  console.log(form(graph, { title: "Access", ...about }).trimEnd());
  return 0;
});
