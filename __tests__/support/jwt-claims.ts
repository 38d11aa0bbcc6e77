import {
  parseJsonObject,
  type JsonObject,
} from "../../scripts/lib/system/json-object";

/** Decodes the claims of a token, without a check of its signature. */
export function decodeClaims(token: string): JsonObject {
  const [, payload = ""] = token.split(".");
  return parseJsonObject(Buffer.from(payload, "base64url").toString());
}
