import type { PlannedAction } from "../plan/plan-model";
import type { Redacted } from "../plan/redactor";
import type { RichText } from "../plan/rich-text";
import type { RuleId } from "./rules/registry";
import { SEVERITIES, type Severity } from "./rules/rule";

export type { PlannedAction as Action, Severity };

/** Version of the JSON format; it increases when a member changes its meaning. */
export const REVIEW_VERSION = 2;

/** The effects of a plan, without secrets. */
export interface PlanReview {
  readonly version: typeof REVIEW_VERSION;
  /** Stage of the plan; absent if neither the caller nor the plan names one. */
  readonly stage?: Redacted;
  /** Creation time of the plan, as `2026-11-30 02:00 UTC`; absent if the plan does not have it. */
  readonly date?: Redacted;
  readonly terraformVersion: Redacted;
  /** Identifies the changes of the plan; `apply-reviewed` applies a plan with the same hash. */
  readonly hash: string;
  readonly verdict: Verdict;
  readonly findings: readonly ReviewedFinding[];
  readonly access: AccessReview;
  readonly changes: readonly Change[];
  readonly outputs: readonly ValueChange[];
  /** Differences between AWS and the state. */
  readonly drift: readonly RichText[];
  readonly gate: Gate;
}

/** Numbers of resources by action. */
export interface Verdict {
  readonly add: number;
  readonly change: number;
  readonly destroy: number;
  readonly replace: number;
  readonly import: number;
  readonly move: number;
  readonly forget: number;
  /** Whether nothing changes, nothing drifted, and everything is reviewed. */
  readonly isEmpty: boolean;
}

/** A problem that a rule reports at an address. */
export interface Finding {
  /** Stable name of the rule, such as `user-pool-replaced`. */
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly address: Redacted;
  readonly message: RichText;
  /** Attributes that force a replacement. */
  readonly forcedBy: readonly Redacted[];
}

/** A finding with its consequences, such as the secret of a client that is destroyed. */
export interface FindingGroup extends Finding {
  readonly consequences: readonly Finding[];
}

/** A finding with the entry of the allow-list that permits it. */
export interface ReviewedFinding extends FindingGroup {
  readonly allowed?: { readonly reason: Redacted; readonly expires: Redacted };
}

export interface AccessReview {
  readonly gained: readonly RichText[];
  readonly lost: readonly RichText[];
  /** Access that is known only after the apply, or cannot be read. */
  readonly unknown: readonly RichText[];
  /** Policies that change and allow the same. */
  readonly same: readonly RichText[];
}

export interface Change {
  readonly address: Redacted;
  readonly type: Redacted;
  readonly action: PlannedAction;
  /** AWS's word for the resource, and its name. */
  readonly what: RichText;
  /** Address before the move. */
  readonly movedFrom?: Redacted;
  /** Values that change; empty if the resource is created or removed. */
  readonly values: readonly ValueChange[];
}

export interface ValueChange {
  /** Path of attributes, such as `password_policy.minimum_length`. */
  readonly path: Redacted;
  /** The change, such as `from 12 to 8`. */
  readonly message: RichText;
  /** A shorter form for terminals. @default the message */
  readonly summary?: RichText;
}

/** The least severe findings that block a plan; each policy blocks what the previous ones block. */
export const GATE_POLICIES = ["off", ...SEVERITIES] as const;
export type GatePolicy = (typeof GATE_POLICIES)[number];

/** Earlier names of policies, which scripts may use. */
export const EARLIER_POLICIES: Readonly<Record<string, GatePolicy>> = {
  loss: "data-loss",
  break: "breaking",
};

export interface Gate {
  readonly policy: GatePolicy;
  readonly passes: boolean;
  /** One reason for each finding that blocks the plan. */
  readonly stoppedBy: readonly RichText[];
  /** Entries of the allow-list that have expired, or that the plan does not need. */
  readonly notices: readonly RichText[];
  /** Content of an allow-list that lets the plan pass; absent if the plan passes. */
  readonly allowList?: Redacted;
}
