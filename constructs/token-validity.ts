import type { CognitoUserPoolClientConfig } from "@cdktf/provider-aws/lib/cognito-user-pool-client";
import { LIMITS } from "./constraints";
import { check } from "./validation";

/** Validity of the tokens of a client. */
export interface TokenValidity {
  /** @default 60 minutes */
  readonly accessTokenMinutes?: number;
  /** @default 60 minutes */
  readonly idTokenMinutes?: number;
  /** @default 30 days */
  readonly refreshTokenDays?: number;
}

/**
 * Rotation of refresh tokens: each refresh returns another refresh token, and the previous one becomes invalid.
 *
 * Applications must refresh with the token endpoint or `GetTokensFromRefreshToken`, since `REFRESH_TOKEN_AUTH` is disabled.
 * The AWS provider cannot disable rotation again: the apply fails. Disable it in AWS first, or create another client.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-refresh-token.html
 */
export interface RefreshTokenRotation {
  /** Seconds in which the previous refresh token remains valid, from 0 to 60. */
  readonly gracePeriodSeconds: number;
}

/** Returns the errors of the validity of tokens. */
export function validateTokenValidity(
  validity: TokenValidity,
  rotation: RefreshTokenRotation | undefined,
): (string | undefined)[] {
  return [
    check(LIMITS.accessTokenMinutes, validity.accessTokenMinutes),
    check(LIMITS.idTokenMinutes, validity.idTokenMinutes),
    check(LIMITS.refreshTokenDays, validity.refreshTokenDays),
    check(LIMITS.gracePeriodSeconds, rotation?.gracePeriodSeconds),
  ];
}

/** Returns the attributes of a client that determine the validity of its tokens. */
export function createTokenValidity(
  {
    accessTokenMinutes = 60,
    idTokenMinutes = 60,
    refreshTokenDays = 30,
  }: TokenValidity,
  rotation: RefreshTokenRotation | undefined,
): Partial<CognitoUserPoolClientConfig> {
  return {
    accessTokenValidity: accessTokenMinutes,
    idTokenValidity: idTokenMinutes,
    refreshTokenValidity: refreshTokenDays,
    tokenValidityUnits: [
      { accessToken: "minutes", idToken: "minutes", refreshToken: "days" },
    ],
    ...(rotation !== undefined && {
      refreshTokenRotation: [
        {
          feature: "ENABLED",
          retryGracePeriodSeconds: rotation.gracePeriodSeconds,
        },
      ],
    }),
  };
}
