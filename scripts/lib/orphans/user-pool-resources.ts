import type { UserPoolType } from "@aws-sdk/client-cognito-identity-provider";
import { createAwsClient } from "../aws/client";
import type { StageTarget } from "../cli/options";
import { quoteShellWord } from "../system/shell";
import type { StageResource } from "./orphans";

type Idp = typeof import("@aws-sdk/client-cognito-identity-provider");

/** Page of a list; Cognito gives no more. */
const PAGE = 60;

/** User pools that have a stage's name, and what they hold beside users. */
export async function listUserPoolResources({
  stackName,
  awsTarget: place,
}: StageTarget): Promise<readonly StageResource[]> {
  const idp = await import("@aws-sdk/client-cognito-identity-provider");
  const client = await createAwsClient(
    idp.CognitoIdentityProviderClient,
    place,
  );
  const all: StageResource[] = [];
  const pages = idp.paginateListUserPools({ client }, { MaxResults: PAGE });
  for await (const { UserPools = [] } of pages)
    for (const { Name, Id = "", CreationDate } of UserPools) {
      if (Name !== stackName) continue;
      const { UserPool } = await client.send(
        new idp.DescribeUserPoolCommand({ UserPoolId: Id }),
      );
      const domain = domainOf(UserPool);
      all.push(
        {
          type: "aws_cognito_user_pool",
          name: Name,
          importId: Id,
          created: CreationDate,
          users: UserPool?.EstimatedNumberOfUsers,
          deletion: poolDeletion(Id, UserPool?.DeletionProtection, domain),
        },
        ...domain,
        ...(await within(idp, client, Id)),
      );
    }
  return all;
}

/** The hosted domain of a user pool, if it has one. */
function domainOf({ Id = "", Domain }: UserPoolType = {}): StageResource[] {
  if (Domain === undefined) return [];
  return [
    {
      type: "aws_cognito_user_pool_domain",
      name: Domain,
      importId: Domain,
      partOf: Id,
      deletion: `aws cognito-idp delete-user-pool-domain --user-pool-id ${Id} --domain ${quoteShellWord(Domain)}`,
    },
  ];
}

/** AWS deletes no user pool that is protected or has a domain. */
function poolDeletion(
  id: string,
  protection: string | undefined,
  domain: readonly StageResource[],
): string {
  const pool = (command: string): string =>
    `aws cognito-idp ${command} --user-pool-id ${id}`;
  return [
    ...domain.map(({ deletion }) => deletion),
    ...(protection === "ACTIVE"
      ? [`${pool("update-user-pool")} --deletion-protection INACTIVE`]
      : []),
    pool("delete-user-pool"),
  ].join(" && ");
}

/** What a user pool holds beside users. */
async function within(
  idp: Idp,
  client: InstanceType<Idp["CognitoIdentityProviderClient"]>,
  UserPoolId: string,
): Promise<readonly StageResource[]> {
  const all: StageResource[] = [];
  const cli = (command: string, option: string, value: string): string =>
    `aws cognito-idp ${command} --user-pool-id ${UserPoolId} ${option} ${quoteShellWord(value)}`;
  for await (const { UserPoolClients = [] } of idp.paginateListUserPoolClients(
    { client },
    { UserPoolId, MaxResults: PAGE },
  ))
    for (const { ClientName = "", ClientId = "" } of UserPoolClients)
      all.push({
        type: "aws_cognito_user_pool_client",
        name: ClientName,
        importId: `${UserPoolId}/${ClientId}`,
        partOf: UserPoolId,
        deletion: cli("delete-user-pool-client", "--client-id", ClientId),
      });
  for await (const { ResourceServers = [] } of idp.paginateListResourceServers(
    { client },
    { UserPoolId, MaxResults: 50 },
  ))
    for (const { Identifier = "" } of ResourceServers)
      all.push({
        type: "aws_cognito_resource_server",
        name: Identifier,
        importId: `${UserPoolId}|${Identifier}`,
        partOf: UserPoolId,
        deletion: cli("delete-resource-server", "--identifier", Identifier),
      });
  for await (const { Groups = [] } of idp.paginateListGroups(
    { client },
    { UserPoolId, Limit: PAGE },
  ))
    for (const { GroupName = "", CreationDate } of Groups)
      all.push({
        type: "aws_cognito_user_group",
        name: GroupName,
        importId: `${UserPoolId}/${GroupName}`,
        partOf: UserPoolId,
        created: CreationDate,
        deletion: cli("delete-group", "--group-name", GroupName),
      });
  return all;
}
