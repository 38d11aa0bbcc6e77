import { awsClient, type AwsPlace } from "../aws-client";

/** Pages of 60 that are looked through; an account has a thousand identity pools at most. */
const MOST_PAGES = 20;

/** Id of the one identity pool of a name; `undefined` when there is none, or, as names can be taken twice, several. */
export async function identityPoolIdByName(
  name: string,
  place: AwsPlace,
): Promise<string | undefined> {
  const { CognitoIdentityClient, ListIdentityPoolsCommand } =
    await import("@aws-sdk/client-cognito-identity");
  const client = await awsClient(CognitoIdentityClient, place);
  const found: (string | undefined)[] = [];
  let NextToken: string | undefined;
  for (let page = 0; page < MOST_PAGES; page++) {
    const answer = await client.send(
      new ListIdentityPoolsCommand({ MaxResults: 60, NextToken }),
    );
    for (const pool of answer.IdentityPools ?? [])
      if (pool.IdentityPoolName === name) found.push(pool.IdentityPoolId);
    NextToken = answer.NextToken;
    if (NextToken === undefined) break;
  }
  return found.length === 1 ? found[0] : undefined;
}
