import { createClientEntity } from "../access/client-access";
import { readText } from "../plan/attribute";
import type { Resource, Snapshot } from "../plan/snapshot";

const KNOWN = new WeakMap<Snapshot, SecretClients>();

/** Returns what finds the clients of secrets of a snapshot; gathered once. */
export function indexSecretClients(before: Snapshot): SecretClients {
  const known = KNOWN.get(before) ?? new SecretClients(before);
  KNOWN.set(before, known);
  return known;
}

/** Finds the clients whose credentials secrets have. */
class SecretClients {
  private readonly byId = new Map<string, Resource[]>();
  private readonly byName = new Map<string, Resource[]>();
  /** Number of secrets by each ending of their names that begins after a slash. */
  private readonly endings = new Map<string, number>();

  constructor(private readonly before: Snapshot) {
    for (const client of before.listByType("aws_cognito_user_pool_client")) {
      addTo(this.byId, idIn(client, "clients"), client);
      addTo(this.byName, createClientEntity(client).name, client);
    }
    for (const secret of before.listByType("aws_secretsmanager_secret"))
      for (const ending of endingsOf(secret))
        this.endings.set(ending, (this.endings.get(ending) ?? 0) + 1);
  }

  /**
   * Returns the clients that a secret, or a part of one, is for: those with the same id in their addresses, else the only
   * one with which the name of this secret alone ends.
   */
  findClients(part: Resource): readonly Resource[] {
    const secret = findSecret(part, this.before);
    if (secret === undefined) return [];
    const id = idIn(secret, "secrets");
    const known = id === undefined ? undefined : this.byId.get(id);
    if (known !== undefined) return known;
    return endingsOf(secret).flatMap((ending) => {
      const named = this.byName.get(ending) ?? [];
      const isOnly = named.length === 1 && this.endings.get(ending) === 1;
      return isOnly ? named : [];
    });
  }
}

/** Returns the secret that a resource is, or is a part of. */
export function findSecret(
  part: Resource,
  before: Snapshot,
): Resource | undefined {
  if (part.type === "aws_secretsmanager_secret") return part;
  return before.find(
    "aws_secretsmanager_secret",
    part.values.secret_id ?? part.values.secret_arn,
  );
}

/** The module and the caller's id, which secrets and clients share in their addresses. */
function idIn({ address }: Resource, parent: string): string | undefined {
  const [, module = "", id] =
    new RegExp(`^(.*\\.)?[a-z_]+\\.${parent}_(.+)_[0-9A-F]{8}$`).exec(
      address,
    ) ?? [];
  return id === undefined ? undefined : JSON.stringify([module, id]);
}

function endingsOf({ values }: Resource): readonly string[] {
  const parts = readText(values, "name")?.split("/") ?? [];
  return parts.slice(1).map((_, index) => parts.slice(index + 1).join("/"));
}

function addTo(
  all: Map<string, Resource[]>,
  key: string | undefined,
  client: Resource,
): void {
  if (key === undefined) return;
  const known = all.get(key);
  if (known === undefined) all.set(key, [client]);
  else known.push(client);
}
