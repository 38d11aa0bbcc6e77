import ts from "typescript";
import {
  getCalledName,
  listNodes,
  type Mutant,
  replaceNode,
  type SourceFile,
  splitOperands,
} from "./mutant";

const ALWAYS = "() => true";
/** Comparisons -> which way their number goes for them to hold of more. */
const STEPS = new Map([
  ["<", 1],
  ["<=", 1],
  [">", -1],
  [">=", -1],
]);
const ANYTHING = "/(?:)/";

/** The limits of a table, each taken out as a whole, and each of its bounds and patterns by itself. */
export function findLimitMutants(source: SourceFile): Mutant[] {
  return listNodes(source.root).flatMap((node) => {
    if (ts.isPropertyAssignment(node) && node.name.getText() === "allows")
      return predicateMutants(source, node.initializer);
    if (ts.isCallExpression(node) && isLimitMaker(source, getCalledName(node)))
      return madeLimitMutants(source, node);
    if (!source.file.startsWith("constructs/")) return [];
    if (ts.isVariableDeclaration(node))
      return [...wordMutants(source, node), ...quotaMutants(source, node)];
    return ts.isFunctionDeclaration(node) &&
      /^is[A-Z]/.test(node.name?.text ?? "")
      ? conditionMutants(source, node)
      : [];
  });
}

/** Whether a function of the file makes a limit: one whose result has what it allows. */
function isLimitMaker({ root }: SourceFile, name: string): boolean {
  return parametersOf(root, name).some((parameter) =>
    ["min", "max"].includes(parameter),
  );
}

function parametersOf(root: ts.SourceFile, name: string): string[] {
  const made = root.statements.find(
    (statement): statement is ts.FunctionDeclaration =>
      ts.isFunctionDeclaration(statement) && statement.name?.text === name,
  );
  return (made?.parameters ?? []).map((parameter) => parameter.name.getText());
}

function madeLimitMutants(
  source: SourceFile,
  call: ts.CallExpression,
): Mutant[] {
  const names = parametersOf(source.root, getCalledName(call));
  const text = call.getText();
  const [subject] = call.arguments;
  const of = `limit ${subject?.getText() ?? ""}`;
  const isSpread = ts.isSpreadAssignment(call.parent);
  return [
    replaceNode(
      source,
      call,
      `${isSpread ? "" : "("}{ ...${text}, allows: ${ALWAYS} }${isSpread ? "" : ")"}`,
      `${of}: no limit`,
    ),
    ...call.arguments.flatMap((argument, index) => {
      const name = names[index] ?? "";
      const looser = {
        min: `${argument.getText()} - 1`,
        max: `${argument.getText()} + 1`,
        pattern: ANYTHING,
      }[name];
      return looser === undefined ||
        argument.getText() === "/^/" ||
        (name === "min" && isSaidByPattern(source, call, names))
        ? []
        : [replaceNode(source, argument, looser, `${of}: ${looser}`)];
    }),
  ];
}

/** Whether a text's least length is no rule of its own: there is none shorter, or the pattern refuses it. */
function isSaidByPattern(
  { root }: SourceFile,
  call: ts.CallExpression,
  names: readonly string[],
): boolean {
  const given = (name: string): string =>
    call.arguments[names.indexOf(name)]?.getText() ?? "";
  if (!names.includes("pattern")) return false;
  if (given("min") === "0") return true;
  const literal = listNodes(root)
    .filter(ts.isVariableDeclaration)
    .find(({ name }) => name.getText() === given("pattern"))?.initializer;
  const [, pattern, flags] =
    /^\/(.*)\/(\w*)$/.exec(literal?.getText() ?? given("pattern")) ?? [];
  return (
    given("min") === "1" &&
    pattern !== undefined &&
    !new RegExp(pattern, flags).test("")
  );
}

/** What a value must be, taken out as a whole, and each of its conditions by itself. */
function predicateMutants(
  source: SourceFile,
  predicate: ts.Expression,
): Mutant[] {
  const whole = replaceNode(source, predicate, ALWAYS);
  if (!ts.isArrowFunction(predicate)) return [whole];
  return [whole, ...conditionMutants(source, predicate)];
}

/** Each condition of a function that says whether a value is accepted. */
function conditionMutants(
  source: SourceFile,
  { body }: ts.ArrowFunction | ts.FunctionDeclaration,
): Mutant[] {
  if (body === undefined) return [];
  const returned = ts.isBlock(body)
    ? listNodes(body)
        .filter(ts.isReturnStatement)
        .flatMap((one) => one.expression ?? [])
    : [body];
  const needed = returned
    .filter((one) => one.kind !== ts.SyntaxKind.FalseKeyword)
    .flatMap((one) => conjuncts(one));
  const refusing = listNodes(body)
    .filter(ts.isIfStatement)
    .filter(({ thenStatement }) =>
      /^return false;?$/.test(thenStatement.getText()),
    )
    .flatMap((one) => splitOperands(one.expression, ts.SyntaxKind.BarBarToken));
  return [
    ...(needed.length > 1 || ts.isBlock(body)
      ? needed.map((one) => replaceNode(source, one, "true"))
      : []),
    ...refusing.map((one) => replaceNode(source, one, "false")),
    ...needed.flatMap((one) => looserBounds(source, one, 1)),
    ...refusing.flatMap((one) => looserBounds(source, one, -1)),
  ];
}

/** What all has to hold, in the branches of `||` too. */
function conjuncts(expression: ts.Expression): ts.Expression[] {
  return splitOperands(
    expression,
    ts.SyntaxKind.AmpersandAmpersandToken,
  ).flatMap((operand) => {
    const either = splitOperands(operand, ts.SyntaxKind.BarBarToken);
    return either.length === 1
      ? [operand]
      : either.flatMap((one) =>
          splitOperands(one, ts.SyntaxKind.AmpersandAmpersandToken),
        );
  });
}

/**
 * A number that a value is compared with, one further; a quantifier of a pattern, one wider.
 *
 * @param direction -1 where the condition refuses
 */
function looserBounds(
  source: SourceFile,
  condition: ts.Expression,
  direction: 1 | -1,
): Mutant[] {
  if (ts.isPrefixUnaryExpression(condition))
    return looserBounds(source, condition.operand, direction === 1 ? -1 : 1);
  if (!ts.isBinaryExpression(condition)) {
    return direction === -1
      ? []
      : listNodes(condition)
          .filter(ts.isRegularExpressionLiteral)
          .flatMap((pattern) =>
            loosenQuantifiers(pattern.text).map((looser) =>
              replaceNode(source, pattern, looser),
            ),
          );
  }
  const { operatorToken, right } = condition;
  const step = STEPS.get(operatorToken.getText());
  return step === undefined || !ts.isNumericLiteral(right)
    ? []
    : [
        replaceNode(
          source,
          right,
          String(Number(right.text) + step * direction),
        ),
      ];
}

/** A list of refused words, each of them left out. */
function wordMutants(
  source: SourceFile,
  node: ts.VariableDeclaration,
): Mutant[] {
  if (
    !/^(NO|RESERVED)_/.test(node.name.getText()) ||
    node.initializer === undefined
  )
    return [];
  const list = listNodes(node.initializer).find(ts.isArrayLiteralExpression);
  return (list?.elements ?? [])
    .filter(ts.isStringLiteral)
    .map((word) => replaceNode(source, word, JSON.stringify("\0none")));
}

/** A table of how many there may be, each number one more. */
function quotaMutants(
  source: SourceFile,
  { name, initializer }: ts.VariableDeclaration,
): Mutant[] {
  return !name.getText().endsWith("_QUOTAS") || initializer === undefined
    ? []
    : listNodes(initializer)
        .filter(ts.isNumericLiteral)
        .map((count) => replaceNode(source, count, `${count.getText()} + 1`));
}

/** A regular expression with each of its counted quantifiers one wider at either end. */
export function loosenQuantifiers(literal: string): string[] {
  return [...literal.matchAll(/\{(\d+)(?:(,)(\d*))?\}/g)].flatMap(
    ({ 0: quantifier, 1: low = "", 2: comma, 3: high = "", index }) => {
      const most = comma === undefined ? low : high;
      const wider = [
        ...(Number(low) > 0 ? [`{${Number(low) - 1},${most}}`] : []),
        ...(most === "" ? [] : [`{${low},${Number(most) + 1}}`]),
      ];
      return wider.map(
        (other) =>
          literal.slice(0, index) +
          other +
          literal.slice(index + quantifier.length),
      );
    },
  );
}
