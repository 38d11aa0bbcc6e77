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

/** Severities of findings, the most severe first. */
export const SEVERITIES = ["data-loss", "breaking", "weakening"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** A kind of change that the review reports. */
export interface Rule {
  readonly severity: Severity;
  /**
   * Attributes that the rule reviews, by resource type. A path includes all attributes under it. The review reports an
   * unknown value of these attributes by itself, so that a check never has to guess.
   */
  readonly covers: Readonly<Record<string, readonly string[]>>;
  /** One sentence for the documentation. */
  readonly description: string;
  /** Checks a resource that is created or changed. @default another part of the review reports the finding */
  readonly check?: Check;
  /** Whether the rule reports a part of the plan that the review does not know. @default false */
  readonly isNotReviewed?: true;
}

/** Returns one sentence for each problem of a resource. */
export type Check = (context: RuleContext) => readonly RichText[];

/** A resource that a plan creates or changes. */
export interface RuleContext {
  readonly isCreated: boolean;
  /** Whether the resource is deleted and created again. */
  readonly isReplaced: boolean;
  /** Values before the apply; for a new resource, the baseline of its type. */
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

/** A finding without its severity, which the registry adds. */
export interface RuleFinding<Id extends string = string> {
  readonly rule: Id;
  readonly address: Redacted;
  readonly message: RichText;
}

/** A resource type that the review knows. */
export interface ReviewedType {
  /** Names of attributes that no rule reviews, separated by spaces, by the reason; those of every type are in coverage.ts. */
  readonly ignored?: Readonly<Record<string, string>>;
  /** Attributes that are compared as access. */
  readonly access?: readonly string[];
  /** Values with which a new resource is compared. */
  readonly baseline?: object;
}

/** Reasons why a change of an attribute needs no rule. */
export const ASSIGNED = "assigned by AWS or the provider";
export const REPLACES =
  "a change replaces the resource, which another rule reports";
export const TEXT = "a text that has no effect";
export const COST = "affects only cost and speed";

/** Defines a rule that a check of the whole plan reports. */
export function definePlanRule(description: string): Rule {
  return { severity: "weakening", covers: {}, description };
}

/** Defines a rule about a part of the plan that the review does not know. */
export function defineNotReviewedRule(description: string): Rule {
  return { ...definePlanRule(description), isNotReviewed: true };
}

/** Reports an attribute whose known value is worse than before. */
export function reportIf(
  path: string,
  isWorse: (before: Attributes, after: Attributes) => boolean,
  ending: RichText,
): Check {
  return ({ before, after, name }) =>
    isWorse(before, after) && !isUnknown(after, path)
      ? [text`${name}${ending}`]
      : [];
}

/** Reports a switch that is turned on. */
export function reportTurnedOn(path: string, ending: RichText): Check {
  return reportIf(
    path,
    (before, after) => !readBoolean(before, path) && !!readBoolean(after, path),
    ending,
  );
}

/** Reports a switch that is turned off, or no longer set. */
export function reportTurnedOff(path: string, ending: RichText): Check {
  return reportIf(
    path,
    (before, after) => !!readBoolean(before, path) && !readBoolean(after, path),
    ending,
  );
}

/** Reports a text that no longer has its safe value. */
export function reportUnsafe(
  path: string,
  safe: string,
  ending: RichText,
): Check {
  return reportIf(
    path,
    (before, after) =>
      readText(before, path) === safe && readText(after, path) !== safe,
    ending,
  );
}

/** Reports a number that is raised; an unset one counts as `unset`. */
export function reportRaised(
  path: string,
  unset: number,
  ending: RichText,
): Check {
  return reportMoved(path, unset, ending, (from, to) => to > from);
}

/** Reports a number that is lowered; an unset one counts as `unset`. */
export function reportLowered(
  path: string,
  unset: number,
  ending: RichText,
): Check {
  return reportMoved(path, unset, ending, (from, to) => to < from);
}

function reportMoved(
  path: string,
  unset: number,
  ending: RichText,
  isWorse: (from: number, to: number) => boolean,
): Check {
  return ({ before, after, name }) => {
    const from = readNumber(before, path) ?? unset;
    const to = readNumber(after, path) ?? unset;
    return isWorse(from, to) && !isUnknown(after, path)
      ? [text`${name}${ending}: ${to}, was ${from}`]
      : [];
  };
}

/** Reports a text that moves to an earlier position of `order`; an unset one counts as `unset`. */
export function reportDowngraded(
  path: string,
  order: readonly string[],
  ending: RichText,
  unset = order[0] ?? "",
): Check {
  return ({ before, after, name }) => {
    const from = readText(before, path) ?? (unset as Redacted);
    const to = readText(after, path) ?? (unset as Redacted);
    return order.indexOf(to) < order.indexOf(from) && !isUnknown(after, path)
      ? [text`${name}${ending}: ${to}, was ${from}`]
      : [];
  };
}

/** Reports members that are added to a list. */
export function reportAdded(path: string, ending: RichText): Check {
  return ({ before, after, name }) =>
    reportNames(
      findMissing(getMembers(before, path), getMembers(after, path)),
      text`${name}${ending}`,
    );
}

/** Reports members that are removed from a list; for a new resource, those of the baseline that are not in it. */
export function reportMissing(path: string, ending: RichText): Check {
  return ({ before, after, name }) =>
    isPartlyUnknown(after, path)
      ? []
      : reportNames(
          findMissing(getMembers(after, path), getMembers(before, path)),
          text`${name}${ending}`,
        );
}

/** Reports members that are removed from a list of an existing resource. */
export function reportRemoved(path: string, ending: RichText): Check {
  return limitToExisting(reportMissing(path, ending));
}

/** Reports any change of a value. */
export function reportChanged(path: string, ending: RichText): Check {
  return ({ before, after, name }) => {
    const [from, to] = [getValue(before, path), getValue(after, path)];
    return isSameValue(from, to)
      ? []
      : [text`${name}${ending}: ${formatValue(to)}, was ${formatValue(from)}`];
  };
}

/** Returns a sentence that ends with the names, or none without names. */
export function reportNames(
  names: readonly Redacted[],
  beginning: RichText,
  ending: RichText = [],
): readonly RichText[] {
  return names.length === 0
    ? []
    : [text`${beginning}${listNames(names)}${ending}`];
}

/** Limits a check to resources that exist before the apply. */
export function limitToExisting(check: Check): Check {
  return (context) => (context.isCreated ? [] : check(context));
}

/** Runs several checks. */
export function combineChecks(...checks: readonly Check[]): Check {
  return (context) => checks.flatMap((check) => check(context));
}

/** Returns a function that lists attributes of one resource type for `covers`. */
export function coverAttributes(
  type: string,
): (...paths: readonly string[]) => Rule["covers"] {
  return (...paths) => ({ [type]: paths });
}

export function isUnknown(values: Attributes, path: string): boolean {
  return readAttribute(values, path).kind === "unknown";
}

/** Whether an attribute, or a part of it, is known only after the apply, so that no loss is certain. */
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

/** Returns members of the second list that are not in the first one. */
export function findMissing(
  known: readonly Redacted[],
  wanted: readonly Redacted[],
): readonly Redacted[] {
  return wanted.filter((one) => !known.includes(one));
}

/** Returns a value by its path; `undefined` if it is not set. */
function getValue(values: Attributes, path: string): Value | undefined {
  const reading = readAttribute(values, path);
  if (reading.kind === "unknown") return UNKNOWN;
  return reading.kind === "known" ? reading.value : undefined;
}

const UNKNOWN = new Unknown(false);

/** Whether two values are equal; an unknown part of the second one counts as equal, since it is reported by itself. */
export function isSameValue(
  one: Value | undefined,
  other: Value | undefined,
): boolean {
  if (other instanceof Unknown || one === other) return true;
  if (isEmpty(one) && isEmpty(other)) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    const [from, to] = [one as readonly Value[], other as readonly Value[]];
    return (
      from.length === to.length &&
      from.every((part, index) => isSameValue(part, to[index]))
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
