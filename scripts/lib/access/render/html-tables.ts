import { type AccessNode, getNounPrefix } from "../access-graph";
import { type AccessMatrix, isChangedRow } from "./access-matrix";
import { ACCESS_COLUMNS, type AccessRow, formatChange } from "./access-rows";
import { escapeHtml, getTone } from "./graph-svg";
import { formatEntry } from "./text-and-markdown";

/** Formats rows as a table with a scroll frame, and the sentence that replaces it if no row is shown. */
export function formatRowsHtml(
  rows: readonly AccessRow[],
  withChange: boolean,
): string {
  const headings = [...ACCESS_COLUMNS, ...(withChange ? ["Change"] : [])].map(
    (heading) => `<th role="columnheader" scope="col">${heading}</th>`,
  );
  const lines = rows.map(
    ({ principal, permissions, resource, condition, change }) => {
      const cells = [
        formatNodeHtml(principal),
        escapeHtml(permissions.join(", ")),
        formatNodeHtml(resource),
        escapeHtml(condition),
        ...(withChange ? [formatChange(change)] : []),
      ];
      return `<tr role="row" class="${change}">${cells.map((cell) => `<td role="cell">${cell}</td>`).join("")}</tr>`;
    },
  );
  return `<div class="scroll" role="region" aria-label="Table" tabindex="0"><table role="table" class="rows"><thead role="rowgroup"><tr role="row">${headings.join("")}</tr></thead><tbody role="rowgroup">
${lines.join("\n")}
</tbody></table></div><p id="none" hidden>No row matches.</p>`;
}

/** Formats a matrix as a table with row and column headers. `getIndex` returns the index of a node for the page's script. */
export function formatMatrixHtml(
  matrix: AccessMatrix,
  getIndex: (node: AccessNode) => number,
): string {
  const { title, resource, rowHeading, columns, rows, note } = matrix;
  const label = resource === undefined ? title : `${title} ${resource}`;
  const suffix =
    resource === undefined ? "" : ` <code>${escapeHtml(resource)}</code>`;
  const headings = columns.map(
    ({ text, isName }) =>
      `<th scope="col">${isName ? `<code>${escapeHtml(text)}</code>` : escapeHtml(text)}</th>`,
  );
  const lines = rows.map((row) => {
    const cells = row.cells.map((entries) => {
      const spans = entries.map(
        (entry) =>
          `<span class="${entry.change}">${formatEntry(entry, escapeHtml)}</span>`,
      );
      return `<td>${spans.join("<br>")}</td>`;
    });
    return `<tr data-row="${getIndex(row.node)}"${isChangedRow(row) ? " data-changed" : ""}><th scope="row">${formatNodeHtml(row.node)}</th>${cells.join("")}</tr>`;
  });
  return `<div class="part"><div class="scroll matrix" role="region" aria-label="${escapeHtml(label)}" tabindex="0"><table><caption>${escapeHtml(title)}${suffix}</caption>
<thead><tr><th scope="col">${rowHeading}</th>${headings.join("")}</tr></thead><tbody>
${lines.join("\n")}
</tbody></table></div>${note === undefined ? "" : `<p class="note">${note}</p>`}</div>`;
}

function formatNodeHtml(node: AccessNode): string {
  const { kind, name } = node;
  const noun = getNounPrefix(node).trim();
  const label =
    noun === "" ? "" : `<small class="${getTone(kind)}">${noun}</small> `;
  return `${label}<code>${escapeHtml(name)}</code>`;
}
