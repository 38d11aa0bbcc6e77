import Ajv from "ajv/dist/2020";
import { parsePlanJson } from "../../../scripts/lib/plan/plan-json";
import { plain } from "../../../scripts/lib/plan/rich-text";
import { parseAllowances } from "../../../scripts/lib/review/allowances";
import type { PlanReview } from "../../../scripts/lib/review/plan-review";
import { reviewJson } from "../../../scripts/lib/review/render/json";
import { reviewMarkdown } from "../../../scripts/lib/review/render/markdown";
import { reviewSarif } from "../../../scripts/lib/review/render/sarif";
import { reviewText } from "../../../scripts/lib/review/render/text";
import { reviewPlan } from "../../../scripts/lib/review/review-plan";
import schema from "../../../scripts/plan-review.schema.json";
import { readPlans } from "../../support/plan-fixtures";

const TODAY = "2026-11-23";
const NOTHING = "Nothing is lost, broken or weakened";
const PLANS = readPlans();
const validate = new Ajv().compile(schema);

function reviewOf(name: string, allowList?: string): PlanReview {
  return reviewPlan(parsePlanJson(PLANS[name] ?? ""), {
    policy: "weakening",
    allowances: parseAllowances(allowList ?? "[]", TODAY),
    today: TODAY,
  });
}

test("there are recorded plans", () => {
  expect(Object.keys(PLANS).length).toBeGreaterThan(80);
});

describe.each(Object.keys(PLANS))("the plan %s", (name) => {
  const review = reviewOf(name);
  const { findings, access, gate } = review;

  test("is as the schema describes it", () => {
    expect([validate(JSON.parse(reviewJson(review))), validate.errors]).toEqual(
      [true, null],
    );
  });

  test("is said to lose nothing only if nothing is found and no access changes", () => {
    const { gained, lost, unknown } = access;
    const mayBe =
      findings.length + gained.length + lost.length + unknown.length === 0;
    for (const text of [reviewText(review), reviewMarkdown(review)])
      expect(!mayBe && text.includes(NOTHING)).toBe(false);
  });

  test("has a result in code scanning for each finding and each access that is gained", () => {
    const { runs } = JSON.parse(reviewSarif(review)) as {
      readonly runs: readonly [{ readonly results: readonly unknown[] }];
    };
    expect(runs[0].results).toHaveLength(
      findings.length + access.gained.length,
    );
  });

  test("passes with the allow-list that its review prints", () => {
    const { allowList } = gate;
    const next =
      allowList === undefined ? gate : reviewOf(name, allowList).gate;
    expect([gate.passes, next.passes, next.notices.map(plain)]).toEqual([
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
    "user pool veda-auth-stack-dev accepts shorter passwords: 8, was 12; no longer requires symbols in passwords",
  ],
  [
    "token-life-longer",
    "access tokens of client veda-dashboard are valid for longer: 1 d, were for 1 h; refresh tokens of client veda-dashboard are valid for longer: 365 d, were for 30 d",
  ],
])("the finding of %s names its resource once", (name, message) => {
  expect(reviewOf(name).findings.map((one) => plain(one.message))).toEqual([
    message,
  ]);
});

test("what is deleted gains no access, and has its name", () => {
  const { access, changes, findings } = reviewOf("client-destroyed");
  expect(access.gained).toEqual([]);
  expect(changes.map(({ what }) => plain(what))).toEqual([
    "client veda-dashboard",
  ]);
  expect(findings).toHaveLength(1);
});
