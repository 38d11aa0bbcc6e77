import ts from "typescript";
import {
  getCalledName,
  listNodes,
  splitOperands,
  replaceNode,
  type Mutant,
  type SourceFile,
} from "./mutant";

/** A limit that accepts all, what Terraform would evaluate too. */
const NO_LIMIT =
  '{ subject: "", accepts: "", allows: () => true, takesPolicyVariables: true }';
/** What makes a setting's parser -> what it is given, by the rules that these are. */
const PARSERS: Readonly<Record<string, readonly string[]>> = {
  limited: [NO_LIMIT],
  list: [NO_LIMIT, "Infinity"],
  wholeNumber: [NO_LIMIT],
  matching: ["/(?:)/"],
};

/** The settings, each read without its rule, and each rejection of a parser left out. */
export function findSettingMutants(source: SourceFile): Mutant[] {
  return listNodes(source.root).flatMap((node) => {
    if (ts.isCallExpression(node)) return parserMutants(source, node);
    return ts.isNewExpression(node) && node.expression.getText() === "Rejected"
      ? [acceptedInstead(source, node), ...conditionMutants(source, node)]
      : [];
  });
}

function parserMutants(source: SourceFile, call: ts.CallExpression): Mutant[] {
  const looser = PARSERS[getCalledName(call)] ?? [];
  const row = call.parent.parent;
  const name = ts.isPropertyAssignment(row) ? row.name.getText() : "";
  return call.arguments.flatMap((argument, index) => {
    const other = looser[index];
    return other === undefined
      ? []
      : [
          replaceNode(
            source,
            argument,
            other,
            `setting ${name}: ${getCalledName(call)}, argument ${index + 1}, accepts all`,
          ),
        ];
  });
}

/** The value where a rejection of it was. */
function acceptedInstead(
  source: SourceFile,
  rejection: ts.NewExpression,
): Mutant {
  const { parent } = rejection;
  if (ts.isReturnStatement(parent)) return replaceNode(source, parent, ";");
  if (ts.isConditionalExpression(parent)) {
    const { whenTrue, whenFalse } = parent;
    const other = whenTrue === rejection ? whenFalse : whenTrue;
    return replaceNode(source, parent, other.getText());
  }
  return ts.isBinaryExpression(parent)
    ? replaceNode(source, parent, parent.left.getText())
    : replaceNode(source, rejection, "undefined");
}

/** Each of several conditions of a value that is else rejected. */
function conditionMutants(
  source: SourceFile,
  { parent }: ts.NewExpression,
): Mutant[] {
  if (!ts.isConditionalExpression(parent)) return [];
  const { condition } = parent;
  const named = listNodes(source.root)
    .filter(ts.isVariableDeclaration)
    .find(({ name }) => name.getText() === condition.getText())?.initializer;
  const needed = splitOperands(
    named ?? condition,
    ts.SyntaxKind.AmpersandAmpersandToken,
  );
  return needed.length < 2
    ? []
    : needed.map((one) => replaceNode(source, one, "true"));
}
