import { textAt } from "../plan/attribute";
import type { PlanModel, PlannedChange } from "../plan/plan-model";
import { plain, text, type RichText } from "../plan/rich-text";
import type { Resource, Snapshot } from "../plan/snapshot";
import { resolveScope, clientEntity } from "../access/client-access";
import { isSameRole } from "../access/direct-access";
import type { Finding, FindingGroup } from "./plan-review";
import { memberTexts, missingFrom } from "./rules/rule";

/** Whether a finding follows from another one at a resource. */
type Follows = (
  consequence: Resource,
  cause: Resource,
  plan: PlanModel,
  finding: Finding,
) => boolean;

/**
 * What follows from the removal or change of a resource, by the rule that reports it. Causes that may follow from another one
 * come first.
 */
const CAUSES: readonly (readonly [cause: RegExp, follows: Follows])[] = [
  [/^role-(replaced|destroyed)$/, isPolicyOfRole],
  [/^secret-(replaced|destroyed)$/, isPartOfSecret],
  [/^bucket-(replaced|destroyed)$/, isPartOfBucket],
  [/^key-(replaced|destroyed)$/, isAliasOfKey],
  [/^identity-pool-(replaced|destroyed)$/, refersToIdentityPool],
  [/^scope-(removed|renamed)$/, hasScopeOf],
  [/^resource-server-(replaced|destroyed)$/, hasScopeOf],
  [/^group-(replaced|destroyed)$/, isRoleOfGroup],
  [/^client-(replaced|destroyed)$/, isSecretOfClient],
  [/^user-pool-(replaced|destroyed)$/, isInUserPool],
];

const REMOVED = /-(replaced|destroyed)$/;

/** Groups findings by what causes them, and findings of one rule at one address into one. */
export function groupFindings(
  findings: readonly Finding[],
  plan: PlanModel,
): readonly FindingGroup[] {
  const merged = mergeSame(findings);
  const resources = resourcesByAddress(plan);
  const taken = new Set<Finding>();
  const groups = new Map<Finding, Finding[]>();
  for (const [cause, follows] of CAUSES)
    for (const head of merged) {
      const about = resources.get(head.address);
      if (taken.has(head) || !cause.test(head.rule) || about === undefined)
        continue;
      const own = groups.get(head) ?? [];
      groups.set(head, own);
      for (const finding of merged) {
        const other = resources.get(finding.address);
        if (
          finding === head ||
          taken.has(finding) ||
          other === undefined ||
          !follows(other, about, plan, finding)
        )
          continue;
        taken.add(finding);
        own.push(finding, ...(groups.get(finding) ?? []));
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
    plain(sentence.slice(index, index + 1)) ===
    plain(other.slice(index, index + 1));
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
}: PlanModel): ReadonlyMap<string, Resource> {
  return new Map(
    resources.flatMap(
      ({
        address,
        type,
        before,
        after,
      }: PlannedChange): [string, Resource][] => {
        const values = before ?? after;
        return values === undefined
          ? []
          : [[address, { address, type, values }]];
      },
    ),
  );
}

function isInUserPool(
  { type, values }: Resource,
  pool: Resource,
  plan: PlanModel,
  { rule, address }: Finding,
): boolean {
  if (!REMOVED.test(rule)) return false;
  const before = plan.before;
  if (
    before.find("aws_cognito_user_pool", values.user_pool_id) ===
    found(before, pool)
  )
    return true;
  if (!type.startsWith("aws_secretsmanager_")) return false;
  const secret = secretOf({ address, type, values }, before);
  return before
    .ofType("aws_cognito_user_pool_client")
    .some(
      (client) =>
        before.find("aws_cognito_user_pool", client.values.user_pool_id) ===
          found(before, pool) &&
        secret !== undefined &&
        isNamedByClient(secret, client),
    );
}

function isSecretOfClient(
  part: Resource,
  client: Resource,
  { before }: PlanModel,
  { rule }: Finding,
): boolean {
  if (!/^secret(-value|-policy)?-(replaced|destroyed)$/.test(rule))
    return false;
  const secret = secretOf(part, before);
  return secret !== undefined && isNamedByClient(secret, client);
}

/** The secret that a resource is, or is a part of. */
function secretOf(part: Resource, before: Snapshot): Resource | undefined {
  if (part.type === "aws_secretsmanager_secret") return part;
  return before.find(
    "aws_secretsmanager_secret",
    part.values.secret_id ?? part.values.secret_arn,
  );
}

/** Secrets and clients share the caller's id, in the secret's name or in both addresses. */
function isNamedByClient(secret: Resource, client: Resource): boolean {
  const { name } = clientEntity(client);
  return (
    textAt(secret.values, "name")?.endsWith(`/${name}`) === true ||
    idIn(secret, "secrets") === idIn(client, "clients")
  );
}

function idIn({ address }: Resource, parent: string): string | undefined {
  return new RegExp(`^(.*\\.)?[a-z_]+\\.${parent}_(.+)_[0-9A-F]{8}$`).exec(
    address,
  )?.[2];
}

function isRoleOfGroup(
  part: Resource,
  group: Resource,
  { before }: PlanModel,
  { rule }: Finding,
): boolean {
  if (!/^role(-policy|-policy-attachment)?-(replaced|destroyed)$/.test(rule))
    return false;
  const role = before.find("aws_iam_role", group.values.role_arn);
  return (
    role !== undefined &&
    (part.address === role.address ||
      isSameRole(before, part.values.role, role))
  );
}

function isPolicyOfRole(
  part: Resource,
  role: Resource,
  { before }: PlanModel,
  { rule }: Finding,
): boolean {
  return (
    /^role-policy(-attachment)?-(replaced|destroyed)$/.test(rule) &&
    isSameRole(before, part.values.role, role)
  );
}

/** A client that loses nothing but scopes of a server, or scopes that the server loses. */
function hasScopeOf(
  client: Resource,
  server: Resource,
  { before, after }: PlanModel,
  { rule }: Finding,
): boolean {
  if (rule !== "client-scope-removed") return false;
  const path = "allowed_oauth_scopes";
  const now = after.at(client.address);
  const scopes = (values: Resource["values"], snapshot: Snapshot) =>
    memberTexts(values, path).map((one) => resolveScope(one, snapshot));
  const lost = missingFrom(
    now === undefined ? [] : scopes(now.values, after),
    scopes(client.values, before),
  );
  const identifier = textAt(server.values, "identifier");
  return (
    identifier !== undefined &&
    lost.every((scope) => scope.startsWith(`${identifier}/`))
  );
}

function refersToIdentityPool(
  part: Resource,
  pool: Resource,
  { before }: PlanModel,
  { rule }: Finding,
): boolean {
  return (
    /^identity-pool-roles-(replaced|destroyed)$/.test(rule) &&
    before.find("aws_cognito_identity_pool", part.values.identity_pool_id) ===
      found(before, pool)
  );
}

function isPartOfSecret(
  part: Resource,
  secret: Resource,
  { before }: PlanModel,
  { rule }: Finding,
): boolean {
  return (
    /^secret-(value|policy)-(replaced|destroyed)$/.test(rule) &&
    secretOf(part, before)?.address === secret.address
  );
}

function isPartOfBucket(
  { type, values }: Resource,
  bucket: Resource,
  _: PlanModel,
  { rule }: Finding,
): boolean {
  return (
    type.startsWith("aws_s3_bucket_") &&
    REMOVED.test(rule) &&
    [bucket.values.bucket, bucket.values.id].includes(values.bucket)
  );
}

function isAliasOfKey(
  { values }: Resource,
  key: Resource,
  { before }: PlanModel,
  { rule }: Finding,
): boolean {
  return (
    /^key-alias-(replaced|destroyed)$/.test(rule) &&
    (values.target_key_id === key.values.key_id ||
      before.find("aws_kms_key", values.target_key_id) === found(before, key))
  );
}

function found(snapshot: Snapshot, { address }: Resource) {
  return snapshot.at(address);
}
