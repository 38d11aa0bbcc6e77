import { globMatches } from "./globs";
import { permissions, type Permission } from "./grant-words";
import type { Party } from "./party";
import { plain, say, type Phrase } from "./phrase";
import type { Grant } from "./policy-sets";
import type { Snapshot } from "./snapshot";
import { grantsByParty, trustedParties } from "./trust-parties";

/** What sentences about grants are told with. */
export interface Told {
  readonly holder: Party;
  readonly isNew: boolean;
  readonly snapshot: Snapshot;
}

/** What policies of an identity let it do. */
export function identitySentences(
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

/** Who may take on a role. */
export function trustSentences(
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
  return actions.some((pattern) =>
    [
      "sts:assumerole",
      "sts:assumerolewithwebidentity",
      "sts:assumerolewithsaml",
    ].some((action) => globMatches(pattern.toLowerCase(), action)),
  );
}

/** What the policy of a thing lets others do with it. */
export function resourceSentences(
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

/** What the policy of a thing forbids. */
export function denialSentences(
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
