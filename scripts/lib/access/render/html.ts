import { createHash } from "node:crypto";
import {
  ARROW_HEADS,
  drawGraph,
  type Drawing,
  escapeHtml,
  getTone,
  type GraphParts,
} from "./graph-svg";
import {
  type AccessRow,
  CHANGE_SIGNS,
  listArrows,
  listNodes,
} from "./access-rows";
import {
  type AccessMatrix,
  buildAccessMatrices,
  isChangedRow,
  type MatrixRow,
} from "./access-matrix";
import {
  type AccessGraph,
  type AccessNode,
  type AccessOrigin,
  formatUtc,
  isFromPlan,
  NO_CHANGES_TEXT,
} from "../access-graph";
import { escapeControlCharacters } from "../../plan/attribute";
import { PAGE_SCRIPT, type PageData } from "./page-script";
import { formatPageStyle } from "./page-style";
import { formatEntry, NO_ACCESS_TEXT } from "./text-and-markdown";

/** A fact and the place of its arrow. */
interface Row {
  readonly fact: AccessRow;
  readonly arrow: number;
}

export type { AccessOrigin } from "../access-graph";

export interface AccessPageOptions extends AccessOrigin {
  readonly title: string;
}

const TONES: readonly (readonly [string, string])[] = [
  ["people", "people: users and groups"],
  ["programs", "programs: applications and services"],
  ["outside", "repositories, accounts and other principals"],
  ["through", "roles and identity pools"],
  ["what", "resources"],
];

/**
 * Returns who can do what as one page without external resources: matrices, a graph to search and to walk, and a table.
 * The page of a plan that changes access shows only what changes at first.
 */
export function formatAccessHtml(
  graph: AccessGraph,
  options: AccessPageOptions,
): string {
  const all: GraphParts = {
    nodes: listNodes(graph),
    arrows: listArrows(graph),
  };
  const changes = changedPart(all);
  const hasChanges = changes.arrows.length > 0;
  const whole = drawGraph(all, all, "Who can do what");
  // a plan that changes everything needs no second picture
  const isPart =
    hasChanges &&
    (changes.arrows.length < all.arrows.length ||
      changes.nodes.length < all.nodes.length);
  const changed = isPart ? drawGraph(all, changes, "What changes") : undefined;
  const rows = all.arrows.flatMap(({ rows: facts }, arrow) =>
    facts.map((fact) => ({ fact, arrow })),
  );
  const style = formatPageStyle({
    all: whole.width,
    ...(changed !== undefined && { changes: changed.width }),
  });
  const data = jsonInHtml(pageData(all, rows));
  const policy = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(PAGE_SCRIPT)}; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${pageTitle(options)}</title>
<style>${style}</style>
</head>
<body>
<a class="skip" href="#table">To the table</a>
<header><h1>${heading(options)}</h1>
${isFromPlan(options) && !hasChanges ? `<p class="verdict">${NO_CHANGES_TEXT}</p>` : ""}<p>${summary(all, rows)}</p></header>
<main>
<div class="tools" role="search" hidden>
<input id="search" type="search" placeholder="Search a name or a right" aria-label="Search a name or a right" autocomplete="off" spellcheck="false">
${hasChanges ? '<label><input id="only" type="checkbox" autocomplete="off" checked> Only what changes</label>' : ""}
<output id="said" for="search"></output>
</div>
${matricesHtml(graph, all)}
<h2>As a graph</h2>
${legend(hasChanges)}
${ARROW_HEADS}
${picture("all", whole)}
${changed === undefined ? "" : picture("changes", changed)}
<h2 id="table">All access as a table</h2>
${table(rows, hasChanges)}
</main>
<div id="tip" hidden></div>
<script type="application/json" id="access">${data}</script>
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

function pageTitle({ title, stage, hash, date }: AccessPageOptions): string {
  return [
    title,
    ...(stage === undefined ? [] : [`stage ${stage}`]),
    ...(hash === undefined ? [] : [`plan ${hash}`]),
    ...(date === undefined ? [] : [formatUtc(date)]),
  ]
    .map(escapeHtml)
    .join(" · ");
}

function heading({ title, stage, hash, date }: AccessPageOptions): string {
  const plan = [
    ...(hash === undefined ? [] : [`plan <code>${escapeHtml(hash)}</code>`]),
    ...(date === undefined ? [] : [`made ${escapeHtml(formatUtc(date))}`]),
  ];
  const inStage =
    stage === undefined ? "" : ` · stage <code>${escapeHtml(stage)}</code>`;
  return `${escapeHtml(title)}${inStage}${plan.length === 0 ? "" : ` <small>${plan.join(", ")}</small>`}`;
}

function matricesHtml(graph: AccessGraph, { nodes }: GraphParts): string {
  const places = new Map(nodes.map(({ id }, place) => [id, place]));
  const parts = buildAccessMatrices(graph).map((matrix) =>
    formatMatrixHtml(matrix, ({ id }) => places.get(id) ?? -1),
  );
  if (parts.length === 0) return "";
  return `<section id="matrices" aria-labelledby="overview"><h2 id="overview">Overview</h2>
${parts.join("\n")}
</section>`;
}

function changedPart({ nodes, arrows }: GraphParts): GraphParts {
  const changed = arrows.filter(({ change }) => change !== "same");
  const ends = new Set(changed.flatMap(({ from, to }) => [from.id, to.id]));
  return { nodes: nodes.filter(({ id }) => ends.has(id)), arrows: changed };
}

function pageData(
  { nodes, arrows }: GraphParts,
  rows: readonly Row[],
): PageData {
  const places = new Map(nodes.map(({ id }, place) => [id, place]));
  const placeOf = ({ id }: AccessNode) => places.get(id) ?? -1;
  const textOf = ({ kind, name }: AccessNode) => `${kind} ${name}`;
  return {
    nodes: nodes.map((node) => ({
      name: escapeControlCharacters(textOf(node)),
      text: textOf(node).toLowerCase(),
    })),
    arrows: arrows.map(({ from, to, change }) => ({
      from: placeOf(from),
      to: placeOf(to),
      changed: change !== "same",
    })),
    facts: rows.map(
      ({
        fact: {
          principal: from,
          permissions: can,
          resource: to,
          condition: where,
        },
        arrow,
      }) => ({
        arrow,
        text: [textOf(from), can.join(", "), textOf(to), where]
          .join(" ")
          .toLowerCase(),
      }),
    ),
  };
}

function summary({ nodes }: GraphParts, rows: readonly Row[]): string {
  if (rows.length === 0) return NO_ACCESS_TEXT;
  const kinds = [...new Set(nodes.map(({ kind }) => kind))].filter(
    (kind) => kind !== "users",
  );
  const counts = kinds.map((kind) =>
    counted(nodes.filter((node) => node.kind === kind).length, kind),
  );
  const changes = (["gained", "lost"] as const).flatMap((change) => {
    const count = rows.filter(({ fact }) => fact.change === change).length;
    return count === 0 ? [] : [`${count} ${change}`];
  });
  const changed = changes.length === 0 ? "" : `; ${changes.join(", ")}`;
  return `${counts.join(", ")}${changed}.`;
}

function counted(count: number, kind: string): string {
  if (count === 1) return `${count} ${kind}`;
  return `${count} ${kind.replace(/y$/, "ie")}s`;
}

function legend(hasChanges: boolean): string {
  const tones = TONES.map(
    ([tone, text]) =>
      `<li class="${tone}"><svg width="4" height="16" aria-hidden="true"><rect class="stripe" width="4" height="16" rx="2"/></svg>${text}</li>`,
  );
  const changes = (["gained", "lost"] as const).map(
    (change) =>
      `<li><svg class="arrow ${change}" width="34" height="10" aria-hidden="true"><path d="M0 5H33" marker-end="url(#head-${change})"/></svg>${CHANGE_SIGNS[change]} ${change}</li>`,
  );
  return `<ul class="legend" aria-label="Legend">${tones.join("")}${hasChanges ? changes.join("") : ""}</ul>`;
}

function picture(id: string, { svg }: Drawing): string {
  return `<div class="scroll picture" id="${id}"${id === "changes" ? " hidden" : ""}>${svg}</div>`;
}

function table(rows: readonly Row[], withChange: boolean): string {
  const header = ["Who", "May", "What", "Where"];
  const heads = [...header, ...(withChange ? ["Change"] : [])].map(
    (name) => `<th role="columnheader" scope="col">${name}</th>`,
  );
  const lines = rows.map(({ fact }) => {
    const {
      principal: from,
      permissions: can,
      resource: to,
      condition: where,
      change,
    } = fact;
    const said = change === "same" ? "" : `${CHANGE_SIGNS[change]} ${change}`;
    const cells = [named(from), escapeHtml(can.join(", ")), named(to)];
    const last = [escapeHtml(where), ...(withChange ? [said] : [])];
    return `<tr role="row" class="${change}">${[...cells, ...last].map((cell) => `<td role="cell">${cell}</td>`).join("")}</tr>`;
  });
  return `<div class="scroll" role="region" aria-label="Table" tabindex="0"><table role="table" class="facts"><thead role="rowgroup"><tr role="row">${heads.join("")}</tr></thead><tbody role="rowgroup">
${lines.join("\n")}
</tbody></table></div><p id="none" hidden>No row matches.</p>`;
}

function named({ kind, name }: AccessNode): string {
  return `<small class="${getTone(kind)}">${kind}</small> <code>${escapeHtml(name)}</code>`;
}

/** JSON that ends no element and holds nothing unseen. */
function jsonInHtml(data: PageData): string {
  return JSON.stringify(data).replace(
    /[<\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (character) =>
      character
        .split("")
        .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
        .join(""),
  );
}

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** Formats a matrix as a table whose headers a screen reader announces; `placeOf` is how the page's script knows a node. */
export function formatMatrixHtml(
  matrix: AccessMatrix,
  placeOf: (node: AccessNode) => number,
): string {
  const {
    title,
    resource: of,
    rowHeading: corner,
    columns,
    rows,
    note,
  } = matrix;
  const label = of === undefined ? title : `${title} ${of}`;
  const name = of === undefined ? "" : ` <code>${escapeHtml(of)}</code>`;
  const heads = columns.map(
    ({ text, isName }) =>
      `<th scope="col">${isName ? `<code>${escapeHtml(text)}</code>` : escapeHtml(text)}</th>`,
  );
  return `<div class="part"><div class="scroll matrix" role="region" aria-label="${escapeHtml(label)}" tabindex="0"><table><caption>${escapeHtml(title)}${name}</caption>
<thead><tr><th scope="col">${corner}</th>${heads.join("")}</tr></thead><tbody>
${rows.map((row) => rowHtml(row, placeOf)).join("\n")}
</tbody></table></div>${note === undefined ? "" : `<p class="note">${note}</p>`}</div>`;
}

function rowHtml(
  row: MatrixRow,
  placeOf: (node: AccessNode) => number,
): string {
  const { node, cells } = row;
  const shown = cells.map(
    (entries) =>
      `<td>${entries
        .map(
          (entry) =>
            `<span class="${entry.change}">${formatEntry(entry, escapeHtml)}</span>`,
        )
        .join("<br>")}</td>`,
  );
  return `<tr data-row="${placeOf(node)}"${isChangedRow(row) ? " data-changed" : ""}><th scope="row"><small class="${getTone(node.kind)}">${node.kind}</small> <code>${escapeHtml(node.name)}</code></th>${shown.join("")}</tr>`;
}
