import type * as idp from "@aws-sdk/client-cognito-identity-provider";
import { IMPORT_IDS } from "./import-ids";

/** Maximum page size of most Cognito listings. */
export const PAGE_SIZE = 60;
/** Maximum page size of `ListResourceServers`. */
export const RESOURCE_SERVER_PAGE_SIZE = 50;

/** Returns the items of all pages of an AWS listing. */
export async function listAll<Page, Item>(
  pages: AsyncIterable<Page>,
  getItems: (page: Page) => readonly Item[] | undefined,
): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const page of pages) items.push(...(getItems(page) ?? []));
  return items;
}

/** A client, group, resource server or identity provider of a user pool. */
export interface UserPoolChild {
  readonly type:
    | "aws_cognito_user_pool_client"
    | "aws_cognito_user_group"
    | "aws_cognito_resource_server"
    | "aws_cognito_identity_provider";
  /** Client id, name, or identifier of the resource server. */
  readonly id: string;
  readonly name: string;
  readonly importId: string;
  readonly created?: Date | undefined;
}

/**
 * Returns the clients, resource servers, identity providers and groups of a user pool, except for the group that Cognito
 * creates for each identity provider.
 */
export async function listUserPoolChildren(
  sdk: typeof idp,
  client: idp.CognitoIdentityProviderClient,
  UserPoolId: string,
): Promise<readonly UserPoolChild[]> {
  const clients = await listAll(
    sdk.paginateListUserPoolClients(
      { client },
      { UserPoolId, MaxResults: PAGE_SIZE },
    ),
    ({ UserPoolClients }) => UserPoolClients,
  );
  const resourceServers = await listAll(
    sdk.paginateListResourceServers(
      { client },
      { UserPoolId, MaxResults: RESOURCE_SERVER_PAGE_SIZE },
    ),
    ({ ResourceServers }) => ResourceServers,
  );
  const providers = await listAll(
    sdk.paginateListIdentityProviders(
      { client },
      { UserPoolId, MaxResults: PAGE_SIZE },
    ),
    ({ Providers }) => Providers,
  );
  const groups = await listAll(
    sdk.paginateListGroups({ client }, { UserPoolId, Limit: PAGE_SIZE }),
    ({ Groups }) => Groups,
  );
  return [
    ...clients.map(({ ClientId: id = "", ClientName: name = "" }) => ({
      type: "aws_cognito_user_pool_client" as const,
      id,
      name,
      importId: IMPORT_IDS.userPoolClient(UserPoolId, id),
    })),
    ...resourceServers.map(({ Identifier: id = "" }) => ({
      type: "aws_cognito_resource_server" as const,
      id,
      name: id,
      importId: IMPORT_IDS.resourceServer(UserPoolId, id),
    })),
    ...providers.map(({ ProviderName: id = "", CreationDate: created }) => ({
      type: "aws_cognito_identity_provider" as const,
      id,
      name: id,
      importId: IMPORT_IDS.identityProvider(UserPoolId, id),
      created,
    })),
    ...groups
      .filter(({ GroupName = "" }) => !GroupName.startsWith(`${UserPoolId}_`))
      .map(({ GroupName: id = "", CreationDate: created }) => ({
        type: "aws_cognito_user_group" as const,
        id,
        name: id,
        importId: IMPORT_IDS.userPoolGroup(UserPoolId, id),
        created,
      })),
  ];
}
