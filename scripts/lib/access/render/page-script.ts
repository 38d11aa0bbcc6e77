/** Data that the page's script reads. Parts refer to each other by index; texts to search are in lower case. */
export interface PageData {
  readonly nodes: readonly { readonly name: string; readonly text: string }[];
  readonly arrows: readonly {
    readonly from: number;
    readonly to: number;
    readonly changed: boolean;
  }[];
  /** One for each row of the table. */
  readonly rows: readonly { readonly arrow: number; readonly text: string }[];
}

/** Script of the access page: search, selection of a node, and the "Only changes" filter. A text, because it runs in a browser. */
export const PAGE_SCRIPT = `
"use strict";
const { nodes, arrows, rows } = JSON.parse(document.getElementById("access").textContent);
const search = document.getElementById("search");
const only = document.getElementById("only");
const statusLine = document.getElementById("status");
const tip = document.getElementById("tip");
const tableRows = [...document.querySelectorAll(".rows tbody tr")];
const pictures = [...document.querySelectorAll(".picture")];
const matrices = [...document.querySelectorAll(".part")].map((part) => {
  const [head, ...lines] = [...part.querySelectorAll("tr")];
  return {
    part,
    lines,
    columns: [...head.cells].slice(1).map((cell, index) => ({ head: cell, cells: lines.map((line) => line.cells[index + 1]) })),
  };
});
const getFrom = (arrow) => arrow.from;
const getTo = (arrow) => arrow.to;
let selected;

/** Returns the starts and all nodes that arrows lead to from them. */
function walk(starts, arrowsByNode, getNext) {
  const seen = new Set(starts);
  for (const node of seen) for (const arrow of arrowsByNode.get(node) ?? []) seen.add(getNext(arrow));
  return seen;
}

function groupBy(list, getKey) {
  const groups = new Map();
  for (const item of list) groups.set(getKey(item), [...(groups.get(getKey(item)) ?? []), item]);
  return groups;
}

/** Returns the nodes after and before the matches, along some arrows. */
function walkBothWays(among, found, foundArrows) {
  return {
    after: walk([...found, ...[...foundArrows].map(getTo)], groupBy(among, getFrom), getTo),
    before: walk([...found, ...[...foundArrows].map(getFrom)], groupBy(among, getTo), getFrom),
  };
}

function show() {
  const onlyChanges = only !== null && only.checked;
  const active = arrows.filter((arrow) => !onlyChanges || arrow.changed);
  const words = search.value.toLowerCase().split(/\\s+/).filter((word) => word !== "");
  const isMatch = ({ text }) => words.every((word) => text.includes(word));
  const isSearch = selected === undefined && words.length > 0;
  const isFiltered = selected !== undefined || isSearch;
  const drawn = new Set(onlyChanges ? active.flatMap((arrow) => [arrow.from, arrow.to]) : nodes.keys());
  const found = [...drawn].filter((node) => isSearch ? isMatch(nodes[node]) : node === selected);
  const foundArrows = new Set(isSearch ? rows.filter(isMatch).map((row) => arrows[row.arrow]).filter((arrow) => active.includes(arrow)) : []);
  const { after, before } = walkBothWays(active, found, foundArrows);
  const lit = new Set(active.filter((arrow) => after.has(arrow.from) || before.has(arrow.to) || foundArrows.has(arrow)));
  const isLit = ({ dataset }) => "node" in dataset
    ? after.has(Number(dataset.node)) || before.has(Number(dataset.node))
    : lit.has(arrows[Number(dataset.arrow)]);

  for (const picture of pictures) {
    picture.hidden = pictures.length > 1 && (picture.id === "changes") !== onlyChanges;
    picture.classList.toggle("filtered", isFiltered);
    for (const element of picture.querySelectorAll("[data-node], [data-arrow]")) {
      const node = Number(element.dataset.node ?? -1);
      element.classList.toggle("lit", isFiltered && isLit(element));
      element.classList.toggle("match", isSearch && found.includes(node));
      element.classList.toggle("selected", node === selected);
    }
  }
  tableRows.forEach((row, index) => {
    const arrow = arrows[rows[index].arrow];
    row.hidden = (onlyChanges && !arrow.changed) || (isFiltered && !lit.has(arrow));
  });
  // an unchanged row can be on the path to a change, such as a group whose role changes
  const all = walkBothWays(arrows, found, foundArrows);
  showMatrices(onlyChanges, isFiltered ? new Set([...all.after, ...all.before]) : undefined);
  const count = tableRows.filter((row) => !row.hidden).length;
  document.getElementById("none").hidden = count > 0;
  const rowCount = count + " of " + tableRows.length + " rows";
  if (selected !== undefined) statusLine.value = nodes[selected].name + ": reaches " + (after.size - 1) + ", reached by " + (before.size - 1) + ", " + rowCount;
  else if (isSearch) statusLine.value = found.length + " of " + drawn.size + (found.length === 1 ? " names matches, " : " names match, ") + rowCount;
  else statusLine.value = onlyChanges ? rowCount : "";
}

/** Hides filtered rows of matrices, and the columns that are empty without them. */
function showMatrices(onlyChanges, lit) {
  for (const { part, lines, columns } of matrices) {
    for (const line of lines)
      line.hidden = (onlyChanges && !("changed" in line.dataset)) || (lit !== undefined && !lit.has(Number(line.dataset.row)));
    const isWhole = lines.every((line) => !line.hidden);
    for (const { head, cells } of columns) {
      const isEmpty = !isWhole && cells.every((cell, index) => lines[index].hidden || cell.firstChild === null);
      for (const cell of [head, ...cells]) cell.hidden = isEmpty;
    }
    part.hidden = lines.every((line) => line.hidden);
  }
  const overview = document.getElementById("matrices");
  if (overview !== null) overview.hidden = matrices.every(({ part }) => part.hidden);
}

/** Shows the full text of a shortened name or label that has the keyboard focus. */
function showTip(element) {
  const isShown = element !== null && element.dataset.short === "true" && element.matches(":focus-visible");
  tip.hidden = !isShown;
  if (!isShown) return;
  tip.textContent = element.getAttribute("aria-label");
  const { left, bottom } = element.getBoundingClientRect();
  tip.style.left = Math.max(8, Math.min(left, innerWidth - tip.offsetWidth - 8)) + "px";
  tip.style.top = Math.max(8, Math.min(bottom + 6, innerHeight - tip.offsetHeight - 8)) + "px";
}

function moveTip() {
  if (!tip.hidden) showTip(document.querySelector("[data-short]:focus"));
}

function select(target) {
  const node = target.closest("[data-node]");
  const next = node === null ? undefined : Number(node.dataset.node);
  if (next === selected) return;
  selected = next;
  show();
}

search.addEventListener("input", () => {
  selected = undefined;
  show();
  const picture = pictures.find(({ hidden }) => !hidden);
  const first = picture.querySelector(".match") ?? picture.querySelector(".lit");
  if (first === null) return;
  const [inner, outer] = [first.getBoundingClientRect(), picture.getBoundingClientRect()];
  picture.scrollBy(inner.left - outer.left - 40, inner.top - outer.top - 40);
});
only?.addEventListener("change", () => {
  selected = undefined;
  show();
});
for (const picture of pictures) {
  picture.addEventListener("click", ({ target }) => select(target));
  picture.addEventListener("focusin", ({ target }) => {
    if (target.closest("[data-node]")) select(target);
    showTip(target.closest("[data-short]"));
  });
  picture.addEventListener("focusout", () => showTip(null));
  picture.addEventListener("scroll", moveTip);
  picture.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    if (!event.target.closest("[data-node]")) return;
    event.preventDefault();
    select(event.target);
  });
}
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  selected = undefined;
  search.value = "";
  tip.hidden = true;
  show();
});
addEventListener("scroll", moveTip);
document.querySelector(".tools").hidden = false;
// a browser can restore the search text when it reloads a page
show();
`;
