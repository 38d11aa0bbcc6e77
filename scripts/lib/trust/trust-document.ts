import { parseTree, type Node } from "jsonc-parser";
import { UserError } from "../../../constructs/errors";
import { parsePolicy, toPolicyKey, type Policy } from "../iam/policy";
import { getNodeEnd, formatSeparatorLike, formatLike } from "./json-style";
import type { TrustStatement } from "./trust-statement";

/** A statement of somebody's policy, of which nothing is known. */
export type AnyStatement = Readonly<Record<string, unknown>>;

interface Place {
  readonly node: Node;
  readonly value: AnyStatement;
}

/**
 * A role's trust policy as the text that it is: statements are put in and taken out, and every other byte stays.
 */
export class TrustDocument {
  readonly statements: readonly AnyStatement[];
  private readonly places: readonly Place[];
  /** What `Statement` holds: a statement, or a list of them. */
  private readonly holder: Node;

  /** @throws UserError when it is no policy, or one that can be read in two ways */
  constructor(readonly text: string) {
    requireJson(text);
    const root = parseTree(text);
    refuseTwice(root);
    this.holder = holderOf(root);
    const nodes =
      this.holder.type === "array"
        ? (this.holder.children ?? [])
        : [this.holder];
    this.places = nodes.map((node) => placeOf(node, text));
    this.statements = this.places.map(({ value }) => value);
    refuseSameSid(this.statements);
  }

  /**
   * The text with a statement in it: as it is when the statement says the same already, else in the place and style of
   * the one with its `Sid`, else after the last one.
   */
  withStatement(statement: TrustStatement): string {
    const present = this.find(statement.Sid);
    if (present === undefined) return this.add(statement);
    const { node, value } = present;
    if (isSame(value, statement)) return this.text;
    const model = this.places.find((other) => other !== present) ?? present;
    return this.splice(
      node.offset,
      getNodeEnd(node),
      formatLike(model.node, this.text, statement),
    );
  }

  /**
   * The text without the statement of a `Sid`: what {@link withStatement} was given, when it put the statement there.
   *
   * @throws UserError when no statement would be left
   */
  withoutStatement(sid: string): string {
    const present = this.find(sid);
    if (present === undefined) return this.text;
    const { node } = present;
    const index = this.places.indexOf(present);
    const [before, after] = [this.places[index - 1], this.places[index + 1]];
    if (before !== undefined)
      return this.splice(getNodeEnd(before.node), getNodeEnd(node), "");
    if (after === undefined) {
      throw new UserError(
        `the trust policy must keep a statement, and ${sid} is its only one`,
        "add the statement that the role is to have first, or delete the role",
      );
    }
    if (this.places.length > 2)
      return this.splice(node.offset, after.node.offset, "");
    // a statement that was not in a list has been put after ours
    const { holder } = this;
    return this.splice(
      holder.offset,
      getNodeEnd(holder),
      this.textOf(after.node),
    );
  }

  private add(statement: TrustStatement): string {
    const { text, holder, places } = this;
    const last = places.at(-1);
    if (last === undefined) return text;
    const { node } = last;
    const ours = formatLike(node, text, statement);
    if (holder.type !== "array") {
      const separator = formatSeparatorLike(node, text, "");
      const list = `[${ours}${separator}${this.textOf(node)}]`;
      return this.splice(holder.offset, getNodeEnd(holder), list);
    }
    const neighbour = places.at(-2)?.node;
    const separator =
      neighbour === undefined
        ? formatSeparatorLike(
            node,
            text,
            text.slice(holder.offset + 1, node.offset),
          )
        : text.slice(getNodeEnd(neighbour), node.offset);
    return this.splice(getNodeEnd(node), getNodeEnd(node), separator + ours);
  }

  private find(sid: string): Place | undefined {
    return this.places.find(({ value }) => value.Sid === sid);
  }

  private textOf(node: Node): string {
    return this.text.slice(node.offset, getNodeEnd(node));
  }

  private splice(start: number, end: number, text: string): string {
    return this.text.slice(0, start) + text + this.text.slice(end);
  }
}

/** Returns a statement as the one reader of policies reads it. */
export function parseStatement(
  statement: AnyStatement | TrustStatement,
): Policy {
  return parsePolicy(JSON.stringify({ Statement: statement }));
}

function isSame(one: AnyStatement, other: TrustStatement): boolean {
  return (
    toPolicyKey(parseStatement(one)) === toPolicyKey(parseStatement(other))
  );
}

function requireJson(text: string): void {
  try {
    JSON.parse(text);
  } catch {
    throw new UserError("the trust policy must be JSON, got something else");
  }
}

function holderOf(root: Node | undefined): Node {
  const member = root?.children?.find(
    ({ children }) => children?.[0]?.value === "Statement",
  );
  const holder = root?.type === "object" ? member?.children?.[1] : undefined;
  const isFilled =
    holder?.type === "object" ||
    (holder?.type === "array" && (holder.children ?? []).length > 0);
  if (holder !== undefined && isFilled) return holder;
  throw new UserError(
    "the trust policy must have a Statement, or a list of them, got none",
  );
}

function placeOf(node: Node, text: string): Place {
  if (node.type !== "object")
    throw new UserError(
      `each Statement of the trust policy must be an object, got ${node.type}`,
    );
  const value = JSON.parse(
    text.slice(node.offset, getNodeEnd(node)),
  ) as AnyStatement;
  return { node, value };
}

/** What a key that is there twice means depends on the reader. */
function refuseTwice(node: Node | undefined): void {
  const children = node?.children ?? [];
  if (node?.type === "object") {
    const keys = children.map(({ children: [key] = [] }) => String(key?.value));
    const twice = keys.find((key, index) => keys.indexOf(key) !== index);
    if (twice !== undefined)
      throw new UserError(
        `the trust policy must have each key of an object once, got ${JSON.stringify(twice)} twice`,
      );
  }
  for (const child of children) refuseTwice(child);
}

function refuseSameSid(statements: readonly AnyStatement[]): void {
  const sids = statements.flatMap(({ Sid }) =>
    typeof Sid === "string" && Sid !== "" ? [Sid] : [],
  );
  const twice = sids.find((sid, index) => sids.indexOf(sid) !== index);
  if (twice !== undefined)
    throw new UserError(
      `the trust policy must have each Sid once, got "${twice}" twice`,
      "give one of the two statements another Sid, or none",
    );
}
