import { UserError } from "../../../constructs/errors";
import { awsClient, type AwsPlace } from "../aws-client";

/**
 * Has the credentials be those of an account, before anything is made with them.
 *
 * @throws UserError when they are another's
 */
export async function requireAccount(
  accountId: string,
  place: AwsPlace,
): Promise<void> {
  const { STSClient, GetCallerIdentityCommand } =
    await import("@aws-sdk/client-sts");
  const client = await awsClient(STSClient, place);
  const { Account } = await client.send(new GetCallerIdentityCommand({}));
  if (Account !== accountId)
    throw new UserError(
      `AWS_ACCOUNT_ID must be the account of the credentials, got "${accountId}" with credentials of "${Account ?? "none"}"`,
      "check AWS_ACCOUNT_ID, and AWS_PROFILE or --profile",
    );
}
