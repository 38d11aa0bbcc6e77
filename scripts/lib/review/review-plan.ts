import { UserError } from "../../../constructs/errors";
import { findDrift, describeDrift } from "../plan/drift";
import { hashPlan } from "../plan/plan-hash";
import type { PlanJson } from "../plan/plan-json";
import { buildPlanModel, type PlanModel } from "../plan/plan-model";
import { formatPlanDate, findTaggedStage } from "../plan/plan-origin";
import type { Redacted } from "../plan/redactor";
import type { RichText } from "../plan/rich-text";
import type { Allowance } from "./allowances";
import { listChanges, countChanges, listOutputChanges } from "./changes";
import { applyGate } from "./gate";
import { groupFindings } from "./group-findings";
import { runRules } from "./run-rules";
import {
  REVIEW_VERSION,
  type GatePolicy,
  type PlanReview,
} from "./review-model";

export interface ReviewOptions {
  /** @default the one that the plan's tags name */
  readonly stage?: string | undefined;
  readonly policy: GatePolicy;
  readonly allowances: readonly Allowance[];
  /** Today, as `YYYY-MM-DD`, in UTC. */
  readonly today: string;
}

/**
 * Reviews a plan: redacts it, judges it, and decides whether it may pass.
 *
 * @throws UserError if it is of another stage
 */
export function reviewPlan(json: PlanJson, options: ReviewOptions): PlanReview {
  const plan = buildPlanModel(json);
  const stage = stageOf(plan, options.stage);
  const { findings: found, access } = runRules(plan, findTaggedStage(plan));
  const { findings, gate } = applyGate(groupFindings(found, plan), {
    ...options,
    stage,
    redactor: plan.redactor,
  });
  const { gained, lost, unknown, same } = access;
  const counted = countChanges(plan);
  const drift = driftOf(plan);
  const date = formatPlanDate(json);
  return {
    version: REVIEW_VERSION,
    ...(stage !== undefined && { stage }),
    ...(date !== undefined && { date: plan.redactor.redact(date) }),
    terraformVersion: plan.redactor.redact(json.terraform_version),
    hash: hashPlan(json),
    verdict: {
      ...counted,
      isEmpty: counted.isEmpty && drift.length === 0 && findings.length === 0,
    },
    findings,
    access: { gained, lost, unknown, same },
    changes: listChanges(plan),
    outputs: listOutputChanges(plan),
    drift,
    gate,
  };
}

function stageOf(
  plan: PlanModel,
  wanted: string | undefined,
): Redacted | undefined {
  const tagged = findTaggedStage(plan);
  if (wanted !== undefined && tagged !== undefined && wanted !== tagged)
    throw new UserError(
      `the plan must be of stage ${wanted}, got one of stage ${tagged}`,
      "leave out --stage, or name the plan of that stage",
    );
  return wanted === undefined ? tagged : plan.redactor.redact(wanted);
}

function driftOf(plan: PlanModel): readonly RichText[] {
  return plan.drift.length === 0 ? [] : findDrift(plan).flatMap(describeDrift);
}
