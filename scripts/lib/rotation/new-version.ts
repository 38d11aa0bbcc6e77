import { createHash, randomInt } from "node:crypto";
import { parseTree } from "jsonc-parser";

const SECRET_FIELD = "client_secret";
/** The greatest length that Cognito allows. */
const SECRET_LENGTH = 64;
const CHARACTERS =
  "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** Creates the value of a new client secret. */
export function generateClientSecret(): string {
  return Array.from(
    { length: SECRET_LENGTH },
    () => CHARACTERS[randomInt(CHARACTERS.length)],
  ).join("");
}

/** Replaces the client secret in the JSON text of a secret. All other bytes stay: services parse the text. */
export function replaceClientSecret(
  text: string,
  clientSecret: string,
): string {
  const value = JSON.stringify(clientSecret);
  const [found] =
    parseTree(text)
      ?.children?.filter(
        ({ children = [] }) => children[0]?.value === SECRET_FIELD,
      )
      // the last one wins if a name is repeated
      .slice(-1)
      .flatMap(({ children = [] }) => children.slice(1)) ?? [];
  if (found !== undefined)
    return `${text.slice(0, found.offset)}${value}${text.slice(found.offset + found.length)}`;
  const end = text.lastIndexOf("}");
  const separator = /\{\s*$/.test(text.slice(0, end)) ? "" : ",";
  return `${text.slice(0, end)}${separator}${JSON.stringify(SECRET_FIELD)}:${value}${text.slice(end)}`;
}

/** Creates the id of a version from what it replaces, so that processes that do the same write one version. */
export function createVersionId(...parts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}
