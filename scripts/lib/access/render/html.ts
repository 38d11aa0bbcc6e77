import { createHash } from "node:crypto";
import { escapeControlCharacters, escapeJson } from "../../cli/escape";
import {
  type AccessGraph,
  type AccessNode,
  type AccessOrigin,
  getKindNoun,
  getNounPrefix,
  isFromPlan,
  NO_CHANGES_TEXT,
} from "../access-graph";
import { buildAccessMatrices } from "./access-matrix";
import {
  type AccessRow,
  formatChange,
  hasChanges,
  listArrows,
  listNodes,
} from "./access-rows";
import {
  ARROW_HEADS,
  drawGraph,
  type Drawing,
  escapeHtml,
  type GraphParts,
} from "./graph-svg";
import { formatMatrixHtml, formatRowsHtml } from "./html-tables";
import { PAGE_SCRIPT, type PageData } from "./page-script";
import { formatPageStyle } from "./page-style";
import { NO_ACCESS_TEXT } from "./text-and-markdown";

export interface AccessPageOptions extends AccessOrigin {
  readonly title: string;
}

const TONES: readonly (readonly [string, string])[] = [
  ["people", "people: users and groups"],
  ["programs", "programs: clients"],
  ["outside", "repositories, accounts and other principals"],
  ["roles", "roles and identity pools"],
  ["resources", "resources"],
];

/**
 * Formats a graph as one HTML page without external resources: matrices, an interactive graph, and a table. If a plan
 * changes access, the page first shows only the changes.
 */
export function formatAccessHtml(
  graph: AccessGraph,
  options: AccessPageOptions,
): string {
  const whole: GraphParts = {
    nodes: listNodes(graph),
    arrows: listArrows(graph),
  };
  const isChanged = hasChanges(graph);
  const drawing = drawGraph(whole, whole, "Who can do what");
  const changes = selectChanges(whole);
  const changesDrawing =
    isChanged &&
    changes.nodes.length + changes.arrows.length <
      whole.nodes.length + whole.arrows.length
      ? drawGraph(whole, changes, "What changes")
      : undefined;
  const rows = whole.arrows.flatMap((arrow) => arrow.rows);
  const style = formatPageStyle({
    all: drawing.width,
    ...(changesDrawing !== undefined && { changes: changesDrawing.width }),
  });
  const data = escapeJson(JSON.stringify(buildPageData(whole))).replaceAll(
    "<",
    "\\u003c",
  );
  const policy = `default-src 'none'; style-src ${hashForPolicy(style)}; script-src ${hashForPolicy(PAGE_SCRIPT)}; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${formatTitle(options)}</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#table">Skip to the table</a>
<header><h1>${formatHeading(options)}</h1>
${isFromPlan(options) && !isChanged ? `<p class="verdict">${NO_CHANGES_TEXT}</p>` : ""}<p>${formatSummary(whole.nodes, rows)}</p></header>
<main>
<div class="tools" role="search" hidden>
<input id="search" type="search" placeholder="Search a name or a permission" aria-label="Search a name or a permission" autocomplete="off" spellcheck="false">
${isChanged ? '<label><input id="only" type="checkbox" autocomplete="off" checked> Only changes</label>' : ""}
<output id="status" for="search"></output>
</div>
${formatMatrices(graph, whole)}
<h2>Graph</h2>
${formatLegend(isChanged)}
${ARROW_HEADS}
${formatPicture("all", drawing)}
${changesDrawing === undefined ? "" : formatPicture("changes", changesDrawing)}
<h2 id="table">All access</h2>
${formatRowsHtml(rows, isChanged)}
</main>
<div id="tip" hidden></div>
<script type="application/json" id="access">${data}</script>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

function listOrigin({ stage, hash, date }: AccessOrigin) {
  return [
    { label: "stage", value: stage },
    { label: "plan", value: hash },
    { label: "created", value: date && formatUtc(date) },
  ].flatMap(({ label, value }) =>
    value === undefined ? [] : [{ label, value: escapeHtml(value) }],
  );
}

function formatTitle(options: AccessPageOptions): string {
  const origin = listOrigin(options).map(
    ({ label, value }) => `${label} ${value}`,
  );
  return [escapeHtml(options.title), ...origin].join(" · ");
}

function formatHeading(options: AccessPageOptions): string {
  const origin = listOrigin(options).map(
    ({ label, value }) => `${label} <code>${value}</code>`,
  );
  return `${escapeHtml(options.title)} <small>${origin.join(", ")}</small>`;
}

/** Formats a time in UTC to the second. Returns a text that is no time unchanged. */
function formatUtc(date: string): string {
  const time = new Date(date);
  if (Number.isNaN(time.getTime())) return date;
  return `${time.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

function formatMatrices(graph: AccessGraph, whole: GraphParts): string {
  const getIndex = indexNodes(whole);
  const matrices = buildAccessMatrices(graph).map((matrix) =>
    formatMatrixHtml(matrix, getIndex),
  );
  if (matrices.length === 0) return "";
  return `<section id="matrices" aria-labelledby="overview"><h2 id="overview">Overview</h2>
${matrices.join("\n")}
</section>`;
}

function selectChanges({ nodes, arrows }: GraphParts): GraphParts {
  const changed = arrows.filter(({ change }) => change !== "same");
  const ends = new Set(changed.flatMap(({ from, to }) => [from.id, to.id]));
  return { nodes: nodes.filter(({ id }) => ends.has(id)), arrows: changed };
}

function buildPageData(whole: GraphParts): PageData {
  const getIndex = indexNodes(whole);
  const formatNode = (node: AccessNode) => getNounPrefix(node) + node.name;
  return {
    nodes: whole.nodes.map((node) => ({
      name: escapeControlCharacters(formatNode(node)),
      text: formatNode(node).toLowerCase(),
    })),
    arrows: whole.arrows.map(({ from, to, change }) => ({
      from: getIndex(from),
      to: getIndex(to),
      changed: change !== "same",
    })),
    rows: whole.arrows.flatMap(({ from, to, rows }, arrow) =>
      rows.map(({ permissions, condition }) => ({
        arrow,
        text: [
          formatNode(from),
          permissions.join(", "),
          formatNode(to),
          condition,
        ]
          .join(" ")
          .toLowerCase(),
      })),
    ),
  };
}

function indexNodes({ nodes }: GraphParts): (node: AccessNode) => number {
  const indexes = new Map(nodes.map(({ id }, index) => [id, index]));
  return ({ id }) => indexes.get(id) ?? -1;
}

function formatSummary(
  nodes: readonly AccessNode[],
  rows: readonly AccessRow[],
): string {
  if (rows.length === 0) return NO_ACCESS_TEXT;
  const kinds = [...new Set(nodes.map(({ kind }) => kind))].filter(
    (kind) => kind !== "users",
  );
  const counts = kinds.map((kind) =>
    formatCount(
      nodes.filter((node) => node.kind === kind).length,
      getKindNoun(kind),
    ),
  );
  const changes = (["gained", "lost"] as const).flatMap((change) => {
    const count = rows.filter((row) => row.change === change).length;
    return count === 0 ? [] : [`${count} ${change}`];
  });
  return `${counts.join(", ")}${changes.length === 0 ? "" : `; ${changes.join(", ")}`}.`;
}

function formatCount(count: number, kind: string): string {
  return count === 1 ? `1 ${kind}` : `${count} ${kind.replace(/y$/, "ie")}s`;
}

function formatLegend(withChanges: boolean): string {
  const tones = TONES.map(
    ([tone, text]) =>
      `<li class="${tone}"><svg width="4" height="16" aria-hidden="true"><rect class="stripe" width="4" height="16" rx="2"/></svg>${text}</li>`,
  );
  const changes = (["gained", "lost"] as const).map(
    (change) =>
      `<li><svg class="arrow ${change}" width="34" height="10" aria-hidden="true"><path d="M0 5H33" marker-end="url(#head-${change})"/></svg>${formatChange(change)}</li>`,
  );
  return `<ul class="legend" aria-label="Legend">${tones.join("")}${withChanges ? changes.join("") : ""}</ul>`;
}

function formatPicture(id: string, { svg }: Drawing): string {
  return `<div class="scroll picture" id="${id}"${id === "changes" ? " hidden" : ""}>${svg}</div>`;
}

function hashForPolicy(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}
