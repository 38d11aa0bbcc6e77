import {
  mapTexts,
  parsePolicy,
  toPolicyKey,
  type Statement,
} from "../iam/policy";
import {
  toBlocks,
  readText,
  Unknown,
  type Attributes,
  type Value,
} from "../plan/attribute";
import type { Redacted } from "../plan/redactor";
import { getShortName } from "../plan/resource-names";
import { text } from "../plan/rich-text";
import type { Resource, Snapshot } from "../plan/snapshot";
import {
  isSameRole,
  resolveRoleEntity,
  listManagedPolicies,
} from "./direct-access";
import { createEntity, getEntityKey, type Entity } from "./access-graph";

export type PolicyStatement = Statement<Redacted>;

/** Policies of one role, or of one resource. */
export interface PolicyHolder {
  readonly entity: Entity;
  readonly statements: readonly PolicyStatement[];
  /** Whether one of its policies is known only after the apply. */
  readonly hasUnknown: boolean;
  /** Policies that cannot be read. */
  readonly unreadable: readonly UnreadablePolicy[];
  /** Address of the role or resource, if it is part of the snapshot. */
  readonly address?: Redacted;
  /** Equal for policies that are written in the same way. */
  readonly key: string;
}

export interface UnreadablePolicy {
  readonly text: Redacted;
  readonly reason: string;
  readonly origin: Redacted;
}

/** A policy as a resource has it. */
interface PolicySource {
  readonly policy: Value | undefined;
  readonly origin: Redacted;
}

/** Returns what each role can do by its policies: its own, inline ones and attached ones that the plan has. */
export function listRolePolicies(snapshot: Snapshot): readonly PolicyHolder[] {
  const roles = snapshot.listByType("aws_iam_role").map((role) => ({
    entity: createEntity("role", getShortName(role)),
    address: role.address,
    sources: [
      ...inlinePolicies(role, snapshot),
      ...listManagedPolicies(role, snapshot).flatMap((arn) =>
        managedPolicy(snapshot, arn),
      ),
    ],
  }));
  const held = snapshot
    .listByType("aws_iam_role_policy")
    .map(({ values, address }) => ({
      entity: resolveRoleEntity(snapshot, values.role),
      sources: [{ policy: values.policy, origin: address }],
    }));
  const attached = snapshot
    .listByType("aws_iam_role_policy_attachment")
    .map(({ values }) => ({
      entity: resolveRoleEntity(snapshot, values.role),
      sources: managedPolicy(snapshot, values.policy_arn),
    }));
  return merged([...roles, ...held, ...attached], snapshot);
}

/**
 * Returns the inline policies of a role that are no copies of policies which are resources of their own. AWS reports those
 * as inline too.
 */
function inlinePolicies(
  role: Resource,
  snapshot: Snapshot,
): readonly PolicySource[] {
  const { inline_policy: inline } = role.values;
  if (inline instanceof Unknown)
    return inline.isComputed ? [] : [{ policy: inline, origin: role.address }];
  const isDeclared = role.declaredAttributes?.has("inline_policy") === true;
  const ownResources = new Set(
    [
      snapshot,
      ...(snapshot.previous === undefined ? [] : [snapshot.previous]),
    ].flatMap((one) =>
      one
        .listByType("aws_iam_role_policy")
        .filter(({ values }) => isSameRole(one, values.role, role))
        .map(({ values }) => copyKey(values)),
    ),
  );
  return toBlocks(inline)
    .filter((block) => isDeclared || !ownResources.has(copyKey(block)))
    .filter(({ policy }) => policy !== undefined && policy !== null)
    .map(({ policy }) => ({ policy, origin: role.address }));
}

/** Returns a text that is equal for a policy and its copy: another policy of the same name is none. */
function copyKey({ name, policy }: Attributes): string {
  return JSON.stringify([
    name,
    typeof policy === "string" ? toPolicyKey(parsePolicy(policy)) : null,
  ]);
}

function managedPolicy(
  snapshot: Snapshot,
  arn: Value | undefined,
): readonly PolicySource[] {
  const found = snapshot.find("aws_iam_policy", arn);
  return found === undefined
    ? []
    : [{ policy: found.values.policy, origin: found.address }];
}

/** Returns who can assume each role. */
export function listTrustPolicies(snapshot: Snapshot): readonly PolicyHolder[] {
  return snapshot
    .listByType("aws_iam_role")
    .map((role) =>
      holder(
        createEntity("role", getShortName(role)),
        [{ policy: role.values.assume_role_policy, origin: role.address }],
        snapshot,
        role.address,
      ),
    );
}

/** Returns the most that roles can do, by policies that are the boundary of some. */
export function listBoundaries(snapshot: Snapshot): readonly PolicyHolder[] {
  const attached = snapshot
    .listByType("aws_iam_role_policy_attachment")
    .map(({ values }) => snapshot.find("aws_iam_policy", values.policy_arn));
  return snapshot
    .listByType("aws_iam_policy")
    .filter((policy) => !attached.includes(policy))
    .map((policy) => {
      const name = getShortName(policy);
      return holder(
        {
          kind: "role",
          name,
          text: text`a role that policy ${name} is the boundary of`,
        },
        [{ policy: policy.values.policy, origin: policy.address }],
        snapshot,
        policy.address,
      );
    });
}

/** Returns what the policy of a secret, a bucket or a key lets others do with it. */
export function listResourcePolicies(
  snapshot: Snapshot,
): readonly PolicyHolder[] {
  const secrets = snapshot
    .listByType("aws_secretsmanager_secret_policy")
    .map(({ values, address }) => {
      const found = snapshot.find(
        "aws_secretsmanager_secret",
        values.secret_arn,
      );
      const name =
        found === undefined
          ? (readText(values, "secret_arn") ?? address)
          : getShortName(found);
      return {
        entity: createEntity("secret", name),
        address: found?.address,
        source: { policy: values.policy, origin: address },
      };
    });
  const ownPolicies = snapshot
    .listByType("aws_secretsmanager_secret")
    .filter(
      (secret) =>
        secret.declaredAttributes?.has("policy") === true ||
        !secrets.some(({ address }) => address === secret.address),
    )
    .map((secret) => ({
      entity: createEntity("secret", getShortName(secret)),
      address: secret.address,
      source: { policy: secret.values.policy, origin: secret.address },
    }));
  const buckets = snapshot
    .listByType("aws_s3_bucket_policy")
    .map(({ values, address }) => {
      const found = snapshot.find("aws_s3_bucket", values.bucket);
      const name =
        found === undefined
          ? (readText(values, "bucket") ?? address)
          : getShortName(found);
      return {
        entity: createEntity("bucket", name),
        address: found?.address,
        source: { policy: values.policy, origin: address },
      };
    });
  const keys = snapshot.listByType("aws_kms_key").map((key) => {
    const name = readText(key.values, "arn") ?? key.address;
    return {
      entity: { ...createEntity("resource", name), text: text`key ${name}` },
      address: key.address,
      source: { policy: key.values.policy, origin: key.address },
    };
  });
  return [...secrets, ...ownPolicies, ...buckets, ...keys]
    .filter(({ source: { policy } }) => !isUnset(policy))
    .map(({ entity: about, address, source }) =>
      holder(about, [source], snapshot, address),
    );
}

function isUnset(policy: Value | undefined): boolean {
  return (
    policy === undefined ||
    policy === null ||
    policy === "" ||
    (policy instanceof Unknown && policy.isComputed)
  );
}

/** Members of a group, or users of one kind, and the roles that they assume. */
export interface RoleUser {
  readonly entity: Entity;
  readonly roles: readonly Entity[];
}

export function listRoleUsers(snapshot: Snapshot): readonly RoleUser[] {
  return snapshot
    .listByType("aws_cognito_user_group")
    .filter(({ values }) => typeof values.role_arn === "string")
    .map((group) => ({
      entity: createEntity("group", getShortName(group)),
      roles: [resolveRoleEntity(snapshot, group.values.role_arn)],
    }));
}

function holder(
  about: Entity,
  sources: readonly PolicySource[],
  snapshot: Snapshot,
  address: Redacted | undefined,
): PolicyHolder {
  const known = sources.filter(
    (source): source is PolicySource & { readonly policy: Redacted } =>
      typeof source.policy === "string" && source.policy !== "",
  );
  const parsed = known.map(({ policy, origin }) => ({
    origin,
    policy: parsePolicy(policy),
  }));
  return {
    entity: about,
    ...(address !== undefined && { address }),
    statements: parsed.flatMap(({ origin, policy }) =>
      policy.kind === "unreadable"
        ? []
        : policy.statements.map((statement) => ({
            ...mapTexts(statement, (one) => snapshot.canonicalize(one)),
            origin,
          })),
    ),
    hasUnknown: sources.some(
      ({ policy }) =>
        policy !== undefined && policy !== null && typeof policy !== "string",
    ),
    unreadable: parsed.flatMap(({ origin, policy }) =>
      policy.kind === "unreadable"
        ? [{ text: policy.text, reason: policy.reason, origin }]
        : [],
    ),
    key: parsed
      .map(({ policy }) => toPolicyKey(policy))
      .sort()
      .join(),
  };
}

/** One holder for each role. */
function merged(
  parts: readonly {
    readonly entity: Entity;
    readonly address?: Redacted;
    readonly sources: readonly PolicySource[];
  }[],
  snapshot: Snapshot,
): readonly PolicyHolder[] {
  const all = new Map<
    string,
    { entity: Entity; address?: Redacted; sources: PolicySource[] }
  >();
  for (const { entity: about, address, sources } of parts) {
    const key = getEntityKey(about);
    const known = all.get(key);
    if (known === undefined)
      all.set(key, {
        entity: about,
        ...(address !== undefined && { address }),
        sources: [...sources],
      });
    else known.sources.push(...sources);
  }
  return [...all.values()].map(({ entity: about, address, sources }) =>
    holder(about, sources, snapshot, address),
  );
}
