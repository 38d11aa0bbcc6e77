import ts from "typescript";
import { listNodes, replaceNode, type Mutant, type SourceFile } from "./mutant";
import { isInSettings, isLimitCall } from "./registry-mutants";

/** Method of the constructs library that adds errors to a construct. */
const ADD_VALIDATION = "addValidation";
/** Functions whose whole call is one error: of a list, and of Terraform. */
const SINGLE_ERROR = ["push", "checkAtPlan"];

/**
 * Removes each error: a thrown one, a message, a check of a limit, an argument of a function that adds errors to a
 * construct, and a row of a list that errors are derived from.
 *
 * @param reporters functions that add errors to a construct, of {@link listReporters}
 */
export function mutateMessages(
  source: SourceFile,
  reporters: ReadonlySet<string>,
): Mutant[] {
  const nodes = listNodes(source.root);
  const hasMessages = nodes.some(isMessage);
  return nodes.flatMap((node) => {
    if (ts.isThrowStatement(node))
      return isUserError(node.expression)
        ? [replaceNode(source, node, ";")]
        : [];
    if (ts.isArrayLiteralExpression(node))
      return hasMessages ? removeRows(source, node) : [];
    if (isMessage(node)) return removeMessage(source, node, reporters);
    if (!ts.isCallExpression(node)) return [];
    if (isLimitCall(node))
      return isInSettings(node) || ts.isVariableDeclaration(node.parent)
        ? []
        : [
            replaceNode(
              source,
              node,
              ts.isSpreadElement(node.parent) ? "[]" : "undefined",
            ),
          ];
    if (getCalledName(node) === ADD_VALIDATION)
      return reporters.has(getFunctionName(node))
        ? []
        : [replaceNode(source, node, "void 0")];
    return reporters.has(getCalledName(node))
      ? node.arguments.slice(1).flatMap((one) => removeArgument(source, one))
      : [];
  });
}

/** Lists the functions that pass their arguments to the construct library as errors. */
export function listReporters({ root }: SourceFile): string[] {
  return listNodes(root)
    .filter(ts.isCallExpression)
    .filter((call) => getCalledName(call) === ADD_VALIDATION)
    .map(getFunctionName)
    .filter((name) => name !== "");
}

/** Name of the top-level function that contains a node. */
function getFunctionName(node: ts.Node): string {
  const found = ts.findAncestor(node, ts.isFunctionDeclaration);
  return found?.name?.text ?? "";
}

/** A text with several words. */
export function isMessage(node: ts.Node): boolean {
  return (
    (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) &&
    /\S \S+ \S/.test(node.getText())
  );
}

/** A thrown error other than an internal one or one that was caught. */
function isUserError(thrown: ts.Expression): boolean {
  return (
    ts.isCallExpression(thrown) ||
    (ts.isNewExpression(thrown) && thrown.expression.getText() !== "Error")
  );
}

/** An argument without a message or a limit, whose removal is another mutant. */
function removeArgument(source: SourceFile, argument: ts.Expression): Mutant[] {
  return listNodes(argument).some(
    (node) => isMessage(node) || isLimitCall(node),
  )
    ? []
    : [
        replaceNode(
          source,
          argument,
          ts.isSpreadElement(argument) ? "...[]" : "undefined",
        ),
      ];
}

/** Replaces a message by nothing in its branch, list, function or call. */
function removeMessage(
  source: SourceFile,
  message: ts.Node,
  reporters: ReadonlySet<string>,
): Mutant[] {
  for (let node = message; ; node = node.parent) {
    const { parent } = node;
    if (ts.isArrayLiteralExpression(parent) && parent.elements.length === 1)
      return [replaceNode(source, parent, "[]")];
    if (ts.isConditionalExpression(parent)) {
      if (parent.condition === node) return [];
      const { whenTrue, whenFalse } = parent;
      // a choice of two messages
      if (isMessage(whenTrue) && isMessage(whenFalse)) continue;
      return [replaceNode(source, node, "undefined")];
    }
    if (ts.isArrowFunction(parent) && ts.isCallExpression(parent.parent))
      return [replaceNode(source, parent.parent, "[]")];
    if (ts.isCallExpression(parent)) {
      const name = getCalledName(parent);
      if (SINGLE_ERROR.includes(name))
        return [replaceNode(source, parent, "void 0")];
      if (reporters.has(name)) return [replaceNode(source, node, "undefined")];
    }
    // part of a thrown error, or not an error
    if (ts.isStatement(parent)) return [];
    if (ts.isPropertyAssignment(parent) && !isCondition(parent)) return [];
  }
}

/** The message of a condition that Terraform checks. */
function isCondition({ name }: ts.PropertyAssignment): boolean {
  return name.getText() === "errorMessage";
}

/** Removes each row of a list whose rows begin with a name. */
function removeRows(
  source: SourceFile,
  list: ts.ArrayLiteralExpression,
): Mutant[] {
  const rows = list.elements.filter(ts.isArrayLiteralExpression);
  return rows.length < 2 || rows.length < list.elements.length - 1
    ? []
    : rows
        .filter(({ elements: [first] }) => first && ts.isStringLiteral(first))
        .map((row) => replaceNode(source, row, "...[]"));
}

function getCalledName({ expression }: ts.CallExpression): string {
  if (ts.isIdentifier(expression)) return expression.text;
  return ts.isPropertyAccessExpression(expression) ? expression.name.text : "";
}
