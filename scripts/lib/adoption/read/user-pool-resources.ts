import { IMPORT_IDS } from "../../aws/import-ids";
import type { JsonObject } from "../../system/json-object";
import type { AwsClients } from "./aws-clients";
import {
  type ResourceDescription,
  toDescription,
} from "./resource-description";

/** Reads the attributes of a user pool, with the settings of its factors. */
export async function readUserPool(
  UserPoolId: string,
  aws: AwsClients,
): Promise<JsonObject | undefined> {
  const users = await aws.userPools();
  const { UserPool } = await users.describeUserPool({ UserPoolId });
  if (UserPool === undefined) return undefined;
  const factors = await users.getUserPoolMfaConfig({ UserPoolId });
  return { ...factors, ...UserPool };
}

/** Reads a domain of a user pool. */
export async function describeUserPoolDomain(
  Domain: string,
  aws: AwsClients,
): Promise<ResourceDescription | undefined> {
  const users = await aws.userPools();
  const { DomainDescription: domain } = await users.describeUserPoolDomain({
    Domain,
  });
  // Cognito returns an empty description for an unused domain
  return domain?.UserPoolId === undefined
    ? undefined
    : toDescription(Domain, Domain, domain);
}

/** Reads an identity provider; its attributes have the client secret, and no other details. */
export async function describeIdentityProvider(
  UserPoolId: string,
  ProviderName: string,
  aws: AwsClients,
): Promise<ResourceDescription> {
  const users = await aws.userPools();
  const { IdentityProvider: provider } = await users.describeIdentityProvider({
    UserPoolId,
    ProviderName,
  });
  const { ProviderDetails: details = {}, CreationDate } = provider ?? {};
  const importId = IMPORT_IDS.identityProvider(UserPoolId, ProviderName);
  return toDescription(ProviderName, importId, {
    CreationDate,
    ...(details.client_secret !== undefined && {
      ClientSecret: details.client_secret,
    }),
  });
}

/** Reads the style of the classic sign-in pages of a client, or of all clients without one of their own (`ALL`). */
export async function describeUiCustomization(
  UserPoolId: string,
  ClientId = "ALL",
  aws: AwsClients,
): Promise<ResourceDescription | undefined> {
  const users = await aws.userPools();
  const { UICustomization: style = {} } = await users.getUICustomization({
    UserPoolId,
    ClientId,
  });
  // Cognito returns the style of all clients for a client without one
  return (style.CSS ?? style.ImageUrl) === undefined ||
    (style.ClientId ?? ClientId) !== ClientId
    ? undefined
    : toDescription(ClientId, IMPORT_IDS.uiCustomization(UserPoolId, ClientId));
}
