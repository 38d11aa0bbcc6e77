import { createHash, randomBytes } from "node:crypto";

/** Values of one sign-in that no other program can guess. */
export interface SignInSecrets {
  /** Sent with the code, and never before. */
  readonly codeVerifier: string;
  /** SHA-256 of the verifier, which the sign-in pages receive. */
  readonly codeChallenge: string;
  /** Connects the response to the request. */
  readonly state: string;
  /** Connects the id token to the request. */
  readonly nonce: string;
}

/**
 * Creates the secrets of a sign-in with PKCE, of 256 bits each.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7636#section-4.1
 */
export function createSignInSecrets(): SignInSecrets {
  const codeVerifier = createSecret();
  return {
    codeVerifier,
    codeChallenge: computeCodeChallenge(codeVerifier),
    state: createSecret(),
    nonce: createSecret(),
  };
}

/** Computes the challenge of a verifier by the method `S256`. */
export function computeCodeChallenge(codeVerifier: string): string {
  return createHash("sha256").update(codeVerifier).digest("base64url");
}

function createSecret(): string {
  return randomBytes(32).toString("base64url");
}
