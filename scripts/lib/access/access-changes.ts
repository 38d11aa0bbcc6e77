import { hasUnknown } from "../plan/attribute";
import { type RichText, text, toPlainText } from "../plan/rich-text";
import type { Snapshot } from "../plan/snapshot";
import { type DirectAccess, type Entity, getEntityKey } from "./access-graph";
import { listDirectAccess } from "./direct-access";
import {
  type AccessWriter,
  describeResourceAccess,
  describeRoleAccess,
  describeTrustAccess,
  writeDenials,
  writeSentence,
} from "./policy-access";
import {
  comparePolicies,
  type PolicyChange,
  type PolicyKind,
} from "./policy-changes";

/** Changes of access as sentences. */
export interface AccessSentences {
  readonly gained: readonly RichText[];
  readonly lost: readonly RichText[];
  /** Access that is known only after apply, or that cannot be read. */
  readonly unknown: readonly RichText[];
  /** Policies whose text changes and that grant the same access. */
  readonly same: readonly RichText[];
}

/** Changes of access as data and as sentences. */
export interface AccessComparison extends AccessSentences {
  readonly policies: readonly PolicyChange[];
  readonly direct: {
    readonly gained: readonly DirectAccess[];
    readonly lost: readonly DirectAccess[];
    /** Access that may be lost, because the attribute that grants it is known only after apply. */
    readonly unknown: readonly DirectAccess[];
  };
}

/** Compares the access of two snapshots. */
export function compareSnapshots(
  before: Snapshot,
  after: Snapshot,
): AccessComparison {
  const policies = comparePolicies(before, after);
  const direct = compareDirectAccess(before, after);
  const all: readonly AccessSentences[] = [
    {
      gained: direct.gained.map((access) => writeSentence(access, true)),
      lost: direct.lost.map((access) => writeSentence(access, false)),
      unknown: direct.unknown.map(
        ({ principal, text: action, condition = [] }) =>
          text`whether ${principal.text} can still ${action}${condition} is known only after apply`,
      ),
      same: [],
    },
    ...policies.map((change) => writeSentences(change, before, after)),
  ];
  const collect = (part: keyof AccessSentences): readonly RichText[] => [
    ...new Map(
      all
        .flatMap((sentences) => sentences[part])
        .map((sentence) => [toPlainText(sentence), sentence]),
    ).values(),
  ];
  return {
    policies,
    direct,
    gained: collect("gained"),
    lost: collect("lost"),
    unknown: collect("unknown"),
    same: collect("same"),
  };
}

const WRITERS: Readonly<Record<Exclude<PolicyKind, "denial">, AccessWriter>> = {
  identity: describeRoleAccess,
  trust: describeTrustAccess,
  boundary: describeRoleAccess,
  resource: describeResourceAccess,
};

function writeSentences(
  change: PolicyChange,
  before: Snapshot,
  after: Snapshot,
): AccessSentences {
  const { kind, holder, users, isUnknown } = change;
  if (kind === "denial")
    return {
      gained: writeDenials(holder, change.lost, before, false),
      lost: isUnknown ? [] : writeDenials(holder, change.gained, after, true),
      unknown: [],
      same: [],
    };
  // groups are named instead of the role that their members assume
  const subjects = users.length > 0 ? users : [holder];
  const write = (isNew: boolean): readonly RichText[] =>
    subjects
      .flatMap((subject) =>
        isNew
          ? WRITERS[kind](subject, change.gained, after)
          : WRITERS[kind](subject, change.lost, before),
      )
      .map((access) => writeSentence(access, isNew));
  const policyName =
    kind === "trust"
      ? text`the trust policy of ${holder.text}`
      : text`the policy of ${holder.text}`;
  return {
    gained: write(true),
    // an unknown policy can still grant what seems lost
    lost: isUnknown ? [] : write(false),
    unknown: subjects.flatMap((subject) =>
      writeUnknownSentences(change, subject),
    ),
    same: isEquivalent(change)
      ? [text`${policyName} is rewritten and allows the same access`]
      : [],
  };
}

function writeUnknownSentences(
  { isUnknown, isTooLarge, after }: PolicyChange,
  subject: Entity,
): readonly RichText[] {
  const isUnreadable = (after?.unreadable ?? []).length > 0;
  return [
    ...(isUnknown
      ? [text`a policy of ${subject.text} is known only after apply`]
      : []),
    ...(isTooLarge
      ? [text`the policies of ${subject.text} are too large to compare`]
      : []),
    ...(isUnreadable
      ? [text`a policy of ${subject.text} is not readable`]
      : []),
  ];
}

/** Whether the text of a policy changes and its access does not. */
function isEquivalent(change: PolicyChange): boolean {
  const { before, after, gained, lost, isUnknown, isTooLarge } = change;
  return (
    before !== undefined &&
    after !== undefined &&
    before.statements.length > 0 &&
    gained.length + lost.length === 0 &&
    !isUnknown &&
    !isTooLarge &&
    after.unreadable.length === 0
  );
}

function compareDirectAccess(
  before: Snapshot,
  after: Snapshot,
): AccessComparison["direct"] {
  const accessBefore = listDirectAccess(before);
  const accessAfter = listDirectAccess(after);
  const removed = subtract(accessBefore, accessAfter);
  const isUnknown = ({ origin, attributes }: DirectAccess): boolean =>
    attributes.some((attribute) =>
      hasUnknown(after.get(origin)?.values[attribute]),
    );
  return {
    gained: subtract(accessAfter, accessBefore),
    lost: removed.filter((access) => !isUnknown(access)),
    unknown: removed.filter(isUnknown),
  };
}

function subtract(
  some: readonly DirectAccess[],
  others: readonly DirectAccess[],
): readonly DirectAccess[] {
  const keys = new Set(others.map(getKey));
  return some.filter((access) => !keys.has(getKey(access)));
}

function getKey(access: DirectAccess): string {
  const { principal, permission, resource, condition = [] } = access;
  return JSON.stringify([
    getEntityKey(principal),
    permission,
    getEntityKey(resource),
    toPlainText(condition),
  ]);
}
