/** A JSON object whose members are not known. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns an object, or an empty object instead of another value. */
export function toJsonObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** Parses JSON; returns `undefined` for other text. The parser's error would quote the text, which can hold a secret. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Describes a result of {@link parseJson} that is no object, without the value: it can be a secret. */
export function describeNonObject(value: unknown): string {
  if (value === undefined) return "text that is not JSON";
  if (value === null) return "null";
  return Array.isArray(value) ? "a list" : `a ${typeof value}`;
}

/** Parses a JSON object; returns an empty object for other text. */
export function parseJsonObject(text: string): JsonObject {
  return toJsonObject(parseJson(text));
}
