import { UserError } from "../../../constructs/errors";
import { isCommand } from "../cli/invocation";
import { type FetchOptions, fetchWithRetry } from "../http/fetch";
import { parseJsonObject } from "../system/json-object";
import type { Tokens } from "./sign-in";
import { isTokenText, OAuthError, readOAuthError } from "./token-endpoint";

export interface CodeRequest {
  /** Token endpoint. */
  readonly url: URL;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly code: string;
  readonly codeVerifier: string;
  readonly callbackUrl: string;
}

/**
 * Exchanges the code of a sign-in for tokens (authorization code grant with PKCE).
 *
 * No error contains the code, the verifier or a token.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 * @throws UserError if the endpoint cannot be reached, or issues no id token
 */
export async function requestTokensForCode(
  { url, clientId, clientSecret, ...request }: CodeRequest,
  options: Pick<FetchOptions, "log" | "pause">,
): Promise<Tokens> {
  const subject = `the token endpoint at ${url.host}`;
  const basic = Buffer.from(`${clientId}:${clientSecret ?? ""}`);
  const { status, text } = await fetchWithRetry(
    url,
    {
      method: "POST",
      headers: {
        accept: "application/json",
        ...(clientSecret !== undefined && {
          authorization: `Basic ${basic.toString("base64")}`,
        }),
      },
      body: new URLSearchParams({
        grant_type: "authorization_code",
        client_id: clientId,
        code: request.code,
        code_verifier: request.codeVerifier,
        redirect_uri: request.callbackUrl,
      }),
    },
    {
      ...options,
      subject,
      hints: {
        unreachable:
          "check the network, a proxy, and that the domain of the user pool exists",
      },
    },
  );
  const fields = parseJsonObject(text);
  const error = readOAuthError(status, fields);
  if (error !== undefined) throw explainCodeError(error, clientId);
  const { id_token: idToken, refresh_token: refreshToken } = fields;
  if (status !== 200 || !isTokenText(idToken))
    throw new UserError(
      `${subject} must return an id token or an OAuth error, got another response (HTTP ${status})`,
      "check that the domain is that of the user pool, and that no proxy responds instead",
    );
  return {
    idToken,
    refreshToken: isTokenText(refreshToken) ? refreshToken : undefined,
  };
}

function explainCodeError({ code }: OAuthError, clientId: string): UserError {
  const explanations: Readonly<
    Record<string, readonly [message: string, hint: string]>
  > = {
    invalid_grant: [
      "the code of the sign-in is not valid",
      "sign in again: a code is valid once, for 5 minutes, and only for the URL of this sign-in",
    ],
    invalid_client: [
      `the user pool does not recognize client ${clientId}, or its secret`,
      isCommand()
        ? "set USER_POOL_CLIENT_SECRET to the current secret of the client, which a rotation replaces; a stage's programmatic client has none"
        : "use the stage's programmatic client, which is its output client_id and has no secret",
    ],
    unauthorized_client: [
      `client ${clientId} does not allow sign-in through the browser`,
      "deploy the stage with BROWSER_SIGN_IN=true",
    ],
  };
  const [message, hint] = explanations[code] ?? [
    "the user pool issues no token for the code of the sign-in",
    "sign in again, or ask an administrator of the user pool",
  ];
  return new UserError(`${message} (${code})`, hint);
}
