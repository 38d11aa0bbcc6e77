import { permissions, type Permission } from "./grant-words";
import { keyOf, type Party } from "./party";
import { plain, say, type Phrase } from "./phrase";
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
import type { Snapshot } from "./snapshot";
import { grantsByParty, trustedParties } from "./trust-parties";

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

interface Told {
  readonly holder: Party;
  readonly isNew: boolean;
  readonly snapshot: Snapshot;
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
    if (other?.hasUnknown === true || one?.hasUnknown === true)
      return {
        gained: [],
        lost: [],
        unknown:
          isSame(one, other) || !isTold(holder, true)
            ? []
            : [
                say`what a policy of ${holder.told} allows is known only once it is applied`,
              ],
      };
    const { gained, lost }: AccessDifference = compareAccess(
      one?.statements ?? [],
      other?.statements ?? [],
    );
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
      lost: told(lost, false, before),
      unknown: [],
    };
  });
}

/** A policy that is not known to change does not. */
function isSame(
  one: PolicyHolder | undefined,
  other: PolicyHolder | undefined,
): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function identitySentences(
  grants: readonly Grant[],
  { holder, isNew, snapshot }: Told,
): readonly Phrase[] {
  return permissions(grants, snapshot).map((permission) =>
    permissionTold(holder.told, permission, isNew),
  );
}

function permissionTold(
  who: Phrase,
  { told, what, where, isPartial, can }: Permission,
  isNew: boolean,
): Phrase {
  const isAction = plain(told) !== can || /[:*]/.test(can);
  const isByName = what.kind === "bucket" || what.told[0] === "resource ";
  const target: Phrase = isByName ? [{ name: what.name }] : what.told;
  const deed =
    isAction || isPartial ? say`${told} on ${target}` : say`${told} ${target}`;
  if (!isPartial)
    return say`${who} may ${[isNew ? "now" : "no longer"]} ${deed}${where}`;
  return isNew
    ? say`${who} may now use more of ${deed}${where}`
    : say`${who} may no longer use all of ${deed}${where}`;
}

function trustSentences(
  grants: readonly Grant[],
  { holder, isNew, snapshot }: Told,
): readonly Phrase[] {
  return grants
    .filter(({ actions }) => isAssuming(actions.patterns) || actions.isInverted)
    .flatMap((grant) => trustedParties(grant, snapshot))
    .map(
      ({ who, where }) =>
        say`${who.told}${where} may ${[isNew ? "now" : "no longer"]} assume ${[{ name: holder.name }]}`,
    );
}

function isAssuming(actions: readonly string[]): boolean {
  return actions.some((action) => /^(\*|sts:(\*|assume.*))$/i.test(action));
}

function resourceSentences(
  grants: readonly Grant[],
  { holder, isNew, snapshot }: Told,
): readonly Phrase[] {
  return grantsByParty(grants, snapshot).flatMap(
    ({ who, where, grants: own }) =>
      permissions(own, snapshot, holder).map((permission) =>
        permissionTold(say`${who.told}${where}`, permission, isNew),
      ),
  );
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

function denialSentences(
  grants: readonly Grant[],
  { holder, isNew, snapshot }: Told,
): readonly Phrase[] {
  const forbids = isNew ? "now forbids" : "no longer forbids";
  return grantsByParty(grants, snapshot).flatMap(
    ({ who, where, grants: own }) =>
      permissions(own, snapshot, holder).map(({ can, told }) => {
        const deed = /[:*]/.test(can) ? told : say`to ${[can]} it`;
        return say`${holder.told} ${[forbids]} ${who.told} ${deed}${where}`;
      }),
  );
}
