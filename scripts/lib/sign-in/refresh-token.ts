import { explainSignInError, isNamed } from "./sign-in-errors";
import { tokensOf, type Tokens } from "./sign-in";
import type { UserPoolCalls } from "./user-pool-calls";

/**
 * New tokens for a refresh token; `undefined` when it is good for none any more.
 *
 * The call is the one that serves clients with and without rotation of refresh tokens: `REFRESH_TOKEN_AUTH` is refused
 * where they rotate.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-refresh-token.html
 */
export async function refreshTokens(
  { client, sdk, clientId, clientSecret }: UserPoolCalls,
  refreshToken: string,
): Promise<Tokens | undefined> {
  try {
    const { AuthenticationResult: result } = await client.send(
      new sdk.GetTokensFromRefreshTokenCommand({
        ClientId: clientId,
        ClientSecret: clientSecret,
        RefreshToken: refreshToken,
      }),
    );
    return tokensOf(result?.IdToken, result?.RefreshToken ?? refreshToken);
  } catch (error) {
    const isOver = isNamed(
      error,
      "NotAuthorizedException",
      "RefreshTokenReuseException",
      "ResourceNotFoundException",
      "UserNotFoundException",
    );
    if (isOver) return undefined;
    throw explainSignInError(error);
  }
}

/** Has a user pool take a refresh token back, and every token that came from it. */
export async function revokeToken(
  { client, sdk, clientId, clientSecret }: UserPoolCalls,
  refreshToken: string,
): Promise<void> {
  try {
    await client.send(
      new sdk.RevokeTokenCommand({
        ClientId: clientId,
        ClientSecret: clientSecret,
        Token: refreshToken,
      }),
    );
  } catch (error) {
    throw explainSignInError(error);
  }
}
