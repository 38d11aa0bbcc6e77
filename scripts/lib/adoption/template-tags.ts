import { isScalar, Scalar, type CollectionTag, type ScalarTag } from "yaml";
import { isJsonObject } from "../json-object";

/** Short forms of YAML, which stand for functions of the same name. */
const FUNCTIONS = [
  "And",
  "Base64",
  "Cidr",
  "Equals",
  "FindInMap",
  "GetAZs",
  "If",
  "ImportValue",
  "Join",
  "Length",
  "Not",
  "Or",
  "Select",
  "Split",
  "Sub",
  "ToJsonString",
  "Transform",
] as const;

/** Short forms of CloudFormation in YAML, read as the functions that they stand for. */
export function cloudFormationTags(): (ScalarTag | CollectionTag)[] {
  const named: readonly (readonly [string, string])[] = [
    ["Ref", "Ref"],
    ["Condition", "Condition"],
    ...FUNCTIONS.map((name) => [name, `Fn::${name}`] as const),
  ];
  return [
    ...named.flatMap(([short, long]) => tagsOf(`!${short}`, long)),
    ...tagsOf("!GetAtt", "Fn::GetAtt", (value) =>
      typeof value === "string" ? splitAtDot(value) : value,
    ),
  ];
}

function tagsOf(
  tag: string,
  long: string,
  valueOf: (value: unknown) => unknown = (value) => value,
): (ScalarTag | CollectionTag)[] {
  return [
    { tag, resolve: (text: string) => ({ [long]: valueOf(text) }) },
    ...(["map", "seq"] as const).map((collection) => ({
      tag,
      collection,
      resolve: (node: { toJSON(): unknown }) =>
        new Scalar({ [long]: valueOf(plainOf(node.toJSON())) }),
    })),
  ];
}

/** Nodes within a collection, which the library leaves in it where a tag made them. */
function plainOf(value: unknown): unknown {
  if (isScalar(value)) return plainOf(value.value);
  if (Array.isArray(value)) return value.map(plainOf);
  return isJsonObject(value)
    ? Object.fromEntries(
        Object.entries(value).map(([key, part]) => [key, plainOf(part)]),
      )
    : value;
}

function splitAtDot(text: string): readonly string[] {
  const dot = text.indexOf(".");
  return dot < 0 ? [text] : [text.slice(0, dot), text.slice(dot + 1)];
}
