import { hasUnknown, readText, toBlocks, type Value } from "../plan/attribute";
import type { PlanModel } from "../plan/plan-model";
import type { Resource, Snapshot } from "../plan/snapshot";
import { resolveScope, splitScope } from "../access/client-access";
import { buildStateSnapshot } from "./rules/recreation";
import { findMissing, getMembers } from "./rules/rule";
import { findSecret, indexSecretClients } from "./secret-clients";

/** Data that the search for causes needs, collected once for a plan. */
export interface CauseContext {
  readonly plan: PlanModel;
  /** The resources of the state, including those that Terraform does not find in AWS. */
  readonly state: Snapshot;
  /** Addresses before the apply of resources that are deleted or replaced. */
  readonly removed: ReadonlySet<string>;
  /** Addresses before the apply of roles that a group or an identity pool still names after it. */
  readonly rolesInUse: ReadonlySet<string>;
}

/** A rule whose findings are consequences of findings of another rule. */
export interface Cause {
  readonly cause: RegExp;
  readonly consequence: RegExp;
  /** Returns the resources, as they are before the apply, that cause the change of another one. */
  readonly find: (
    consequence: Resource,
    context: CauseContext,
  ) => readonly (Resource | undefined)[];
}

/** Causes that may themselves be the consequence of another cause come first. */
export const CAUSES: readonly Cause[] = [
  {
    cause: /^role-(replaced|destroyed)$/,
    consequence: /^role-policy(-attachment)?-(replaced|destroyed)$/,
    find: ({ values }, { plan }) => [
      plan.before.find("aws_iam_role", values.role),
    ],
  },
  {
    cause: /^secret-(replaced|destroyed)$/,
    consequence: /^secret-(value|policy)-(replaced|destroyed)$/,
    find: (part, { plan }) => [findSecret(part, plan.before)],
  },
  {
    cause: /^bucket-(replaced|destroyed)$/,
    consequence: /^(bucket-\w+|public-access-block)-(replaced|destroyed)$/,
    find: ({ values: { bucket } }, { plan }) =>
      plan.before
        .listByType("aws_s3_bucket")
        .filter(
          ({ values }) =>
            isSameText(values.bucket, bucket) || isSameText(values.id, bucket),
        ),
  },
  {
    cause: /^key-(replaced|destroyed)$/,
    consequence: /^key-alias-(replaced|destroyed)$/,
    find: ({ values: { target_key_id: id } }, { plan }) => [
      plan.before.find("aws_kms_key", id),
      ...plan.before
        .listByType("aws_kms_key")
        .filter(({ values }) => isSameText(values.key_id, id)),
    ],
  },
  {
    cause: /^identity-pool-(replaced|destroyed)$/,
    consequence: /^identity-pool-roles-(replaced|destroyed)$/,
    find: ({ values }, { plan }) => [
      plan.before.find("aws_cognito_identity_pool", values.identity_pool_id),
    ],
  },
  {
    cause: /^(scope-(removed|renamed)|resource-server-(replaced|destroyed))$/,
    consequence: /^client-scope-removed$/,
    find: findServersOfLostScopes,
  },
  {
    cause: /^identity-provider-(replaced|destroyed)$/,
    consequence: /^client-identity-provider-removed$/,
    find: findLostProviders,
  },
  {
    cause: /^group-(replaced|destroyed)$/,
    consequence: /^role(-policy|-policy-attachment)?-(replaced|destroyed)$/,
    find: findGroupsOfRole,
  },
  {
    cause: /^client-(replaced|destroyed)$/,
    consequence: /^secret(-value|-policy)?-(replaced|destroyed)$/,
    find: (part, { plan }) => indexSecretClients(plan.before).findClients(part),
  },
  {
    cause: /^trigger-removed$/,
    consequence: /^function-permission-destroyed$/,
    find: findFormerCallers,
  },
  {
    cause: /^user-pool-(replaced|destroyed)$/,
    consequence: /-(replaced|destroyed)$/,
    find: (part, { plan }) => findUserPools(part, plan.before),
  },
  {
    cause: /^resource-recreated$/,
    consequence: /^resource-recreated$/,
    find: ({ address }, { state }) => {
      const part = state.get(address);
      return part === undefined ? [] : findUserPools(part, state);
    },
  },
];

export function createCauseContext(plan: PlanModel): CauseContext {
  const { before, after, resources } = plan;
  const roles: readonly (Value | undefined)[] = [
    ...after
      .listByType("aws_cognito_user_group")
      .map(({ values }) => values.role_arn),
    ...after
      .listByType("aws_cognito_identity_pool_roles_attachment")
      .flatMap(({ values }) => [
        ...toBlocks(values.roles).flatMap((one) => Object.values(one)),
        ...toBlocks(values.role_mapping)
          .flatMap(({ mapping_rule: rules }) => toBlocks(rules))
          .map((rule) => rule.role_arn),
      ]),
  ];
  return {
    plan,
    state: buildStateSnapshot(plan),
    removed: new Set(
      resources
        .filter(
          ({ action, deposed }) =>
            deposed === undefined &&
            (action === "delete" || action === "replace"),
        )
        .map(({ address, previousAddress }) => previousAddress ?? address),
    ),
    rolesInUse: new Set(
      roles.flatMap((role) => before.find("aws_iam_role", role)?.address ?? []),
    ),
  };
}

/** Finds the pool of a resource, or of the client that a secret is for. */
function findUserPools(
  part: Resource,
  snapshot: Snapshot,
): readonly (Resource | undefined)[] {
  const parts = part.type.startsWith("aws_secretsmanager_")
    ? indexSecretClients(snapshot).findClients(part)
    : [part];
  return parts.map(({ values }) =>
    snapshot.find(
      "aws_cognito_user_pool",
      values.user_pool_id ?? values.resource_arn ?? values.source_arn,
    ),
  );
}

/** Finds the groups of a role that ends with them, because nothing else names it. */
function findGroupsOfRole(
  part: Resource,
  { plan: { before }, removed, rolesInUse }: CauseContext,
): readonly Resource[] {
  const role =
    part.type === "aws_iam_role"
      ? part
      : before.find("aws_iam_role", part.values.role);
  return role === undefined ||
    rolesInUse.has(role.address) ||
    !removed.has(role.address)
    ? []
    : before
        .listByType("aws_cognito_user_group")
        .filter(
          ({ values }) =>
            before.find("aws_iam_role", values.role_arn)?.address ===
            role.address,
        );
}

/** Finds the identity providers of a client that loses only providers which end. */
function findLostProviders(
  client: Resource,
  { plan: { before, after }, removed }: CauseContext,
): readonly Resource[] {
  const path = "supported_identity_providers";
  const later = after.get(client.address);
  const lost = findMissing(
    getMembers(later?.values ?? {}, path),
    getMembers(client.values, path),
  );
  const ending = before
    .listByType("aws_cognito_identity_provider")
    .filter(({ address }) => removed.has(address));
  const isEnding = (name: string): boolean =>
    ending.some(({ values }) => values.provider_name === name);
  return lost.every(isEnding)
    ? ending.filter(({ values }) =>
        lost.some((name) => name === values.provider_name),
      )
    : [];
}

/** Finds the user pool that no longer calls the function of a permission. */
function findFormerCallers(
  permission: Resource,
  { plan: { before, after } }: CauseContext,
): readonly Resource[] {
  const { function_name: name } = permission.values;
  return findUserPools(permission, before).filter((pool) => {
    const later = pool && after.get(pool.address)?.values.lambda_config;
    return (
      typeof name === "string" &&
      later !== undefined &&
      !hasUnknown(later) &&
      !JSON.stringify(later).includes(name)
    );
  }) as readonly Resource[];
}

/** Finds the servers of a client that loses only scopes which its server loses too. */
function findServersOfLostScopes(
  client: Resource,
  { plan: { before, after, resources } }: CauseContext,
): readonly Resource[] {
  const path = "allowed_oauth_scopes";
  const change = resources.find(
    ({ address, previousAddress, deposed }) =>
      deposed === undefined && (previousAddress ?? address) === client.address,
  );
  const later = change && after.get(change.address);
  const lost = findMissing(
    getMembers(later?.values ?? {}, path).map((one) =>
      resolveScope(one, after),
    ),
    getMembers(client.values, path).map((one) => resolveScope(one, before)),
  );
  const remaining = new Set(
    after
      .listByType("aws_cognito_resource_server")
      .flatMap((server) =>
        toBlocks(server.values.scope).map(
          (scope) =>
            `${getIdentifier(server)}/${readText(scope, "scope_name") ?? ""}`,
        ),
      ),
  );
  return lost.some((scope) => remaining.has(scope))
    ? []
    : before
        .listByType("aws_cognito_resource_server")
        .filter((server) =>
          lost.every(
            (scope) => splitScope(scope).identifier === getIdentifier(server),
          ),
        );
}

function getIdentifier({ address, values }: Resource): string {
  return readText(values, "identifier") ?? address;
}

function isSameText(one: Value | undefined, other: Value | undefined): boolean {
  return typeof one === "string" && one === other;
}
