import ts from "typescript";

/** One rule taken out of the product: a text put in the place of another in one file. */
export interface Mutant {
  readonly file: string;
  /** Line that it begins on, from 1. */
  readonly line: number;
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
  /** What is different, in the words of the code. */
  readonly description: string;
}

/** A file of the product, read. */
export interface SourceFile {
  readonly file: string;
  readonly text: string;
  readonly root: ts.SourceFile;
}

/** Parses a file's text. */
export function parseSource(file: string, text: string): SourceFile {
  const root = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  return { file, text, root };
}

/** The mutant that has a text instead of a node. */
export function replaceNode(
  { file, text, root }: SourceFile,
  node: ts.Node,
  replacement: string,
  what = `${inOneLine(text.slice(node.getStart(), node.getEnd()))} -> ${inOneLine(replacement)}`,
): Mutant {
  const start = node.getStart();
  const line = root.getLineAndCharacterOfPosition(start).line + 1;
  return {
    file,
    line,
    start,
    end: node.getEnd(),
    replacement,
    description: what,
  };
}

/** A file's text with a rule taken out. */
export function applyMutant(text: string, mutant: Mutant): string {
  const { start, end, replacement } = mutant;
  return text.slice(0, start) + replacement + text.slice(end);
}

/** Every node under a node, itself first. */
export function listNodes(node: ts.Node): ts.Node[] {
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => {
    children.push(child);
  });
  return [node, ...children.flatMap(listNodes)];
}

/** Operands of a chain of `&&` or `||`, its parentheses taken off. */
export function splitOperands(
  node: ts.Expression,
  operator: ts.SyntaxKind,
): ts.Expression[] {
  const inner = ts.isParenthesizedExpression(node) ? node.expression : node;
  return ts.isBinaryExpression(inner) && inner.operatorToken.kind === operator
    ? [
        ...splitOperands(inner.left, operator),
        ...splitOperands(inner.right, operator),
      ]
    : [node];
}

/** Name of what a call calls: `check` of `check(…)`, `push` of `problems.push(…)`. */
export function getCalledName(call: ts.CallExpression): string {
  const { expression } = call;
  if (ts.isIdentifier(expression)) return expression.text;
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : "";
}

function inOneLine(text: string): string {
  const line = text.replace(/\s+/g, " ");
  return line.length <= 90 ? line : `${line.slice(0, 89)}…`;
}
