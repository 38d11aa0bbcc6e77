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

test("the content security policy allows only the own style and script", () => {
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

test("the page has no external resources and no inline handlers", () => {
  expect(page).not.toMatch(/(src|href|action|srcset)="(?!#)/);
  expect(page).not.toMatch(/@import|url\((?!#)|\sstyle=|\son[a-z]+=/);
});

test("the order of nodes and edges does not change the page", () => {
  const { nodes, edges } = buildStageGraph({ changed: true });
  const reversed = { nodes: [...nodes].reverse(), edges: [...edges].reverse() };
  expect(formatAccessHtml(reversed, { title: "Who?" })).toBe(page);
});

test("a page without a change has no filter, column or legend of changes", () => {
  const same = formatAccessHtml(buildStageGraph({ changed: false }), {
    title: "Who?",
  });
  const body = same.slice(same.indexOf("<body>"), same.indexOf("<script"));
  expect(body).not.toMatch(/Only changes|>Change<|gained<|lost<|id="changes"/);
});

test("the kind of users is not repeated before a name that includes it", () => {
  const name = "users of identity provider Keycloak";
  const { nodes, edges } = buildStageGraph({ changed: false });
  const [from] = edges.map((edge) => edge.from);
  const text = formatAccessHtml(
    {
      nodes: nodes.map((node) =>
        node.id === from
          ? { ...node, kind: "users", name: name as typeof node.name }
          : node,
      ),
      edges,
    },
    { title: "Who?" },
  );
  expect(text).toContain(`<code>${name}</code>`);
  expect(text).not.toMatch(/users(<\/small>)? (<code>)?users of/);
});

describe("the page of a plan", () => {
  const plan = {
    title: "Access",
    stage: "dev",
    hash: "sha256:0123456789abcdef",
    date: "2026-03-01T13:14:15+01:00",
  };

  test("has the stage, the hash and the UTC date of the plan in title and heading", () => {
    const text = formatAccessHtml(buildStageGraph({ changed: true }), plan);
    expect(/<title>(.*)<\/title>/.exec(text)?.[1]).toBe(
      "Access · stage dev · plan sha256:0123456789abcdef · created 2026-03-01 12:14:15 UTC",
    );
    expect(/<h1>(.*)<\/h1>/.exec(text)?.[1]?.replace(/<[^>]*>/g, "")).toBe(
      "Access stage dev, plan sha256:0123456789abcdef, created 2026-03-01 12:14:15 UTC",
    );
  });

  test("first shows only changes", () => {
    expect(formatAccessHtml(buildStageGraph({ changed: true }), plan)).toMatch(
      /<input id="only" type="checkbox" autocomplete="off" checked>/,
    );
  });

  test("has a sentence if no access changes", () => {
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

  test("has one drawing if everything changes", () => {
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
      expect(listTags(of(name))).toEqual(listTags(of("plain")));
    },
  );
});

describe("matrices", () => {
  test("are tables with a caption and row and column headers", () => {
    const [, first = ""] =
      /<section id="matrices"[^>]*>[^]*?(<table>[^]*?<\/table>)/.exec(page) ??
      [];
    expect(first).toContain("<caption>Groups × buckets</caption>");
    expect(first.match(/<th scope="col">/g)).toHaveLength(4);
    expect(first.match(/<th scope="row">/g)).toHaveLength(4);
    expect(first).toContain('<span class="gained">+ write (gained)</span>');
    expect(first).toContain('<span class="lost">− read (lost)</span>');
  });

  test("are above the drawing and the table", () => {
    const offsets = ['id="matrices"', 'id="all"', 'id="table"'].map((id) =>
      page.indexOf(id),
    );
    expect(offsets[0]).toBeGreaterThan(0);
    expect(offsets).toEqual([...offsets].sort((one, other) => one - other));
  });
});

test("applications have the color of programs", () => {
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
    ...text.matchAll(
      /<g class="node (\w+)"[^>]*aria-label="(service client|\w+)/g,
    ),
  ];
  expect(
    Object.fromEntries(tones.map(([, tone, kind]) => [kind, tone])),
  ).toEqual(
    expect.objectContaining({
      client: "programs",
      "service client": "programs",
      group: "people",
      repository: "outside",
    }),
  );
  expect(text).toContain("programs: clients</li>");
});

test("a shortened name or label has its full text as a tooltip", () => {
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

test("the page of an empty graph has a sentence", () => {
  expect(formatAccessHtml(buildGraph([]), { title: "Who?" })).toContain(
    "No one can do anything.",
  );
});

test("the page of 1,000 nodes is smaller than 3 MB", () => {
  const large = formatAccessHtml(buildLargeGraph(1000), { title: "Who?" });
  expect(large.length).toBeLessThan(3_000_000);
}, 30_000);

test.each(NASTY_NAMES)("a name with %s adds no markup", (_, name) => {
  expect(listTags(formatNamedPage(name))).toEqual(
    listTags(formatNamedPage("plain")),
  );
  expect(
    /(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.exec(formatNamedPage(name))?.[0],
  ).toBeUndefined();
});

function formatNamedPage(name: string): string {
  return formatAccessHtml(
    buildGraph([
      [`group ${name}`, `role ${name}`, `stac:${name}`, name],
      [`role ${name}`, `bucket ${name}`, "read", name, "gained"],
    ]),
    { title: name },
  );
}

/** Returns all tags of a page, without attribute values. */
function listTags(html: string): string[] {
  return (html.match(/<[^>]*>/g) ?? []).map((tag) =>
    tag.replace(/"[^"]*"/g, '""'),
  );
}

function hash(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}
