import {
  isJsonObject,
  toJsonObject,
  type JsonObject,
} from "../system/json-object";
import { splitWords } from "../system/words";
import {
  getParentScope,
  removeInstanceKeys,
  resolveInstanceKey,
  type ModuleScope,
} from "./resource-address";

interface ModuleConfiguration {
  readonly json: JsonObject;
  readonly call?: JsonObject;
}

/** The configuration of a resource. */
export interface ResourceConfiguration {
  /** Address without instance keys. */
  readonly address: string;
  readonly expressions: JsonObject;
  readonly json: JsonObject;
  /** Whether `count` or `for_each`, of the resource or of its module, can leave no instance. */
  readonly isOptional: boolean;
}

/** The value of an expression. */
export interface ResolvedExpression {
  readonly text: string;
  /** False if the plan lists the references of the expression, and not how it uses them. */
  readonly isCertain: boolean;
}

/** Longest chain of variables and outputs to follow. */
const MAX_DEPTH = 20;

/** The configuration in a plan's JSON: expressions of resources and modules, and the resources that they refer to. */
export class Configuration {
  readonly resources = new Map<string, ResourceConfiguration>();
  /** Modules by their addresses without instance keys, each with a final dot. */
  private readonly modules = new Map<string, ModuleConfiguration>();
  readonly hasRootModule: boolean;

  constructor(
    readonly json: unknown,
    /** Returns whether the plan has a resource of an address with instance keys. */
    private readonly isPlanned: (address: string) => boolean,
  ) {
    const root = isJsonObject(json) ? json.root_module : undefined;
    this.hasRootModule = isJsonObject(root);
    this.addModule(root, "", undefined, false);
  }

  /** Returns the calls of modules by address without instance keys. */
  listModuleCalls(): readonly (readonly [address: string, call: JsonObject])[] {
    return [...this.modules].flatMap(([address, { call }]) =>
      call === undefined ? [] : [[address.slice(0, -1), call] as const],
    );
  }

  /**
   * Replaces every reference in a template by a reference with a full address. Returns `undefined` if a part of the
   * template is neither text nor a reference that identifies a planned resource.
   */
  private resolveTemplate(
    template: string,
    scope: ModuleScope,
    depth: number,
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
        const end = findInterpolationEnd(template, at + 2);
        if (end === undefined) return undefined;
        const value = this.resolveReference(
          template.slice(at + 2, end).trim(),
          scope,
          depth - 1,
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

  /** Returns the text of an expression; `undefined` if the plan does not determine it. */
  resolveExpression(
    expression: unknown,
    scope: ModuleScope,
    depth = MAX_DEPTH,
  ): ResolvedExpression | undefined {
    if (!isJsonObject(expression) || depth <= 0) return undefined;
    const { constant_value: constant, references } = expression;
    if (typeof constant === "string")
      return this.resolveTemplate(constant, scope, depth);
    if (typeof constant === "number" || typeof constant === "boolean")
      return { text: String(constant), isCertain: true };
    if (constant !== undefined) return undefined;
    const reference = getSingleReference(references);
    const found =
      reference === undefined
        ? undefined
        : this.resolveReference(reference, scope, depth - 1);
    return found && { ...found, isCertain: false };
  }

  private resolveReference(
    reference: string,
    scope: ModuleScope,
    depth: number,
  ): ResolvedExpression | undefined {
    if (depth <= 0) return undefined;
    const module = this.modules.get(removeInstanceKeys(scope.module));
    const variable = /^var\.([\w-]+)$/.exec(reference)?.[1];
    if (variable !== undefined) {
      if (module?.call === undefined) return undefined;
      const expressions = toJsonObject(module.call.expressions);
      return this.resolveExpression(
        expressions[variable],
        getParentScope(scope.module),
        depth,
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
          module: `${scope.module}module.${name}${resolveInstanceKey(key, scope)}.`,
          key: "",
        },
        depth,
      );
    }
    return this.resolveResource(reference, scope);
  }

  /** Returns a reference such as `${aws_iam_role.reader.arn}` with the full address. */
  private resolveResource(
    reference: string,
    scope: ModuleScope,
  ): ResolvedExpression | undefined {
    const [, resource, key = "", attribute] =
      /^(aws_\w+\.[\w-]+)(\[[^\]]*\])?\.(\w+)$/.exec(reference) ?? [];
    if (resource === undefined || attribute === undefined) return undefined;
    if (!IDENTIFYING_ATTRIBUTES.has(attribute)) return undefined;
    const address = `${scope.module}${resource}${resolveInstanceKey(key, scope)}`;
    // listed references have no instance keys
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
          isOptional: isOptional || canBeAbsent(resource),
        });
      }
    for (const [name, child] of Object.entries(toJsonObject(json.module_calls)))
      if (isJsonObject(child))
        this.addModule(
          toJsonObject(child.module),
          `${prefix}module.${name}.`,
          child,
          isOptional || canBeAbsent(child),
        );
  }
}

const IDENTIFYING_ATTRIBUTES = new Set(
  splitWords(`
    arn bucket cloudfront_distribution cloudfront_distribution_zone_id endpoint id identifier key_id name
    provider_name url
  `),
);

/** Returns whether `count` or `for_each` is zero, empty or not constant. */
function canBeAbsent({
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

/** Returns the reference if there is only one. Terraform lists an attribute with its resource: `["a.b.arn", "a.b"]`. */
function getSingleReference(references: unknown): string | undefined {
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

/** Returns the position of the brace that closes an interpolation, skipping quoted strings. */
function findInterpolationEnd(text: string, start: number): number | undefined {
  let depth = 0;
  let isQuoted = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (isQuoted) {
      if (character === "\\") at += 1;
      else if (character === '"') isQuoted = false;
    } else if (character === '"') isQuoted = true;
    else if (character === "{") depth += 1;
    else if (character === "}") {
      if (depth === 0) return at;
      depth -= 1;
    }
  }
  return undefined;
}
