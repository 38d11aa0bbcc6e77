import { createHash } from "node:crypto";
import { accessHtml } from "../../../scripts/lib/access/access-html";
import {
  accessGraph,
  largeGraph,
  stageGraph,
} from "../../support/access-graphs";
import { NASTY_NAMES } from "../../support/nasty-names";

const page = accessHtml(stageGraph({ changed: true }), { title: "Who?" });

test("the policy allows this style and this script, and nothing else", () => {
  const [, style = ""] = /<style>([^]*?)<\/style>/.exec(page) ?? [];
  const [, script = ""] = /<script>([^]*?)<\/script>/.exec(page) ?? [];
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(
    page,
  )?.[1];
  expect(policy?.split("; ")).toEqual([
    "default-src 'none'",
    `style-src 'sha256-${hash(style)}'`,
    `script-src 'sha256-${hash(script)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ]);
});

test("the page names nothing outside of itself", () => {
  expect(page).not.toMatch(/(src|href|action|srcset)="(?!#)/);
  expect(page).not.toMatch(/@import|url\((?!#)|\sstyle=|\son[a-z]+=/);
});

test("the same graph gives the same page in whatever order it comes", () => {
  const { nodes, edges } = stageGraph({ changed: true });
  const turned = { nodes: [...nodes].reverse(), edges: [...edges].reverse() };
  expect(accessHtml(turned, { title: "Who?" })).toBe(page);
});

test("a page without a change has neither its box, nor its column, nor its legend", () => {
  const same = accessHtml(stageGraph({ changed: false }), { title: "Who?" });
  const body = same.slice(same.indexOf("<body>"), same.indexOf("<script"));
  expect(body).not.toMatch(
    /Only what changes|>Change<|gained<|lost<|id="changes"/,
  );
});

test("an empty graph is a page that says so", () => {
  expect(accessHtml(accessGraph([]), { title: "Who?" })).toContain(
    "Nobody may do anything.",
  );
});

test("a thousand nodes make a page below three megabytes", () => {
  const large = accessHtml(largeGraph(1000), { title: "Who?" });
  expect(large.length).toBeLessThan(3_000_000);
}, 30_000);

test.each(NASTY_NAMES)("a name with %s adds no markup", (_, name) => {
  expect(tagsOf(pageOf(name))).toEqual(tagsOf(pageOf("plain")));
  expect(
    /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.exec(pageOf(name))?.[0],
  ).toBeUndefined();
});

function pageOf(name: string): string {
  return accessHtml(
    accessGraph([
      [`group ${name}`, `role ${name}`, `stac:${name}`, name],
      [`role ${name}`, `bucket ${name}`, "read", name, "gained"],
    ]),
    { title: name },
  );
}

/** Every tag of a page, without the values of its attributes. */
function tagsOf(html: string): string[] {
  return (html.match(/<[^>]*>/g) ?? []).map((tag) =>
    tag.replace(/"[^"]*"/g, '""'),
  );
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}
