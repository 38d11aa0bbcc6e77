import { type Node, parseTree } from "jsonc-parser";
import { UserError } from "../../../constructs/errors";
import { parsePolicy, type Policy, toPolicyKey } from "../iam/policy";
import { formatLike, formatSeparatorLike, getNodeEnd } from "./json-style";
import type { TrustStatement } from "./trust-statement";
import { parseJson } from "../system/json-object";

/** A statement of any policy, with unknown members. */
export type AnyStatement = Readonly<Record<string, unknown>>;

interface StatementNode {
  readonly node: Node;
  readonly value: AnyStatement;
}

/** The text of a trust policy. Adding or removing a statement changes no other byte. */
export class TrustDocument {
  readonly statements: readonly AnyStatement[];
  private readonly nodes: readonly StatementNode[];
  /** Value of `Statement`: a statement or a list. */
  private readonly container: Node;

  /** @throws UserError if the text is not a policy, or is ambiguous */
  constructor(readonly text: string) {
    requireJson(text);
    const root = parseTree(text);
    requireUniqueKeys(root);
    this.container = findContainer(root);
    const { type, children = [] } = this.container;
    this.nodes = (type === "array" ? children : [this.container]).map((node) =>
      parseStatementNode(node, text),
    );
    this.statements = this.nodes.map(({ value }) => value);
    requireUniqueSids(this.statements);
  }

  /**
   * Returns the text with a statement. It replaces the one with the same `Sid`, unless that is equivalent; else it is added
   * after the last one.
   */
  withStatement(statement: TrustStatement): string {
    const present = this.find(statement.Sid);
    if (present === undefined) return this.add(statement);
    if (isEquivalent(present.value, statement)) return this.text;
    const model = this.nodes.find((other) => other !== present) ?? present;
    return this.replace(
      present.node,
      formatLike(model.node, this.text, statement),
    );
  }

  /**
   * Returns the text without the statement of a `Sid`. This reverts {@link withStatement} if it added the statement.
   *
   * @throws UserError if no statement would be left
   */
  withoutStatement(sid: string): string {
    const present = this.find(sid);
    if (present === undefined) return this.text;
    const { node } = present;
    const index = this.nodes.indexOf(present);
    const [before, after] = [this.nodes[index - 1], this.nodes[index + 1]];
    if (before !== undefined)
      return this.splice(getNodeEnd(before.node), getNodeEnd(node), "");
    if (after === undefined)
      throw new UserError(
        `the trust policy must have a statement in addition to ${sid}`,
        "add another statement first, or delete the role",
      );
    if (this.nodes.length > 2)
      return this.splice(node.offset, after.node.offset, "");
    // only a single statement that was not in a list comes after ours
    return this.replace(this.container, this.getText(after.node));
  }

  private add(statement: TrustStatement): string {
    const { text, container, nodes } = this;
    const last = nodes.at(-1);
    if (last === undefined) return text;
    const { node } = last;
    const added = formatLike(node, text, statement);
    if (container.type !== "array") {
      const separator = formatSeparatorLike(node, text, "");
      return this.replace(
        container,
        `[${added}${separator}${this.getText(node)}]`,
      );
    }
    const previous = nodes.at(-2)?.node;
    const separator =
      previous === undefined
        ? formatSeparatorLike(
            node,
            text,
            text.slice(container.offset + 1, node.offset),
          )
        : text.slice(getNodeEnd(previous), node.offset);
    return this.splice(getNodeEnd(node), getNodeEnd(node), separator + added);
  }

  private find(sid: string): StatementNode | undefined {
    return this.nodes.find(({ value }) => value.Sid === sid);
  }

  private getText(node: Node): string {
    return this.text.slice(node.offset, getNodeEnd(node));
  }

  private replace(node: Node, text: string): string {
    return this.splice(node.offset, getNodeEnd(node), text);
  }

  private splice(start: number, end: number, text: string): string {
    return this.text.slice(0, start) + text + this.text.slice(end);
  }
}

/** Parses a statement as a policy. */
export function parseStatement(
  statement: AnyStatement | TrustStatement,
): Policy {
  return parsePolicy(JSON.stringify({ Statement: statement }));
}

function isEquivalent(one: AnyStatement, other: TrustStatement): boolean {
  return (
    toPolicyKey(parseStatement(one)) === toPolicyKey(parseStatement(other))
  );
}

function requireJson(text: string): void {
  if (parseJson(text) === undefined)
    throw new UserError("the trust policy must be JSON, got other text");
}

function findContainer(root: Node | undefined): Node {
  const member = root?.children?.find(
    ({ children }) => children?.[0]?.value === "Statement",
  );
  const container = root?.type === "object" ? member?.children?.[1] : undefined;
  const isFilled =
    container?.type === "object" ||
    (container?.type === "array" && (container.children ?? []).length > 0);
  if (container !== undefined && isFilled) return container;
  throw new UserError(
    "the trust policy must have a Statement or a list of statements, got none",
  );
}

function parseStatementNode(node: Node, text: string): StatementNode {
  if (node.type !== "object")
    throw new UserError(
      `each Statement of the trust policy must be an object, got ${node.type}`,
    );
  const value = JSON.parse(
    text.slice(node.offset, getNodeEnd(node)),
  ) as AnyStatement;
  return { node, value };
}

/** Parsers differ in which value of a repeated key they use. */
function requireUniqueKeys(node: Node | undefined): void {
  const children = node?.children ?? [];
  if (node?.type === "object") {
    const keys = children.map(({ children: [key] = [] }) => String(key?.value));
    const repeated = findRepeated(keys);
    if (repeated !== undefined)
      throw new UserError(
        `keys of an object in the trust policy must be unique, got ${JSON.stringify(repeated)} twice`,
      );
  }
  for (const child of children) requireUniqueKeys(child);
}

function requireUniqueSids(statements: readonly AnyStatement[]): void {
  const repeated = findRepeated(
    statements.flatMap(({ Sid }) =>
      typeof Sid === "string" && Sid !== "" ? [Sid] : [],
    ),
  );
  if (repeated !== undefined)
    throw new UserError(
      `each Sid of the trust policy must be unique, got "${repeated}" twice`,
      "change or remove the Sid of one of the two statements",
    );
}

function findRepeated(texts: readonly string[]): string | undefined {
  return texts.find((text, index) => texts.indexOf(text) !== index);
}
