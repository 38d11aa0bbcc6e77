import type { ServiceModel, Shape, ShapeReference } from "./service-model";

/** A rule of the API model that a request does not follow. */
export interface Violation {
  /** Path of the member, such as `Tags[0].Key`; empty for the whole request. */
  readonly member: string;
  readonly rule: string;
}

const MAX_SHOWN = 40;
const INTEGER_LIMITS: Readonly<Record<string, number>> = {
  integer: 2 ** 31,
  long: 2 ** 63,
};
const BASE64 =
  /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/** Checks a value of a request against its shape: types, members, lengths, ranges, patterns and enums. */
export function checkValue(
  model: ServiceModel,
  reference: ShapeReference,
  value: unknown,
  member = "",
): Violation[] {
  const shape = model.getShape(reference);
  const fail = (rule: string): Violation[] => [
    { member, rule: `${rule}, got ${show(value, shape)}` },
  ];
  switch (shape.type) {
    case "structure":
      return isObject(value)
        ? checkStructure(model, shape, value, member)
        : fail("must be a structure");
    case "map":
      return isObject(value)
        ? checkMap(model, shape, value, member)
        : fail("must be a map");
    case "list":
      return Array.isArray(value)
        ? checkList(model, shape, value, member)
        : fail("must be a list");
    case "string":
      return typeof value === "string"
        ? checkString(model, shape, value).flatMap(fail)
        : fail("must be a string");
    case "blob":
      return typeof value === "string"
        ? checkBlob(shape, value).flatMap(fail)
        : fail("must be a blob");
    case "boolean":
      return typeof value === "boolean" ? [] : fail("must be a boolean");
    case "timestamp":
      return typeof value === "number" ? [] : fail("must be a timestamp");
    default:
      return checkNumber(shape, value).flatMap(fail);
  }
}

function checkStructure(
  model: ServiceModel,
  shape: Shape,
  value: Readonly<Record<string, unknown>>,
  member: string,
): Violation[] {
  if (shape.document === true) return [];
  const { members = {}, required = [], union = false } = shape;
  // AWS reads null as absent
  const present = Object.entries(value).filter(([, item]) => item != null);
  const names = present.map(([name]) => name);
  const isMissing = (name: string) => !names.includes(name);
  const tokens = Object.keys(members).filter(
    (name) => members[name]?.idempotencyToken === true,
  );
  return [
    ...required.filter(isMissing).map((name) => ({
      member: join(member, name),
      rule: "is required",
    })),
    ...tokens.filter(isMissing).map((name) => ({
      member: join(member, name),
      rule: "is required for idempotency",
    })),
    ...(union && names.length !== 1
      ? [{ member, rule: `must have one member, got ${names.length}` }]
      : []),
    ...present.flatMap(([name, item]) => {
      const path = join(member, name);
      const reference = Object.hasOwn(members, name)
        ? members[name]
        : undefined;
      return reference === undefined
        ? [{ member: path, rule: "is unknown" }]
        : checkValue(model, reference, item, path);
    }),
  ];
}

function checkMap(
  model: ServiceModel,
  shape: Shape,
  value: Readonly<Record<string, unknown>>,
  member: string,
): Violation[] {
  const entries = Object.entries(value);
  const { key, value: item } = shape;
  return [
    ...checkSize(shape, entries.length, "entries", member),
    ...entries.flatMap(([name, content], index) => {
      const path = `${member}{${index}}`;
      return [
        ...(key === undefined
          ? []
          : checkValue(model, key, name, `${path}.key`)),
        ...(item === undefined
          ? []
          : checkValue(model, item, content, `${path}.value`)),
      ];
    }),
  ];
}

function checkList(
  model: ServiceModel,
  shape: Shape,
  items: readonly unknown[],
  member: string,
): Violation[] {
  const { member: item } = shape;
  return [
    ...checkSize(shape, items.length, "items", member),
    ...(item === undefined
      ? []
      : items.flatMap((content, index) =>
          checkValue(model, item, content, `${member}[${index}]`),
        )),
  ];
}

function checkSize(
  shape: Shape,
  count: number,
  unit: string,
  member: string,
): Violation[] {
  const rule = compareWithLimits(shape, count);
  return rule === undefined
    ? []
    : [{ member, rule: `must have ${rule} ${unit}, got ${count}` }];
}

function checkString(
  model: ServiceModel,
  shape: Shape,
  value: string,
): string[] {
  const length = compareWithLimits(shape, Array.from(value).length);
  const { pattern, enum: choices } = shape;
  return [
    ...(length === undefined ? [] : [`must have ${length} characters`]),
    ...(pattern === undefined || model.getPattern(pattern).test(value)
      ? []
      : [`must match ${pattern}`]),
    ...(choices === undefined || choices.includes(value)
      ? []
      : [`must be one of ${choices.join(", ")}`]),
  ];
}

function checkBlob(shape: Shape, value: string): string[] {
  if (!BASE64.test(value)) return ["must be base64"];
  const length = compareWithLimits(shape, Buffer.byteLength(value, "base64"));
  return length === undefined ? [] : [`must have ${length} bytes`];
}

function checkNumber(shape: Shape, value: unknown): string[] {
  if (typeof value !== "number") return [`must be of type ${shape.type}`];
  const limit = INTEGER_LIMITS[shape.type];
  if (limit !== undefined) {
    if (!Number.isInteger(value)) return ["must be an integer"];
    if (value >= limit || value < -limit)
      return [`must be of type ${shape.type}`];
  }
  const range = compareWithLimits(shape, value);
  return range === undefined ? [] : [`must be ${range}`];
}

/** Returns the limit that a number exceeds. */
function compareWithLimits(
  { min = -Infinity, max = Infinity }: Shape,
  count: number,
): string | undefined {
  if (count < min) return `at least ${min}`;
  return count > max ? `at most ${max}` : undefined;
}

/** Shows the beginning of a value, unless it is sensitive. */
function show(value: unknown, { sensitive = false }: Shape): string {
  if (sensitive) return "(redacted)";
  const text = JSON.stringify(value);
  return text.length > MAX_SHOWN
    ? `${text.slice(0, MAX_SHOWN)}… (${text.length})`
    : text;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function join(member: string, name: string): string {
  return member === "" ? name : `${member}.${name}`;
}
