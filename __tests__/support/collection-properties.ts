import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

const PROJECT = path.resolve(__dirname, "../..");

/**
 * Lists the properties of the interfaces of constructs, and of the options of `AuthStack`, that are lists, records or
 * numbers, as `Interface.property`. It reads the declarations only, since a type check takes long.
 */
export function listCollectionProperties(): string[] {
  const files = [
    ...listFiles("constructs"),
    "stacks/auth-stack.ts",
    "stacks/user-pool-groups.ts",
    "stacks/config/config.ts",
  ];
  const sources = files.map((file) =>
    ts.createSourceFile(
      file,
      readFileSync(path.join(PROJECT, file), "utf8"),
      ts.ScriptTarget.Latest,
      true,
    ),
  );
  const aliases = new Map<string, ts.TypeNode>();
  for (const source of sources)
    source.forEachChild((node) => {
      if (ts.isTypeAliasDeclaration(node))
        aliases.set(node.name.text, node.type);
    });
  const found: string[] = [];
  const visit = (node: ts.Node, owner: string): void => {
    if (
      owner !== "" &&
      ts.isPropertySignature(node) &&
      isCollection(node.type, aliases)
    )
      found.push(`${owner}.${node.name.getText()}`);
    const isOwner =
      ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node);
    const name = isOwner ? node.name.text : owner;
    node.forEachChild((child) => {
      visit(child, name);
    });
  };
  for (const source of sources) visit(source, "");
  return found.sort();
}

function isCollection(
  type: ts.TypeNode | undefined,
  aliases: ReadonlyMap<string, ts.TypeNode>,
): boolean {
  if (type === undefined) return false;
  const isInner = (inner: ts.TypeNode | undefined) =>
    isCollection(inner, aliases);
  if (ts.isTypeOperatorNode(type) || ts.isFunctionTypeNode(type))
    return isInner(type.type);
  if (ts.isUnionTypeNode(type)) return type.types.some(isInner);
  if (ts.isTypeReferenceNode(type)) {
    const name = type.typeName.getText();
    if (name === "Readonly") return isInner(type.typeArguments?.[0]);
    return name === "Record" || isInner(aliases.get(name));
  }
  return ts.isArrayTypeNode(type) || type.kind === ts.SyntaxKind.NumberKeyword;
}

function listFiles(directory: string): string[] {
  return readdirSync(path.join(PROJECT, directory), {
    withFileTypes: true,
  }).flatMap((entry) => {
    const file = `${directory}/${entry.name}`;
    return entry.isDirectory() ? listFiles(file) : [file];
  });
}
