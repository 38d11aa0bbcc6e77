import { UserError } from "../../../constructs/errors";
import { driftReport, driftSentences } from "../plan/drift-report";
import { planHash } from "../plan/plan-hash";
import type { PlanJson } from "../plan/plan-json";
import { planModel, type PlanModel } from "../plan/plan-model";
import { planDate, taggedStage } from "../plan/plan-origin";
import type { Redacted } from "../plan/redactor";
import type { RichText } from "../plan/rich-text";
import type { Allowance } from "./allowances";
import { changesOf, countChanges, outputChanges } from "./changes";
import { decide } from "./gate";
import { groupFindings } from "./group-findings";
import { judge } from "./judge";
import {
  REVIEW_VERSION,
  type GatePolicy,
  type PlanReview,
} from "./plan-review";

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
  const plan = planModel(json);
  const stage = stageOf(plan, options.stage);
  const { findings: found, access } = judge(plan, taggedStage(plan));
  const { findings, gate } = decide(groupFindings(found, plan), {
    ...options,
    stage,
    redactor: plan.redactor,
  });
  const { gained, lost, unknown, same } = access;
  const counted = countChanges(plan);
  const drift = driftOf(plan);
  const date = planDate(json);
  return {
    version: REVIEW_VERSION,
    ...(stage !== undefined && { stage }),
    ...(date !== undefined && { date: plan.redactor.redact(date) }),
    terraformVersion: plan.redactor.redact(json.terraform_version),
    hash: planHash(json),
    verdict: {
      ...counted,
      isEmpty: counted.isEmpty && drift.length === 0 && findings.length === 0,
    },
    findings,
    access: { gained, lost, unknown, same },
    changes: changesOf(plan),
    outputs: outputChanges(plan),
    drift,
    gate,
  };
}

function stageOf(
  plan: PlanModel,
  wanted: string | undefined,
): Redacted | undefined {
  const tagged = taggedStage(plan);
  if (wanted !== undefined && tagged !== undefined && wanted !== tagged)
    throw new UserError(
      `the plan must be of stage ${wanted}, got one of stage ${tagged}`,
      "leave out --stage, or name the plan of that stage",
    );
  return wanted === undefined ? tagged : plan.redactor.redact(wanted);
}

function driftOf(plan: PlanModel): readonly RichText[] {
  return plan.drift.length === 0
    ? []
    : driftReport(plan).flatMap(driftSentences);
}
