import {
  mapTexts,
  parsePolicy,
  type Statement,
  toPolicyKey,
} from "../iam/policy";
import {
  type Attributes,
  readText,
  toBlocks,
  Unknown,
  type Value,
} from "../plan/attribute";
import type { Redacted } from "../plan/redactor";
import { getShortName } from "../plan/resource-names";
import { literal } from "../plan/rich-text";
import type { Resource, Snapshot } from "../plan/snapshot";
import { groupBy } from "../system/group-by";
import {
  createEntity,
  type Entity,
  getEntityKey,
  type NodeKind,
  resolveName,
} from "./access-graph";
import {
  listManagedPolicies,
  listRoleResources,
  resolveRoleEntity,
} from "./roles";

export type PolicyStatement = Statement<Redacted>;

/** All policies of one kind that a role or a resource has. */
export interface PolicyHolder {
  readonly entity: Entity;
  readonly statements: readonly PolicyStatement[];
  /** Whether a policy is known only after apply. */
  readonly hasUnknown: boolean;
  readonly unreadable: readonly {
    readonly text: Redacted;
    readonly reason: string;
    readonly origin: Redacted;
  }[];
  /** Address of the role or resource. Absent if it is not in the snapshot. */
  readonly address?: Redacted;
  /** Equal for policies with the same text, ignoring order and whitespace. */
  readonly key: string;
}

/** Policies of a holder before they are parsed. */
interface HolderSource {
  readonly entity: Entity;
  readonly address?: Redacted | undefined;
  readonly policies: readonly PolicySource[];
}

interface PolicySource {
  readonly policy: Value | undefined;
  /** Address of the resource that has the policy as an attribute. */
  readonly origin: Redacted;
}

/** Returns the inline policies of each role, and its managed policies that are in the snapshot. */
export function listRolePolicies(snapshot: Snapshot): readonly PolicyHolder[] {
  const roles = snapshot.listByType("aws_iam_role").map((role) => ({
    entity: createEntity("role", getShortName(role)),
    address: role.address,
    policies: [
      ...listInlinePolicies(role, snapshot),
      ...listManagedPolicies(role, snapshot).flatMap((arn) =>
        findManagedPolicy(snapshot, arn),
      ),
    ],
  }));
  const inline = snapshot
    .listByType("aws_iam_role_policy")
    .map(({ values, address }) => ({
      entity: resolveRoleEntity(snapshot, values.role),
      policies: [{ policy: values.policy, origin: address }],
    }));
  const attached = snapshot
    .listByType("aws_iam_role_policy_attachment")
    .map(({ values }) => ({
      entity: resolveRoleEntity(snapshot, values.role),
      policies: findManagedPolicy(snapshot, values.policy_arn),
    }));
  const sources: readonly HolderSource[] = [...roles, ...inline, ...attached];
  const byRole = groupBy(sources, ({ entity }) => getEntityKey(entity));
  return [...byRole.values()].map((same) =>
    parseHolder(
      { ...same[0], policies: same.flatMap(({ policies }) => policies) },
      snapshot,
    ),
  );
}

/** Returns the `inline_policy` blocks of a role, without those that other resources add unless the code sets the block. */
function listInlinePolicies(
  role: Resource,
  snapshot: Snapshot,
): readonly PolicySource[] {
  const { inline_policy: inline } = role.values;
  const origin = role.address;
  if (inline instanceof Unknown)
    return inline.isComputed ? [] : [{ policy: inline, origin }];
  const isDeclared = role.declaredAttributes?.has("inline_policy") === true;
  const separate = new Set(
    listRoleResources("aws_iam_role_policy", role, snapshot).map(({ values }) =>
      getInlineKey(values),
    ),
  );
  return toBlocks(inline)
    .filter((block) => isDeclared || !separate.has(getInlineKey(block)))
    .filter(({ policy }) => policy !== undefined && policy !== null)
    .map(({ policy }) => ({ policy, origin }));
}

function getInlineKey({ name, policy }: Attributes): string {
  return JSON.stringify([
    name,
    typeof policy === "string" ? toPolicyKey(parsePolicy(policy)) : null,
  ]);
}

function findManagedPolicy(
  snapshot: Snapshot,
  arn: Value | undefined,
): readonly PolicySource[] {
  const found = snapshot.find("aws_iam_policy", arn);
  return found === undefined
    ? []
    : [{ policy: found.values.policy, origin: found.address }];
}

/** Returns the trust policy of each role. */
export function listTrustPolicies(snapshot: Snapshot): readonly PolicyHolder[] {
  return snapshot.listByType("aws_iam_role").map((role) => {
    const entity = createEntity("role", getShortName(role));
    return parseHolder(toSource(role, entity, "assume_role_policy"), snapshot);
  });
}

/** Returns the managed policies that are attached to no role, and so can be permissions boundaries. */
export function listBoundaries(snapshot: Snapshot): readonly PolicyHolder[] {
  const attached = snapshot
    .listByType("aws_iam_role_policy_attachment")
    .map(({ values }) => snapshot.find("aws_iam_policy", values.policy_arn));
  return snapshot
    .listByType("aws_iam_policy")
    .filter((policy) => !attached.includes(policy))
    .map((policy) => {
      const words = literal("a role with permissions boundary ");
      const entity = createEntity("role", getShortName(policy), words);
      return parseHolder(toSource(policy, entity, "policy"), snapshot);
    });
}

/** Returns the resource policies of secrets, buckets and KMS keys. */
export function listResourcePolicies(
  snapshot: Snapshot,
): readonly PolicyHolder[] {
  const toOwnerSource = (
    { values, address }: Resource,
    kind: NodeKind,
    ownerType: string,
    ownerAttribute: string,
  ): HolderSource => {
    const value = values[ownerAttribute];
    const name = resolveName(snapshot, ownerType, value, address);
    return {
      entity: createEntity(kind, name),
      address: snapshot.find(ownerType, value)?.address,
      policies: [{ policy: values.policy, origin: address }],
    };
  };
  const secretPolicies = snapshot
    .listByType("aws_secretsmanager_secret_policy")
    .map((policy) =>
      toOwnerSource(
        policy,
        "secret",
        "aws_secretsmanager_secret",
        "secret_arn",
      ),
    );
  const secrets = snapshot
    .listByType("aws_secretsmanager_secret")
    .filter(
      ({ address, declaredAttributes }) =>
        declaredAttributes?.has("policy") === true ||
        !secretPolicies.some((one) => one.address === address),
    )
    .map((secret) => {
      const entity = createEntity("secret", getShortName(secret));
      return toSource(secret, entity, "policy");
    });
  const buckets = snapshot
    .listByType("aws_s3_bucket_policy")
    .map((policy) =>
      toOwnerSource(policy, "bucket", "aws_s3_bucket", "bucket"),
    );
  const keys = snapshot.listByType("aws_kms_key").map((key) => {
    const name = readText(key.values, "arn") ?? key.address;
    const entity = createEntity("resource", name, literal("key "));
    return toSource(key, entity, "policy");
  });
  return [...secretPolicies, ...secrets, ...buckets, ...keys]
    .filter(({ policies }) => !policies.some(({ policy }) => isUnset(policy)))
    .map((source) => parseHolder(source, snapshot));
}

function isUnset(policy: Value | undefined): boolean {
  return (
    policy === undefined ||
    policy === null ||
    policy === "" ||
    (policy instanceof Unknown && policy.isComputed)
  );
}

/** Returns the policy that is an attribute of the holder itself. */
function toSource(
  { address, values }: Resource,
  entity: Entity,
  attribute: string,
): HolderSource {
  const policies = [{ policy: values[attribute], origin: address }];
  return { entity, address, policies };
}

function parseHolder(
  { entity, address, policies }: HolderSource,
  snapshot: Snapshot,
): PolicyHolder {
  const parsed = policies.flatMap(({ policy, origin }) =>
    typeof policy === "string" && policy !== ""
      ? [{ policy: parsePolicy(policy), origin }]
      : [],
  );
  return {
    entity,
    ...(address !== undefined && { address }),
    statements: parsed.flatMap(({ origin, policy }) =>
      policy.kind === "unreadable"
        ? []
        : policy.statements.map((statement) => ({
            ...mapTexts(statement, (one) => snapshot.canonicalize(one)),
            origin,
          })),
    ),
    hasUnknown: policies.some(
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
