import { ClientError, type ClientErrorCode } from "../client/client-error";

/** Identifies the step that failed. */
export type ServiceTokenErrorCode = Extract<
  ClientErrorCode,
  | "secret_unusable"
  | "wrong_client"
  | "unknown_scope"
  | "token_refused"
  | "endpoint_failed"
>;

/** Thrown if there is no access token. No error contains a client secret or a token. */
export class ServiceTokenError extends ClientError {
  override readonly name: string = "ServiceTokenError";
  declare readonly code: ServiceTokenErrorCode;

  constructor(
    code: ServiceTokenErrorCode,
    message: string,
    hint: string | undefined,
    /** Milliseconds that the server asked to wait, if it did. */
    readonly retryAfterMs?: number,
  ) {
    super(code, message, hint);
  }
}

/** Thrown if the user pool refuses the client, also with the secret as it is now. */
export class TokenRefusedError extends ServiceTokenError {
  override readonly name = "TokenRefusedError";

  constructor(
    /** Error code of OAuth, such as `invalid_client`. */
    readonly oauthCode: string,
    message: string,
    hint: string | undefined,
  ) {
    super("token_refused", message, hint);
  }
}

/** Thrown if the secret is not of a service client. */
export class WrongClientError extends ServiceTokenError {
  override readonly name = "WrongClientError";

  constructor(
    readonly clientKind: "user" | "web" | "unknown",
    message: string,
  ) {
    super("wrong_client", message, "name the secret of a service client");
  }
}

/** Thrown for scopes that the client does not have, also with the secret as it is now. */
export class UnknownScopeError extends ServiceTokenError {
  override readonly name = "UnknownScopeError";

  constructor(
    readonly secretName: string,
    clientScopes: string,
    readonly unknownScopes: readonly string[],
  ) {
    super(
      "unknown_scope",
      `the requested scopes must be scopes of the client of secret "${secretName}", got ${unknownScopes.join(" ")}`,
      `the client has ${clientScopes}`,
    );
  }
}
