import type { JsonObject } from "../system/json-object";

/** Returns a text attribute; empty if it is not set. */
export function readText(attributes: JsonObject, name: string): string {
  const { [name]: value } = attributes;
  return typeof value === "string" ? value : "";
}

/** Returns the texts of a list attribute. */
export function readTexts(
  attributes: JsonObject,
  name: string,
): readonly string[] {
  const { [name]: value } = attributes;
  return Array.isArray(value)
    ? value.filter((item) => typeof item === "string")
    : [];
}
