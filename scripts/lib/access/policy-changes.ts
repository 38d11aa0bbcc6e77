import {
  denialSentences,
  identitySentences,
  resourceSentences,
  trustSentences,
  type Told,
} from "./grant-sentences";
import { keyOf, type Party } from "./party";
import { say, type Phrase } from "./phrase";
import {
  boundaries,
  resourcePolicies,
  rolePolicies,
  roleTrusts,
  roleUsers,
  type PolicyHolder,
} from "./policy-access";
import {
  compareAccess,
  type AccessDifference,
  type Grant,
} from "./policy-sets";
import type { Statement } from "./policy";
import { TooLargeError } from "./policy-requests";
import type { Snapshot } from "./snapshot";

/** Who can newly do what, and who no longer can. */
export interface AccessChanges {
  readonly gained: readonly Phrase[];
  readonly lost: readonly Phrase[];
  /** Whose access cannot be told before it is applied. */
  readonly unknown: readonly Phrase[];
}

/** What differs in what policies let somebody do. */
export function policyChanges(
  before: Snapshot,
  after: Snapshot,
): readonly AccessChanges[] {
  return [
    ...identityChanges(before, after),
    ...changesOf(roleTrusts, before, after, trustSentences),
    ...changesOf(boundaries, before, after, identitySentences),
    ...changesOf(resourcePolicies, before, after, resourceSentences),
    ...changesOf(denials, before, after, denialSentences).map(
      ({ gained, lost, unknown }) => ({ gained: lost, lost: gained, unknown }),
    ),
  ];
}

/** By the policies of roles: told of those who take a role on, and of a role that nobody takes on by itself. */
function identityChanges(
  before: Snapshot,
  after: Snapshot,
): readonly AccessChanges[] {
  const [takenBefore, takenAfter] = [before, after].map(
    (snapshot) =>
      new Set(roleUsers(snapshot).flatMap(({ roles }) => roles.map(keyOf))),
  );
  const isTold = (holder: Party, isNew: boolean): boolean =>
    (isNew ? takenAfter : takenBefore)?.has(keyOf(holder)) !== true;
  return [
    ...changesOf(usersPolicies, before, after, identitySentences),
    ...changesOf(rolePolicies, before, after, identitySentences, isTold),
  ];
}

/** What each group may do, and users of each kind, by the policies of their roles. */
function usersPolicies(snapshot: Snapshot): readonly PolicyHolder[] {
  const policies = rolePolicies(snapshot);
  return roleUsers(snapshot).map(({ party, roles }) => {
    const own = policies.filter((policy) =>
      roles.some((role) => keyOf(role) === keyOf(policy.party)),
    );
    return {
      party,
      statements: own.flatMap(({ statements }) => statements),
      hasUnknown: own.some(({ hasUnknown }) => hasUnknown),
    };
  });
}

function changesOf(
  holders: (snapshot: Snapshot) => readonly PolicyHolder[],
  before: Snapshot,
  after: Snapshot,
  sentences: (grants: readonly Grant[], told: Told) => readonly Phrase[],
  isTold: (holder: Party, isNew: boolean) => boolean = () => true,
): readonly AccessChanges[] {
  const [was, is] = [before, after].map(
    (snapshot) =>
      new Map(holders(snapshot).map((one) => [keyOf(one.party), one])),
  );
  const keys = new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])]);
  return [...keys].map((key) => {
    const [one, other] = [was?.get(key), is?.get(key)];
    const holder = other?.party ?? one?.party;
    if (holder === undefined) return { gained: [], lost: [], unknown: [] };
    const hasUnknown = other?.hasUnknown === true || one?.hasUnknown === true;
    const unknown =
      !hasUnknown || isSame(one, other) || !isTold(holder, true)
        ? []
        : [
            say`what a policy of ${holder.told} allows is known only once it is applied`,
          ];
    const difference = compared(one?.statements ?? [], other?.statements ?? []);
    if (difference === undefined)
      return {
        gained: [],
        lost: [],
        unknown: isTold(holder, true)
          ? [
              say`what changes for ${holder.told} is too much to compare: read its policies`,
            ]
          : [],
      };
    const { gained, lost } = difference;
    const told = (
      grants: readonly Grant[],
      isNew: boolean,
      snapshot: Snapshot,
    ): readonly Phrase[] =>
      isTold(holder, isNew)
        ? sentences(grants, { holder, isNew, snapshot })
        : [];
    return {
      gained: told(gained, true, after),
      // what is not known yet may hold it
      lost: hasUnknown ? [] : told(lost, false, before),
      unknown,
    };
  });
}

/** `undefined` where it is too much. */
function compared(
  before: readonly Statement[],
  after: readonly Statement[],
): AccessDifference | undefined {
  try {
    return compareAccess(before, after);
  } catch (error) {
    if (error instanceof TooLargeError) return undefined;
    throw error;
  }
}

/** A policy that is not known to change does not. */
function isSame(
  one: PolicyHolder | undefined,
  other: PolicyHolder | undefined,
): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** What policies of things forbid, whatever else allows it: taken as grants, so that the same sets are compared. */
function denials(snapshot: Snapshot): readonly PolicyHolder[] {
  return resourcePolicies(snapshot).map((holder) => ({
    ...holder,
    statements: holder.statements
      .filter(({ effect }) => effect === "Deny")
      .map((statement) => ({ ...statement, effect: "Allow" })),
  }));
}
