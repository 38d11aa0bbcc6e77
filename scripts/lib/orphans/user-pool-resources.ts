import type { UserPoolType } from "@aws-sdk/client-cognito-identity-provider";
import { createAwsClient } from "../aws/client";
import {
  listAll,
  listUserPoolChildren,
  PAGE_SIZE,
  type UserPoolChild,
} from "../aws/listings";
import type { StageTarget } from "../cli/options";
import { quoteShellWord } from "../system/shell";
import type { StageResource } from "./orphans";

/** Returns the user pools with the name of a stage, their domains, clients, resource servers and groups. */
export async function listUserPoolResources({
  stackName,
  awsTarget,
}: StageTarget): Promise<readonly StageResource[]> {
  const sdk = await import("@aws-sdk/client-cognito-identity-provider");
  const client = await createAwsClient(
    sdk.CognitoIdentityProviderClient,
    awsTarget,
  );
  const pools = await listAll(
    sdk.paginateListUserPools({ client }, { MaxResults: PAGE_SIZE }),
    ({ UserPools }) => UserPools,
  );
  const found: StageResource[] = [];
  for (const { Name, Id: id = "" } of pools) {
    if (Name !== stackName) continue;
    const { UserPool: pool } = await client.send(
      new sdk.DescribeUserPoolCommand({ UserPoolId: id }),
    );
    const children = await listUserPoolChildren(sdk, client, id);
    found.push(
      ...toUserPool(stackName, id, pool),
      ...children.map((child) => toChild(id, child)),
    );
  }
  return found;
}

/** Cognito deletes a user pool only without deletion protection and without a domain. */
function toUserPool(
  name: string,
  id: string,
  pool: UserPoolType | undefined,
): readonly StageResource[] {
  const format = (command: string): string =>
    `aws cognito-idp ${command} --user-pool-id ${id}`;
  const { Domain: domain, DeletionProtection: protection } = pool ?? {};
  const domains =
    domain === undefined
      ? []
      : [
          {
            type: "aws_cognito_user_pool_domain",
            name: domain,
            importId: domain,
            partOf: id,
            deletion: `${format("delete-user-pool-domain")} --domain ${quoteShellWord(domain)}`,
          },
        ];
  const commands = [
    ...domains.map(({ deletion }) => deletion),
    ...(protection === "ACTIVE"
      ? [`${format("update-user-pool")} --deletion-protection INACTIVE`]
      : []),
    format("delete-user-pool"),
  ];
  return [
    {
      type: "aws_cognito_user_pool",
      name,
      importId: id,
      created: pool?.CreationDate,
      users: pool?.EstimatedNumberOfUsers,
      deletion: commands.join(" && "),
    },
    ...domains,
  ];
}

/** AWS CLI commands and the options that identify a child of a user pool. */
const DELETIONS: Readonly<
  Record<UserPoolChild["type"], readonly [command: string, option: string]>
> = {
  aws_cognito_user_pool_client: ["delete-user-pool-client", "--client-id"],
  aws_cognito_resource_server: ["delete-resource-server", "--identifier"],
  aws_cognito_user_group: ["delete-group", "--group-name"],
};

function toChild(
  userPoolId: string,
  { type, id, name, importId, created }: UserPoolChild,
): StageResource {
  const [command, option] = DELETIONS[type];
  return {
    type,
    name,
    importId,
    partOf: userPoolId,
    created,
    deletion: `aws cognito-idp ${command} --user-pool-id ${userPoolId} ${option} ${quoteShellWord(id)}`,
  };
}
