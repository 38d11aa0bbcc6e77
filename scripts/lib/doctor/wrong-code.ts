import { UserError } from "../../../constructs/errors";
import { readOAuthError, type TokenRequest } from "../auth/token-endpoint";
import { type FetchOptions, fetchWithRetry } from "../http/fetch";
import { parseJsonObject } from "../system/json-object";

interface CodeRequest extends Omit<TokenRequest, "scope"> {
  readonly callbackUrl: string;
}

/**
 * Sends a code that no one got to the token endpoint. An endpoint that recognizes the client and its secret refuses the code,
 * with `invalid_grant`.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 * @throws OAuthError if the endpoint refuses the client
 * @throws UserError if the endpoint cannot be reached, or returns another response
 */
export async function requestWithWrongCode(
  { url, clientId, clientSecret, callbackUrl }: CodeRequest,
  options: Pick<FetchOptions, "log">,
): Promise<void> {
  const subject = `the token endpoint at ${url.host}`;
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
  const { status, text } = await fetchWithRetry(
    url,
    {
      method: "POST",
      headers: { authorization: `Basic ${basic}`, accept: "application/json" },
      body: new URLSearchParams({
        grant_type: "authorization_code",
        client_id: clientId,
        code: "00000000-0000-0000-0000-000000000000",
        redirect_uri: callbackUrl,
      }),
    },
    {
      ...options,
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
      `${subject} must refuse a wrong code, got another response (HTTP ${status})`,
      "check that cognito_domain in the secret is the domain of the stage, and that no proxy responds instead",
    );
  if (error.code !== "invalid_grant") throw error;
}
