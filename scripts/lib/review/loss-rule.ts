import type { Phrase } from "../access/phrase";
import type { Resource, Snapshot } from "../access/snapshot";
import type { Gravity } from "./plan-review";

/** What a rule found in one resource. */
export interface Finding {
  /** Stable name, which allow-lists and code scanning hang on. */
  readonly rule: string;
  readonly gravity: Gravity;
  readonly told: Phrase;
}

/** A resource before and after it is changed in place, and all the others. */
export interface InPlace {
  readonly before: Resource;
  readonly after: Resource;
  readonly was: Snapshot;
  readonly is: Snapshot;
}

export type InPlaceRule = (change: InPlace) => readonly Finding[];
