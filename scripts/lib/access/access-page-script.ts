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
const rows = [...document.querySelectorAll("tbody tr")];
const pictures = [...document.querySelectorAll(".picture")];
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
    picture.hidden = (picture.id === "changes") !== onlyChanges;
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
  const count = rows.filter((row) => !row.hidden).length;
  document.getElementById("none").hidden = count > 0;
  const inTable = count + " of " + rows.length + " rows";
  if (chosen !== undefined) said.value = nodes[chosen].name + ": reaches " + (after.size - 1) + ", reached by " + (before.size - 1) + ", " + inTable;
  else if (words.length > 0) said.value = found.length + " of " + drawn.size + (found.length === 1 ? " names matches, " : " names match, ") + inTable;
  else said.value = onlyChanges ? inTable : "";
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
  picture.addEventListener("focusin", ({ target }) => { if (target.closest("[data-node]")) choose(target); });
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
  show();
});
// a browser may keep what was typed when a page is loaded again
show();
`;
