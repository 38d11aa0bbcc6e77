import { accessHtml } from "../../../scripts/lib/access/access-html";
import { accessMermaid } from "../../../scripts/lib/access/access-mermaid";
import {
  accessMarkdown,
  accessTable,
} from "../../../scripts/lib/access/access-table";
import { graphOf } from "../../../scripts/lib/access/graph-of";
import { plain } from "../../../scripts/lib/access/phrase";
import {
  snapshotAfter,
  snapshotBefore,
} from "../../../scripts/lib/access/plan-snapshot";
import { parsePlanJson } from "../../../scripts/lib/plan/plan-json";
import { reviewJson } from "../../../scripts/lib/review/json-form";
import { reviewMarkdown } from "../../../scripts/lib/review/markdown-form";
import type { PlanReview } from "../../../scripts/lib/review/plan-review";
import { reviewPlan } from "../../../scripts/lib/review/review-plan";
import { reviewSarif } from "../../../scripts/lib/review/sarif-form";
import { secretsOf } from "../../../scripts/lib/review/secrets";
import { reviewText } from "../../../scripts/lib/review/text-form";
import { PLANTED, PLAN_CASES } from "../../support/plan-cases";
import { readPlans } from "../../support/plan-fixtures";
import { foreignKinds, rendered } from "../../support/rendered-markdown";
import { REVIEWED } from "../../support/plan-expectations";

const PLANS = readPlans();
const NAMES = Object.keys(PLAN_CASES).sort();
/** One with more than a table can hold. */
const LARGE = "thousand-clients";

/** What of HTML a comment has: the line that it is known by, and parts that fold. */
const OWN_HTML =
  /^(<!-- veda-auth-plan-review:dev -->|<details>\n<summary>[\w ]+\(\d+\)<\/summary>|<\/details>)$/;

const REVIEWS = new Map<string, PlanReview>();

function review(name: string): PlanReview {
  const known = REVIEWS.get(name);
  if (known !== undefined) return known;
  const reviewed = reviewPlan(parsePlanJson(PLANS[name] ?? ""), {
    policy: "weakening",
    allowances: [],
    today: "2026-01-01",
  });
  REVIEWS.set(name, reviewed);
  return reviewed;
}

/** What a review says, a line each: the verdict, losses, and access that is gained, lost or not known. */
function said({ verdict, losses, access, drift }: PlanReview): string[] {
  const { isEmpty, ...counts } = verdict;
  const counted = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${what} ${count}`);
  return [
    isEmpty ? "no changes" : counted.join(", ") || "no resource",
    ...losses.map(({ rule, told }) => `${rule}: ${plain(told)}`),
    ...access.gained.map((phrase) => `+ ${plain(phrase)}`),
    ...access.lost.map((phrase) => `- ${plain(phrase)}`),
    ...access.unknown.map((phrase) => `? ${plain(phrase)}`),
    ...drift.map((phrase) => `drift: ${plain(phrase)}`),
  ];
}

test("each case has a plan that Terraform made, and an expectation", () => {
  expect(Object.keys(PLANS)).toEqual(NAMES);
  expect([...Object.keys(REVIEWED), LARGE].sort()).toEqual(NAMES);
  expect(NAMES.length).toBeGreaterThanOrEqual(80);
});

test.each(Object.entries(REVIEWED))("%s", (name, expected) => {
  expect(said(review(name))).toEqual(expected);
});

test("a thousand clients are reviewed in less than two seconds, and all told", () => {
  REVIEWS.delete(LARGE);
  const started = process.cpuUsage();
  const reviewed = review(LARGE);
  const markdown = reviewMarkdown(reviewed);
  // the processor's seconds: what else the machine does is not counted
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1e6).toBeLessThan(2);
  expect(reviewed.verdict.add).toBe(4032);
  const services = reviewed.access.gained.filter((phrase) =>
    /^service client-\d+ may now stac:register on /.test(plain(phrase)),
  );
  expect(services).toHaveLength(1000);
  expect(markdown).toMatch(/… and \d+ more/);
});

describe("no form holds a secret of", () => {
  const planted = [
    ...Object.values(PLANTED).flatMap((text) => text.split("\n")),
    "planted-client-secret",
    "planted-new-value",
  ].filter((line) => !line.startsWith("-----"));

  test.each(NAMES)("%s", (name) => {
    const plan = parsePlanJson(PLANS[name] ?? "");
    const reviewed = review(name);
    const graph = secretsOf(plan).hideIn(
      graphOf(snapshotAfter(plan), snapshotBefore(plan)),
    );
    const forms = [
      reviewMarkdown(reviewed),
      reviewText(reviewed),
      reviewText(reviewed, { colors: true }),
      reviewJson(reviewed),
      reviewSarif(reviewed),
      accessTable(graph),
      accessMarkdown(graph),
      accessMermaid(graph),
      accessHtml(graph, { title: name }),
    ];
    for (const form of forms)
      for (const secret of planted) expect(form).not.toContain(secret);
  });

  test("plans that do hold them", () => {
    const text = PLANS["planted-secrets"] ?? "";
    const inPlan = JSON.stringify(JSON.parse(text));
    for (const secret of Object.values(PLANTED))
      expect(inPlan).toContain(
        JSON.stringify(secret).slice(1, -1).split("\\n")[0],
      );
    expect(inPlan).toContain("planted-client-secret-0-c4nary");
  });
});

test("no changes are said plainly, in each form for people", () => {
  const reviewed = review("nothing-changes");
  expect(reviewText(reviewed)).toMatch(/^Stage dev: no changes$/m);
  expect(reviewMarkdown(reviewed)).toMatch(/^### Stage `dev`: no changes$/m);
});

test.each(NAMES)("the comment of %s is one that GitHub takes", (name) => {
  const markdown = reviewMarkdown(review(name));
  expect(Buffer.byteLength(markdown)).toBeLessThan(65_536);
  const page = rendered(markdown);
  expect(foreignKinds(page)).toEqual([]);
  expect(page.html.filter((html) => !OWN_HTML.test(html.trim()))).toEqual([]);
});

describe("a plan that is not whole fails, and is never one without changes:", () => {
  const text = PLANS["everything-made"] ?? "";

  test.each([0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.9999])(
    "fails when it is cut after %d of it",
    (part) => {
      const cut = text.slice(0, Math.floor(text.length * part));
      expect(() => parsePlanJson(cut)).toThrow(
        "plan must be JSON, whole, got something else or a part of one",
      );
    },
  );

  test("fails when it is of a newer format", () => {
    const newer = text.replace(/"format_version":"1/, '"format_version":"2');
    expect(() => parsePlanJson(newer)).toThrow("plan must be of format 1");
  });

  test("fails when its changes are left out", () => {
    const rest = {
      ...(JSON.parse(text) as object),
      resource_changes: undefined,
    };
    expect(() => parsePlanJson(JSON.stringify(rest))).toThrow(
      "plan must be whole",
    );
  });

  test("fails when the run failed", () => {
    const failed = text.replace('"errored":false', '"errored":true');
    expect(failed).not.toBe(text);
    expect(() => parsePlanJson(failed)).toThrow("got one that failed");
  });
});
