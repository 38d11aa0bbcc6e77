import ts from "typescript";

/** A change of one file that removes or loosens one rule. */
export interface Mutant {
  readonly file: string;
  /** First line of the change, from 1. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** The change as code, after the registry row that it belongs to. */
  readonly description: string;
}

/** A parsed source file. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
  readonly root: ts.SourceFile;
}

export function parseSource(file: string, text: string): SourceFile {
  const root = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  return { file, text, root };
}

/** Returns the mutant that replaces a node. */
export function replaceNode(
  { file, text, root }: SourceFile,
  node: ts.Node,
  replacement: string,
  row = "",
): Mutant {
  const [start, end] = [node.getStart(), node.getEnd()];
  const line = root.getLineAndCharacterOfPosition(start).line + 1;
  const before = shorten(text.slice(start, end));
  const description = `${row}${row && ": "}${before} -> ${shorten(replacement)}`;
  return { file, line, start, end, replacement, description };
}

/** Applies a mutant to the text of its file. */
export function applyMutant(text: string, mutant: Mutant): string {
  const { start, end, replacement } = mutant;
  return text.slice(0, start) + replacement + text.slice(end);
}

/** Lists a node and all nodes below it. */
export function listNodes(node: ts.Node): ts.Node[] {
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    children.push(child);
  });
  return [node, ...children.flatMap(listNodes)];
}

/** Lists the operands of a chain of one operator, without parentheses. */
export function splitOperands(
  node: ts.Expression,
  ...operators: readonly ts.SyntaxKind[]
): ts.Expression[] {
  const inner = ts.isParenthesizedExpression(node) ? node.expression : node;
  return ts.isBinaryExpression(inner) &&
    operators.includes(inner.operatorToken.kind)
    ? [inner.left, inner.right].flatMap((operand) =>
        splitOperands(operand, ...operators),
      )
    : [node];
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length <= 90 ? line : `${line.slice(0, 89)}…`;
}
