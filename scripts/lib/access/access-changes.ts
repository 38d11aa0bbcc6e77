import type { DirectAccess } from "./client-access";
import { directAccess } from "./direct-access";
import { keyOf } from "./party";
import { plain, say, type Phrase } from "./phrase";
import { policyChanges, type AccessChanges } from "./policy-changes";
import type { Snapshot } from "./snapshot";

/** What differs in access between two times, in sentences. */
export function accessChanges(
  before: Snapshot,
  after: Snapshot,
): AccessChanges {
  const all = [directChanges(before, after), ...policyChanges(before, after)];
  const gathered = (of: keyof AccessChanges): readonly Phrase[] => {
    const told = new Map(
      all.flatMap((changes) => changes[of]).map((one) => [plain(one), one]),
    );
    return [...told.values()];
  };
  return {
    gained: gathered("gained"),
    lost: gathered("lost"),
    unknown: gathered("unknown"),
  };
}

function directChanges(before: Snapshot, after: Snapshot): AccessChanges {
  const [was, is] = [directAccess(before), directAccess(after)];
  const key = ({ who, what, can, where }: DirectAccess): string =>
    JSON.stringify([keyOf(who), can, keyOf(what), plain(where)]);
  const only = (
    some: readonly DirectAccess[],
    others: readonly DirectAccess[],
  ): readonly DirectAccess[] => {
    const known = new Set(others.map(key));
    return some.filter((one) => !known.has(key(one)));
  };
  return {
    gained: only(is, was).map(
      ({ who, told, where }) => say`${who.told} may now ${told}${where}`,
    ),
    lost: only(was, is).map(
      ({ who, told, where }) => say`${who.told} may no longer ${told}${where}`,
    ),
    unknown: [],
  };
}
