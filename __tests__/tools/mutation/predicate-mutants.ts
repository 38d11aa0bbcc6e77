import ts from "typescript";
import {
  listNodes,
  replaceNode,
  splitOperands,
  type Mutant,
  type SourceFile,
} from "./mutant";

const { AmpersandAmpersandToken: And, BarBarToken: Or } = ts.SyntaxKind;
/** Change of the number that makes a comparison hold for more values. */
const LOOSER_STEPS = new Map([
  ["<", 1],
  ["<=", 1],
  [">", -1],
  [">=", -1],
]);

/** Removes each condition of the predicate of a row, and loosens its numbers and patterns. */
export function mutatePredicate(
  source: SourceFile,
  { body }: ts.ArrowFunction | ts.FunctionDeclaration,
  row: string,
): Mutant[] {
  if (body === undefined) return [];
  const nodes = listNodes(body);
  const returned = ts.isBlock(body)
    ? nodes.filter(ts.isReturnStatement).flatMap((one) => one.expression ?? [])
    : [body];
  const required = returned
    .filter((one) => one.kind !== ts.SyntaxKind.FalseKeyword)
    .flatMap((one) => splitOperands(one, And, Or));
  const refusing = nodes
    .filter(ts.isIfStatement)
    .filter(({ thenStatement }) =>
      /^return false;?$/.test(thenStatement.getText()),
    )
    .flatMap((one) => splitOperands(one.expression, Or));
  const remove = (one: ts.Expression, result: string): Mutant => {
    const hasPattern = listNodes(one).some(ts.isRegularExpressionLiteral);
    const kind = hasPattern ? "pattern" : "condition";
    return replaceNode(source, one, result, `${row} ${kind}`);
  };
  return [
    ...(required.length > 1 || ts.isBlock(body)
      ? required.map((one) => remove(one, "true"))
      : []),
    ...refusing.map((one) => remove(one, "false")),
    ...[
      ...required.flatMap((one) => loosenBounds(source, one, 1)),
      ...refusing.flatMap((one) => loosenBounds(source, one, -1)),
    ].map((one) => ({
      ...one,
      description: `${row} bound: ${one.description}`,
    })),
  ];
}

/** @param direction -1 for a condition that refuses values */
function loosenBounds(
  source: SourceFile,
  condition: ts.Expression,
  direction: 1 | -1,
): Mutant[] {
  if (ts.isPrefixUnaryExpression(condition))
    return loosenBounds(source, condition.operand, direction === 1 ? -1 : 1);
  if (!ts.isBinaryExpression(condition))
    return direction === -1
      ? []
      : listNodes(condition)
          .filter(ts.isRegularExpressionLiteral)
          .flatMap((pattern) =>
            loosenQuantifiers(pattern.text).map((looser) =>
              replaceNode(source, pattern, looser),
            ),
          );
  const { operatorToken, right } = condition;
  const step = LOOSER_STEPS.get(operatorToken.getText());
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

/** Widens each counted quantifier of a regular expression by one at either end. */
export function loosenQuantifiers(literal: string): string[] {
  return [...literal.matchAll(/\{(\d+)(?:(,)(\d*))?\}/g)].flatMap(
    ({ 0: quantifier, 1: low = "", 2: comma, 3: high = "", index }) => {
      const max = comma === undefined ? low : high;
      const wider = [
        ...(Number(low) > 0 ? [`{${Number(low) - 1},${max}}`] : []),
        ...(max === "" ? [] : [`{${low},${Number(max) + 1}}`]),
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
