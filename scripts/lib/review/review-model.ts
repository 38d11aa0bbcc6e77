import type { PlannedAction } from "../plan/plan-model";
import type { Redacted } from "../plan/redactor";
import type { RichText } from "../plan/rich-text";
import type { RuleId } from "./rules/registry";
import { SEVERITIES, type Severity } from "./rules/rule";

export type { PlannedAction as Action, Severity };

/** Number of the published form, raised when a member of it changes its meaning. */
export const REVIEW_VERSION = 2;

/** What a plan means for those who sign in: everything that a rendering shows, without any secret. */
export interface PlanReview {
  readonly version: typeof REVIEW_VERSION;
  /** Stage of the plan; absent if neither the caller nor the plan names one. */
  readonly stage?: Redacted;
  /** When the plan was made, in UTC, as `2026-11-30 02:00 UTC`; absent if the plan does not say. */
  readonly date?: Redacted;
  readonly terraformVersion: Redacted;
  /** Names what the plan would do; `apply-reviewed` applies a plan with the same hash. */
  readonly hash: string;
  readonly verdict: Verdict;
  /** What is lost, broken or weakened, and what is not reviewed: one for each resource that causes it. */
  readonly findings: readonly ReviewedFinding[];
  readonly access: AccessReview;
  readonly changes: readonly Change[];
  readonly outputs: readonly ValueChange[];
  /** What AWS has otherwise than the state. */
  readonly drift: readonly RichText[];
  readonly gate: Gate;
}

/** Number of resources by what is done with them. */
export interface Verdict {
  readonly add: number;
  readonly change: number;
  readonly destroy: number;
  readonly replace: number;
  readonly import: number;
  readonly move: number;
  readonly forget: number;
  /** Whether nothing is done, nothing drifted, and nothing was left out of the review. */
  readonly isEmpty: boolean;
}

/** What a rule found at an address. */
export interface Finding {
  /** Stable name of the rule, such as `user-pool-replaced`. */
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly address: Redacted;
  readonly message: RichText;
  /** Attributes that force a replacement. */
  readonly forcedBy: readonly Redacted[];
}

/** A finding with what follows from it, such as the secret of a client that is destroyed. */
export interface FindingGroup extends Finding {
  readonly consequences: readonly Finding[];
}

/** A finding, and whether the allow-list permits it. */
export interface ReviewedFinding extends FindingGroup {
  readonly allowed?: { readonly reason: Redacted; readonly expires: Redacted };
}

export interface AccessReview {
  readonly gained: readonly RichText[];
  readonly lost: readonly RichText[];
  /** Whose access is known only after the apply, or cannot be read. */
  readonly unknown: readonly RichText[];
  /** Policies that are written in another way and allow the same. */
  readonly same: readonly RichText[];
}

export interface Change {
  readonly address: Redacted;
  readonly type: Redacted;
  readonly action: PlannedAction;
  /** AWS's word for the resource, and its name. */
  readonly what: RichText;
  /** Address that it had before. */
  readonly movedFrom?: Redacted;
  /** Values that change; empty if it is created or removed. */
  readonly values: readonly ValueChange[];
}

export interface ValueChange {
  /** Path of attributes, such as `password_policy.minimum_length`. */
  readonly path: Redacted;
  /** How it changes, such as `from 12 to 8`, or that it is a secret, or known only after the apply. */
  readonly message: RichText;
  /** The same in fewer words, where the whole is of use only in a part that folds. */
  readonly summary?: RichText;
}

/** From which severity on a plan is stopped; each policy stops what those before it stop. */
export const GATE_POLICIES = ["off", ...SEVERITIES] as const;
export type GatePolicy = (typeof GATE_POLICIES)[number];

/** Earlier names of policies, which scripts still use. */
const EARLIER_POLICIES: Readonly<Record<string, GatePolicy>> = {
  loss: "data-loss",
  break: "breaking",
};

/** Returns the policy of a name; `undefined` if there is none. */
export function parseGatePolicy(name: string): GatePolicy | undefined {
  return (
    GATE_POLICIES.find((policy) => policy === name) ??
    (Object.hasOwn(EARLIER_POLICIES, name) ? EARLIER_POLICIES[name] : undefined)
  );
}

export interface Gate {
  readonly policy: GatePolicy;
  readonly passes: boolean;
  /** Why it does not pass, a sentence each. */
  readonly stoppedBy: readonly RichText[];
  /** About the allow-list: entries that have expired, or that the plan does not need. */
  readonly notices: readonly RichText[];
  /** Content of an allow-list that lets the plan pass; absent if it passes. */
  readonly allowList?: Redacted;
}
