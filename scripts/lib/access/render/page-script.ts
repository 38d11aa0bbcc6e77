/** What the page's script reads: parts by their place in the drawing, texts in lower case. */
export interface PageData {
  readonly nodes: readonly { readonly name: string; readonly text: string }[];
  readonly arrows: readonly {
    readonly from: number;
    readonly to: number;
    readonly changed: boolean;
  }[];
  /** One for each row of the table. */
  readonly facts: readonly { readonly arrow: number; readonly text: string }[];
}

/**
 * The script of the page that shows a graph: search, a chosen node, and what changes alone. It is text, as it runs in a
 * browser, whose types are not these.
 */
export const PAGE_SCRIPT = `
"use strict";
const { nodes, arrows, facts } = JSON.parse(document.getElementById("access").textContent);
const search = document.getElementById("search");
const only = document.getElementById("only");
const said = document.getElementById("said");
const rows = [...document.querySelectorAll(".facts tbody tr")];
const pictures = [...document.querySelectorAll(".picture")];
const tip = document.getElementById("tip");
/** Matrices with their rows, and their columns as the cells that each has. */
const parts = [...document.querySelectorAll(".part")].map((part) => {
  const [head, ...lines] = [...part.querySelectorAll("tr")];
  return {
    part,
    lines,
    columns: [...head.cells].slice(1).map((cell, place) => ({ head: cell, cells: lines.map((line) => line.cells[place + 1]) })),
  };
});
let chosen;

/** All that can be come to from the starts, one way. */
function walk(starts, among, next) {
  const seen = new Set(starts);
  for (const at of seen) for (const arrow of among.get(at) ?? []) seen.add(next(arrow));
  return seen;
}

function grouped(list, key) {
  const groups = new Map();
  for (const arrow of list) groups.set(key(arrow), [...(groups.get(key(arrow)) ?? []), arrow]);
  return groups;
}

function show() {
  const onlyChanges = only !== null && only.checked;
  const live = arrows.filter((arrow) => !onlyChanges || arrow.changed);
  const from = (arrow) => arrow.from;
  const to = (arrow) => arrow.to;
  const words = search.value.toLowerCase().split(/\\s+/).filter((word) => word !== "");
  const matches = ({ text }) => words.every((word) => text.includes(word));
  const isFiltered = chosen !== undefined || words.length > 0;
  const drawn = new Set(onlyChanges ? live.flatMap((arrow) => [arrow.from, arrow.to]) : nodes.keys());
  const found = [...nodes.keys()].filter((node) => drawn.has(node) && (chosen === undefined ? words.length > 0 && matches(nodes[node]) : node === chosen));
  const foundArrows = new Set(chosen === undefined && words.length > 0
    ? facts.filter(matches).map((fact) => arrows[fact.arrow]).filter((arrow) => live.includes(arrow))
    : []);
  const after = walk([...found, ...[...foundArrows].map(to)], grouped(live, from), to);
  const before = walk([...found, ...[...foundArrows].map(from)], grouped(live, to), from);
  const lit = new Set(live.filter((arrow) => after.has(arrow.from) || before.has(arrow.to) || foundArrows.has(arrow)));
  const isLit = (element) => "node" in element.dataset
    ? after.has(Number(element.dataset.node)) || before.has(Number(element.dataset.node))
    : lit.has(arrows[Number(element.dataset.arrow)]);

  for (const picture of pictures) {
    picture.hidden = pictures.length > 1 && (picture.id === "changes") !== onlyChanges;
    picture.classList.toggle("filtered", isFiltered);
    for (const element of picture.querySelectorAll("[data-node], [data-arrow]")) {
      const node = Number(element.dataset.node ?? -1);
      element.classList.toggle("lit", isFiltered && isLit(element));
      element.classList.toggle("match", chosen === undefined && found.includes(node));
      element.classList.toggle("selected", node === chosen);
    }
  }
  rows.forEach((row, place) => {
    const arrow = arrows[facts[place].arrow];
    row.hidden = (onlyChanges && !arrow.changed) || (isFiltered && !lit.has(arrow));
  });
  showMatrices(onlyChanges, isFiltered ? reached(found, foundArrows) : undefined);
  const count = rows.filter((row) => !row.hidden).length;
  document.getElementById("none").hidden = count > 0;
  const inTable = count + " of " + rows.length + " rows";
  if (chosen !== undefined) said.value = nodes[chosen].name + ": reaches " + (after.size - 1) + ", reached by " + (before.size - 1) + ", " + inTable;
  else if (words.length > 0) said.value = found.length + " of " + drawn.size + (found.length === 1 ? " names matches, " : " names match, ") + inTable;
  else said.value = onlyChanges ? inTable : "";
}

/** The nodes on the paths of what is found, over what does not change too: a group's role may be what changes. */
function reached(found, foundArrows) {
  const from = (arrow) => arrow.from;
  const to = (arrow) => arrow.to;
  const after = walk([...found, ...[...foundArrows].map(to)], grouped(arrows, from), to);
  const before = walk([...found, ...[...foundArrows].map(from)], grouped(arrows, to), from);
  return new Set([...after, ...before]);
}

/** Hides the rows of matrices that are left out, and the columns that are empty without them. */
function showMatrices(onlyChanges, lit) {
  for (const { part, lines, columns } of parts) {
    for (const line of lines)
      line.hidden = (onlyChanges && !("changed" in line.dataset)) || (lit !== undefined && !lit.has(Number(line.dataset.row)));
    const isWhole = lines.every((line) => !line.hidden);
    for (const { head, cells } of columns) {
      const isEmpty = !isWhole && cells.every((cell, place) => lines[place].hidden || cell.firstChild === null);
      head.hidden = isEmpty;
      for (const cell of cells) cell.hidden = isEmpty;
    }
    part.hidden = lines.every((line) => line.hidden);
  }
  const overview = document.getElementById("matrices");
  if (overview !== null) overview.hidden = parts.every(({ part }) => part.hidden);
}

/** Shows the whole text of a name or a label that is shortened, for users of the keyboard. */
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

function choose(target) {
  const node = target.closest("[data-node]");
  const next = node === null ? undefined : Number(node.dataset.node);
  if (next === chosen) return;
  chosen = next;
  show();
}

search.addEventListener("input", () => {
  chosen = undefined;
  show();
  const picture = pictures.find(({ hidden }) => !hidden);
  const first = picture.querySelector(".match") ?? picture.querySelector(".lit");
  if (first === null) return;
  const [inner, outer] = [first.getBoundingClientRect(), picture.getBoundingClientRect()];
  picture.scrollBy(inner.left - outer.left - 40, inner.top - outer.top - 40);
});
only?.addEventListener("change", () => {
  chosen = undefined;
  show();
});
for (const picture of pictures) {
  picture.addEventListener("click", ({ target }) => choose(target));
  picture.addEventListener("focusin", ({ target }) => { 
    if (target.closest("[data-node]")) choose(target);
    showTip(target.closest("[data-short]"));
  });
  picture.addEventListener("focusout", () => showTip(null));
  picture.addEventListener("scroll", moveTip);
  picture.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    if (!event.target.closest("[data-node]")) return;
    event.preventDefault();
    choose(event.target);
  });
}
document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  chosen = undefined;
  search.value = "";
  tip.hidden = true;
  show();
});
addEventListener("scroll", moveTip);
document.querySelector(".tools").hidden = false;
// a browser may keep what was typed when a page is loaded again
show();
`;
