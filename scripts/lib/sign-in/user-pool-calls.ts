import { createHmac } from "node:crypto";
import type * as idp from "@aws-sdk/client-cognito-identity-provider";
import { awsClient } from "../aws-client";
import type { SignInIds } from "./sign-in-ids";

/** What a user pool answers to one who signs in: a challenge, or tokens. */
export interface SignInAnswer {
  readonly ChallengeName?: string | undefined;
  readonly ChallengeParameters?: Readonly<Record<string, string>> | undefined;
  /** Of the challenge `SELECT_CHALLENGE`, the names that can be selected. */
  readonly AvailableChallenges?: readonly string[] | undefined;
  readonly Session?: string | undefined;
  readonly AuthenticationResult?: idp.AuthenticationResultType | undefined;
}

/** The user pool of one client, by the calls that need no AWS credentials. */
export interface UserPoolCalls {
  /** Needed by sign-ins with SRP alone. */
  readonly userPoolId: string | undefined;
  readonly clientId: string;
  /** Secret of the client, if it has one. */
  readonly clientSecret: string | undefined;
  readonly sdk: typeof idp;
  readonly client: idp.CognitoIdentityProviderClient;
}

/** Loads the SDK and makes its client. */
export async function userPoolCalls(
  { userPoolId, clientId, clientRegion }: SignInIds,
  clientSecret?: string,
): Promise<UserPoolCalls> {
  const sdk = await import("@aws-sdk/client-cognito-identity-provider");
  const client = await awsClient(sdk.CognitoIdentityProviderClient, {
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
export function secretHash(
  { clientId, clientSecret }: UserPoolCalls,
  userName: string,
): string | undefined {
  return clientSecret === undefined
    ? undefined
    : createHmac("sha256", clientSecret)
        .update(`${userName}${clientId}`)
        .digest("base64");
}

/** Returns {@link secretHash} as a parameter of an authentication. */
export function secretHashParameter(
  calls: UserPoolCalls,
  userName: string,
): { readonly SECRET_HASH?: string } {
  const hash = secretHash(calls, userName);
  return hash === undefined ? {} : { SECRET_HASH: hash };
}
