import {
  isJsonObject,
  toJsonObject,
  type JsonObject,
} from "../system/json-object";

/** A place in the configuration from which a reference is resolved. */
export interface ModuleScope {
  /** Address of the module with its keys and a dot at its end; empty for the root. */
  readonly module: string;
  /** Key of the instance, as an address has it: `["a"]` or `[0]`; empty without one. */
  readonly key: string;
}

/** A part of a configuration that says what it is made of. */
interface ModuleConfiguration {
  readonly json: JsonObject;
  /** The call of the module, and from where. */
  readonly call?: { readonly json: JsonObject; readonly parent: string };
}

/** Configuration of one resource. */
export interface ResourceConfiguration {
  /** Address without keys. */
  readonly address: string;
  readonly expressions: JsonObject;
  readonly json: JsonObject;
  /** Whether the plan may have none, since `count` or `for_each` of it or of its module decides that. */
  readonly isOptional: boolean;
}

/** What an expression stands for. */
export interface ResolvedExpression {
  readonly text: string;
  /** False if the plan lists what the expression refers to, and not what it makes of it. */
  readonly isCertain: boolean;
}

/** The longest chain of variables and outputs that is followed. */
const DEEPEST = 20;

/** The code of a plan, as its JSON has it: expressions of resources, also of modules, and where references lead. */
export class Configuration {
  readonly resources = new Map<string, ResourceConfiguration>();
  /** Modules by their addresses without keys, with a dot at their end. */
  private readonly modules = new Map<string, ModuleConfiguration>();
  readonly hasRootModule: boolean;

  constructor(
    readonly json: unknown,
    /** Whether a resource of such an address, with its keys, is part of the plan. */
    private readonly isPlanned: (address: string) => boolean,
  ) {
    const root = isJsonObject(json) ? json.root_module : undefined;
    this.hasRootModule = isJsonObject(root);
    this.addModule(root, "", undefined, false);
  }

  /** Calls of modules: the address without keys, and the call. */
  listModuleCalls(): readonly (readonly [address: string, call: JsonObject])[] {
    return [...this.modules].flatMap(([address, { call }]) =>
      call === undefined ? [] : [[address.slice(0, -1), call.json] as const],
    );
  }

  /**
   * Returns a template with every reference in it replaced by the whole address that it leads to.
   *
   * @returns `undefined` if a part of it is anything but a text or a reference to what names a planned resource
   */
  private resolveTemplate(
    template: string,
    scope: ModuleScope,
    deepest: number,
  ): ResolvedExpression | undefined {
    const isJson = /^\s*[[{]/.test(template);
    let resolved = "";
    let isCertain = true;
    let at = 0;
    while (at < template.length) {
      const rest = template.slice(at);
      const escaped = /^(?:\$\$\{|%%\{)/.exec(rest)?.[0];
      if (escaped !== undefined) {
        resolved += escaped.slice(1);
        at += escaped.length;
      } else if (rest.startsWith("%{")) {
        return undefined;
      } else if (rest.startsWith("${")) {
        const end = endOfInterpolation(template, at + 2);
        if (end === undefined) return undefined;
        const value = this.resolveReference(
          template.slice(at + 2, end).trim(),
          scope,
          deepest - 1,
        );
        if (value === undefined) return undefined;
        isCertain &&= value.isCertain;
        resolved += isJson
          ? JSON.stringify(value.text).slice(1, -1)
          : value.text;
        at = end + 1;
      } else {
        const next = /(?:\$\$?\{|%%?\{)/.exec(rest.slice(1));
        const length = next === null ? rest.length : next.index + 1;
        resolved += rest.slice(0, length);
        at += length;
      }
    }
    return { text: resolved, isCertain };
  }

  /** Returns the text that an expression stands for; `undefined` if the plan does not say it. */
  resolveExpression(
    expression: unknown,
    scope: ModuleScope,
    deepest = DEEPEST,
  ): ResolvedExpression | undefined {
    if (!isJsonObject(expression) || deepest <= 0) return undefined;
    const { constant_value: constant, references } = expression;
    if (typeof constant === "string")
      return this.resolveTemplate(constant, scope, deepest);
    if (typeof constant === "number" || typeof constant === "boolean")
      return { text: String(constant), isCertain: true };
    if (constant !== undefined) return undefined;
    const reference = singleReference(references);
    const found =
      reference === undefined
        ? undefined
        : this.resolveReference(reference, scope, deepest - 1);
    return found && { ...found, isCertain: false };
  }

  private resolveReference(
    reference: string,
    scope: ModuleScope,
    deepest: number,
  ): ResolvedExpression | undefined {
    if (deepest <= 0) return undefined;
    const here = this.modules.get(removeInstanceKeys(scope.module));
    const variable = /^var\.([\w-]+)$/.exec(reference)?.[1];
    if (variable !== undefined) {
      if (here?.call === undefined) return undefined;
      const expressions = toJsonObject(here.call.json.expressions);
      return this.resolveExpression(
        expressions[variable],
        parentScope(scope.module),
        deepest,
      );
    }
    const [, name, key = "", output] =
      /^module\.([\w-]+)(\[[^\]]*\])?\.([\w-]+)$/.exec(reference) ?? [];
    if (name !== undefined && output !== undefined) {
      const called = this.modules.get(
        `${removeInstanceKeys(scope.module)}module.${name}.`,
      );
      const outputs = toJsonObject(called?.json.outputs);
      return this.resolveExpression(
        toJsonObject(outputs[output]).expression,
        {
          module: `${scope.module}module.${name}${keyOf(key, scope)}.`,
          key: "",
        },
        deepest,
      );
    }
    return this.resolveResource(reference, scope);
  }

  /** `${aws_iam_role.reader.arn}` with the address as the plan has it. */
  private resolveResource(
    reference: string,
    scope: ModuleScope,
  ): ResolvedExpression | undefined {
    const [, resource, key = "", attribute] =
      /^(aws_\w+\.[\w-]+)(\[[^\]]*\])?\.(\w+)$/.exec(reference) ?? [];
    if (resource === undefined || attribute === undefined) return undefined;
    if (!NAMING.has(attribute)) return undefined;
    const address = `${scope.module}${resource}${keyOf(key, scope)}`;
    // a list of references has no keys
    const found = [
      address,
      ...(key === "" ? [`${address}${scope.key}`] : []),
    ].find((one) => this.isPlanned(one));
    return found === undefined
      ? undefined
      : { text: `\${${found}.${attribute}}`, isCertain: true };
  }

  private addModule(
    json: unknown,
    prefix: string,
    call: ModuleConfiguration["call"],
    isOptional: boolean,
  ): void {
    if (!isJsonObject(json)) return;
    this.modules.set(prefix, { json, ...(call !== undefined && { call }) });
    for (const resource of Array.isArray(json.resources) ? json.resources : [])
      if (isJsonObject(resource)) {
        const address = `${prefix}${String(resource.address)}`;
        this.resources.set(address, {
          address,
          json: resource,
          expressions: toJsonObject(resource.expressions),
          isOptional: isOptional || mayBeAbsent(resource),
        });
      }
    for (const [name, child] of Object.entries(toJsonObject(json.module_calls)))
      if (isJsonObject(child))
        this.addModule(
          toJsonObject(child.module),
          `${prefix}module.${name}.`,
          { json: child, parent: prefix },
          isOptional || mayBeAbsent(child),
        );
  }
}

/** Attributes that name a resource: a reference to one of them stands for the resource itself. */
const NAMING = new Set([
  "arn",
  "bucket",
  "endpoint",
  "id",
  "identifier",
  "key_id",
  "name",
  "provider_name",
  "url",
]);

/** Returns an address without what tells the instances of a resource or of a module apart. */
export function removeInstanceKeys(address: string): string {
  return address.replace(/\[(?:\d+|"(?:[^"\\]|\\.)*")\]/g, "");
}

/** Returns the scope of a resource's own expressions, by its address. */
export function parseModuleScope(address: string): ModuleScope {
  const parts =
    address.match(/(?:[^.[]|\[(?:\d+|"(?:[^"\\]|\\.)*")\])+/g) ?? [];
  let modules = 0;
  while (parts[modules] === "module") modules += 2;
  const module = parts.slice(0, modules).join(".");
  const key = /\[(?:\d+|"(?:[^"\\]|\\.)*")\]$/.exec(address)?.[0] ?? "";
  return { module: module === "" ? "" : `${module}.`, key };
}

function parentScope(module: string): ModuleScope {
  const own = module.replace(/\.$/, "");
  const { module: parent, key } = parseModuleScope(`${own}.x.y`);
  const outer = parent.replace(
    /module\.(?:[^.[]|\[(?:\d+|"(?:[^"\\]|\\.)*")\])+\.$/,
    "",
  );
  const ownKey = /\[(?:\d+|"(?:[^"\\]|\\.)*")\]$/.exec(own)?.[0] ?? key;
  return { module: outer, key: ownKey };
}

/**
 * A key as an address has it; `each.key` and `count.index` are those of the instance. `each.value` may be any other one.
 */
function keyOf(key: string, { key: own }: ModuleScope): string {
  if (/^\[\s*(?:each\.key|count\.index)\s*\]$/.test(key)) return own;
  return key;
}

/** Whether there may be none of a resource or module: what is repeated as often as a value says, unless that is a constant. */
function mayBeAbsent({
  count_expression: count,
  for_each_expression: each,
}: JsonObject): boolean {
  const repeated = count ?? each;
  if (repeated === undefined) return false;
  const { constant_value: constant } = toJsonObject(repeated);
  if (typeof constant === "number") return constant === 0;
  return (
    typeof constant !== "object" ||
    constant === null ||
    Object.keys(constant).length === 0
  );
}

/** Terraform lists one attribute of one resource together with the resource: `["a.b.arn", "a.b"]`. */
function singleReference(references: unknown): string | undefined {
  if (!Array.isArray(references)) return undefined;
  const all = references.filter(
    (one): one is string => typeof one === "string",
  );
  const [first] = all;
  if (first === undefined) return undefined;
  const isWhole = all.every(
    (other) => first === other || isPrefix(other, first) || isKeyName(other),
  );
  return isWhole ? first : undefined;
}

function isPrefix(short: string, long: string): boolean {
  return (
    long.startsWith(short) && ["", ".", "["].includes(long.charAt(short.length))
  );
}

function isKeyName(reference: string): boolean {
  return /^(?:each\.(?:key|value)|count\.index)$/.test(reference);
}

/** Position of the brace that ends an interpolation, past texts in it. */
function endOfInterpolation(text: string, start: number): number | undefined {
  let depth = 0;
  let isText = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (isText) {
      if (character === "\\") at += 1;
      else if (character === '"') isText = false;
    } else if (character === '"') isText = true;
    else if (character === "{") depth += 1;
    else if (character === "}") {
      if (depth === 0) return at;
      depth -= 1;
    }
  }
  return undefined;
}
