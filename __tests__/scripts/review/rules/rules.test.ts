import { buildPlanModel } from "../../../../scripts/lib/plan/plan-model";
import { runRules } from "../../../../scripts/lib/review/run-rules";
import {
  RULE_IDS,
  RULES,
  type RuleId,
} from "../../../../scripts/lib/review/rules/registry";
import { buildPlan } from "../../../support/plan-builder";
import { RULE_CASES, type TestPlan } from "../../../support/rule-cases";

function findRules({ resources, more }: TestPlan): readonly string[] {
  const plan = buildPlanModel(buildPlan(resources, more));
  return runRules(plan, undefined).findings.map(({ rule }) => rule);
}

/** The rule that only `adopt` reports. */
const ADOPTION_RULE: RuleId = "adoption-change";
const CHECKED_RULES = RULE_IDS.filter((id) => id !== ADOPTION_RULE);

test.each(CHECKED_RULES)("%s is found, with its severity", (id) => {
  const { resources, more } = RULE_CASES[id].found;
  const { findings } = runRules(
    buildPlanModel(buildPlan(resources, more)),
    undefined,
  );
  const found = findings.filter(({ rule }) => rule === id);
  expect(found).not.toEqual([]);
  for (const { severity } of found) expect(severity).toBe(RULES[id].severity);
});

test.each(CHECKED_RULES.filter((id) => RULE_CASES[id].safe !== undefined))(
  "%s is not found next to it",
  (id) => {
    expect(findRules(RULE_CASES[id].safe ?? { resources: [] })).not.toContain(
      id,
    );
  },
);

test("every rule has one sentence of documentation, and each a different one", () => {
  const sentences = RULE_IDS.map((id) => RULES[id].description);
  for (const sentence of sentences) expect(sentence).toMatch(/^[A-Z].*\.$/);
  expect(new Set(sentences).size).toBe(sentences.length);
});
