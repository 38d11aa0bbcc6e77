import ts from "typescript";
import {
  getCalledName,
  listNodes,
  replaceNode,
  type Mutant,
  type SourceFile,
} from "./mutant";

/** Checks of one value -> what they give where nothing is wrong. */
const CHECKS = new Map([
  ["check", "undefined"],
  ["problemWith", "undefined"],
  ["violated", "undefined"],
  ["checkEach", "[]"],
  ["checkPlace", "[]"],
]);
/** Functions that give a list of problems are named so. */
const LISTS =
  /^(problems|conflicts|repeatedRoleNames)$|(?<!^report)(Problems|Conflicts)$/;
const THROWN = /^(throw new UserError|throw problemsError)\b/;
/** How a sentence about a value goes on after its subject. */
const SENTENCE = / (must|can) (be|come|have|name) /;

/** Each check, and each sentence that tells of a problem, left out. */
export function findProblemMutants(source: SourceFile): Mutant[] {
  const tellers = localTellers(source.root);
  const tells = listNodes(source.root).some(isSentence);
  const all = listNodes(source.root).flatMap((node) => {
    if (ts.isCallExpression(node)) return callMutants(source, node, tellers);
    if (ts.isThrowStatement(node) && THROWN.test(node.getText()))
      return [replaceNode(source, node, ";")];
    if (ts.isArrayLiteralExpression(node))
      return tells ? rowMutants(source, node) : [];
    return isSentence(node) ? [withoutSentence(source, node)].flat() : [];
  });
  return all.filter(
    (mutant, index) =>
      all.findIndex(
        (one) => one.start === mutant.start && one.end === mutant.end,
      ) === index,
  );
}

/** Functions inside a function that tell of a problem when they are called. */
function localTellers(root: ts.SourceFile): ReadonlySet<string> {
  return new Set(
    listNodes(root)
      .filter(ts.isVariableDeclaration)
      .filter(
        ({ initializer }) =>
          initializer !== undefined &&
          ts.isArrowFunction(initializer) &&
          initializer.getText().includes("problems.push("),
      )
      .map(({ name }) => name.getText()),
  );
}

function callMutants(
  source: SourceFile,
  call: ts.CallExpression,
  tellers: ReadonlySet<string>,
): Mutant[] {
  const name = getCalledName(call);
  if (isDeclaredHere(call, name)) return [];
  const nothing = CHECKS.get(name) ?? (LISTS.test(name) ? "[]" : undefined);
  if (nothing !== undefined) return [replaceNode(source, call, nothing)];
  if (tellers.has(name) && !ts.isExpressionStatement(call.parent))
    return [replaceNode(source, call, '""')];
  const isTold =
    tellers.has(name) ||
    name === "addValidation" ||
    (name === "push" && call.getText().startsWith("problems.push("));
  if (isTold) return [replaceNode(source, call, "void 0")];
  return name === "reportProblems"
    ? call.arguments.slice(1).flatMap((one) => reportedMutants(source, one))
    : [];
}

/** A function is not called where it calls itself for a part. */
function isDeclaredHere(call: ts.CallExpression, name: string): boolean {
  return (
    ts.findAncestor(
      call,
      (node) => ts.isFunctionDeclaration(node) && node.name?.text === name,
    ) !== undefined
  );
}

/** A reported problem, unless what it is made of is found by itself. */
function reportedMutants(
  source: SourceFile,
  argument: ts.Expression,
): Mutant[] {
  const isFoundInside = listNodes(argument).some(
    (node) =>
      isSentence(node) ||
      (ts.isCallExpression(node) &&
        (CHECKS.has(getCalledName(node)) || LISTS.test(getCalledName(node)))),
  );
  if (isFoundInside) return [];
  return [
    replaceNode(
      source,
      argument,
      ts.isSpreadElement(argument) ? "" : "undefined",
    ),
  ];
}

function isSentence(node: ts.Node): boolean {
  return (
    (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) &&
    SENTENCE.test(node.getText())
  );
}

/** What tells a sentence, left out: nothing in the place of its branch, list or call. */
function withoutSentence(source: SourceFile, sentence: ts.Node): Mutant | [] {
  let node = sentence;
  for (;;) {
    const { parent } = node;
    if (ts.isArrayLiteralExpression(parent) && parent.elements.length === 1)
      return replaceNode(source, parent, "[]");
    if (ts.isConditionalExpression(parent))
      return replaceNode(source, node, "undefined");
    if (ts.isArrowFunction(parent) && ts.isCallExpression(parent.parent))
      return replaceNode(source, parent.parent, "[]");
    if (ts.isCallExpression(parent)) {
      const name = getCalledName(parent);
      if (name === "push") return replaceNode(source, parent, "void 0");
      if (name === "reportProblems")
        return replaceNode(source, node, "undefined");
    }
    // found as what it is thrown or rejected with, or not told at all
    if (ts.isStatement(parent) || ts.isPropertyAssignment(parent)) return [];
    node = parent;
  }
}

/** The rows of a table that begin with the name of what they are about, each left out. */
function rowMutants(
  source: SourceFile,
  list: ts.ArrayLiteralExpression,
): Mutant[] {
  const rows = list.elements.filter(ts.isArrayLiteralExpression);
  return rows.length < 2 || rows.length < list.elements.length - 1
    ? []
    : rows
        .filter(
          ({ elements }) =>
            elements[0] !== undefined && ts.isStringLiteral(elements[0]),
        )
        .map((row) => replaceNode(source, row, "...[]"));
}
