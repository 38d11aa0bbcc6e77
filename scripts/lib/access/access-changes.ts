import { hasUnknown } from "../plan/attribute";
import { getEntityKey, type Entity } from "./access-graph";
import type { DirectAccess } from "./client-access";
import { listDirectAccess } from "./direct-access";
import {
  writeDenialSentences,
  writeIdentitySentences,
  writeResourceSentences,
  writeTrustSentences,
  type SentenceWriter,
} from "./grant-sentences";
import {
  comparePolicies,
  type PolicyChange,
  type PolicyKind,
} from "./policy-changes";
import { toPlainText, text, type RichText } from "../plan/rich-text";
import type { Snapshot } from "../plan/snapshot";

/** Who can newly do what, and who no longer can. */
export interface AccessSentences {
  readonly gained: readonly RichText[];
  readonly lost: readonly RichText[];
  /** Whose access is known only after the apply, or cannot be read. */
  readonly unknown: readonly RichText[];
  /** Policies that are written in another way and allow the same. */
  readonly same: readonly RichText[];
}

/** What differs in access between two times, structured and in sentences. */
export interface AccessComparison extends AccessSentences {
  readonly policies: readonly PolicyChange[];
  readonly direct: {
    readonly gained: readonly DirectAccess[];
    readonly lost: readonly DirectAccess[];
    /** Access that may be lost: the attribute that grants it is known only after the apply. */
    readonly unknown: readonly DirectAccess[];
  };
}

/** Compares the access of two times. */
export function compareSnapshots(
  before: Snapshot,
  after: Snapshot,
): AccessComparison {
  const policies = comparePolicies(before, after);
  const direct = directChanges(before, after);
  const all = [
    {
      gained: direct.gained.map(
        ({ principal: who, text: deed, condition: where }) =>
          text`${who.text} can now ${deed}${where}`,
      ),
      lost: direct.lost.map(
        ({ principal: who, text: deed, condition: where }) =>
          text`${who.text} can no longer ${deed}${where}`,
      ),
      unknown: direct.unknown.map(
        ({ principal: who, text: deed, condition: where }) =>
          text`whether ${who.text} can still ${deed}${where} is known only after apply`,
      ),
      same: [],
    },
    ...policies.map((change) => sentencesOf(change, before, after)),
  ];
  const gathered = (of: keyof AccessSentences): readonly RichText[] => [
    ...new Map(
      all
        .flatMap((changes) => changes[of])
        .map((one) => [toPlainText(one), one]),
    ).values(),
  ];
  return {
    policies,
    direct,
    gained: gathered("gained"),
    lost: gathered("lost"),
    unknown: gathered("unknown"),
    same: gathered("same"),
  };
}

const WRITERS: Readonly<Record<PolicyKind, SentenceWriter>> = {
  identity: writeIdentitySentences,
  trust: writeTrustSentences,
  boundary: writeIdentitySentences,
  resource: writeResourceSentences,
  denial: writeDenialSentences,
};

function sentencesOf(
  change: PolicyChange,
  before: Snapshot,
  after: Snapshot,
): AccessSentences {
  const { kind, holder, users } = change;
  // members of groups are reported in place of the role that they assume
  const subjects: readonly Entity[] = users.length > 0 ? users : [holder];
  const write = WRITERS[kind];
  const gained = subjects.flatMap((subject) =>
    write(change.gained, { holder: subject, isNew: true, snapshot: after }),
  );
  const lost = subjects.flatMap((subject) =>
    write(change.lost, { holder: subject, isNew: false, snapshot: before }),
  );
  const isDenial = kind === "denial";
  return {
    gained: isDenial ? lost : gained,
    // what is unknown may allow it still
    lost: change.isUnknown ? [] : isDenial ? gained : lost,
    unknown: isDenial ? [] : unknownSentences(change, subjects),
    same: isRewritten(change)
      ? [text`${policyName(change)} is rewritten and allows the same access`]
      : [],
  };
}

function unknownSentences(
  { isUnknown, isTooLarge, after }: PolicyChange,
  subjects: readonly Entity[],
): readonly RichText[] {
  const unreadable = after?.unreadable ?? [];
  return subjects.flatMap((subject) => [
    ...(isUnknown
      ? [
          text`what a policy of ${subject.text} allows is known only after apply`,
        ]
      : []),
    ...(isTooLarge
      ? [text`the policies of ${subject.text} are too large to compare`]
      : []),
    ...(unreadable.length > 0
      ? [text`a policy of ${subject.text} is not readable`]
      : []),
  ]);
}

/** Whether a policy changed and no access with it. */
function isRewritten(change: PolicyChange): boolean {
  const { kind, before, after, gained, lost, isUnknown, isTooLarge } = change;
  return (
    kind !== "denial" &&
    before !== undefined &&
    after !== undefined &&
    before.statements.length > 0 &&
    gained.length + lost.length === 0 &&
    !isUnknown &&
    !isTooLarge &&
    after.unreadable.length === 0
  );
}

function policyName({ kind, holder }: PolicyChange): RichText {
  return kind === "trust"
    ? text`the trust policy of ${holder.text}`
    : text`the policy of ${holder.text}`;
}

function directChanges(
  before: Snapshot,
  after: Snapshot,
): AccessComparison["direct"] {
  const [was, is] = [listDirectAccess(before), listDirectAccess(after)];
  const key = ({
    principal: who,
    resource: what,
    permission: can,
    condition: where,
  }: DirectAccess): string =>
    JSON.stringify([
      getEntityKey(who),
      can,
      getEntityKey(what),
      toPlainText(where),
    ]);
  const only = (
    some: readonly DirectAccess[],
    others: readonly DirectAccess[],
  ): readonly DirectAccess[] => {
    const known = new Set(others.map(key));
    return some.filter((one) => !known.has(key(one)));
  };
  const gone = only(was, is);
  const isUnknown = ({ origin, attributes }: DirectAccess): boolean =>
    attributes.some((attribute) =>
      hasUnknown(after.get(origin)?.values[attribute]),
    );
  return {
    gained: only(is, was),
    lost: gone.filter((one) => !isUnknown(one)),
    unknown: gone.filter(isUnknown),
  };
}
