import ts from "typescript";
import { InvalidValue } from "../../../stacks/config/setting-row";
import { listNodes, replaceNode, type Mutant, type SourceFile } from "./mutant";
import { mutatePredicate } from "./predicate-mutants";

/** The registries, and the interfaces of their rows, that mutants are derived from. */
const LIMITS = "LIMITS";
const LIMIT_PREDICATE = "allows";
const SETTINGS = "SETTINGS";
const SETTING_PARSER = "parse";
const SETTING_REQUIREMENTS = "requires";
const ANY_TEXT = "/(?:)/";

/** Removes and loosens the rows of the registries: limits, quotas, lists of refused words, and settings. */
export function mutateRegistries(source: SourceFile): Mutant[] {
  return listNodes(source.root).flatMap((node) => {
    if (ts.isVariableDeclaration(node))
      return [
        ...mutateRegistry(source, node),
        ...(source.file.includes("/constraints/")
          ? mutateConstant(source, node)
          : []),
      ];
    if (
      ts.isPropertyAssignment(node) &&
      node.name.getText() === LIMIT_PREDICATE
    )
      return ts.isArrowFunction(node.initializer)
        ? mutatePredicate(source, node.initializer, getRow(node))
        : [];
    if (ts.isFunctionDeclaration(node))
      return source.file.includes("/constraints/")
        ? mutateFunction(source, node)
        : [];
    return ts.isNewExpression(node) &&
      node.expression.getText() === InvalidValue.name
      ? [allowInvalidValue(source, node)]
      : [];
  });
}

/** Returns whether a call passes a limit of the registry first. */
export function isLimitCall(node: ts.Node): boolean {
  return (
    ts.isCallExpression(node) &&
    new RegExp(`^${LIMITS}\\.\\w+$`).test(node.arguments[0]?.getText() ?? "")
  );
}

/** Returns whether a node is in a table of settings. */
export function isInSettings(node: ts.Node): boolean {
  return (
    ts.findAncestor(
      node,
      (one) =>
        ts.isVariableDeclaration(one) && one.name.getText().endsWith(SETTINGS),
    ) !== undefined
  );
}

/** The limit that contains a predicate, or the function that creates limits. */
function getRow(predicate: ts.Node): string {
  const { parent } = predicate.parent;
  if (ts.isPropertyAssignment(parent) || ts.isVariableDeclaration(parent))
    return `limit ${parent.name.getText()}`;
  return ts.findAncestor(parent, ts.isFunctionDeclaration)?.name?.text ?? "";
}

/** Loosens a predicate, or removes the patterns of a function that creates limits. */
function mutateFunction(
  source: SourceFile,
  node: ts.FunctionDeclaration,
): Mutant[] {
  const name = node.name?.text ?? "";
  if (node.type?.kind === ts.SyntaxKind.BooleanKeyword)
    return mutatePredicate(source, node, name);
  return /^create\w+Limit$/.test(name)
    ? listNodes(node)
        .filter(ts.isRegularExpressionLiteral)
        .map((one) => replaceNode(source, one, ANY_TEXT, `${name} pattern`))
    : [];
}

function mutateRegistry(
  source: SourceFile,
  { name, initializer }: ts.VariableDeclaration,
): Mutant[] {
  if (initializer === undefined) return [];
  // a parser that several settings use
  if (isLimitCall(initializer)) return raiseNumbers(source, initializer);
  const rows = listNodes(initializer).filter(ts.isPropertyAssignment);
  if (name.getText().endsWith(`_${LIMITS}`))
    return rows
      .filter(({ parent }) => parent === getObject(initializer))
      .flatMap((row) => mutateLimit(source, row));
  return name.getText().endsWith(SETTINGS)
    ? rows.flatMap((row) => mutateSetting(source, row))
    : [];
}

/** Removes a limit, and moves each of its bounds and patterns. */
function mutateLimit(
  source: SourceFile,
  { name, initializer }: ts.PropertyAssignment,
): Mutant[] {
  const row = `limit ${name.getText()}`;
  const removed = `{ ...(${initializer.getText()}), ${LIMIT_PREDICATE}: () => true }`;
  const calls = listNodes(initializer).filter(ts.isCallExpression);
  const call = calls.find(
    ({ parent }) =>
      parent.parent === initializer ||
      parent.parent === initializer.parent.parent,
  );
  return [
    replaceNode(source, initializer, removed, row),
    ...(call === undefined ? [] : loosenArguments(source, call, row)),
  ];
}

/** Of two bounds, the first is the lower one. A single bound is the upper one. */
function loosenArguments(
  source: SourceFile,
  call: ts.CallExpression,
  row: string,
): Mutant[] {
  const values = call.arguments.flatMap((argument) =>
    ts.isArrayLiteralExpression(argument)
      ? argument.elements.filter(() => argument.elements.every(isNumber))
      : [argument],
  );
  const bounds = values.filter(isNumber);
  const pattern = values.find(ts.isRegularExpressionLiteral);
  const [lower, upper] =
    bounds.length > 1 ? bounds : [undefined, ...bounds, undefined];
  const isLowerEffective =
    lower !== undefined &&
    // no text is shorter than 0 characters
    !(lower.getText() === "0" && ts.isArrayLiteralExpression(lower.parent)) &&
    !(
      lower.getText() === "1" &&
      pattern !== undefined &&
      !parsePattern(pattern).test("")
    );
  return [
    ...(lower !== undefined && isLowerEffective
      ? [replaceNode(source, lower, `${lower.getText()} - 1`, `${row} bound`)]
      : []),
    ...(upper !== undefined
      ? [replaceNode(source, upper, `${upper.getText()} + 1`, `${row} bound`)]
      : []),
    ...(pattern !== undefined && pattern.text !== "/^/"
      ? [replaceNode(source, pattern, ANY_TEXT, `${row} pattern`)]
      : []),
  ];
}

/** Removes each word of a list, and raises each number of a table of quotas. */
function mutateConstant(
  source: SourceFile,
  { initializer, parent }: ts.VariableDeclaration,
): Mutant[] {
  if (initializer === undefined || !ts.isSourceFile(parent.parent.parent))
    return [];
  const [list] = listNodes(initializer).filter(ts.isArrayLiteralExpression);
  const isWordList =
    list?.elements.every(ts.isStringLiteral) === true &&
    !ts.isObjectLiteralExpression(getObject(initializer));
  if (isWordList)
    return list.elements.map((word) => replaceNode(source, word, '"\\0"'));
  const object = getObject(initializer);
  const counts = ts.isObjectLiteralExpression(object)
    ? object.properties.filter(ts.isPropertyAssignment)
    : [];
  return counts.length > 0 && counts.every((row) => isNumber(row.initializer))
    ? counts.map(({ name, initializer: count }) =>
        replaceNode(
          source,
          count,
          `${count.getText()} + 1`,
          `quota ${name.getText()}`,
        ),
      )
    : [];
}

/** Allows all values of a setting, raises the numbers of its parser, and removes each setting that it requires. */
function mutateSetting(
  source: SourceFile,
  { initializer: call }: ts.PropertyAssignment,
): Mutant[] {
  const [name, values] = ts.isCallExpression(call) ? call.arguments : [];
  if (name === undefined || !values || !ts.isObjectLiteralExpression(values))
    return [];
  const getValue = (property: string): ts.Expression | undefined =>
    values.properties
      .filter(ts.isPropertyAssignment)
      .find((one) => one.name.getText() === property)?.initializer;
  const parser = getValue(SETTING_PARSER);
  const requires = getValue(SETTING_REQUIREMENTS);
  if (parser === undefined) return [];
  const row = `setting ${name.getText().slice(1, -1)}`;
  const allowAll = `(text: string) => { const value = (${parser.getText()})(text) as any; return typeof value === "object" && "expected" in value ? text : value; }`;
  return [
    replaceNode(source, parser, allowAll, row),
    ...raiseNumbers(source, parser, `${row} bound`),
    ...(requires && ts.isArrayLiteralExpression(requires)
      ? requires.elements
      : []
    ).map((one) =>
      replaceNode(source, one, '"PATH"', `${row} requires ${one.getText()}`),
    ),
  ];
}

function raiseNumbers(source: SourceFile, node: ts.Node, row = ""): Mutant[] {
  return listNodes(node)
    .filter(ts.isNumericLiteral)
    .map((count) => replaceNode(source, count, `${count.getText()} + 1`, row));
}

/** Returns the value in a parser where the value is invalid. */
function allowInvalidValue(source: SourceFile, node: ts.NewExpression): Mutant {
  const { parent } = node;
  if (ts.isReturnStatement(parent)) return replaceNode(source, parent, ";");
  if (ts.isConditionalExpression(parent)) {
    const { whenTrue, whenFalse } = parent;
    const valid = whenTrue === node ? whenFalse : whenTrue;
    return replaceNode(source, parent, valid.getText());
  }
  return ts.isBinaryExpression(parent)
    ? replaceNode(source, parent, parent.left.getText())
    : replaceNode(source, node, "undefined");
}

function getObject(initializer: ts.Expression): ts.Expression {
  return ts.isAsExpression(initializer) ? initializer.expression : initializer;
}

function isNumber(node: ts.Node): boolean {
  return (
    ts.isNumericLiteral(node) ||
    (ts.isBinaryExpression(node) && isNumber(node.left) && isNumber(node.right))
  );
}

function parsePattern({ text }: ts.RegularExpressionLiteral): RegExp {
  const [, pattern = "", flags] = /^\/(.*)\/(\w*)$/s.exec(text) ?? [];
  return new RegExp(pattern, flags);
}
