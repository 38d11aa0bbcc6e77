import type { ServiceModel, Shape, ShapeReference } from "./service-model";

/**
 * Decodes the text of a scalar. A text that is not one of its type is returned as it is, so that a check of the type fails.
 */
export function decodeScalar(
  { type, timestampFormat }: Shape,
  text: string,
  format: string = timestampFormat ?? "iso8601",
): unknown {
  switch (type) {
    case "boolean":
      return text === "true" ? true : text === "false" ? false : text;
    case "integer":
    case "long":
      return /^[+-]?\d+$/.test(text) ? Number(text) : text;
    case "float":
    case "double":
      return text.trim() === "" || Number.isNaN(Number(text))
        ? text
        : Number(text);
    case "timestamp":
      return decodeTimestamp(text, format);
    default:
      return text;
  }
}

function decodeTimestamp(text: string, format: string): unknown {
  const patterns: Readonly<Record<string, RegExp>> = {
    iso8601: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
    rfc822: /^\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT$/,
    unixTimestamp: /^\d+(\.\d+)?$/,
  };
  if (patterns[format]?.test(text) !== true) return text;
  const time =
    format === "unixTimestamp" ? Number(text) : Date.parse(text) / 1000;
  return Number.isNaN(time) ? text : time;
}

/** Decodes a value of JSON: its members have names of their own, and its timestamps can be texts. */
export function decodeJson(
  model: ServiceModel,
  reference: ShapeReference,
  value: unknown,
): unknown {
  const shape = model.getShape(reference);
  const { members = {}, member, value: item } = shape;
  if (shape.type === "timestamp")
    return typeof value === "string"
      ? decodeScalar(shape, value, reference.timestampFormat)
      : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value))
    return member === undefined
      ? value
      : value.map((one) => decodeJson(model, member, one));
  const byKey = new Map(
    Object.entries(members).map(([name, part]) => [
      part.locationName ?? name,
      { name, part },
    ]),
  );
  return Object.fromEntries(
    Object.entries(value).map(([name, content]) => {
      const known = shape.type === "map" ? undefined : byKey.get(name);
      const part = shape.type === "map" ? item : known?.part;
      return [
        known?.name ?? name,
        part === undefined ? content : decodeJson(model, part, content),
      ];
    }),
  );
}

/** Parameters of a form by the parts of their names. */
interface Tree {
  [name: string]: Tree | string;
}

/** Decodes a form of the query protocol, such as `Tags.member.1.Key=a`. */
export function decodeForm(
  model: ServiceModel,
  input: ShapeReference,
  form: Iterable<readonly [string, string]>,
): unknown {
  const tree: Tree = Object.create(null) as Tree;
  for (const [name, value] of form) {
    const parts = name.split(".");
    let branch = tree;
    for (const part of parts.slice(0, -1)) {
      const next = branch[part];
      if (typeof next === "object") branch = next;
      else branch = branch[part] = Object.create(null) as Tree;
    }
    branch[parts.at(-1) ?? ""] = value;
  }
  return decodeTree(model, input, tree);
}

function decodeTree(
  model: ServiceModel,
  reference: ShapeReference,
  tree: Tree | string,
): unknown {
  const shape = model.getShape(reference);
  const { type, members = {}, member, key, value } = shape;
  if (!["structure", "list", "map"].includes(type))
    return typeof tree === "string"
      ? decodeScalar(shape, tree, reference.timestampFormat)
      : tree;
  if (typeof tree === "string")
    return tree !== "" ? tree : type === "list" ? [] : {};
  const isFlattened = shape.flattened ?? reference.flattened ?? false;
  if (type === "list" && member !== undefined) {
    const items = isFlattened ? tree : tree[member.locationName ?? "member"];
    const numbered = listNumbered(items);
    return numbered?.map((item) => decodeTree(model, member, item)) ?? tree;
  }
  if (type === "map" && key !== undefined && value !== undefined) {
    const entries = listNumbered(isFlattened ? tree : tree.entry);
    if (entries === undefined) return tree;
    return Object.fromEntries(
      entries.map((entry) => {
        const { [key.locationName ?? "key"]: name, ...rest } =
          typeof entry === "string" ? {} : entry;
        const content = rest[value.locationName ?? "value"] ?? "";
        return [
          typeof name === "string" ? name : "",
          decodeTree(model, value, content),
        ];
      }),
    );
  }
  const byParameter = new Map(
    Object.entries(members).map(([name, part]) => [
      part.locationName ?? name,
      { name, part },
    ]),
  );
  return Object.fromEntries(
    Object.entries(tree).map(([parameter, content]) => {
      const known = byParameter.get(parameter);
      return known === undefined
        ? [parameter, content]
        : [known.name, decodeTree(model, known.part, content)];
    }),
  );
}

/** Returns the branches 1, 2, …; `undefined` if another one is among them. */
function listNumbered(
  tree: Tree | string | undefined,
): (Tree | string)[] | undefined {
  if (typeof tree !== "object") return undefined;
  const count = Object.keys(tree).length;
  const items = Array.from({ length: count }, (_, index) => tree[index + 1]);
  return items.every((item) => item !== undefined) ? items : undefined;
}
