import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config/environment";
import {
  createTokenRequest,
  explainOAuthError,
  OAuthError,
  readOAuthError,
  requestToken,
  type TokenRequest,
} from "../auth/token-endpoint";
import { type FetchOptions, fetchWithRetry } from "../http/fetch";
import type { ClientSecretFields } from "../stage/client-secret-fields";
import { parseJsonObject } from "../system/json-object";

/** A client secret, and what a request with it requires. */
export interface TestedSecret {
  readonly secretName: string;
  readonly fields: ClientSecretFields;
  readonly clientSecret: string;
  readonly callbackUrls: readonly string[];
}

type RequestOptions = Pick<FetchOptions, "log" | "fetch" | "pause">;

/** Error of the token endpoint for a client that it does not recognize. */
const UNKNOWN_CLIENT = "invalid_client";
/** Error of the token endpoint for a code that it did not issue. */
const UNKNOWN_CODE = "invalid_grant";

/**
 * Tests client secrets at the token endpoint. No error contains a secret.
 *
 * A service client requests a token with one scope. A web client has no such flow: it sends a code that does not exist, whose
 * error is another one than that of a wrong secret.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 */
export class ClientSecretTester {
  constructor(
    private readonly env: Environment,
    private readonly options: RequestOptions,
  ) {}

  /**
   * @returns whether the user pool recognizes the secret
   * @throws UserError if the endpoint cannot be reached, or returns another error
   */
  async run(secret: TestedSecret): Promise<boolean> {
    const { secretName, fields, callbackUrls, clientSecret } = secret;
    const request = createTokenRequest(
      secretName,
      { ...fields, client_secret: clientSecret },
      this.env,
    );
    try {
      if (fields.flow === "authorization_code")
        await this.sendUnknownCode(request, secretName, callbackUrls);
      else await this.requestToken(request);
      return true;
    } catch (error) {
      if (error instanceof OAuthError && error.code === UNKNOWN_CLIENT)
        return false;
      throw explainOAuthError(error, secretName, request.scope) ?? error;
    }
  }

  private async requestToken(request: TokenRequest): Promise<void> {
    const [scope = ""] = request.scope.split(" ");
    await requestToken({ ...request, scope }, this.options);
  }

  /** @throws OAuthError if the user pool does not recognize the secret */
  private async sendUnknownCode(
    { url, clientId, clientSecret }: TokenRequest,
    secretName: string,
    callbackUrls: readonly string[],
  ): Promise<void> {
    const basic = Buffer.from(`${clientId}:${clientSecret}`);
    const subject = `the token endpoint at ${url.host}`;
    const { status, text } = await fetchWithRetry(
      url,
      {
        method: "POST",
        headers: {
          accept: "application/json",
          authorization: `Basic ${basic.toString("base64")}`,
        },
        body: new URLSearchParams({
          grant_type: "authorization_code",
          client_id: clientId,
          code: "00000000-0000-0000-0000-000000000000",
          redirect_uri: callbackUrls[0] ?? "https://localhost",
        }),
      },
      {
        ...this.options,
        subject,
        hints: {
          unreachable:
            "check the network, a proxy, and that the stage's domain exists",
        },
      },
    );
    const error = readOAuthError(status, parseJsonObject(text));
    if (error === undefined)
      throw new UserError(
        `${subject} must return an OAuth error for a code that does not exist, got another response (HTTP ${status})`,
        "check that cognito_domain in the secret is the domain of the stage, and that no proxy responds instead",
      );
    if (error.code === UNKNOWN_CODE) return;
    throw error.code === UNKNOWN_CLIENT
      ? error
      : new UserError(
          `cannot test the client secret of ${secretName}: the token endpoint returned the OAuth error ${error.code}`,
          "the code flow of the web client was disabled outside Terraform, or its settings are out of date: deploy the stage",
        );
  }
}
