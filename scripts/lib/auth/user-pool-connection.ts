import { createHmac } from "node:crypto";
import type * as idp from "@aws-sdk/client-cognito-identity-provider";
import { createAwsClient } from "../aws/client";
import type { SignInIds } from "./sign-in-ids";

/** What a user pool answers to one who signs in: a challenge, or tokens. */
export interface SignInResponse {
  readonly ChallengeName?: string | undefined;
  readonly ChallengeParameters?: Readonly<Record<string, string>> | undefined;
  /** Of the challenge `SELECT_CHALLENGE`, the names that can be selected. */
  readonly AvailableChallenges?: readonly string[] | undefined;
  readonly Session?: string | undefined;
  readonly AuthenticationResult?: idp.AuthenticationResultType | undefined;
}

/** The user pool of one client, by the calls that need no AWS credentials. */
export interface UserPoolConnection {
  /** Needed by sign-ins with SRP alone. */
  readonly userPoolId: string | undefined;
  readonly clientId: string;
  /** Secret of the client, if it has one. */
  readonly clientSecret: string | undefined;
  readonly sdk: typeof idp;
  readonly client: idp.CognitoIdentityProviderClient;
}

/** Loads the SDK and makes its client. */
export async function connectToUserPool(
  { userPoolId, clientId, clientRegion }: SignInIds,
  clientSecret?: string,
): Promise<UserPoolConnection> {
  const sdk = await import("@aws-sdk/client-cognito-identity-provider");
  const client = await createAwsClient(sdk.CognitoIdentityProviderClient, {
    region: clientRegion,
  });
  return { userPoolId, clientId, clientSecret, sdk, client };
}

/**
 * Returns the proof that a client with a secret adds to each request for a user; `undefined` for a client without one.
 *
 * @param userName the one that the request names
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/signing-up-users-in-your-app.html#cognito-user-pools-computing-secret-hash
 */
export function computeSecretHash(
  { clientId, clientSecret }: UserPoolConnection,
  userName: string,
): string | undefined {
  return clientSecret === undefined
    ? undefined
    : createHmac("sha256", clientSecret)
        .update(`${userName}${clientId}`)
        .digest("base64");
}

/** Returns {@link computeSecretHash} as a parameter of an authentication. */
export function getSecretHashParameter(
  calls: UserPoolConnection,
  userName: string,
): { readonly SECRET_HASH?: string } {
  const hash = computeSecretHash(calls, userName);
  return hash === undefined ? {} : { SECRET_HASH: hash };
}
