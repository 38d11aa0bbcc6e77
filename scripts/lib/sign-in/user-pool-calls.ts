import type * as idp from "@aws-sdk/client-cognito-identity-provider";
import { awsClient } from "../aws-client";
import type { SignInIds } from "./sign-in-ids";

/** What a user pool answers to one who signs in: a challenge, or tokens. */
export interface SignInAnswer {
  readonly ChallengeName?: string | undefined;
  readonly ChallengeParameters?: Readonly<Record<string, string>> | undefined;
  readonly Session?: string | undefined;
  readonly AuthenticationResult?: idp.AuthenticationResultType | undefined;
}

/** The user pool of one client, by the calls that need no AWS credentials. */
export interface UserPoolCalls {
  readonly clientId: string;
  readonly sdk: typeof idp;
  readonly client: idp.CognitoIdentityProviderClient;
}

/** Loads the SDK and makes its client. */
export async function userPoolCalls({
  clientId,
  clientRegion,
}: SignInIds): Promise<UserPoolCalls> {
  const sdk = await import("@aws-sdk/client-cognito-identity-provider");
  const client = await awsClient(sdk.CognitoIdentityProviderClient, {
    region: clientRegion,
  });
  return { clientId, sdk, client };
}
