import { createReadStream } from "node:fs";
import { UserError } from "../../../constructs/errors";
import { withTerminal } from "../cli/terminal";

/** More than any token has, and any answer around one. */
const MOST_CHARACTERS = 200_000;

/** What a token of a user pool is for: calling an API, or telling who signed in. */
export type TokenUse = "access" | "id";

/** Fields that answers have tokens in: of OAuth, and of Cognito's own API. */
const FIELDS: Readonly<Record<TokenUse, readonly string[]>> = {
  access: ["access_token", "AccessToken", "accessToken"],
  id: ["id_token", "IdToken", "idToken"],
};

const HINT =
  "give the token itself, a line Authorization: Bearer <token>, or the JSON of get-service-token";

/**
 * The token that a file holds, else standard input; at a terminal it is asked for, without being shown.
 *
 * @throws UserError when there is none; what came is not repeated
 */
export async function readToken(
  file: string | undefined,
  use: TokenUse,
): Promise<string> {
  if (file === undefined && process.stdin.isTTY)
    return parseToken(await askToken(), use);
  const stream = file === undefined ? process.stdin : createReadStream(file);
  return parseToken(await textOf(stream, file ?? "standard input"), use);
}

/**
 * The token in a text: by itself, in a header, or in the JSON that a token endpoint or Cognito answers with.
 *
 * @throws UserError when there is none; what came is not repeated
 */
export function parseToken(text: string, use: TokenUse): string {
  const bare = text
    .trim()
    .replace(/^authorization:\s*/i, "")
    .replace(/^bearer(\s+|$)/i, "");
  if (bare === "")
    throw new UserError("a token must be given, got nothing", HINT);
  if (!/^[{["]/.test(bare)) return bare;
  const token = tokenOf(parsed(bare), use);
  if (token !== undefined) return token;
  throw new UserError(
    `JSON must have the field ${FIELDS[use].join(" or ")} with a token, got none`,
    use === "access"
      ? "--use id verifies an ID token"
      : "--use access verifies an access token",
  );
}

function parsed(text: string): unknown {
  try {
    // a parser's message quotes the text
    return JSON.parse(text);
  } catch {
    throw new UserError("a token must be given, got broken JSON", HINT);
  }
}

function tokenOf(value: unknown, use: TokenUse): string | undefined {
  if (typeof value === "string") return value;
  const fields = { ...(value as Record<string, unknown> | null) };
  const name = FIELDS[use].find((field) => typeof fields[field] === "string");
  if (name !== undefined) return String(fields[name]);
  const { AuthenticationResult: inner } = fields;
  return typeof inner === "object" ? tokenOf(inner, use) : undefined;
}

function askToken(): Promise<string> {
  const needs = "a token must be given";
  return withTerminal({ needs, hint: HINT }, (terminal) =>
    terminal().askHidden("Token: "),
  );
}

async function textOf(
  stream: NodeJS.ReadableStream,
  name: string,
): Promise<string> {
  let text = "";
  try {
    for await (const chunk of stream) {
      text += String(chunk);
      if (text.length > MOST_CHARACTERS) break;
    }
  } catch (error) {
    const { code = "an error" } = error as NodeJS.ErrnoException;
    throw new UserError(
      `a token must be readable from ${name}, got ${code}`,
      HINT,
    );
  }
  if (text.length <= MOST_CHARACTERS) return text;
  throw new UserError(
    `a token must have fewer than ${MOST_CHARACTERS} characters, got more from ${name}`,
    HINT,
  );
}
