import { toneOf } from "./access-drawing";
import {
  isChangedRow,
  type AccessMatrix,
  type MatrixRow,
} from "./access-matrix";
import { escaped } from "./escaped";
import { entryText } from "./matrix-text";
import type { AccessNode } from "./access-graph";

/** Formats a matrix as a table whose headers a screen reader announces; `placeOf` is how the page's script knows a node. */
export function matrixHtml(
  matrix: AccessMatrix,
  placeOf: (node: AccessNode) => number,
): string {
  const { title, of, corner, columns, rows, note } = matrix;
  const label = of === undefined ? title : `${title} ${of}`;
  const name = of === undefined ? "" : ` <code>${escaped(of)}</code>`;
  const heads = columns.map(
    ({ text, isName }) =>
      `<th scope="col">${isName ? `<code>${escaped(text)}</code>` : escaped(text)}</th>`,
  );
  return `<div class="part"><div class="scroll matrix" role="region" aria-label="${escaped(label)}" tabindex="0"><table><caption>${escaped(title)}${name}</caption>
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
            `<span class="${entry.change}">${entryText(entry, escaped)}</span>`,
        )
        .join("<br>")}</td>`,
  );
  return `<tr data-row="${placeOf(node)}"${isChangedRow(row) ? " data-changed" : ""}><th scope="row"><small class="${toneOf(node.kind)}">${node.kind}</small> <code>${escaped(node.name)}</code></th>${shown.join("")}</tr>`;
}
