import { createHash } from "node:crypto";
import { formatAccessHtml } from "../../../../scripts/lib/access/render/html";
import {
  buildGraph,
  buildLargeGraph,
  buildStageGraph,
} from "../../../support/access-graphs";
import { NASTY_NAMES } from "../../../support/nasty-names";

const page = formatAccessHtml(buildStageGraph({ changed: true }), {
  title: "Who?",
});

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
  const { nodes, edges } = buildStageGraph({ changed: true });
  const turned = { nodes: [...nodes].reverse(), edges: [...edges].reverse() };
  expect(formatAccessHtml(turned, { title: "Who?" })).toBe(page);
});

test("a page without a change has neither its box, nor its column, nor its legend", () => {
  const same = formatAccessHtml(buildStageGraph({ changed: false }), {
    title: "Who?",
  });
  const body = same.slice(same.indexOf("<body>"), same.indexOf("<script"));
  expect(body).not.toMatch(
    /Only what changes|>Change<|gained<|lost<|id="changes"/,
  );
});

describe("a page of a plan", () => {
  const plan = {
    title: "Access",
    stage: "dev",
    hash: "sha256:0123456789abcdef",
    date: "2026-03-01T13:14:15+01:00",
  };

  test("names the stage, the plan's hash and its date in UTC in title and heading", () => {
    const text = formatAccessHtml(buildStageGraph({ changed: true }), plan);
    expect(/<title>(.*)<\/title>/.exec(text)?.[1]).toBe(
      "Access · stage dev · plan sha256:0123456789abcdef · 2026-03-01 12:14:15 UTC",
    );
    expect(/<h1>(.*)<\/h1>/.exec(text)?.[1]?.replace(/<[^>]*>/g, "")).toBe(
      "Access · stage dev plan sha256:0123456789abcdef, made 2026-03-01 12:14:15 UTC",
    );
  });

  test("starts with what changes alone", () => {
    expect(formatAccessHtml(buildStageGraph({ changed: true }), plan)).toMatch(
      /<input id="only" type="checkbox" autocomplete="off" checked>/,
    );
  });

  test("says so if nothing changes, also of no access at all", () => {
    for (const graph of [buildStageGraph({ changed: false }), buildGraph([])])
      for (const of of [
        plan,
        { title: "", hash: "x" },
        { title: "", date: "x" },
      ])
        expect(formatAccessHtml(graph, of)).toContain(
          "This plan changes no access.",
        );
    expect(page).not.toContain("This plan");
    const same = formatAccessHtml(buildStageGraph({ changed: false }), {
      title: "Access",
      stage: "dev",
    });
    expect(same).not.toContain("This plan");
  });

  test("has one picture if everything changes", () => {
    const graph = buildGraph([["role a", "bucket b", "read", "", "gained"]]);
    expect(
      formatAccessHtml(graph, plan).match(/class="scroll picture"/g),
    ).toHaveLength(1);
  });

  test.each(NASTY_NAMES)(
    "a stage, a hash and a date with %s add no markup",
    (_, name) => {
      const of = (text: string) =>
        formatAccessHtml(buildGraph([]), {
          title: text,
          stage: text,
          hash: text,
          date: text,
        });
      expect(tagsOf(of(name))).toEqual(tagsOf(of("plain")));
    },
  );
});

describe("matrices", () => {
  test("are tables with a caption and headers of rows and columns", () => {
    const [, first = ""] =
      /<section id="matrices"[^>]*>[^]*?(<table>[^]*?<\/table>)/.exec(page) ??
      [];
    expect(first).toContain("<caption>Groups × buckets</caption>");
    expect(first.match(/<th scope="col">/g)).toHaveLength(4);
    expect(first.match(/<th scope="row">/g)).toHaveLength(4);
    expect(first).toContain('<span class="gained">+ write (gained)</span>');
    expect(first).toContain('<span class="lost">− read (lost)</span>');
  });

  test("stand above the picture and the table", () => {
    const places = ['id="matrices"', 'id="all"', 'id="table"'].map((id) =>
      page.indexOf(id),
    );
    expect(places[0]).toBeGreaterThan(0);
    expect(places).toEqual([...places].sort((one, other) => one - other));
  });
});

test("applications have the color of programs, not of people", () => {
  const text = formatAccessHtml(
    buildGraph([
      ["application a", "resource https://a.example/", "sign in to"],
      ["service b", "resource server c", "scope"],
      ["group g", "role r", "assume"],
      ["repository o/r", "role r", "assume"],
    ]),
    { title: "Access" },
  );
  const tones = [
    ...text.matchAll(/<g class="node (\w+)"[^>]*aria-label="(\w+)/g),
  ];
  expect(
    Object.fromEntries(tones.map(([, tone, kind]) => [kind, tone])),
  ).toEqual(
    expect.objectContaining({
      application: "programs",
      service: "programs",
      group: "people",
      repository: "outside",
    }),
  );
  expect(text).toContain("programs: applications and services</li>");
});

test("a name and a label that are shortened have their whole text as a tooltip", () => {
  const bucket = `bucket-${"x".repeat(50)}`;
  const where = `under ${"y".repeat(50)}/`;
  const text = formatAccessHtml(
    buildGraph([["role r", `bucket ${bucket}`, "read", where]]),
    { title: "Access" },
  );
  expect(text).toMatch(
    new RegExp(
      `data-short="true" tabindex="0" role="button" aria-label="bucket ${bucket}"[^>]*><title>bucket ${bucket}</title>`,
    ),
  );
  expect(text).toMatch(
    new RegExp(
      `data-short="true" tabindex="0" role="img" aria-label="read ${where}"><title>read ${where}</title>`,
    ),
  );
});

test("an empty graph is a page that says so", () => {
  expect(formatAccessHtml(buildGraph([]), { title: "Who?" })).toContain(
    "No one can do anything.",
  );
});

test("a thousand nodes make a page below three megabytes", () => {
  const large = formatAccessHtml(buildLargeGraph(1000), { title: "Who?" });
  expect(large.length).toBeLessThan(3_000_000);
}, 30_000);

test.each(NASTY_NAMES)("a name with %s adds no markup", (_, name) => {
  expect(tagsOf(pageOf(name))).toEqual(tagsOf(pageOf("plain")));
  expect(
    /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.exec(pageOf(name))?.[0],
  ).toBeUndefined();
});

function pageOf(name: string): string {
  return formatAccessHtml(
    buildGraph([
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
