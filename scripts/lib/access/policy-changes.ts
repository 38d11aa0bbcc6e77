import {
  type AccessDifference,
  compareAccess,
  type Grant,
} from "../iam/compare";
import { PolicyTooLargeError } from "../iam/request-space";
import type { Redacted } from "../plan/redactor";
import { getShortName } from "../plan/resource-names";
import type { Snapshot } from "../plan/snapshot";
import { groupBy } from "../system/group-by";
import { createEntity, type Entity, getEntityKey } from "./access-graph";
import {
  listBoundaries,
  listResourcePolicies,
  listRolePolicies,
  listTrustPolicies,
  type PolicyHolder,
  type PolicyStatement,
} from "./policy-holders";
import { resolveRoleEntity } from "./roles";

export type PolicyKind =
  "identity" | "trust" | "boundary" | "resource" | "denial";

/** Difference between the policies of one holder in two snapshots. */
export interface PolicyChange {
  readonly kind: PolicyKind;
  readonly holder: Entity;
  /** Address of the role or resource that has the policies. */
  readonly address?: Redacted;
  /** Absent if the holder has no such policy before. */
  readonly before?: PolicyHolder;
  /** Absent if the holder has no such policy after. */
  readonly after?: PolicyHolder;
  readonly gained: readonly Grant<Redacted>[];
  readonly lost: readonly Grant<Redacted>[];
  /** Whether a policy is known only after apply. */
  readonly isUnknown: boolean;
  /** Whether the policies are too large to compare. */
  readonly isTooLarge: boolean;
  /** Groups whose members assume the role, which are reported instead of it. */
  readonly users: readonly Entity[];
}

type HolderReader = (snapshot: Snapshot) => readonly PolicyHolder[];

const READERS: readonly (readonly [PolicyKind, HolderReader])[] = [
  ["identity", listRolePolicies],
  ["trust", listTrustPolicies],
  ["boundary", listBoundaries],
  ["resource", listResourcePolicies],
];

/** Compares all policies of two snapshots; returns those that differ. */
export function comparePolicies(
  before: Snapshot,
  after: Snapshot,
): readonly PolicyChange[] {
  const groups = findGroupsByRole([before, after]);
  return [
    ...READERS,
    ...READERS.map(([, read]) => ["denial", readDenials(read)] as const),
  ].flatMap(([kind, read]) =>
    compareHolders(kind, read, before, after).map((change) => ({
      ...change,
      users:
        kind === "identity"
          ? (groups.get(getEntityKey(change.holder)) ?? [])
          : [],
    })),
  );
}

/** Returns the groups whose members assume a role, by the key of the role. */
function findGroupsByRole(
  snapshots: readonly Snapshot[],
): ReadonlyMap<string, readonly Entity[]> {
  const pairs = snapshots.flatMap((snapshot) =>
    snapshot
      .listByType("aws_cognito_user_group")
      .filter(({ values }) => typeof values.role_arn === "string")
      .map((group) => ({
        role: getEntityKey(resolveRoleEntity(snapshot, group.values.role_arn)),
        group: createEntity("group", getShortName(group)),
      })),
  );
  return new Map(
    [...groupBy(pairs, ({ role }) => role)].map(([role, all]) => [
      role,
      [
        ...new Map(
          all.map(({ group }) => [getEntityKey(group), group]),
        ).values(),
      ],
    ]),
  );
}

function compareHolders(
  kind: PolicyKind,
  read: HolderReader,
  before: Snapshot,
  after: Snapshot,
): readonly Omit<PolicyChange, "users">[] {
  const holdersBefore = indexHolders(read(before));
  const holdersAfter = indexHolders(read(after));
  const keys = new Set([...holdersBefore.keys(), ...holdersAfter.keys()]);
  return [...keys].flatMap((key) => {
    const one = holdersBefore.get(key);
    const other = holdersAfter.get(key);
    const holder = other ?? one;
    if (holder === undefined || isUnchanged(one, other)) return [];
    const difference = tryCompare(
      one?.statements ?? [],
      other?.statements ?? [],
    );
    return [
      {
        kind,
        holder: holder.entity,
        ...(holder.address !== undefined && { address: holder.address }),
        ...(one !== undefined && { before: one }),
        ...(other !== undefined && { after: other }),
        gained: difference?.gained ?? [],
        lost: difference?.lost ?? [],
        isUnknown: other?.hasUnknown === true,
        isTooLarge: difference === undefined,
      },
    ];
  });
}

/** Numbers holders of the same name, so that a second policy of a bucket does not hide the first one. */
function indexHolders(
  holders: readonly PolicyHolder[],
): ReadonlyMap<string, PolicyHolder> {
  const groups = groupBy(holders, ({ entity }) => getEntityKey(entity));
  return new Map(
    [...groups].flatMap(([key, same]) =>
      same.map((holder, index) => [`${key} ${index}`, holder] as const),
    ),
  );
}

/** Returns `undefined` if the statements are too large to compare. */
function tryCompare(
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

function isUnchanged(
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

/** Reads denied access as if it were granted, so that the same comparison applies. */
function readDenials(read: HolderReader): HolderReader {
  return (snapshot) =>
    read(snapshot).map((holder) => ({
      ...holder,
      key: "",
      statements: holder.statements
        .filter(({ effect }) => effect === "Deny")
        .map((statement) => ({ ...statement, effect: "Allow" })),
    }));
}
