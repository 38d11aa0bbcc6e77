import { UserError } from "../../../constructs/errors";

const PROVIDER = /^https:\/\/(cognito-idp\.[a-z0-9.-]+\/[\w-]+)$/;

/**
 * Name that an identity pool knows a token's user pool by: its issuer. AWS verifies the token, not we.
 *
 * @throws UserError when it is no id token of a user pool; the token is not repeated
 */
export function loginProvider(idToken: string): string {
  const { token_use: use, iss: issuer } = claims(idToken);
  if (use !== "id") {
    throw new UserError(
      `ID_TOKEN must be an id token, got one for ${JSON.stringify(use ?? "no use")}`,
    );
  }
  const provider = PROVIDER.exec(String(issuer))?.[1];
  if (provider !== undefined) return provider;
  throw new UserError(
    `ID_TOKEN must be from a Cognito user pool, got one from ${JSON.stringify(issuer ?? "nobody")}`,
  );
}

function claims(token: string): Readonly<Record<string, unknown>> {
  const [, payload = "", signature] = token.split(".");
  try {
    const value: unknown = JSON.parse(
      Buffer.from(payload, "base64url").toString(),
    );
    if (signature !== undefined && typeof value === "object" && value !== null)
      return value as Readonly<Record<string, unknown>>;
  } catch {
    // said below
  }
  throw new UserError("ID_TOKEN must be a JSON web token, got something else");
}
