import { UserError } from "../../../constructs/errors";
import { accessChanges } from "../access/access-changes";
import { say, type Phrase } from "../access/phrase";
import { snapshotAfter, snapshotBefore } from "../access/plan-snapshot";
import { driftReport, sentences } from "../plan/drift-report";
import { planHash } from "../plan/plan-hash";
import type { PlanJson } from "../plan/plan-json";
import type { Allowance } from "./allowances";
import { changesOf, outputsOf, unknownOf, verdictOf } from "./changes";
import { gateOf } from "./gate";
import { lossesOf } from "./losses";
import {
  REVIEW_VERSION,
  type GatePolicy,
  type PlanReview,
} from "./plan-review";
import { secretsOf } from "./secrets";
import { unreadAccess } from "./unread-access";

export interface ReviewOptions {
  /** @default the one that the plan's tags name */
  readonly stage?: string | undefined;
  readonly policy: GatePolicy;
  readonly allowances: readonly Allowance[];
  /** Today, as `YYYY-MM-DD`, in UTC. */
  readonly today: string;
}

/**
 * What a plan means for those who sign in; no text in it holds a secret.
 *
 * @throws UserError when it is of another stage
 */
export function reviewPlan(plan: PlanJson, options: ReviewOptions): PlanReview {
  const was = snapshotBefore(plan);
  const is = snapshotAfter(plan, was);
  const tagged = taggedStage(plan);
  if (
    options.stage !== undefined &&
    tagged !== undefined &&
    options.stage !== tagged
  )
    throw new UserError(
      `the plan must be of stage ${options.stage}, got one of stage ${tagged}`,
      "leave --stage out, or give the plan of that stage",
    );
  const stage = options.stage ?? tagged;
  const { policy, allowances, today } = options;
  const { losses, gate } = gateOf(lossesOf(plan, was, is), {
    policy,
    allowances,
    stage,
    today,
  });
  const { gained, lost, unknown } = accessChanges(was, is);
  const [verdict, drift] = [verdictOf(plan), driftOf(plan)];
  const review = {
    version: REVIEW_VERSION,
    ...(stage !== undefined && { stage }),
    terraformVersion: plan.terraform_version,
    verdict: {
      ...verdict,
      isEmpty: verdict.isEmpty && drift.length === 0 && plan.complete !== false,
    },
    losses,
    access: { gained, lost, unknown: [...unknown, ...unreadAccess(plan)] },
    changes: changesOf(plan),
    outputs: outputsOf(plan),
    drift,
    unknown: [...leftOut(plan), ...unknownOf(plan)],
    gate,
  } as const;
  return { ...secretsOf(plan).hideIn(review), hash: planHash(plan) };
}

/** The stage that all resources of a stage are tagged with, by the provider's default tags. */
function taggedStage({ configuration }: PlanJson): string | undefined {
  const { provider_config: providers } = (configuration ?? {}) as {
    readonly provider_config?: Readonly<Record<string, Provider | null>>;
  };
  for (const provider of Object.values(providers ?? {})) {
    const tags = provider?.expressions?.default_tags?.[0]?.tags?.constant_value;
    if (typeof tags?.Stack === "string" && tags.Stack !== "") return tags.Stack;
  }
  return undefined;
}

interface Provider {
  readonly expressions?: {
    readonly default_tags?: readonly {
      readonly tags?: {
        readonly constant_value?: Readonly<Record<string, unknown>>;
      };
    }[];
  };
}

function driftOf(plan: PlanJson): readonly Phrase[] {
  return plan.resource_drift.length === 0
    ? []
    : driftReport(plan)
        .flatMap(sentences)
        .map((sentence) => say`${sentence}`);
}

function leftOut({ complete }: PlanJson): readonly Phrase[] {
  return complete === false
    ? [
        [
          "this plan is a part of what the code asks for: what it leaves out is not reviewed here",
        ],
      ]
    : [];
}
