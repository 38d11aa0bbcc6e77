import type { Value } from "../plan/attribute";
import type { Redacted } from "../plan/redactor";
import { getShortName, SERVICE_CLIENT } from "../plan/resource-names";
import { literal, type RichText, text, toPlainText } from "../plan/rich-text";
import type { Snapshot } from "../plan/snapshot";

/** Access from principals, over groups and roles, to resources. */
export interface AccessGraph {
  readonly nodes: readonly AccessNode[];
  readonly edges: readonly AccessEdge[];
}

export type NodeKind =
  /** Members of a user pool group. */
  | "group"
  /** Users of a user pool or an identity provider. */
  | "users"
  /** A client that has its own credentials. */
  | "service"
  /** A client that users sign in with. */
  | "application"
  /** A repository whose workflows get OIDC tokens. */
  | "repository"
  /** An AWS account, role, user or service. */
  | "principal"
  | "role"
  | "resource server"
  | "identity pool"
  | "bucket"
  | "secret"
  /** Any other resource, by its ARN. */
  | "resource";

/** Words for the kinds that have other names in main.ts. */
const NOUNS = { application: "client", service: SERVICE_CLIENT } as const;

type KindNoun =
  Exclude<NodeKind, keyof typeof NOUNS> | (typeof NOUNS)[keyof typeof NOUNS];

/** Returns what a reader calls a kind. */
export function getKindNoun(kind: NodeKind): KindNoun {
  return kind === "application" || kind === "service" ? NOUNS[kind] : kind;
}

export interface AccessNode {
  /** Unique in the graph. */
  readonly id: Redacted;
  readonly kind: NodeKind;
  readonly name: Redacted;
}

/** Returns the noun before the name of a node; nothing for a name such as `all users who sign in`, which includes it. */
export function getNounPrefix({
  kind,
  name,
}: Pick<AccessNode, "kind" | "name">): string {
  const isDescription =
    (kind === "users" && /\busers\b/.test(name)) ||
    (kind === "resource" && name.startsWith("the "));
  return isDescription ? "" : `${getKindNoun(kind)} `;
}

/** How a plan changes an edge. */
export type EdgeChange = "same" | "gained" | "lost";

export interface AccessEdge {
  readonly from: Redacted;
  readonly to: Redacted;
  /** Permission, such as `read`, `write`, `stac:register` or `assume`. */
  readonly can: Redacted;
  /** Condition, such as `under raw/` or `on branch main`. */
  readonly where?: Redacted;
  readonly change: EdgeChange;
}

/** A principal or a resource. */
export interface Entity {
  readonly kind: NodeKind;
  readonly name: Redacted;
  /** Name as part of a sentence. */
  readonly text: RichText;
}

/** Access of a principal to a resource. */
export interface Access {
  readonly principal: Entity;
  /** Narrows the principal, such as ` on branch main`. Absent for the whole principal. */
  readonly principalCondition?: RichText;
  /** One or two words, such as `read and write`. */
  readonly permission: Redacted;
  readonly resource: Entity;
  /** Begins with a space. Empty or absent if the access is unconditional. */
  readonly condition?: RichText;
  /** Text that follows "can", such as `read data`. */
  readonly text: RichText;
  /** Whether a plan changes only a part of the access. */
  readonly isPartial?: boolean;
}

/** Access that an attribute grants without a policy, such as a scope of a client or the role of a group. */
export interface DirectAccess extends Access {
  /** Address of the resource that grants the access. */
  readonly origin: Redacted;
  /** Attributes that grant the access. */
  readonly attributes: readonly string[];
}

/** Creates an entity. Its text is its name after `words`, which are the kind by default. */
export function createEntity(
  kind: NodeKind,
  name: Redacted,
  words: RichText = literal(`${getKindNoun(kind)} `),
): Entity {
  return { kind, name, text: text`${words}${name}` };
}

/** Returns the name of the resource that a value stands for, else the value, else the fallback. */
export function resolveName(
  snapshot: Snapshot,
  type: string,
  value: Value | undefined,
  fallback: Redacted,
): Redacted {
  const found = snapshot.find(type, value);
  if (found !== undefined) return getShortName(found);
  return typeof value === "string" && value !== "" ? value : fallback;
}

/** Creates an entity without a name, from words that describe it. */
export function describeEntity(kind: NodeKind, words: RichText): Entity {
  return { kind, name: toPlainText(words), text: words };
}

/** Creates an entity of users; `words` is the kind of provider that signs them in. */
export function createUsersEntity(words: RichText, name: Redacted): Entity {
  return {
    kind: "users",
    name: `users of ${name}` as Redacted,
    text: text`users of ${words}${name}`,
  };
}

/** Returns a key that is equal for the same entity. */
export function getEntityKey({ kind, name }: Entity): Redacted {
  return JSON.stringify([kind, name]) as Redacted;
}

/** Stage and plan of a graph. */
export interface AccessOrigin {
  /** @default unknown */
  readonly stage?: string | undefined;
  /**
   * Hash of the plan, with the prefix `sha256:`.
   * @default the graph is not from a plan
   */
  readonly hash?: string | undefined;
  /**
   * Time when the plan was created, in RFC 3339.
   * @default unknown
   */
  readonly date?: string | undefined;
}

/** The sentence for a plan that does not change access. */
export const NO_CHANGES_TEXT = "This plan changes no access.";

/** Whether a graph is from a plan. */
export function isFromPlan({ hash, date }: AccessOrigin): boolean {
  return hash !== undefined || date !== undefined;
}
