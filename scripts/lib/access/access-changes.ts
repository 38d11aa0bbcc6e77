import { directAccess, type DirectAccess } from "./direct-access";
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

/** What differs in access between two times, in sentences. */
export function accessChanges(
  before: Snapshot,
  after: Snapshot,
): AccessChanges {
  const all = [
    directChanges(before, after),
    ...identityChanges(before, after),
    ...changesOf(roleTrusts, before, after, trustSentences),
    ...changesOf(boundaries, before, after, identitySentences),
    ...changesOf(resourcePolicies, before, after, resourceSentences),
    ...changesOf(denials, before, after, denialSentences).map(
      ({ gained, lost, unknown }) => ({ gained: lost, lost: gained, unknown }),
    ),
  ];
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

/** By the policies of roles: told of those who take a role on, else of the role. */
function identityChanges(
  before: Snapshot,
  after: Snapshot,
): readonly AccessChanges[] {
  const users = (snapshot: Snapshot): readonly PolicyHolder[] => {
    const policies = rolePolicies(snapshot);
    const used = roleUsers(snapshot);
    const taken = new Set(used.flatMap(({ roles }) => roles.map(keyOf)));
    const held = used.map(({ party, roles }) => {
      const own = policies.filter((policy) =>
        roles.some((role) => keyOf(role) === keyOf(policy.party)),
      );
      return {
        party,
        statements: own.flatMap(({ statements }) => statements),
        hasUnknown: own.some(({ hasUnknown }) => hasUnknown),
      };
    });
    return [
      ...held,
      ...policies.filter(({ party }) => !taken.has(keyOf(party))),
    ];
  };
  return changesOf(users, before, after, identitySentences);
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
        unknown: isSame(one, other)
          ? []
          : [
              say`what a policy of ${holder.told} allows is known only once it is applied`,
            ],
      };
    const { gained, lost }: AccessDifference = compareAccess(
      one?.statements ?? [],
      other?.statements ?? [],
    );
    return {
      gained: sentences(gained, { holder, isNew: true, snapshot: after }),
      lost: sentences(lost, { holder, isNew: false, snapshot: before }),
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
      permissions(own, snapshot, holder).map(
        ({ can, told }) => {
          const deed = /[:*]/.test(can) ? told : say`to ${[can]} it`;
          return say`${holder.told} ${[forbids]} ${who.told} ${deed}${where}`;
        },
      ),
  );
}
