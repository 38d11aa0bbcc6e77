import Ajv from "ajv/dist/2020";
import { applyGate } from "../../../scripts/lib/review/gate";
import { Redactor } from "../../../scripts/lib/plan/redactor";
import { parseAllowances } from "../../../scripts/lib/review/allowances";
import schema from "../../../scripts/plan-review.schema.json";
import { formatAccessHtml } from "../../../scripts/lib/access/render/html";
import { formatAccessMermaid } from "../../../scripts/lib/access/render/mermaid";
import {
  formatAccessMarkdown,
  formatAccessText,
} from "../../../scripts/lib/access/render/text-and-markdown";
import { buildAccessGraph } from "../../../scripts/lib/access/build-access-graph";
import { parsePlanJson } from "../../../scripts/lib/plan/plan-json";
import { buildPlanModel } from "../../../scripts/lib/plan/plan-model";
import { toPlainText } from "../../../scripts/lib/plan/rich-text";
import type { PlanReview } from "../../../scripts/lib/review/review-model";
import { renderJson } from "../../../scripts/lib/review/render/json";
import { renderMarkdown } from "../../../scripts/lib/review/render/markdown";
import { renderSarif } from "../../../scripts/lib/review/render/sarif";
import { renderText } from "../../../scripts/lib/review/render/text";
import { reviewPlan } from "../../../scripts/lib/review/review-plan";
import { PLANTED, PLAN_CASES } from "../../support/plan-cases";
import { EXPECTATIONS } from "../../support/plan-expectations";
import { writeReasons } from "../../support/plan-reviews";
import { readPlans } from "../../support/plan-archives";
import { foreignKinds, rendered } from "../../support/rendered-markdown";

const PLANS = readPlans();
const NAMES = Object.keys(PLAN_CASES).sort();
/** A plan that is too large for a comment. */
const LARGE = "thousand-clients";

/** HTML in a comment: its marker, and collapsed parts. */
const OWN_HTML =
  /^(<!-- veda-auth-plan-review:dev -->|<details>\n?<summary>(?:Address and rule|Allow-list that lets this plan pass|[\w ]+\(\d+\))<\/summary>|<\/details>)$/;

const TODAY = "2026-11-23";
const NOTHING = "Nothing is lost, broken or weakened";
const validate = new Ajv().compile(schema);
const REVIEWS = new Map<string, PlanReview>();

function review(name: string): PlanReview {
  const known = REVIEWS.get(name);
  if (known !== undefined) return known;
  const reviewed = reviewPlan(parsePlanJson(PLANS[name] ?? ""), {
    policy: "weakening",
    allowances: [],
    today: TODAY,
  });
  REVIEWS.set(name, reviewed);
  return reviewed;
}

/** Summarizes a review in the shape of an expectation. */
function summary({ verdict, findings, access, drift }: PlanReview): object {
  const { isEmpty, ...counts } = verdict;
  const counted = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([what, count]) => `${what} ${count}`);
  const { gained, lost, unknown, same } = access;
  return {
    verdict: isEmpty ? "no changes" : counted.join(", ") || "no resource",
    findings: findings.map(({ rule, consequences }) =>
      consequences.length === 0 ? rule : `${rule} +${consequences.length}`,
    ),
    access: [gained, lost, unknown, same].map((sentences) => sentences.length),
    ...(drift.length > 0 && { drift: drift.length }),
  };
}

test("each case has a plan that Terraform made, and an expectation", () => {
  expect(Object.keys(PLANS)).toEqual(NAMES);
  expect(Object.keys(EXPECTATIONS).sort()).toEqual(NAMES);
  expect(NAMES.length).toBeGreaterThanOrEqual(80);
});

test.each(Object.entries(EXPECTATIONS))("%s", (name, expected) => {
  expect(summary(review(name))).toEqual(expected);
});

test("a comment shows the access of a thousand clients as far as it fits", () => {
  const reviewed = review(LARGE);
  expect(reviewed.verdict.add).toBe(4032);
  const services = reviewed.access.gained.filter((sentence) =>
    /^service client client-\d+ can now request scope stac:register of /.test(
      toPlainText(sentence),
    ),
  );
  expect(services).toHaveLength(1000);
  expect(renderMarkdown(reviewed)).toMatch(/… and \d+ more/);
});

describe("no output contains a secret of", () => {
  const planted = [
    ...Object.values(PLANTED).flatMap((text) => text.split("\n")),
    "planted-client-secret",
    "planted-new-value",
  ].filter((line) => !line.startsWith("-----"));

  test.each(NAMES)("%s", (name) => {
    const plan = parsePlanJson(PLANS[name] ?? "");
    const reviewed = review(name);
    const { after, before } = buildPlanModel(plan);
    const graph = buildAccessGraph(after, before);
    const forms = [
      renderMarkdown(reviewed),
      renderText(reviewed),
      renderText(reviewed, { colors: true }),
      renderJson(reviewed),
      renderSarif(reviewed),
      formatAccessText(graph),
      formatAccessMarkdown(graph),
      formatAccessMermaid(graph),
      formatAccessHtml(graph, { title: name }),
    ];
    for (const form of forms)
      for (const secret of planted) expect(form).not.toContain(secret);
  });

  test("the plans that contain them", () => {
    const text = PLANS["planted-secrets"] ?? "";
    const inPlan = JSON.stringify(JSON.parse(text));
    for (const secret of Object.values(PLANTED))
      expect(inPlan).toContain(
        JSON.stringify(secret).slice(1, -1).split("\\n")[0],
      );
    expect(inPlan).toContain("planted-client-secret-0-c4nary");
  });
});

test("text and Markdown state that there are no changes", () => {
  const reviewed = review("nothing-changes");
  expect(renderText(reviewed)).toMatch(/^Stage dev: no changes$/m);
  expect(renderMarkdown(reviewed)).toMatch(/^### Stage `dev`: no changes$/m);
});

test.each(NAMES)("GitHub renders the comment of %s as intended", (name) => {
  const markdown = renderMarkdown(review(name));
  expect(Buffer.byteLength(markdown)).toBeLessThan(65_536);
  const page = rendered(markdown);
  expect(foreignKinds(page)).toEqual([]);
  expect(page.html.filter((html) => !OWN_HTML.test(html.trim()))).toEqual([]);
});

describe("a plan that is not complete", () => {
  const text = PLANS["everything-created"] ?? "";

  test.each([0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.9999])(
    "fails when it is cut after %d of it",
    (part) => {
      const cut = text.slice(0, Math.floor(text.length * part));
      expect(() => parsePlanJson(cut)).toThrow(
        "plan must be complete JSON, got incomplete JSON or another format",
      );
    },
  );

  test("fails when it is of a newer format", () => {
    const newer = text.replace(/"format_version":"1/, '"format_version":"2');
    expect(() => parsePlanJson(newer)).toThrow("plan must be in format 1");
  });

  test("fails when its changes are left out", () => {
    const rest = {
      ...(JSON.parse(text) as object),
      resource_changes: undefined,
    };
    expect(() => parsePlanJson(JSON.stringify(rest))).toThrow(
      "plan must be complete, got one",
    );
  });

  test("fails when the run failed", () => {
    const failed = text.replace('"errored":false', '"errored":true');
    expect(failed).not.toBe(text);
    expect(() => parsePlanJson(failed)).toThrow("got one that failed");
  });
});

describe.each(NAMES)("the plan %s", (name) => {
  const reviewed = review(name);
  const { findings, access, gate } = reviewed;

  test("is as the schema describes it", () => {
    expect([
      validate(JSON.parse(renderJson(reviewed))),
      validate.errors,
    ]).toEqual([true, null]);
  });

  test("is reported to lose nothing only without findings and access changes", () => {
    const { gained, lost, unknown } = access;
    const mayBe =
      findings.length + gained.length + lost.length + unknown.length === 0;
    for (const text of [renderText(reviewed), renderMarkdown(reviewed)])
      expect(!mayBe && text.includes(NOTHING)).toBe(false);
  });

  test("has a result in code scanning for each finding and each access that is gained", () => {
    const { runs } = JSON.parse(renderSarif(reviewed)) as {
      readonly runs: readonly [{ readonly results: readonly unknown[] }];
    };
    expect(runs[0].results).toHaveLength(
      findings.length + access.gained.length,
    );
  });

  test("passes with the allow-list that its review prints", () => {
    const { allowList } = gate;
    const next =
      allowList === undefined
        ? gate
        : applyGate(findings, {
            policy: "weakening",
            allowances: parseAllowances(writeReasons(allowList), TODAY),
            stage: reviewed.stage,
            today: TODAY,
            redactor: new Redactor([]),
          }).gate;
    expect([gate.passes, next.passes, next.notices.map(toPlainText)]).toEqual([
      findings.length === 0,
      true,
      [],
    ]);
  });
});

test.each([
  [
    "policy-wider",
    "role veda-auth-stack-dev-veda-readers gains s3:GetBucket* on *; s3:GetObject* on *; s3:List* on *",
  ],
  [
    "password-policy-weaker",
    "user pool veda-auth-stack-dev allows shorter passwords: 8, was 12; no longer requires symbols in passwords",
  ],
  [
    "token-validity-longer",
    "access tokens of client veda-dashboard are valid for longer: 1 d, was 1 h; refresh tokens of client veda-dashboard are valid for longer: 365 d, was 30 d",
  ],
])("the finding of %s names its resource once", (name, message) => {
  expect(review(name).findings.map((one) => toPlainText(one.message))).toEqual([
    message,
  ]);
});

test("a deleted client gains no access, and has its name", () => {
  const { access, changes, findings } = review("client-destroyed");
  expect(access.gained).toEqual([]);
  expect(changes.map(({ what }) => toPlainText(what))).toEqual([
    "client veda-dashboard",
  ]);
  expect(findings).toHaveLength(1);
});
