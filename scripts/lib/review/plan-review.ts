import type { Phrase } from "../access/phrase";

/** Number of the published form, raised when something that is read of it changes its meaning. */
export const REVIEW_VERSION = 1;

/** What a plan means for those who sign in: everything that a form shows, without any secret. */
export interface PlanReview {
  readonly version: typeof REVIEW_VERSION;
  /** Stage that the plan is of; absent where neither the caller nor the plan names one. */
  readonly stage?: string;
  readonly terraformVersion: string;
  /** Names what the plan would do; `apply-reviewed` applies a plan of this hash alone. */
  readonly hash: string;
  readonly verdict: Verdict;
  /** What is about to be lost, break or be weakened: the gravest first. */
  readonly losses: readonly Loss[];
  readonly access: AccessReview;
  /** Every resource that changes, those of losses among them, by address. */
  readonly changes: readonly Change[];
  /** Outputs that change, by name. */
  readonly outputs: readonly ValueChange[];
  /** What is in AWS as the state does not have it, which the plan takes over or puts back. */
  readonly drift: readonly Phrase[];
  /** What cannot be told before it is applied. */
  readonly unknown: readonly Phrase[];
  readonly gate: Gate;
}

export interface Verdict {
  readonly add: number;
  readonly change: number;
  readonly destroy: number;
  /** Destroyed and made anew; counted in neither of the others. */
  readonly replace: number;
  readonly import: number;
  /** Known by another address from now on. */
  readonly move: number;
  /** Left in AWS, and no longer managed. */
  readonly forget: number;
  /** Whether applying does nothing at all, and nothing was changed by hand. */
  readonly isEmpty: boolean;
}

/** How grave it is: people or programs lose what cannot be given back, stop working, or are less protected. */
export type Gravity = "loss" | "break" | "weakening";

export interface Loss {
  /** Stable name of the rule that found it, such as `user-pool-replaced`. */
  readonly rule: string;
  readonly gravity: Gravity;
  readonly address: string;
  /** What happens, to whom. */
  readonly told: Phrase;
  /** Attributes that force a replacement. */
  readonly forcedBy: readonly string[];
  /** The entry of the allow-list that lets it pass. */
  readonly allowed?: { readonly reason: string; readonly expires: string };
}

export interface AccessReview {
  readonly gained: readonly Phrase[];
  readonly lost: readonly Phrase[];
  /** Whose access cannot be told before it is applied. */
  readonly unknown: readonly Phrase[];
}

export type Action =
  | "create"
  | "update"
  | "replace"
  | "delete"
  | "import"
  | "move"
  | "forget"
  | "read";

export interface Change {
  readonly address: string;
  readonly type: string;
  readonly action: Action;
  /** AWS's word for it and its name. */
  readonly what: Phrase;
  /** Address that it had before. */
  readonly movedFrom?: string;
  /** What changes in it; none where it is made or removed. */
  readonly values: readonly ValueChange[];
}

export interface ValueChange {
  /** Path of attributes, such as `password_policy.minimum_length`. */
  readonly path: string;
  /** In a sentence, such as `from 12 to 8`, or that it is a secret, or not known before it is applied. */
  readonly told: Phrase;
}

/** From what on a plan is stopped; each level stops what those before it do. */
export const GATE_POLICIES = ["off", "loss", "break", "weakening"] as const;
export type GatePolicy = (typeof GATE_POLICIES)[number];

export interface Gate {
  readonly policy: GatePolicy;
  readonly passes: boolean;
  /** Why it does not pass, a sentence each. */
  readonly stoppedBy: readonly Phrase[];
  /** About the allow-list: entries that have expired, or that nothing in the plan needs. */
  readonly notices: readonly Phrase[];
}
