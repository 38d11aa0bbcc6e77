import type { Redacted } from "../plan/redactor";

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
export type AccessChange = "same" | "gained" | "lost";

export interface AccessEdge {
  readonly from: Redacted;
  readonly to: Redacted;
  /** What may be done: `read`, `write`, `stac:register`, `assume`, … */
  readonly can: Redacted;
  /** Narrows it: `under raw/`, `on branch main`, a condition. */
  readonly where?: Redacted;
  readonly change: AccessChange;
}
