import { existsSync } from "node:fs";
import path from "node:path";
import * as ts from "typescript";
import { compilerOptions } from "../../tsconfig.json";

const PROJECT = path.resolve(__dirname, "../..");
/** Sources of the entries of the package, by entry. */
const ENTRY_SOURCES: Readonly<Record<string, readonly string[]>> =
  compilerOptions.paths;

/**
 * Returns what a source file imports, types included: paths in the project, `package` and a name, or `missing` and a
 * specifier that resolves to no file.
 */
export function listImports(file: string, text: string): readonly string[] {
  const source = parse(file, text);
  return listNodes(source).flatMap((node) => {
    const specifier = findSpecifier(node, source);
    if (specifier === undefined) return [];
    return ts.isStringLiteralLike(specifier)
      ? [resolve(file, specifier.text)]
      : [`missing ${specifier.getText(source)}`];
  });
}

/** Whether a file has a class of a stack. */
export function hasStackClass(file: string, text: string): boolean {
  const source = parse(file, text);
  return listNodes(source).some(
    (node) =>
      ts.isClassLike(node) &&
      node.heritageClauses?.some((clause) =>
        /^extends [\w.]*Stack\b/.test(clause.getText(source)),
      ),
  );
}

function parse(file: string, text: string): ts.SourceFile {
  return ts.createSourceFile(file, text, ts.ScriptTarget.Latest);
}

function listNodes(node: ts.Node): readonly ts.Node[] {
  const nodes = [node];
  ts.forEachChild(node, (child) => {
    nodes.push(...listNodes(child));
  });
  return nodes;
}

/** Returns the module specifier of a declaration, of a type, or of a call that loads a module. */
function findSpecifier(
  node: ts.Node,
  source: ts.SourceFile,
): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node))
    return node.moduleSpecifier;
  if (ts.isExternalModuleReference(node)) return node.expression;
  if (ts.isImportTypeNode(node))
    return ts.isLiteralTypeNode(node.argument)
      ? node.argument.literal
      : node.argument;
  const isLoad =
    ts.isCallExpression(node) &&
    /^(?:import|(?:\w+\.)?require(?:\.resolve)?|createRequire\([^]*\))$/.test(
      node.expression.getText(source),
    );
  return isLoad ? node.arguments[0] : undefined;
}

function resolve(file: string, specifier: string): string {
  const [entry] = ENTRY_SOURCES[specifier] ?? [];
  if (entry !== undefined) return path.normalize(entry);
  if (!/^[./]/.test(specifier)) return `package ${specifier}`;
  const text = path.join(path.dirname(file), specifier);
  // a module in another language is imported as text
  if (specifier.endsWith(".py") && existsSync(path.join(PROJECT, text)))
    return text;
  const { resolvedModule } = ts.resolveModuleName(
    specifier,
    path.join(PROJECT, file),
    {
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      resolveJsonModule: true,
      allowJs: true,
    },
    ts.sys,
  );
  if (resolvedModule === undefined) return `missing ${specifier}`;
  return path.relative(PROJECT, resolvedModule.resolvedFileName);
}
