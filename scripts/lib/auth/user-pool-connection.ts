import { createHmac } from "node:crypto";
import type * as idp from "@aws-sdk/client-cognito-identity-provider";
import { createAwsClient } from "../aws/client";
import type { SignInIds } from "./sign-in-ids";

/** Response to an authentication request: a challenge, or tokens. */
export interface SignInResponse {
  readonly ChallengeName?: string | undefined;
  readonly ChallengeParameters?: Readonly<Record<string, string>> | undefined;
  /** Challenges that `SELECT_CHALLENGE` offers. */
  readonly AvailableChallenges?: readonly string[] | undefined;
  readonly Session?: string | undefined;
  readonly AuthenticationResult?: idp.AuthenticationResultType | undefined;
}

/** A user pool as one of its clients calls it. These calls are unsigned. */
export interface UserPoolConnection {
  /** Required by sign-ins with SRP only. */
  readonly userPoolId: string | undefined;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly sdk: typeof idp;
  readonly client: idp.CognitoIdentityProviderClient;
}

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

/** Starts a sign-in. */
export async function initiateAuth(
  connection: UserPoolConnection,
  flow: "USER_PASSWORD_AUTH" | "USER_SRP_AUTH",
  userName: string,
  parameters: Readonly<Record<string, string>>,
): Promise<SignInResponse> {
  const { client, sdk, clientId } = connection;
  return client.send(
    new sdk.InitiateAuthCommand({
      ClientId: clientId,
      AuthFlow: flow,
      AuthParameters: {
        USERNAME: userName,
        ...parameters,
        ...getSecretHashParameter(connection, userName),
      },
    }),
  );
}

/**
 * Answers a challenge.
 *
 * @param userName name of the user in the user pool, which differs from an alias
 */
export async function respondToChallenge(
  connection: UserPoolConnection,
  challengeName: string | undefined,
  session: string | undefined,
  userName: string,
  responses: Readonly<Record<string, string>>,
): Promise<SignInResponse> {
  const { client, sdk, clientId } = connection;
  return client.send(
    new sdk.RespondToAuthChallengeCommand({
      ClientId: clientId,
      ChallengeName: challengeName as idp.ChallengeNameType,
      ChallengeResponses: {
        ...responses,
        USERNAME: userName,
        ...getSecretHashParameter(connection, userName),
      },
      Session: session,
    }),
  );
}

/**
 * Computes the secret hash that a client with a secret adds to each request; returns `undefined` for other clients.
 *
 * @param userName user name in the request
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

function getSecretHashParameter(
  connection: UserPoolConnection,
  userName: string,
): { readonly SECRET_HASH?: string } {
  const hash = computeSecretHash(connection, userName);
  return hash === undefined ? {} : { SECRET_HASH: hash };
}
