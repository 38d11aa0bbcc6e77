import { readText } from "../plan/attribute";
import type { PlanModel, PlannedChange } from "../plan/plan-model";
import { parseModuleScope, removeInstanceKeys } from "../plan/resource-address";
import { getClientId } from "../plan/resource-names";
import type { Resource, Snapshot } from "../plan/snapshot";
import { isFirstVersion, isRotatable } from "../plan/secret-versions";
import { groupBy } from "../system/group-by";
import { toJsonObject } from "../system/json-object";

const VERSION = "aws_secretsmanager_secret_version";

const INDEXES = new WeakMap<Snapshot, SecretClients>();

/** Returns the index of a snapshot, which is built once. */
export function indexSecretClients(before: Snapshot): SecretClients {
  const index = INDEXES.get(before) ?? new SecretClients(before);
  INDEXES.set(before, index);
  return index;
}

/** Finds the clients whose credentials are stored in secrets. */
class SecretClients {
  private readonly byId: ReadonlyMap<string, readonly Resource[]>;
  private readonly byName: ReadonlyMap<string, readonly Resource[]>;
  private readonly secretsBySuffix: ReadonlyMap<string, readonly string[]>;

  constructor(private readonly before: Snapshot) {
    const clients = before.listByType("aws_cognito_user_pool_client");
    this.byId = groupBy(clients, (one) => parseId(one, "clients"));
    this.byName = groupBy(clients, getClientId);
    this.secretsBySuffix = groupBy(
      before.listByType("aws_secretsmanager_secret").flatMap(listNameSuffixes),
      (suffix) => suffix,
    );
  }

  /**
   * Returns the clients of a secret, or of a part of one: those with the same id in their addresses, else the only client whose
   * name is a suffix of this secret's name alone.
   */
  findClients(part: Resource): readonly Resource[] {
    const secret = findSecret(part, this.before);
    if (secret === undefined) return [];
    const id = parseId(secret, "secrets");
    const known = id === "" ? undefined : this.byId.get(id);
    return (
      known ??
      listNameSuffixes(secret).flatMap((suffix) => {
        const clients = this.byName.get(suffix) ?? [];
        const secrets = this.secretsBySuffix.get(suffix) ?? [];
        return clients.length === 1 && secrets.length === 1 ? clients : [];
      })
    );
  }
}

/**
 * Whether the value of a secret is only written again, with the id and secret of the client that it is for, because another
 * part of it changes. Its readers lose nothing. After a rotation, Cognito no longer returns the secret in use.
 */
export function isSecretRewrite(
  { address, type, action, replacementPaths, code, before }: PlannedChange,
  plan: PlanModel,
): boolean {
  const { references } = toJsonObject(code?.expressions.secret_string_wo);
  if (
    type !== VERSION ||
    action !== "replace" ||
    before === undefined ||
    replacementPaths.length === 0 ||
    !replacementPaths.every((path) => path === "secret_string_wo_version") ||
    (isRotatable(before, plan.before.listByType(VERSION)) &&
      (code === undefined || !readsCurrentSecret(code, plan))) ||
    !Array.isArray(references)
  )
    return false;
  const module = removeInstanceKeys(parseModuleScope(address).module);
  const names = references.map(String);
  const ownClients = indexSecretClients(plan.before)
    .findClients({ address, type, values: before })
    .map((client) => removeInstanceKeys(client.address));
  const clients = names.flatMap(
    (one) => /^aws_cognito_user_pool_client\.[\w-]+/.exec(one)?.[0] ?? [],
  );
  return (
    names.every(
      (one) => one.startsWith("aws_cognito_") || isLiveSecret(one, address),
    ) &&
    clients.length > 0 &&
    clients.every((client) => ownClients.includes(`${module}${client}`))
  );
}

/**
 * Whether a reference is the client secret in use, which the construct of a version selects: that of the current version, else
 * the client's. Both have the path of the construct in their names, in which cdktf leaves out an id that ends the one before it.
 */
function isLiveSecret(reference: string, version: string): boolean {
  const local = removeHash(/^local\.([\w-]+)$/.exec(reference)?.[1] ?? "");
  const name = removeHash(version.replace(/^.*\./, ""));
  return [name, name.replace(/_version$/, "")].some(
    (path) => local === (path.endsWith("live") ? path : `${path}_live`),
  );
}

function removeHash(name: string): string {
  return name.replace(/_[0-9A-F]{8}$/, "");
}

/**
 * Whether the value that the code writes depends on an ephemeral resource, directly or through a local value. A plan contains
 * neither, so the text of a local value is known only in the directory of the stack.
 */
export function readsCurrentSecret(
  { expressions }: NonNullable<PlannedChange["code"]>,
  { json: { provenance } }: PlanModel,
): boolean {
  const { references } = toJsonObject(expressions.secret_string_wo);
  return (
    Array.isArray(references) &&
    references.map(String).some((reference) => {
      const [, name] = /^local\.([\w-]+)/.exec(reference) ?? [];
      const value = name === undefined ? undefined : provenance?.locals?.[name];
      return value === undefined
        ? /^(local|ephemeral)\./.test(reference)
        : JSON.stringify(value).includes("ephemeral.");
    })
  );
}

/** Whether the client of a secret has no secret after the apply, which is reported as its replacement. */
export function isOfPublicClient(version: Resource, plan: PlanModel): boolean {
  const clients = indexSecretClients(plan.before).findClients(version);
  return clients.some(
    ({ address }) => plan.after.get(address)?.values.generate_secret === false,
  );
}

/** Whether a version of a secret is the first one, and what it preserves is not needed after the apply. */
export function isUnusedFirstVersion(
  version: Resource,
  isReplaced: boolean,
  plan: PlanModel,
): boolean {
  const secret = findSecret(version, plan.before);
  return (
    isFirstVersion(version.values) &&
    (isReplaced ||
      (secret !== undefined && plan.after.get(secret.address) === undefined) ||
      isOfPublicClient(version, plan))
  );
}

/** Returns the secret that a resource is, or is a part of. */
export function findSecret(
  part: Resource,
  before: Snapshot,
): Resource | undefined {
  return part.type === "aws_secretsmanager_secret"
    ? part
    : before.find(
        "aws_secretsmanager_secret",
        part.values.secret_id ?? part.values.secret_arn,
      );
}

/** Returns the module and the id in the code, which the addresses of a secret and its client share; empty if it has none. */
function parseId({ address }: Resource, parent: string): string {
  const [, module = "", id] =
    new RegExp(`^(.*\\.)?[a-z_]+\\.${parent}_(.+)_[0-9A-F]{8}$`).exec(
      address,
    ) ?? [];
  return id === undefined ? "" : JSON.stringify([module, id]);
}

/** Returns the parts of a secret's name that start after a slash. */
function listNameSuffixes({ values }: Resource): readonly string[] {
  const parts = readText(values, "name")?.split("/") ?? [];
  return parts.slice(1).map((_, index) => parts.slice(index + 1).join("/"));
}
