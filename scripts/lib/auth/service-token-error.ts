import { UserError } from "../../../constructs/errors";

/** Identifies the step that failed, so that a caller can decide without reading the message. */
export type ServiceTokenErrorCode =
  /** The secret cannot be read, or lacks a field. */
  | "secret_unusable"
  /** The secret is of another kind of client. */
  | "wrong_client"
  /** A requested scope is not a scope of the client. */
  | "unknown_scope"
  /** The user pool refused the request. */
  | "token_refused"
  /** The token endpoint cannot be reached, or failed. */
  | "endpoint_failed";

/** Thrown if there is no access token. No error contains a client secret or a token. */
export class ServiceTokenError extends UserError {
  constructor(
    readonly code: ServiceTokenErrorCode,
    message: string,
    hint: string | undefined,
    /** Milliseconds that the server asked to wait, if it did. */
    readonly retryAfterMs?: number,
  ) {
    super(message, hint);
  }
}

/** Thrown if the user pool refuses the client, also with the secret as it is now. */
export class TokenRefusedError extends ServiceTokenError {
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
  constructor(
    readonly clientKind: "user" | "web" | "unknown",
    message: string,
  ) {
    super("wrong_client", message, "name the secret of a service client");
  }
}

/** Thrown for scopes that the client does not have, also with the secret as it is now. */
export class UnknownScopeError extends ServiceTokenError {
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
