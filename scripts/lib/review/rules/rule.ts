import {
  type Attributes,
  formatValue,
  hasUnknown,
  isAttributes,
  isEmpty,
  readAttribute,
  readBoolean,
  readNumber,
  readText,
  toTexts,
  Unknown,
  type Value,
} from "../../plan/attribute";
import type { Redacted } from "../../plan/redactor";
import { listNames, type RichText, text } from "../../plan/rich-text";
import type { Resource, Snapshot } from "../../plan/snapshot";

/** How much a finding costs those who sign in, the most first. */
export const SEVERITIES = ["data-loss", "breaking", "weakening"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** One thing that a review looks for. */
export interface Rule {
  readonly severity: Severity;
  /**
   * Attributes that it judges, by type. A path covers all attributes under it. An unknown value of one of them is a finding
   * of its own, so that a check never has to guess.
   */
  readonly covers: Readonly<Record<string, readonly string[]>>;
  /** What it finds, in one sentence for the documentation. */
  readonly description: string;
  /** Judges one resource that is created or changed; absent if another part of the review finds it. */
  readonly check?: Check;
}

/** Returns what is wrong with a resource, a sentence each. */
export type Check = (context: RuleContext) => readonly RichText[];

/** A resource that a plan creates or changes, as a rule sees it. */
export interface RuleContext {
  readonly isCreated: boolean;
  /** Values before the apply; for a created resource what would be safe. */
  readonly before: Attributes;
  readonly after: Attributes;
  readonly resource: Resource;
  /** AWS's word for the resource, and its name. */
  readonly name: RichText;
  readonly snapshotBefore: Snapshot;
  readonly snapshotAfter: Snapshot;
  /** Accounts that the plan is for. */
  readonly accounts: ReadonlySet<string>;
}

/** Finds a switch that is turned on. */
export function reportTurnedOn(path: string, ending: RichText): Check {
  return ({ before, after, name }) =>
    readBoolean(after, path) === true && readBoolean(before, path) !== true
      ? [text`${name}${ending}`]
      : [];
}

/** Finds a switch that is turned off, or no longer set. */
export function reportTurnedOff(path: string, ending: RichText): Check {
  return ({ before, after, name }) =>
    readBoolean(before, path) === true && !isOnOrUnknown(after, path)
      ? [text`${name}${ending}`]
      : [];
}

function isOnOrUnknown(values: Attributes, path: string): boolean {
  return (
    readAttribute(values, path).kind === "unknown" ||
    readBoolean(values, path) === true
  );
}

/** Finds a number that is raised. */
export function reportRaised(
  path: string,
  ending: RichText,
  unset: number,
): Check {
  return numberMoved(path, ending, unset, (is, was) => is > was);
}

/** Finds a number that is lowered. */
export function reportLowered(
  path: string,
  ending: RichText,
  unset: number,
): Check {
  return numberMoved(path, ending, unset, (is, was) => is < was);
}

function numberMoved(
  path: string,
  ending: RichText,
  unset: number,
  isWorse: (is: number, was: number) => boolean,
): Check {
  return ({ before, after, name }) => {
    if (readAttribute(after, path).kind === "unknown") return [];
    const [was, is] = [before, after].map(
      (values) => readNumber(values, path) ?? unset,
    );
    return was !== undefined && is !== undefined && isWorse(is, was)
      ? [text`${name}${ending}: ${is}, was ${was}`]
      : [];
  };
}

/** Finds members that a list gains. */
export function reportAdded(path: string, ending: RichText): Check {
  return ({ before, after, name }) => {
    const added = findMissing(
      getMembers(before, path),
      getMembers(after, path),
    );
    return added.length === 0
      ? []
      : [text`${name}${ending}${listNames(added)}`];
  };
}

/** Finds members that a list loses. */
export function reportRemoved(path: string, ending: RichText): Check {
  return ({ before, after, name, isCreated }) => {
    if (isCreated || isPartlyUnknown(after, path)) return [];
    const removed = findMissing(
      getMembers(after, path),
      getMembers(before, path),
    );
    return removed.length === 0
      ? []
      : [text`${name}${ending}${listNames(removed)}`];
  };
}

/** Whether an attribute, or a part of it, is known only after the apply: then nothing is certain to be lost. */
export function isPartlyUnknown(values: Attributes, path: string): boolean {
  const [root = ""] = path.split(".");
  return hasUnknown(values[root]);
}

/** Returns the members of a list of texts. */
export function getMembers(
  values: Attributes,
  path: string,
): readonly Redacted[] {
  const reading = readAttribute(values, path);
  return reading.kind === "known" ? toTexts(reading.value) : [];
}

/** Returns members of the second list that the first one lacks. */
export function findMissing(
  known: readonly Redacted[],
  wanted: readonly Redacted[],
): readonly Redacted[] {
  return wanted.filter((one) => !known.includes(one));
}

/** Finds a value that is any other than it was. */
export function reportChanged(path: string, ending: RichText): Check {
  return ({ before, after, name }) => {
    const [was, is] = [getValue(before, path), getValue(after, path)];
    return isSameValue(was, is)
      ? []
      : [text`${name}${ending}: ${formatValue(is)}, was ${formatValue(was)}`];
  };
}

/** Returns a value by its path; `undefined` if it is not set. */
export function getValue(values: Attributes, path: string): Value | undefined {
  const reading = readAttribute(values, path);
  if (reading.kind === "unknown") return UNKNOWN;
  return reading.kind === "known" ? reading.value : undefined;
}

const UNKNOWN = new Unknown(false);

/** Whether two values mean the same; a part of the second one that is unknown is reported by itself. */
export function isSameValue(
  one: Value | undefined,
  other: Value | undefined,
): boolean {
  if (other instanceof Unknown || one === other) return true;
  if (isEmpty(one) && isEmpty(other)) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    const [had, has] = [one as readonly Value[], other as readonly Value[]];
    return (
      had.length === has.length &&
      had.every((part, index) => isSameValue(part, has[index]))
    );
  }
  return (
    isAttributes(one) &&
    isAttributes(other) &&
    [...new Set([...Object.keys(one), ...Object.keys(other)])].every((key) =>
      isSameValue(one[key], other[key]),
    )
  );
}

/** Finds a text that moves to an earlier place of an order. */
export function reportLoweredInOrder(
  path: string,
  order: readonly string[],
  unset: string,
  ending: RichText,
): Check {
  return ({ before, after, name }) => {
    if (readAttribute(after, path).kind === "unknown") return [];
    const [was, is] = [before, after].map(
      (values) => readText(values, path) ?? (unset as Redacted),
    );
    if (was === undefined || is === undefined) return [];
    return order.indexOf(is) < order.indexOf(was)
      ? [text`${name}${ending}: ${is}, was ${was}`]
      : [];
  };
}

/** Names what a rule covers in a file whose rules are all of one type. */
export function coverAttributes(
  type: string,
): (...paths: readonly string[]) => Rule["covers"] {
  return (...paths) => ({ [type]: paths });
}

/** Runs several checks. */
export function combineChecks(...checks: readonly Check[]): Check {
  return (context) => checks.flatMap((check) => check(context));
}
