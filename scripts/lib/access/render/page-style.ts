/** Returns the style sheet of the access page. `widths` are the widths of its drawings in pixels, by id. */
export function formatPageStyle(
  widths: Readonly<Record<string, number>>,
): string {
  const rules = Object.entries(widths).map(
    ([id, width]) => `#${id} svg { min-width: ${Math.round(width * 0.8)}px }`,
  );
  return `${STYLE}${rules.join("\n")}\n`;
}

const STYLE = `
:root {
  color-scheme: light dark;
  --page: #f6f8fa; --panel: #fff; --ink: #1f2328; --muted: #57606a; --rule: #d1d9e0; --line: #818b98;
  --people: #0969da; --programs: #8250df; --outside: #bf3989; --roles: #9a6700; --resources: #0f766e;
  --gained: #1a7f37; --lost: #cf222e; --focus: #0969da;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0d1117; --panel: #161b22; --ink: #e6edf3; --muted: #9aa4af; --rule: #3d444d; --line: #7d8590;
    --people: #58a6ff; --programs: #bc8cff; --outside: #f778ba; --roles: #d29922; --resources: #39c5cf;
    --gained: #3fb950; --lost: #ff7b72; --focus: #58a6ff;
  }
}
* { box-sizing: border-box }
[hidden] { display: none !important }
body {
  margin: 0 auto; padding: 1.5rem; max-width: 100rem; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif; overflow-wrap: anywhere;
}
h1 { margin: 0; font-size: 1.5rem; line-height: 1.25 }
h1 small { display: block; margin-top: .3rem; font-size: .95rem; font-weight: 400; color: var(--muted) }
h1 code { font: .92em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
.verdict { margin: .75rem 0 .25rem; color: var(--ink); font-size: 1.05rem; font-weight: 600 }
h2 { margin: 2rem 0 .75rem; font-size: 1.1rem }
p { margin: .25rem 0 1rem; color: var(--muted) }
.skip { position: absolute; left: -100rem }
.skip:focus { left: 1rem; top: .25rem }
a { color: var(--focus) }
.tools { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; align-items: center; margin-bottom: .75rem }
.tools input[type="search"] {
  width: 20rem; max-width: 100%; padding: .4rem .7rem; font: inherit; color: inherit;
  background: var(--panel); border: 1px solid var(--line); border-radius: 7px;
}
.tools label { display: flex; gap: .45rem; align-items: center }
.tools output { color: var(--muted) }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; margin: 0 0 .75rem; padding: 0; list-style: none; font-size: .87rem; color: var(--muted) }
.legend li { display: flex; gap: .45rem; align-items: center }
.legend svg { flex: none }
.scroll { overflow: auto; background: var(--panel); border: 1px solid var(--rule); border-radius: 10px }
.picture { max-height: 78vh }
.picture svg { display: block; max-width: 100%; height: auto; margin: 0 auto }
.heads { position: absolute }
svg text { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: var(--ink) }
.people { --tone: var(--people) } .programs { --tone: var(--programs) }
.outside { --tone: var(--outside) } .roles { --tone: var(--roles) } .resources { --tone: var(--resources) }
.node { cursor: pointer; outline: none }
.box { fill: var(--panel); stroke: var(--line) }
.stripe { fill: var(--tone) }
svg .kind { font: 10.5px system-ui, -apple-system, "Segoe UI", sans-serif; fill: var(--tone) }
.name { font-size: 12px }
.node:hover .box, .match .box { stroke: var(--tone); stroke-width: 2 }
.node:focus-visible .box, .selected .box { stroke: var(--focus); stroke-width: 3 }
.same { --stroke: var(--line) } .gained { --stroke: var(--gained) } .lost { --stroke: var(--lost) }
.arrow path { fill: none; stroke: var(--stroke); stroke-width: 1.3 }
.arrow.gained path { stroke-width: 3.5 }
.arrow.lost path { stroke-width: 2; stroke-dasharray: 7 4 }
.head path { fill: var(--stroke) }
.label text { font-size: 10.5px; fill: var(--muted) }
.label rect { fill: var(--panel) }
.label.gained text, .label.lost text { fill: var(--stroke); font-weight: 600 }
.filtered .arrow:not(.lit), .filtered .label:not(.lit), .filtered .node:not(.lit) { opacity: .13 }
.filtered .arrow.lit:not(.gained, .lost) path { stroke: var(--ink); stroke-width: 1.8 }
table { border-collapse: collapse; font-size: .9rem }
.rows { width: 100%; min-width: 42rem }
th, td { padding: .42rem .8rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--rule) }
tbody tr:last-child > * { border-bottom: 0 }
thead th { color: var(--muted); font-weight: 600; white-space: nowrap }
table code { font: .87em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
tbody small { font-size: .87em; font-weight: 400; color: var(--tone) }
.part { margin: 0 0 1rem }
.note { margin: .35rem .2rem 0; font-size: .87rem }
.matrix { width: fit-content; max-width: 100%; max-height: 60vh }
.matrix table { min-width: 22rem; border-collapse: separate; border-spacing: 0 }
caption { position: sticky; left: 0; padding: .6rem .8rem .4rem; text-align: left; font-weight: 600 }
.matrix th, .matrix td { min-width: 7rem; max-width: 18rem }
.matrix thead th { position: sticky; top: 0; z-index: 1; background: var(--panel); white-space: normal; vertical-align: bottom }
.matrix th:first-child { position: sticky; left: 0; z-index: 1; background: var(--panel); font-weight: 400; border-right: 1px solid var(--rule) }
.matrix thead th:first-child { z-index: 2; font-weight: 600 }
td span.gained, td span.lost { color: var(--stroke); font-weight: 600 }
#tip {
  position: fixed; z-index: 3; max-width: min(40rem, calc(100vw - 1rem)); padding: .3rem .6rem; font-size: .85rem;
  color: var(--ink); background: var(--panel); border: 1px solid var(--line); border-radius: 6px; pointer-events: none;
}
.rows tr.gained td:last-child, .rows tr.lost td:last-child { color: var(--stroke); font-weight: 600; white-space: nowrap }
.rows tr.lost td:nth-child(2) { text-decoration: line-through; text-decoration-color: var(--lost) }
@media screen and (max-width: 40rem) {
  body { padding: 1rem .75rem }
  .rows { display: block; min-width: 0 }
  .rows thead { position: absolute; width: 1px; overflow: hidden; clip-path: inset(50%) }
  .rows tbody, .rows tr { display: block }
  .rows tr { padding: .5rem .8rem; border-bottom: 1px solid var(--rule) }
  .rows td { display: inline; padding: 0 .35rem 0 0; border: 0 }
  .matrix table { min-width: 100% }
  .matrix th, .matrix td { min-width: 7.5rem; max-width: 12rem; padding: .35rem .5rem }
}
@media print {
  :root { --page: #fff; --panel: #fff; --ink: #000; --muted: #444; --rule: #bbb; --line: #666; --people: #0969da; --programs: #8250df; --outside: #bf3989; --roles: #9a6700; --resources: #0f766e; --gained: #1a7f37; --lost: #cf222e }
  body { padding: 0; max-width: none; font-size: 10pt }
  .tools, .skip { display: none }
  .scroll { max-height: none; overflow: visible; border: 0 }
  .picture svg { min-width: 0 !important; max-height: 95vh }
  .rows { min-width: 0 }
  .matrix th { position: static !important }
  tr { break-inside: avoid }
}
`;
