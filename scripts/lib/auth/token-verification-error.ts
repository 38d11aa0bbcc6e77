import { ClientError, type ClientErrorCode } from "../client/client-error";

/** Identifies why a token is not accepted. */
export type TokenVerificationErrorCode = Extract<
  ClientErrorCode,
  | "token_missing"
  | "not_a_token"
  | "invalid_claim"
  | "token_expired"
  | "not_yet_valid"
  | "wrong_issuer"
  | "wrong_use"
  | "wrong_client"
  | "unknown_key"
  | "invalid_signature"
  | "missing_scope"
  | "wrong_group"
  | "keys_unavailable"
>;

/** Codes for which another token of the same client and user does not help. */
const FORBIDDEN: ReadonlySet<TokenVerificationErrorCode> = new Set([
  "missing_scope",
  "wrong_group",
]);

/** Thrown if a token is not accepted. No error contains a token. */
export class TokenVerificationError extends ClientError {
  override readonly name = "TokenVerificationError";
  declare readonly code: TokenVerificationErrorCode;

  constructor(
    code: TokenVerificationErrorCode,
    message: string,
    hint?: string,
    /** All scopes that the request requires, if the token lacks one. */
    readonly requiredScopes: readonly string[] = [],
  ) {
    super(code, message, hint);
  }

  /**
   * HTTP status for the response of an API: 401 if there is no valid token, 403 if a valid token is not sufficient, and 503 if
   * the keys of the user pool are not available, so that nothing is known about the token.
   */
  get status(): 401 | 403 | 503 {
    if (this.code === "keys_unavailable") return 503;
    return FORBIDDEN.has(this.code) ? 403 : 401;
  }

  /**
   * Value of the header `WWW-Authenticate` for the response of an API; `undefined` with status 503.
   *
   * @see https://datatracker.ietf.org/doc/html/rfc6750#section-3
   */
  get challenge(): string | undefined {
    if (this.status === 503) return undefined;
    if (this.code === "token_missing") return "Bearer";
    if (this.status === 401)
      return `Bearer error="invalid_token", error_description="${this.code}"`;
    const scope = this.requiredScopes.join(" ");
    return `Bearer error="insufficient_scope"${scope === "" ? "" : `, scope="${scope}"`}`;
  }
}
