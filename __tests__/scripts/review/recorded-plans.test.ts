import { parsePlanJson, PlanJson } from "../../../scripts/lib/plan/plan-json";
import { reviewPlan } from "../../../scripts/lib/review/review-plan";
import type { PlanReview } from "../../../scripts/lib/review/review-model";
import { parseAllowances } from "../../../scripts/lib/review/allowances";
import {
  DANGEROUS_RULES,
  MADE_UP_RULES,
  SIGN_IN_PLAN_RULES,
} from "../../support/dangerous-rules";
import { SIGN_IN_CASES } from "../../support/dangerous/sign-in";
import { ACCOUNT_PLANS, DANGEROUS_PLANS } from "../../support/dangerous-plans";
import {
  buildSyntheticPlan,
  SYNTHETIC_PLANS,
} from "../../support/synthetic-plans";
import { ORDINARY_PLANS } from "../../support/ordinary-plans";
import { writeReasons } from "../../support/plan-reviews";
import { readPlans, type Archive } from "../../support/plan-archives";
import { Redactor } from "../../../scripts/lib/plan/redactor";
import { applyGate } from "../../../scripts/lib/review/gate";

const DANGEROUS = readPlans("dangerous-plans");
const ACCOUNT = readPlans("account-plans");
const SIGN_IN = readPlans("sign-in-plans");
const ORDINARY = readPlans("ordinary-plans");
/** Every plan that a policy must stop. */
const STOPPED = { ...DANGEROUS, ...ACCOUNT, ...SIGN_IN };
const EXPECTED_RULES = { ...DANGEROUS_RULES, ...SIGN_IN_PLAN_RULES };
const NOTHING = formatProviders(
  parsePlanJson(ORDINARY["nothing-changed"] ?? ""),
);

interface Check {
  readonly status: string;
}

interface Resource {
  readonly provisioners?: unknown;
}

/** Returns what a plan would do, or how its configuration differs from one that changes nothing. */
function listEffects(text: string): readonly unknown[] {
  const plan = parsePlanJson(text);
  const configuration = plan.configuration as {
    readonly provider_config: unknown;
    readonly root_module: { readonly resources?: readonly Resource[] };
  };
  const { resources = [] } = configuration.root_module;
  return [
    ...plan.resource_changes.filter(
      ({ change }) => change.actions.join() !== "no-op",
    ),
    ...resources.filter(({ provisioners }) => provisioners !== undefined),
    ...((plan.checks ?? []) as readonly Check[]).filter(
      ({ status }) => status !== "pass" && status !== "unknown",
    ),
    ...(formatProviders(plan) === NOTHING
      ? []
      : [configuration.provider_config]),
  ];
}

function formatProviders({ configuration }: PlanJson): string {
  return JSON.stringify(
    (configuration as { readonly provider_config: unknown }).provider_config,
  );
}

const ARCHIVES: readonly (readonly [Archive, Readonly<object>])[] = [
  ["dangerous-plans", DANGEROUS_PLANS],
  ["account-plans", ACCOUNT_PLANS],
  ["ordinary-plans", ORDINARY_PLANS],
  ["sign-in-plans", SIGN_IN_CASES],
];

test.each(ARCHIVES)("every case of %s is recorded", (archive, cases) => {
  expect(Object.keys(readPlans(archive)).sort()).toEqual(
    Object.keys(cases).sort(),
  );
});

describe("a dangerous plan has an effect that a reviewer could see", () => {
  test.each(Object.keys(DANGEROUS_PLANS).filter((name) => !isPartial(name)))(
    "%s",
    (name) => {
      expect(listEffects(DANGEROUS[name] ?? "")).not.toEqual([]);
    },
  );

  test.each(Object.keys(ACCOUNT_PLANS))("%s", (name) => {
    const { resource_changes } = parsePlanJson(ACCOUNT[name] ?? "");
    const actions = resource_changes.map(({ change }) => change.actions.join());
    expect(new Set(actions).size).toBeGreaterThan(1);
  });
});

/** A plan that leaves out what was asked for. */
function isPartial(name: string): boolean {
  return name.endsWith("part-of-a-plan");
}

test("plans of OpenTofu do not state whether they are complete", () => {
  const plans = Object.entries(DANGEROUS).filter(([name]) =>
    name.startsWith("opentofu-"),
  );
  expect(plans).toHaveLength(3);
  for (const [, text] of plans)
    expect(parsePlanJson(text).complete).toBeUndefined();
});

test.each(Object.entries(SYNTHETIC_PLANS))(
  "made-up plan %s differs from the recorded one and is read",
  (_, plan) => {
    const text = buildSyntheticPlan(plan);
    expect(text).not.toBe(ORDINARY[plan.from ?? "nothing-changed"]);
    expect(parsePlanJson(text).format_version).toMatch(/^1\./);
  },
);

const TODAY = "2026-11-30";

const REVIEWS = new Map<string, PlanReview>();

function review(text: string): PlanReview {
  const reviewed =
    REVIEWS.get(text) ??
    reviewPlan(parsePlanJson(text), {
      policy: "weakening",
      allowances: [],
      today: TODAY,
    });
  REVIEWS.set(text, reviewed);
  return reviewed;
}

describe("a dangerous plan is stopped by policy weakening, by its rules:", () => {
  test.each(Object.entries(STOPPED))("%s", (name, text) => {
    const { findings, gate } = review(text);
    expect(gate.passes).toBe(false);
    expect(EXPECTED_RULES[name]).not.toEqual([]);
    expect(findings.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining([...(EXPECTED_RULES[name] ?? [])]),
    );
  });

  test.each(Object.entries(SYNTHETIC_PLANS))("made up, %s", (name, plan) => {
    const { findings, gate } = review(buildSyntheticPlan(plan));
    const expected = MADE_UP_RULES[name];
    expect(gate.passes).toBe(expected?.length === 0);
    expect(findings.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining([...(expected ?? [])]),
    );
  });

  test("the allow-list that is printed is what lets it pass", () => {
    for (const text of Object.values(STOPPED)) {
      const { findings, stage, gate } = review(text);
      const allowed = applyGate(findings, {
        policy: "weakening",
        allowances: parseAllowances(writeReasons(gate.allowList), TODAY),
        stage,
        today: TODAY,
        redactor: new Redactor([]),
      });
      expect(allowed.gate).toMatchObject({ passes: true, notices: [] });
    }
  });
});

describe("an ordinary change passes policy weakening, or needs the one entry that it should:", () => {
  test.each(Object.entries(ORDINARY_PLANS))("%s", (name, { needs }) => {
    const { findings, gate } = review(ORDINARY[name] ?? "");
    expect(findings.map(({ rule }) => rule)).toEqual(needs);
    expect(gate.passes).toBe(needs.length === 0);
  });
});

test("ordinary plans are at least twenty, and none asks for two kinds of entries", () => {
  const cases = Object.values(ORDINARY_PLANS);
  expect(cases.length).toBeGreaterThanOrEqual(24);
  expect(cases.filter(({ needs }) => needs.length > 1)).toEqual([]);
});

test("only moves, outputs, comments and what is read change no resource", () => {
  const idle = Object.entries(ORDINARY).filter(
    ([, text]) => listEffects(text).length === 0,
  );
  expect(idle.map(([name]) => name).sort()).toEqual([
    "code-only",
    "drift-read",
    "group-moved",
    "nothing-changed",
    "output-added",
    "provider-upgraded-and-read",
    "role-moved",
  ]);
});
