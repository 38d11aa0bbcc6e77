import { IDENTIFIER } from "./language";
import { isList, isObject, type Json, type JsonObject, toList } from "./json";

/**
 * Nested blocks of a provider's schema, as far as the configuration uses them; `null` for an argument. In a section, the
 * shapes of its types.
 */
export type Shape = ReadonlyMap<string, Shape | null>;

export const NO_SHAPE: Shape = new Map();

/**
 * Returns the shapes of all types, by section.
 *
 * @param typed the merged `toHclTerraform()` of all elements
 */
export function createShapes(typed: JsonObject): Shape {
  const shapes = new Map<string, Shape>(
    Object.entries(typed).map(([section, types]) => [
      section,
      new Map(
        Object.entries(isObject(types) ? types : {}).map(([type, named]) => [
          type,
          mergeShapes(isObject(named) ? Object.values(named) : toList(named)),
        ]),
      ),
    ]),
  );
  // a check can have a data source
  const data = shapes.get("data") ?? NO_SHAPE;
  return shapes.set("check", new Map([["data", data]]));
}

/** Merges the nested blocks of all elements of one type, because one element rarely uses every block. */
function mergeShapes(fragments: readonly Json[]): Shape {
  const blocks = new Map<string, Json[]>();
  const others = new Set<string>();
  for (const fragment of fragments.filter(isObject)) {
    for (const [key, typed] of Object.entries(fragment)) {
      if (!isObject(typed)) continue;
      // cdktf marks a map of objects as a block too, and providers have keys in snake case
      const isBlock =
        typed.type !== "map" && (typed.isBlock ?? typed.is_block) === true;
      if (isBlock)
        blocks.set(key, [...(blocks.get(key) ?? []), ...toList(typed.value)]);
      else others.add(key);
    }
  }
  return new Map([
    ...[...others].map((key) => [key, null] as const),
    ...[...blocks].map(([key, values]) => [key, mergeShapes(values)] as const),
  ]);
}

/**
 * Adds the blocks of AWS's provider that an override has, and no element: lists of objects, and `timeouts`. The provider has
 * no arguments of these types that cdktf does not know.
 */
export function inferShape(
  type: string,
  shape: Shape,
  bodies: readonly JsonObject[],
): Shape {
  if (!/^aws(?:_|$)/.test(type)) return shape;
  const inferred = new Map(shape);
  for (const key of new Set(bodies.flatMap((body) => Object.keys(body)))) {
    const known = shape.get(key);
    const values = bodies.map((body) => body[key]);
    const isBlock = known ?? (known === undefined && values.some(isBlockList));
    if (isBlock || (key === "timeouts" && known === undefined))
      inferred.set(
        key,
        inferShape(
          type,
          known ?? NO_SHAPE,
          values.flatMap(toList).filter(isObject),
        ),
      );
  }
  return inferred;
}

function isBlockList(value: Json | undefined): boolean {
  return (
    isList(value) &&
    value.length > 0 &&
    value.every(
      (item) =>
        isObject(item) &&
        Object.keys(item).every((key) => IDENTIFIER.test(key)),
    )
  );
}
