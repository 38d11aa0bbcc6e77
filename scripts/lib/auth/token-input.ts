import { createReadStream } from "node:fs";
import { UserError } from "../../../constructs/errors";
import { formatCommand } from "../cli/invocation";
import { withTerminal } from "../cli/terminal";
import { explainInputError } from "../system/input-file";
import { parseJson, toJsonObject } from "../system/json-object";

/** More than a token, and the response that contains it, can have. */
const MAX_CHARACTERS = 200_000;

/** Use of a token: access to an API, or identification of a user. */
export type TokenUse = "access" | "id";

/** Fields that contain a token, in responses of OAuth and of Cognito's API. */
const FIELDS: Readonly<Record<TokenUse, readonly string[]>> = {
  access: ["access_token", "AccessToken", "accessToken"],
  id: ["id_token", "IdToken", "idToken"],
};

/**
 * Reads a token from a file or standard input, or asks for it at a terminal without echo.
 *
 * @throws UserError if there is no token; the input is not repeated
 */
export async function readToken(
  file: string | undefined,
  use: TokenUse,
): Promise<string> {
  if (file === undefined && process.stdin.isTTY)
    return parseToken(await askToken(), use);
  const stream = file === undefined ? process.stdin : createReadStream(file);
  return parseToken(await readText(stream, file ?? "standard input"), use);
}

/**
 * Parses a token itself, an Authorization header, or the JSON of a token endpoint or of Cognito.
 *
 * @throws UserError if there is no token; the input is not repeated
 */
export function parseToken(input: string, use: TokenUse): string {
  const text = input
    .trim()
    .replace(/^authorization:\s*/i, "")
    .replace(/^bearer(\s+|$)/i, "");
  if (text === "")
    throw new UserError("a token is required", formatInputHint());
  if (!/^[{["]/.test(text)) return text;
  const json = parseJson(text);
  if (json === undefined)
    throw new UserError(
      "a token must be text or JSON, got invalid JSON",
      formatInputHint(),
    );
  const token = findToken(json, use);
  if (token !== undefined) return token;
  throw new UserError(
    `JSON must have a token in the field ${FIELDS[use].join(" or ")}, got none`,
    use === "access"
      ? "use --use id to verify an id token"
      : "use --use access to verify an access token",
  );
}

function findToken(value: unknown, use: TokenUse): string | undefined {
  if (typeof value === "string") return value;
  const fields = toJsonObject(value);
  const name = FIELDS[use].find((field) => typeof fields[field] === "string");
  if (name !== undefined) return String(fields[name]);
  const { AuthenticationResult: inner } = fields;
  return typeof inner === "object" ? findToken(inner, use) : undefined;
}

function askToken(): Promise<string> {
  const needs = "a token is required";
  return withTerminal({ needs, hint: formatInputHint() }, (terminal) =>
    terminal().askHidden("Token: "),
  );
}

async function readText(
  stream: NodeJS.ReadableStream,
  name: string,
): Promise<string> {
  let text = "";
  try {
    for await (const chunk of stream) {
      text += String(chunk);
      if (text.length > MAX_CHARACTERS) break;
    }
  } catch (error) {
    throw explainInputError(error, name, "token file", formatInputHint());
  }
  if (text.length <= MAX_CHARACTERS) return text;
  throw new UserError(
    `a token must have at most ${MAX_CHARACTERS} characters, got more from ${name}`,
    formatInputHint(),
  );
}

function formatInputHint(): string {
  return `provide the token itself, a line Authorization: Bearer <token>, or the JSON output of ${formatCommand("token")}`;
}
