import type { UserPoolType } from "@aws-sdk/client-cognito-identity-provider";
import { createAwsClient } from "../aws/client";
import {
  listUserPoolChildren,
  PAGE_SIZE,
  type UserPoolChild,
} from "../aws/listings";
import type { StageTarget } from "../cli/options";
import { quoteShellWord } from "../system/shell";
import type { StageResource } from "./orphans";

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
  const pages = idp.paginateListUserPools(
    { client },
    { MaxResults: PAGE_SIZE },
  );
  for await (const { UserPools = [] } of pages)
    for (const { Name, Id = "", CreationDate } of UserPools) {
      if (Name !== stackName) continue;
      const { UserPool } = await client.send(
        new idp.DescribeUserPoolCommand({ UserPoolId: Id }),
      );
      const domain = domainOf(UserPool);
      const children = await listUserPoolChildren(idp, client, Id);
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
        ...children.map((child) => toStageResource(Id, child)),
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

/** AWS CLI commands that delete a child of a user pool, up to its id. */
const DELETIONS: Readonly<Record<UserPoolChild["type"], string>> = {
  aws_cognito_user_pool_client: "delete-user-pool-client --client-id",
  aws_cognito_resource_server: "delete-resource-server --identifier",
  aws_cognito_user_group: "delete-group --group-name",
};

function toStageResource(
  UserPoolId: string,
  { type, id, name, importId, created }: UserPoolChild,
): StageResource {
  const [command = "", option = ""] = DELETIONS[type].split(" ");
  return {
    type,
    name,
    importId,
    partOf: UserPoolId,
    created,
    deletion: `aws cognito-idp ${command} --user-pool-id ${UserPoolId} ${option} ${quoteShellWord(id)}`,
  };
}
