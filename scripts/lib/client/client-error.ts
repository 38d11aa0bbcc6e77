import { UserError } from "../../../constructs/errors";

/** Identifies what failed, so that a caller can decide without reading the message. */
export type ClientErrorCode =
  /** An option is missing, unknown or invalid. */
  | "invalid_option"
  /** The secret cannot be read, or lacks a field. */
  | "secret_unusable"
  /** The secret is of another kind of client, or the token of another client. */
  | "wrong_client"
  /** A requested scope is not a scope of the client. */
  | "unknown_scope"
  /** The user pool refused the request. */
  | "token_refused"
  /** An endpoint cannot be reached, or failed. */
  | "endpoint_failed"
  /** A user must sign in, and did not. */
  | "sign_in_required"
  /** The user pool or the institution refused the user. */
  | "sign_in_refused"
  /** The identity pool does not exist, or does not trust the client of the sign-in. */
  | "identity_pool_refused"
  /** The identity pool has no role for the user, or cannot assume it. */
  | "no_role"
  /** The request has no bearer token. */
  | "token_missing"
  /** The text is no JSON web token. */
  | "not_a_token"
  /** A claim of the token is missing, or is not of its type. */
  | "invalid_claim"
  /** The token has expired. */
  | "token_expired"
  /** The token is not valid yet. */
  | "not_yet_valid"
  /** The token is of another user pool. */
  | "wrong_issuer"
  /** The token is an id token instead of an access token, or the reverse. */
  | "wrong_use"
  /** The user pool has no key with the token's key id. */
  | "unknown_key"
  /** The user pool did not sign the token as it is. */
  | "invalid_signature"
  /** The token lacks a required scope. */
  | "missing_scope"
  /** The user is in none of the required groups. */
  | "wrong_group"
  /** The public keys of the user pool cannot be read, so that nothing is known about the token. */
  | "keys_unavailable";

/**
 * The base of every error that the client throws on purpose. No error contains a client secret, a token or a password.
 *
 * If an application has two copies of this package, `instanceof` recognizes only the errors of one; `code` is the same in
 * every copy.
 */
export class ClientError extends UserError {
  override readonly name: string = "ClientError";

  /**
   * @param message subject, requirement and actual value, in one sentence
   * @param hint how to fix the error, in the imperative
   */
  constructor(
    readonly code: ClientErrorCode,
    message: string,
    hint?: string,
  ) {
    super(message, hint);
  }
}
