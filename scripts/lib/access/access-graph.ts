import type { Redacted } from "../plan/redactor";
import { literal, type RichText, text, toPlainText } from "../plan/rich-text";

/**
 * Who can do what: from people, programs and repositories on the left, over the groups and roles that carry it, to what
 * they may use on the right.
 */
export interface AccessGraph {
  readonly nodes: readonly AccessNode[];
  readonly edges: readonly AccessEdge[];
}

export type NodeKind =
  /** Members of a group of the user pool. */
  | "group"
  /** Everybody who signs in, or nobody in particular. */
  | "users"
  /** A client with credentials of its own. */
  | "service"
  /** A client that people sign in with. */
  | "application"
  /** A repository whose workflows hold tokens. */
  | "repository"
  /** An AWS account, role, user or service. */
  | "principal"
  | "role"
  | "resource server"
  | "identity pool"
  | "bucket"
  | "secret"
  /** Anything else, by its ARN. */
  | "resource";

export interface AccessNode {
  /** Unique in the graph. */
  readonly id: Redacted;
  readonly kind: NodeKind;
  /** As people know it. */
  readonly name: Redacted;
}

/** How a plan changes an edge or a node. */
export type EdgeChange = "same" | "gained" | "lost";

export interface AccessEdge {
  readonly from: Redacted;
  readonly to: Redacted;
  /** What may be done: `read`, `write`, `stac:register`, `assume`, … */
  readonly can: Redacted;
  /** Narrows it: `under raw/`, `on branch main`, a condition. */
  readonly where?: Redacted;
  readonly change: EdgeChange;
}

/** Who has access, or what the access is to. */
export interface Entity {
  readonly kind: NodeKind;
  /** As a person knows it. */
  readonly name: Redacted;
  /** In a sentence. */
  readonly text: RichText;
}

/** Returns an entity with a name, which a sentence has together with AWS's word for it. */
export function createEntity(kind: NodeKind, name: Redacted): Entity {
  return { kind, name, text: text`${literal(`${kind} `)}${name}` };
}

/** Returns an entity that is described in words of this project. */
export function describeEntity(kind: NodeKind, words: RichText): Entity {
  return { kind, name: toPlainText(words), text: words };
}

/** Returns a text that is equal for the same entity. */
export function getEntityKey({ kind, name }: Entity): Redacted {
  return JSON.stringify([kind, name]) as Redacted;
}

/** The stage and the plan that a graph was read from. */
export interface AccessOrigin {
  /** @default the stage is not known */
  readonly stage?: string | undefined;
  /**
   * Hash of the plan, `sha256:` first.
   * @default the graph is not read from a plan
   */
  readonly hash?: string | undefined;
  /**
   * When the plan was made, in RFC 3339.
   * @default the time is not known
   */
  readonly date?: string | undefined;
}

/** The sentence for a plan that leaves all access as it is. */
export const NO_CHANGES_TEXT = "This plan changes no access.";

/** Whether a graph is read from a plan. */
export function isFromPlan({ hash, date }: AccessOrigin): boolean {
  return hash !== undefined || date !== undefined;
}
