import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "playwright-core";
import { formatAccessHtml } from "../../scripts/lib/access/render/html";
import type { AccessGraph } from "../../scripts/lib/access/access-graph";
import {
  buildGraph,
  buildLargeGraph,
  buildStageGraph,
} from "../support/access-graphs";
import { openFile, startBrowser, type PageErrors } from "../support/browser";
import { NASTY_NAMES } from "../support/nasty-names";

// a large page is drawn while other tests run
jest.setTimeout(60_000);

const directory = mkdtempSync(path.join(tmpdir(), "access-page-"));
let browser: Browser;
let page: Page;
let pageErrors: PageErrors;

beforeAll(async () => {
  browser = await startBrowser();
});

afterEach(async () => {
  await page.close();
  expect(pageErrors).toEqual({ errors: [], requests: [] });
});

afterAll(async () => {
  await browser.close();
  rmSync(directory, { recursive: true });
});

describe("the page of a stage that a plan changes", () => {
  beforeEach(async () => {
    await open(buildStageGraph({ changed: true }));
    await page.uncheck("#only");
  });

  test("a search shows the rows on paths of matches, and Escape clears it", async () => {
    const all = await rows();
    await page.fill("#search", "UPLOADS");
    expect(await rows()).toEqual([
      "group administrators assume role veda-auth-dev-administrators",
      "group editors assume role veda-auth-dev-editors",
      "role veda-auth-dev-administrators read bucket veda-uploads-dev − lost",
      "role veda-auth-dev-editors read bucket veda-uploads-dev",
      "role veda-auth-dev-editors write bucket veda-uploads-dev + gained",
    ]);
    expect(await lit()).toEqual([
      "bucket veda-uploads-dev",
      "group administrators",
      "group editors",
      "role veda-auth-dev-administrators",
      "role veda-auth-dev-editors",
    ]);
    expect(await status()).toBe("1 of 24 names matches, 5 of 26 rows");
    await page.keyboard.press("Escape");
    expect(await rows()).toEqual(all);
    expect(await page.inputValue("#search")).toBe("");
    expect(await status()).toBe("");
  });

  test("a search finds the principals that have a permission", async () => {
    await page.fill("#search", "stac:delete");
    expect(await rows()).toEqual([
      "service client cataloguer stac:delete resource server https://stac.example.org/api + gained",
    ]);
  });

  test("a search without a match shows a sentence", async () => {
    await page.fill("#search", "no such name");
    expect(await rows()).toEqual([]);
    expect(await page.isVisible("text=No row matches.")).toBe(true);
    expect(await status()).toBe("0 of 24 names match, 0 of 26 rows");
  });

  test("a click on a node shows its paths, and a click outside of nodes shows all", async () => {
    await node("role veda-backend-plan").click();
    expect(await lit()).toEqual([
      "repository example/veda-backend",
      "role veda-backend-plan",
      "secret veda-auth-dev/oidc",
    ]);
    expect(await status()).toBe(
      "role veda-backend-plan: reaches 1, reached by 1, 2 of 26 rows",
    );
    await page.click("#all", { position: { x: 5, y: 5 } });
    expect(await lit()).toEqual([]);
    expect(await status()).toBe("");
  });

  test("Tab moves through all nodes and shows their paths", async () => {
    const count = await page.locator("#all [data-node]").count();
    await page.locator(".matrix").last().focus();
    const seen = new Set<string>();
    for (let step = 0; step < count; step++) {
      await page.keyboard.press("Tab");
      seen.add(await status());
    }
    expect(seen.size).toBe(count);
    expect([...seen].every((text) => text.includes(": reaches "))).toBe(true);
    // shortened labels follow
    await page.keyboard.press("Tab");
    expect(await page.textContent("#tip")).toBe(
      "assume in environment production",
    );
    expect(await page.isVisible("#tip")).toBe(true);
  });

  test("Enter on a node shows its paths again after Escape", async () => {
    await node("group readers").focus();
    const before = await lit();
    await page.keyboard.press("Escape");
    expect(await lit()).toEqual([]);
    await page.keyboard.press("Enter");
    expect(await lit()).toEqual(before);
    expect(before).toContain("bucket veda-data-store-dev");
  });

  test("a page first shows only changes, also after a reload", async () => {
    for (let load = 0; load < 2; load++) {
      await page.reload();
      expect(await page.isChecked("#only")).toBe(true);
      expect(await rows()).toHaveLength(6);
      expect(await page.isVisible("#all")).toBe(false);
      expect(await page.isVisible("#changes")).toBe(true);
      await page.uncheck("#only");
      expect(await rows()).toHaveLength(26);
    }
  });

  test("matrices show only rows and columns with changes", async () => {
    await page.check("#only");
    expect(await matrices()).toEqual([
      [
        "Groups × buckets",
        "Group | veda-auth-terraform-state-for-everything-in-this-account | veda-data-store-dev | veda-uploads-dev",
        "group administrators | read | read | − read (lost)",
        "group editors |  | readwrite under staging/ | read+ write (gained)",
      ],
      [
        "Service clients × scopes of https://stac.example.org/api",
        "Service client | stac:delete | stac:register",
        "service client cataloguer | + gained | yes",
      ],
    ]);
    await page.uncheck("#only");
    expect((await matrices()).map((lines) => lines.length)).toEqual([6, 4]);
  });

  test("matrices show only rows that a search finds, and hide without one", async () => {
    await page.fill("#search", "public/");
    expect(await matrices()).toEqual([
      [
        "Groups × buckets",
        "Group | veda-data-store-dev",
        "group readers | read under public/",
      ],
    ]);
    await page.fill("#search", "veda-ingest-deploy");
    expect(await matrices()).toEqual([]);
    expect(await page.isVisible("text=Overview")).toBe(false);
    await page.keyboard.press("Escape");
    expect(await matrices()).toHaveLength(2);
  });

  test("a search finds a group in its matrix if only its role changes", async () => {
    await page.check("#only");
    await page.fill("#search", "role veda-auth-dev-editors");
    expect(await matrices()).toEqual([
      [
        "Groups × buckets",
        "Group | veda-data-store-dev | veda-uploads-dev",
        "group editors | readwrite under staging/ | read+ write (gained)",
      ],
    ]);
  });

  test("keyboard focus shows the full text of a shortened name", async () => {
    const name =
      "bucket veda-auth-terraform-state-for-everything-in-this-account";
    const bucket = node(name);
    expect(await bucket.locator(".name").textContent()).toContain("…");
    expect(await page.isVisible("#tip")).toBe(false);
    await page.keyboard.press("Tab");
    await bucket.focus();
    expect(await page.textContent("#tip")).toBe(name);
    expect(await page.isVisible("#tip")).toBe(true);
    expect(await overflow()).toBe(0);
    await page.keyboard.press("Escape");
    expect(await page.isVisible("#tip")).toBe(false);
  });

  test("the filter shows only changed rows and the drawing of changes", async () => {
    await page.check("#only");
    const changed = await rows();
    expect(changed).toHaveLength(6);
    for (const row of changed) expect(row).toMatch(/(\+ gained|− lost)$/);
    expect(await page.isVisible("#all")).toBe(false);
    expect(await page.locator("#changes .arrow").count()).toBe(6);
    await page.fill("#search", "oidc");
    expect(await rows()).toEqual([
      "repository example/veda-backend assume role veda-backend-plan in pull requests + gained",
      "role veda-backend-plan read secret veda-auth-dev/oidc + gained",
    ]);
    await page.uncheck("#only");
    expect(await page.isVisible("#changes")).toBe(false);
    expect((await rows()).length).toBeGreaterThan(2);
  });

  test.each([1280, 480])("nothing overflows at %d pixels", async (width) => {
    await page.setViewportSize({ width, height: 800 });
    expect(await overflow()).toBe(0);
    expect(await clippedNames()).toEqual([]);
  });
});

describe("other pages", () => {
  test("a name is never an element, and none of its scripts run", async () => {
    const names = NASTY_NAMES.map(([, name]) => name);
    await open(
      buildGraph(
        names.flatMap((name) => [
          [`group ${name}`, `role ${name}`, name, name] as const,
          [`role ${name}`, `bucket ${name}`, "read", name, "gained"] as const,
        ]),
      ),
    );
    expect(await page.locator("img, b, iframe, svg script").count()).toBe(0);
    expect(await page.locator("script").count()).toBe(2);
    expect(
      await page.locator("td code", { hasText: "<img src=x" }).count(),
    ).toBe(4);
    await page.uncheck("#only");
    await page.fill("#search", "<img src=x onerror=alert(1)>");
    expect(await rows()).toHaveLength(2);
    expect(await overflow()).toBe(0);
  });

  test("a search in 1,000 nodes scrolls the first match into view", async () => {
    await open(buildLargeGraph(1000));
    await page.fill("#search", "role team-300");
    expect(await status()).toBe("1 of 999 names matches, 4 of 1332 rows");
    const [found, frame] = await Promise.all([
      page.locator("#all .match").boundingBox(),
      page.locator("#all").boundingBox(),
    ]);
    expect(found?.y).toBeGreaterThanOrEqual(frame?.y ?? NaN);
    expect(found?.y).toBeLessThan((frame?.y ?? NaN) + (frame?.height ?? NaN));
    expect(await overflow()).toBe(0);
  });

  test("a wide matrix scrolls in its frame, and its headers stay in view", async () => {
    const indexs = Array.from({ length: 30 }, (_, index) => index);
    await open(
      buildGraph(
        indexs.flatMap((index) => [
          [`group group-${index}`, `role role-${index}`, "assume"] as const,
          ...indexs.map(
            (other) =>
              [
                `role role-${index}`,
                `bucket bucket-with-a-long-name-${other}`,
                "read",
                `under ${index}/`,
              ] as const,
          ),
        ]),
      ),
    );
    for (const width of [1280, 480]) {
      await page.setViewportSize({ width, height: 800 });
      expect(await overflow()).toBe(0);
      const frame = page.locator(".matrix").first();
      await page.evaluate(
        'document.querySelector(".matrix").scrollTo(1e6, 1e6)',
      );
      const outer = await frame.boundingBox();
      const [row, column] = await Promise.all([
        frame.locator("tbody th").last().boundingBox(),
        frame.locator("thead th").last().boundingBox(),
      ]);
      expect(row?.x).toBeCloseTo((outer?.x ?? NaN) + 1, 0);
      expect(column?.y).toBeCloseTo((outer?.y ?? NaN) + 1, 0);
    }
  });

  test("a page runs only its own script", async () => {
    await open(buildStageGraph({ changed: false }));
    const ran = await page.evaluate(`new Promise((resolve) => {
      document.addEventListener("securitypolicyviolation", ({ effectiveDirective }) => resolve(effectiveDirective));
      const script = document.createElement("script");
      script.textContent = "document.title = 'changed'";
      document.body.append(script);
      setTimeout(() => resolve("nothing"), 30_000);
    })`);
    expect(ran).toBe("script-src-elem");
    expect(await page.title()).toBe("Who can do what");
    expect(pageErrors.errors.splice(0)).toHaveLength(1);
  });
});

async function open(graph: AccessGraph): Promise<void> {
  const file = path.join(directory, "page.html");
  writeFileSync(file, formatAccessHtml(graph, { title: "Who can do what" }));
  ({ page, pageErrors } = await openFile(browser, pathToFileURL(file).href));
}

function node(name: string) {
  return page.locator(
    `#all [data-node][aria-label="${name.replaceAll('"', '\\"')}"]`,
  );
}

async function rows(): Promise<string[]> {
  return await page.evaluate(
    `[...document.querySelectorAll(".rows tbody tr:not([hidden])")].map((row) => [...row.cells].map((cell) => cell.textContent).filter(Boolean).join(" "))`,
  );
}

/** Returns captions, headers and rows of the visible matrices. */
async function matrices(): Promise<string[][]> {
  return await page.evaluate(
    `[...document.querySelectorAll(".part:not([hidden]) table")].map((table) => [
      table.caption.textContent,
      ...[...table.rows].filter((row) => !row.hidden).map((row) => [...row.cells].filter((cell) => !cell.hidden).map((cell) => cell.textContent).join(" | ")),
    ])`,
  );
}

/** Returns names of the highlighted nodes. */
async function lit(): Promise<string[]> {
  return await page.evaluate(
    `[...document.querySelectorAll(".picture:not([hidden]) .node.lit")].map((node) => node.getAttribute("aria-label")).sort()`,
  );
}

async function status(): Promise<string> {
  return (await page.textContent("#status")) ?? "";
}

/** Returns how many pixels the page is wider than the window. */
async function overflow(): Promise<number> {
  return await page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
}

/** Returns names and labels that are wider than their boxes. */
async function clippedNames(): Promise<string[]> {
  return await page.evaluate(
    `[...document.querySelectorAll(".picture:not([hidden]) :is(.node, .label)")].filter((part) => {
      const box = part.querySelector("rect").getBoundingClientRect();
      return [...part.querySelectorAll("text")].some((text) => text.getBoundingClientRect().right > box.right + 1);
    }).map((part) => part.textContent)`,
  );
}
