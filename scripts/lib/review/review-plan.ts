import { UserError } from "../../../constructs/errors";
import { describeDrift, findDrift } from "../plan/drift";
import { hashPlan } from "../plan/plan-hash";
import type { PlanJson } from "../plan/plan-json";
import { buildPlanModel } from "../plan/plan-model";
import { findTaggedStage, formatPlanDate } from "../plan/plan-origin";
import type { Allowance } from "./allowances";
import { countChanges, listChanges, listOutputChanges } from "./changes";
import { applyGate } from "./gate";
import { groupFindings } from "./group-findings";
import {
  type GatePolicy,
  type PlanReview,
  REVIEW_VERSION,
} from "./review-model";
import { runRules } from "./run-rules";

export interface ReviewOptions {
  /** @default the stage in the plan's tags */
  readonly stage?: string | undefined;
  readonly policy: GatePolicy;
  readonly allowances: readonly Allowance[];
  /** Today, as `YYYY-MM-DD`, in UTC. */
  readonly today: string;
}

/**
 * Redacts a plan, runs the rules, and applies the policy.
 *
 * @throws UserError if the plan is for another stage
 */
export function reviewPlan(json: PlanJson, options: ReviewOptions): PlanReview {
  const plan = buildPlanModel(json);
  const { redactor } = plan;
  const taggedStage = findTaggedStage(plan);
  const stage = options.stage ?? taggedStage;
  if (taggedStage !== undefined && stage !== taggedStage)
    throw new UserError(
      `the plan must be for stage ${stage ?? ""}, got one for stage ${taggedStage}`,
      "omit --stage, or specify the plan of that stage",
    );
  const { findings: found, access } = runRules(plan, taggedStage);
  const { findings, gate } = applyGate(groupFindings(found, plan), {
    ...options,
    stage,
    redactor,
  });
  const counts = countChanges(plan);
  const drift =
    plan.drift.length === 0 ? [] : findDrift(plan).flatMap(describeDrift);
  const date = formatPlanDate(json);
  return {
    version: REVIEW_VERSION,
    ...(stage !== undefined && { stage: redactor.redact(stage) }),
    ...(date !== undefined && { date: redactor.redact(date) }),
    terraformVersion: redactor.redact(json.terraform_version),
    hash: hashPlan(json),
    verdict: {
      ...counts,
      isEmpty: counts.isEmpty && drift.length === 0 && findings.length === 0,
    },
    findings,
    access,
    changes: listChanges(plan),
    outputs: listOutputChanges(plan),
    drift,
    gate,
  };
}
