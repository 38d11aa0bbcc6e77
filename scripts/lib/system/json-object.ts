/** A JSON object whose members are not known. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Returns an object, or an empty object instead of another value. */
export function toJsonObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** Parses a JSON object; returns an empty object for text that is none. */
export function parseJsonObject(text: string): JsonObject {
  try {
    return toJsonObject(JSON.parse(text));
  } catch {
    return {};
  }
}
