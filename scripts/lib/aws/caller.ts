import { type AwsTarget, createAwsClient } from "./client";

/** Returns the id of the account that the credentials belong to. */
export async function readCallerAccount(
  target: AwsTarget,
): Promise<string | undefined> {
  const { STSClient, GetCallerIdentityCommand } =
    await import("@aws-sdk/client-sts");
  const client = await createAwsClient(STSClient, target);
  const { Account } = await client.send(new GetCallerIdentityCommand({}));
  return Account;
}
