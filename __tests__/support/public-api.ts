import path from "node:path";
import * as ts from "typescript";

/** Sources of the entries of the package. */
export const ENTRY_SOURCES = [
  "stacks/index.ts",
  "constructs/index.ts",
  "scripts/lib/client/index.ts",
] as const;

/** An exported class, function, type or constant of an entry, or a member of one. */
export interface ApiItem {
  readonly name: string;
  readonly summary: string;
}

export interface Property extends ApiItem {
  readonly isOptional: boolean;
  /** Whether a member of the union of types has no such property, or has it for other options. */
  readonly isAlternative: boolean;
  /** Text of `@default`. */
  readonly defaultText: string | undefined;
}

export interface Method extends ApiItem {
  /** Names of its parameters, optional ones with a question mark. */
  readonly parameters: readonly string[];
}

/** Reads the exports of sources by the TypeScript compiler, without the packages that they import, which would take seconds. */
export class PublicApi {
  private readonly program: ts.Program;
  private readonly checker: ts.TypeChecker;

  constructor(files: readonly string[]) {
    this.program = createProgram(files);
    this.checker = this.program.getTypeChecker();
  }

  listExports(file: string): readonly ApiItem[] {
    return this.listSymbols(file).map((symbol) => this.describe(symbol));
  }

  /** Lists the properties of an exported interface or type, also those of some members of a union. */
  listProperties(file: string, name: string): readonly Property[] {
    const types = this.listTypes(this.find(file, name));
    return this.listMembers(file, name)
      .filter((symbol) => !isMethod(symbol) && !isAlwaysUndefined(symbol))
      .map((symbol) => ({
        ...this.describe(symbol),
        isOptional: (symbol.flags & ts.SymbolFlags.Optional) !== 0,
        isAlternative: types.some((type) => {
          const own = type.getProperty(symbol.getName());
          return own === undefined || isAlwaysUndefined(own);
        }),
        defaultText: getTag(symbol, "default"),
      }));
  }

  /** Lists the public methods of an exported class or interface. */
  listMethods(file: string, name: string): readonly Method[] {
    return this.listMembers(file, name)
      .filter(isMethod)
      .map((symbol) => ({
        ...this.describe(symbol),
        parameters: listParameters(symbol),
      }));
  }

  /** Lists the exported classes, with the pages of AWS that their comments name. */
  listClasses(file: string): readonly (ApiItem & { readonly page: string })[] {
    return this.listSymbols(file)
      .filter(({ flags }) => (flags & ts.SymbolFlags.Class) !== 0)
      .map((symbol) => ({
        ...this.describe(symbol),
        page: getTag(symbol, "see") ?? "",
      }));
  }

  private describe(symbol: ts.Symbol): ApiItem {
    return {
      name: symbol.getName(),
      summary: ts.displayPartsToString(
        symbol.getDocumentationComment(this.checker),
      ),
    };
  }

  private listMembers(file: string, name: string): readonly ts.Symbol[] {
    const found = this.find(file, name);
    const statics = [...(found.exports?.values() ?? [])].filter(isMethod);
    const types = this.listTypes(found);
    const members = new Map<string, ts.Symbol>();
    for (const member of [
      ...statics,
      ...types.flatMap((one) => this.checker.getPropertiesOfType(one)),
    ]) {
      const known = members.get(member.getName());
      if (isPublic(member) && (!known || isAlwaysUndefined(known)))
        members.set(member.getName(), member);
    }
    return [...members.values()];
  }

  private find(file: string, name: string): ts.Symbol {
    const found = this.listSymbols(file).find(
      (symbol) => symbol.getName() === name,
    );
    if (found === undefined) throw new Error(`${file} must export ${name}`);
    return found;
  }

  /** Lists the members of a union, or the type itself. */
  private listTypes(symbol: ts.Symbol): readonly ts.Type[] {
    const type = this.checker.getDeclaredTypeOfSymbol(symbol);
    return type.isUnion() ? type.types : [type];
  }

  private listSymbols(file: string): readonly ts.Symbol[] {
    const source = this.program.getSourceFile(path.resolve(file));
    const module = source && this.checker.getSymbolAtLocation(source);
    return (
      module === undefined ? [] : this.checker.getExportsOfModule(module)
    ).map((symbol) =>
      (symbol.flags & ts.SymbolFlags.Alias) === 0
        ? symbol
        : this.checker.getAliasedSymbol(symbol),
    );
  }
}

function createProgram(files: readonly string[]): ts.Program {
  const options = {
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.Preserve,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    strict: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  host.resolveModuleNameLiterals = (literals, file) =>
    literals.map(({ text }) =>
      text.startsWith(".")
        ? ts.resolveModuleName(text, file, options, host)
        : { resolvedModule: undefined },
    );
  return ts.createProgram(files, options, host);
}

function isMethod({ declarations = [] }: ts.Symbol): boolean {
  return declarations.some(
    (one) => ts.isMethodDeclaration(one) || ts.isMethodSignature(one),
  );
}

/** A property that options of another kind have, and these do not. */
function isAlwaysUndefined({ declarations = [] }: ts.Symbol): boolean {
  return (
    declarations.length > 0 &&
    declarations.every(
      (one) =>
        ts.isPropertySignature(one) &&
        /^((false \| )?undefined|never)$/.test(one.type?.getText() ?? ""),
    )
  );
}

function isPublic({ declarations = [] }: ts.Symbol): boolean {
  const hidden = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
  return declarations.every(
    (one) => (ts.getCombinedModifierFlags(one) & hidden) === 0,
  );
}

function getTag(symbol: ts.Symbol, name: string): string | undefined {
  const tag = symbol.getJsDocTags().find((one) => one.name === name);
  return tag && ts.displayPartsToString(tag.text);
}

function listParameters({ declarations = [] }: ts.Symbol): readonly string[] {
  const [first] = declarations.filter(
    (one) => ts.isMethodDeclaration(one) || ts.isMethodSignature(one),
  );
  return (first?.parameters ?? []).map(
    ({ name, questionToken, initializer }) =>
      questionToken === undefined && initializer === undefined
        ? name.getText()
        : `${name.getText()}?`,
  );
}
