import {
  compareAccess,
  type AccessDifference,
  type Grant,
} from "../iam/compare";
import { PolicyTooLargeError } from "../iam/request-space";
import type { Redacted } from "../plan/redactor";
import type { Snapshot } from "../plan/snapshot";
import { getEntityKey, type Entity } from "./access-graph";
import {
  listBoundaries,
  listResourcePolicies,
  listRolePolicies,
  listTrustPolicies,
  listRoleUsers,
  type PolicyHolder,
  type PolicyStatement,
} from "./policy-holders";

/** What kind of policy says it. */
export type PolicyKind =
  "identity" | "trust" | "boundary" | "resource" | "denial";

/** How the policies of one holder differ between two times. */
export interface PolicyChange {
  readonly kind: PolicyKind;
  readonly holder: Entity;
  /** Address of the role or resource that has the policies. */
  readonly address?: Redacted;
  /** Absent if it has no policy of that kind then. */
  readonly before?: PolicyHolder;
  readonly after?: PolicyHolder;
  readonly gained: readonly Grant<Redacted>[];
  readonly lost: readonly Grant<Redacted>[];
  /** Whether what it allows is known only after the apply. */
  readonly isUnknown: boolean;
  /** Whether there is too much to compare. */
  readonly isTooLarge: boolean;
  /** Groups whose members assume the role, in place of which the change is reported. */
  readonly users: readonly Entity[];
}

/** Compares all policies of two times; what stays the same is left out. */
export function comparePolicies(
  before: Snapshot,
  after: Snapshot,
): readonly PolicyChange[] {
  const usersBefore = usersByRole(before);
  const usersAfter = usersByRole(after);
  const users = (role: Entity): readonly Entity[] => [
    ...new Map(
      [
        ...(usersBefore.get(getEntityKey(role)) ?? []),
        ...(usersAfter.get(getEntityKey(role)) ?? []),
      ].map((one) => [getEntityKey(one), one]),
    ).values(),
  ];
  return [
    ...changesOf("identity", listRolePolicies, before, after).map((change) => ({
      ...change,
      users: users(change.holder),
    })),
    ...changesOf("trust", listTrustPolicies, before, after),
    ...changesOf("boundary", listBoundaries, before, after),
    ...changesOf("resource", listResourcePolicies, before, after),
    ...[
      listRolePolicies,
      listTrustPolicies,
      listBoundaries,
      listResourcePolicies,
    ].flatMap((holders) =>
      changesOf("denial", denialsOf(holders), before, after),
    ),
  ];
}

function usersByRole(
  snapshot: Snapshot,
): ReadonlyMap<string, readonly Entity[]> {
  const all = new Map<string, Entity[]>();
  for (const { entity, roles } of listRoleUsers(snapshot))
    for (const role of roles) {
      const key = getEntityKey(role);
      all.set(key, [...(all.get(key) ?? []), entity]);
    }
  return all;
}

function changesOf(
  kind: PolicyKind,
  holders: (snapshot: Snapshot) => readonly PolicyHolder[],
  before: Snapshot,
  after: Snapshot,
): readonly PolicyChange[] {
  const [was, is] = [
    holdersByKey(holders(before)),
    holdersByKey(holders(after)),
  ];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((key) => {
    const [one, other] = [was.get(key), is.get(key)];
    const either = other ?? one;
    if (either === undefined || isSame(one, other)) return [];
    const difference = compared(one?.statements ?? [], other?.statements ?? []);
    return [
      {
        kind,
        holder: either.entity,
        ...(either.address !== undefined && { address: either.address }),
        ...(one !== undefined && { before: one }),
        ...(other !== undefined && { after: other }),
        gained: difference?.gained ?? [],
        lost: difference?.lost ?? [],
        isUnknown: other?.hasUnknown === true,
        isTooLarge: difference === undefined,
        users: [],
      },
    ];
  });
}

/** Each holder by a key, also those of one name: a second policy of a bucket must not hide the first one. */
function holdersByKey(
  holders: readonly PolicyHolder[],
): ReadonlyMap<string, PolicyHolder> {
  const all = new Map<string, PolicyHolder>();
  for (const holder of holders) {
    const name = getEntityKey(holder.entity);
    let key: string = name;
    for (let number = 2; all.has(key); number += 1) key = `${name} ${number}`;
    all.set(key, holder);
  }
  return all;
}

/** Returns `undefined` if there is too much to compare. */
function compared(
  before: readonly PolicyStatement[],
  after: readonly PolicyStatement[],
): AccessDifference<Redacted> | undefined {
  try {
    return compareAccess(before, after);
  } catch (error) {
    if (error instanceof PolicyTooLargeError) return undefined;
    throw error;
  }
}

/** Whether nothing was written in another way; what is unknown may change. */
function isSame(
  one: PolicyHolder | undefined,
  other: PolicyHolder | undefined,
): boolean {
  return (
    one !== undefined &&
    other !== undefined &&
    !other.hasUnknown &&
    one.key === other.key &&
    JSON.stringify(withoutOrigins(one)) ===
      JSON.stringify(withoutOrigins(other))
  );
}

function withoutOrigins({ statements }: PolicyHolder): readonly object[] {
  return statements.map((statement) => ({ ...statement, origin: undefined }));
}

/** What policies deny, taken as grants, so that the same sets are compared. */
function denialsOf(
  holders: (snapshot: Snapshot) => readonly PolicyHolder[],
): (snapshot: Snapshot) => readonly PolicyHolder[] {
  return (snapshot) =>
    holders(snapshot).map((holder) => ({
      ...holder,
      key: "",
      statements: holder.statements
        .filter(({ effect }) => effect === "Deny")
        .map((statement) => ({ ...statement, effect: "Allow" })),
    }));
}
