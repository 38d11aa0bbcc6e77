import { parseArgs } from "node:util";
import { environment } from "../stacks/config";
import { accessHtml } from "./lib/access/access-html";
import type { AccessGraph } from "./lib/access/access-graph";
import type { AccessOrigin } from "./lib/access/access-origin";
import { accessMermaid } from "./lib/access/access-mermaid";
import { graphOfFile, graphOfStage } from "./lib/access/access-source";
import { accessMarkdown, accessTable } from "./lib/access/access-table";
import {
  chooseStage,
  COMMON_HELP,
  COMMON_OPTIONS,
  EXIT_CODES,
  requireFit,
} from "./lib/arguments";
import { awsPlace } from "./lib/aws-client";
import { runCommand, UsageError } from "./lib/cli";

const HELP = `Usage: npm run -s access -- [<file>] [options]

Shows who can do what: groups over their roles to buckets, services over scopes to resource servers, repositories to the
roles that they may assume.

<file> is a plan file, the JSON of a plan, whose changes are then marked, the JSON of a state, a synthesized cdk.tf.json,
or - for such JSON on standard input. Without it the stage is synthesized, and nothing of AWS is read.

Options:
  --format <format>         text (the default), markdown, mermaid, html (one page that needs no server), or json
  --chdir <folder>          folder that a plan file was made in (default: the one it lies in)
${COMMON_HELP}

Examples:
  npm run -s access -- --stage dev
  npm run -s access -- plan.tfplan --format html > access.html

${EXIT_CODES}`;

const log = console.error;

const FORMS: Readonly<
  Record<
    string,
    (graph: AccessGraph, origin: AccessOrigin & { title: string }) => string
  >
> = {
  text: accessTable,
  markdown: accessMarkdown,
  mermaid: accessMermaid,
  html: accessHtml,
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
    const choice = chooseStage(values);
    const graph = await graphOfStage(choice, log);
    const title = `Access in ${choice.stackName}`;
    console.log(form(graph, { title, stage: choice.stage }).trimEnd());
    return 0;
  }
  requireFit(values);
  const place = awsPlace(values, environment());
  const { graph, origin } = await graphOfFile({ plan, directory, place, log });
  const about = { ...origin, ...(stage !== undefined && { stage }) };
  console.log(form(graph, { title: "Access", ...about }).trimEnd());
  return 0;
});
