import { toBlocks, readText, type Value } from "../plan/attribute";
import type { PlanModel } from "../plan/plan-model";
import { toPlainText, text, type RichText } from "../plan/rich-text";
import type { Resource } from "../plan/snapshot";
import { resolveScope } from "../access/client-access";
import { indexSecretClients, findSecret } from "./secret-clients";
import type { Finding, FindingGroup } from "./review-model";
import { getMembers, findMissing } from "./rules/rule";

/** What the search for causes reads, gathered once. */
interface Context {
  readonly plan: PlanModel;
  readonly secrets: ReturnType<typeof indexSecretClients>;
  /** Addresses, before the apply, of roles that a group or an identity pool still names after it. */
  readonly rolesInUse: ReadonlySet<string>;
  /** Addresses, before the apply, of resources that are deleted or replaced. */
  readonly removed: ReadonlySet<string>;
  /** Addresses after the apply, by those before it. */
  readonly addresses: ReadonlyMap<string, string>;
}

/** Returns the resources, as they are before the apply, whose removal or change takes another one with it. */
type Causes = (
  consequence: Resource,
  context: Context,
) => readonly (Resource | undefined)[];

/**
 * What follows from the removal or change of a resource: the rules that report the cause, and those that report what follows.
 * Causes that may follow from another one come first.
 */
const CAUSES: readonly (readonly [
  cause: RegExp,
  consequence: RegExp,
  causes: Causes,
])[] = [
  [
    /^role-(replaced|destroyed)$/,
    /^role-policy(-attachment)?-(replaced|destroyed)$/,
    ({ values }, { plan: { before } }) => [
      before.find("aws_iam_role", values.role),
    ],
  ],
  [
    /^secret-(replaced|destroyed)$/,
    /^secret-(value|policy)-(replaced|destroyed)$/,
    (part, { plan }) => [findSecret(part, plan.before)],
  ],
  [
    /^bucket-(replaced|destroyed)$/,
    /^(bucket-\w+|public-access-block)-(replaced|destroyed)$/,
    bucketsOf,
  ],
  [
    /^key-(replaced|destroyed)$/,
    /^key-alias-(replaced|destroyed)$/,
    ({ values }, { plan: { before } }) => [
      before.find("aws_kms_key", values.target_key_id),
      ...before
        .listByType("aws_kms_key")
        .filter((key) => isSameText(key.values.key_id, values.target_key_id)),
    ],
  ],
  [
    /^identity-pool-(replaced|destroyed)$/,
    /^identity-pool-roles-(replaced|destroyed)$/,
    ({ values }, { plan: { before } }) => [
      before.find("aws_cognito_identity_pool", values.identity_pool_id),
    ],
  ],
  [/^scope-(removed|renamed)$/, /^client-scope-removed$/, serversOfLostScopes],
  [
    /^resource-server-(replaced|destroyed)$/,
    /^client-scope-removed$/,
    serversOfLostScopes,
  ],
  [
    /^group-(replaced|destroyed)$/,
    /^role(-policy|-policy-attachment)?-(replaced|destroyed)$/,
    groupsOfRole,
  ],
  [
    /^client-(replaced|destroyed)$/,
    /^secret(-value|-policy)?-(replaced|destroyed)$/,
    (part, { secrets }) => secrets.findClients(part),
  ],
  [/^user-pool-(replaced|destroyed)$/, /-(replaced|destroyed)$/, userPoolsOf],
];

/** Groups findings by what causes them, and findings of one rule at one address into one. */
export function groupFindings(
  findings: readonly Finding[],
  plan: PlanModel,
): readonly FindingGroup[] {
  const merged = mergeSame(findings);
  const resources = resourcesByAddress(plan);
  const context = contextOf(plan);
  const isRemoval = ({ rule }: Finding): boolean =>
    /-(replaced|destroyed)$/.test(rule);
  // an object that an earlier replacement has left takes nothing with it
  const isCurrent = (finding: Finding): boolean => {
    const resource = resources.get(finding.address);
    return (
      resource !== undefined &&
      (!isRemoval(finding) || context.removed.has(resource.address))
    );
  };
  const current = merged.filter(isCurrent);
  const taken = new Set<Finding>();
  const groups = new Map<Finding, Finding[]>();
  for (const [cause, consequence, causesOf] of CAUSES) {
    const heads = new Map(
      current
        .filter((finding) => cause.test(finding.rule) && !taken.has(finding))
        .map((finding) => [resources.get(finding.address)?.address, finding]),
    );
    if (heads.size === 0) continue;
    for (const finding of current) {
      const resource = resources.get(finding.address);
      if (
        resource === undefined ||
        taken.has(finding) ||
        !consequence.test(finding.rule)
      )
        continue;
      const head = causesOf(resource, context)
        .map((about) => about && heads.get(about.address))
        .find((one) => one !== undefined && one !== finding);
      if (head === undefined || isMore(finding, head)) continue;
      taken.add(finding);
      groups.set(head, [
        ...(groups.get(head) ?? []),
        finding,
        ...(groups.get(finding) ?? []),
      ]);
      groups.delete(finding);
    }
  }
  return merged
    .filter((finding) => !taken.has(finding))
    .map((finding) => ({
      ...finding,
      consequences: groups.get(finding) ?? [],
    }));
}

/** Whether something is removed for good that its cause only replaces. */
function isMore({ rule }: Finding, head: Finding): boolean {
  return rule.endsWith("-destroyed") && head.rule.endsWith("-replaced");
}

function mergeSame(findings: readonly Finding[]): readonly Finding[] {
  const all = new Map<string, Finding>();
  const first = new Map<string, RichText>();
  for (const finding of findings) {
    const key = JSON.stringify([finding.rule, finding.address]);
    const known = all.get(key);
    const begin = first.get(key) ?? finding.message;
    first.set(key, begin);
    all.set(
      key,
      known === undefined
        ? finding
        : {
            ...known,
            message: text`${known.message}; ${restOf(finding.message, begin)}`,
            forcedBy: [...new Set([...known.forcedBy, ...finding.forcedBy])],
          },
    );
  }
  return [...all.values()];
}

/** Returns a sentence without the resource at its start, if another one begins with the same. */
function restOf(sentence: RichText, other: RichText): RichText {
  const name = sentence.findIndex((part) => typeof part === "object");
  const isShared = (index: number): boolean =>
    toPlainText(sentence.slice(index, index + 1)) ===
    toPlainText(other.slice(index, index + 1));
  if (name < 0 || !sentence.slice(0, name + 1).every((_, i) => isShared(i)))
    return sentence;
  const start = isShared(name + 1) ? name + 2 : name + 1;
  const [next, ...rest] = sentence.slice(start);
  return typeof next === "string"
    ? [next.trimStart() as typeof next, ...rest]
    : sentence.slice(start);
}

/** Resources by their addresses, as they are before the apply if they exist then. */
function resourcesByAddress({
  resources,
  before,
}: PlanModel): ReadonlyMap<string, Resource> {
  return new Map(
    resources
      .filter(({ deposed }) => deposed === undefined)
      .flatMap(
        ({ address, previousAddress, type, after }): [string, Resource][] => {
          const was = before.get(previousAddress ?? address);
          if (was !== undefined) return [[address, was]];
          return after === undefined
            ? []
            : [[address, { address, type, values: after }]];
        },
      ),
  );
}

function contextOf(plan: PlanModel): Context {
  const { before, after, resources } = plan;
  const named: readonly (Value | undefined)[] = [
    ...after
      .listByType("aws_cognito_user_group")
      .map(({ values }) => values.role_arn),
    ...after
      .listByType("aws_cognito_identity_pool_roles_attachment")
      .flatMap(({ values }) => [
        ...toBlocks(values.roles).flatMap((roles) => Object.values(roles)),
        ...toBlocks(values.role_mapping)
          .flatMap(({ mapping_rule: rules }) => toBlocks(rules))
          .map((rule) => rule.role_arn),
      ]),
  ];
  const current = resources.filter(({ deposed }) => deposed === undefined);
  return {
    plan,
    secrets: indexSecretClients(before),
    addresses: new Map(
      current.map(({ address, previousAddress }) => [
        previousAddress ?? address,
        address,
      ]),
    ),
    rolesInUse: new Set(
      named.flatMap((role) => before.find("aws_iam_role", role)?.address ?? []),
    ),
    removed: new Set(
      current
        .filter(({ action }) => action === "delete" || action === "replace")
        .map(({ address, previousAddress }) => previousAddress ?? address),
    ),
  };
}

/** Pools of what is in one, or of the client that a secret is for. */
function userPoolsOf(
  part: Resource,
  { plan: { before }, secrets }: Context,
): readonly (Resource | undefined)[] {
  const poolOf = ({ values }: Resource): Resource | undefined =>
    before.find("aws_cognito_user_pool", values.user_pool_id);
  return part.type.startsWith("aws_secretsmanager_")
    ? secrets.findClients(part).map(poolOf)
    : [poolOf(part)];
}

/** Groups that assume a role which ends with them, because nothing else names it. */
function groupsOfRole(
  part: Resource,
  { plan: { before }, rolesInUse, removed }: Context,
): readonly Resource[] {
  const role =
    part.type === "aws_iam_role"
      ? part
      : before.find("aws_iam_role", part.values.role);
  if (
    role === undefined ||
    rolesInUse.has(role.address) ||
    !removed.has(role.address)
  )
    return [];
  return before
    .listByType("aws_cognito_user_group")
    .filter(
      ({ values }) =>
        before.find("aws_iam_role", values.role_arn)?.address === role.address,
    );
}

/** Servers of a client that loses nothing but scopes which its server loses too. */
function serversOfLostScopes(
  client: Resource,
  { plan: { before, after }, addresses }: Context,
): readonly Resource[] {
  const path = "allowed_oauth_scopes";
  const address = addresses.get(client.address);
  const now = address === undefined ? undefined : after.get(address);
  const lost = findMissing(
    now === undefined
      ? []
      : getMembers(now.values, path).map((one) => resolveScope(one, after)),
    getMembers(client.values, path).map((one) => resolveScope(one, before)),
  );
  const left = new Set(
    after
      .listByType("aws_cognito_resource_server")
      .flatMap((server) =>
        toBlocks(server.values.scope).map(
          (scope) =>
            `${identifierOf(server)}/${readText(scope, "scope_name") ?? ""}`,
        ),
      ),
  );
  return lost.some((scope) => left.has(scope))
    ? []
    : before
        .listByType("aws_cognito_resource_server")
        .filter((server) =>
          lost.every((scope) => scope.startsWith(`${identifierOf(server)}/`)),
        );
}

function identifierOf({ address, values }: Resource): string {
  return readText(values, "identifier") ?? address;
}

function bucketsOf(
  { values }: Resource,
  { plan: { before } }: Context,
): readonly Resource[] {
  return before
    .listByType("aws_s3_bucket")
    .filter((bucket) =>
      [bucket.values.bucket, bucket.values.id].some((name) =>
        isSameText(name, values.bucket),
      ),
    );
}

function isSameText(one: Value | undefined, other: Value | undefined): boolean {
  return typeof one === "string" && one === other;
}
