import { ignoreAwsError } from "../aws/errors";
import { listAll, PAGE_SIZE } from "../aws/listings";
import type { UserPoolAdmin } from "./user-pool-admin";

/** Name that stands for the subject, which is the claim `sub` of OIDC and the NameID of SAML. */
export const SUBJECT_ATTRIBUTE = "Cognito_Subject";

/** A person at an identity provider. */
export interface FederatedIdentity {
  /** Name of the identity provider in the user pool. */
  readonly provider: string;
  /** Value of the attribute, exactly as the provider sends it. */
  readonly subject: string;
  /**
   * User pool attribute that the identity is recognized by. The provider must map a claim to it.
   *
   * @default the subject
   */
  readonly attribute?: string | undefined;
}

/** Returns the types of the identity providers of a user pool, by name. */
export async function listIdentityProviders({
  userPoolId: UserPoolId,
  sdk,
  client,
}: UserPoolAdmin): Promise<ReadonlyMap<string, string>> {
  const providers = await listAll(
    sdk.paginateListIdentityProviders(
      { client },
      { UserPoolId, MaxResults: PAGE_SIZE },
    ),
    ({ Providers }) => Providers,
  );
  return new Map(
    providers.map(({ ProviderName = "", ProviderType = "" }) => [
      ProviderName,
      ProviderType,
    ]),
  );
}

/** Returns the attributes that an identity provider maps a claim to. The response of AWS also holds its client secret. */
export async function listMappedAttributes(
  { userPoolId: UserPoolId, sdk, client }: UserPoolAdmin,
  ProviderName: string,
): Promise<readonly string[]> {
  const { IdentityProvider } = await client.send(
    new sdk.DescribeIdentityProviderCommand({ UserPoolId, ProviderName }),
  );
  return Object.keys(IdentityProvider?.AttributeMapping ?? {});
}

/** Makes an identity sign in as a local user. */
export async function linkIdentity(
  { userPoolId: UserPoolId, sdk, client }: UserPoolAdmin,
  userName: string,
  identity: FederatedIdentity,
): Promise<void> {
  await client.send(
    new sdk.AdminLinkProviderForUserCommand({
      UserPoolId,
      DestinationUser: {
        ProviderName: "Cognito",
        ProviderAttributeValue: userName,
      },
      SourceUser: toProviderUser(identity),
    }),
  );
}

/** Ends the link of an identity. Returns whether there was one. */
export async function unlinkIdentity(
  { userPoolId: UserPoolId, sdk, client }: UserPoolAdmin,
  identity: FederatedIdentity,
): Promise<boolean> {
  const response = await ignoreAwsError(
    {
      names: /^(ResourceNotFound|InvalidParameter|UserNotFound)Exception$/,
      text: /not linked|not (been )?found|does not exist/i,
    },
    () =>
      client.send(
        new sdk.AdminDisableProviderForUserCommand({
          UserPoolId,
          User: toProviderUser(identity),
        }),
      ),
  );
  return response !== undefined;
}

/** Revokes all refresh tokens of a user. */
export async function revokeSignIns(
  { userPoolId: UserPoolId, sdk, client }: UserPoolAdmin,
  Username: string,
): Promise<void> {
  await client.send(
    new sdk.AdminUserGlobalSignOutCommand({ UserPoolId, Username }),
  );
}

function toProviderUser({
  provider,
  subject,
  attribute = SUBJECT_ATTRIBUTE,
}: FederatedIdentity) {
  return {
    ProviderName: provider,
    ProviderAttributeName: attribute,
    ProviderAttributeValue: subject,
  };
}
