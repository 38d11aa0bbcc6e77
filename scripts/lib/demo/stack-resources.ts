import { createClientConfig } from "./account";
import type { LocalAws } from "../local-aws/local-aws";

/** Lists the resources of a stack in the account by kind and name. */
export async function listStackResources(
  aws: Pick<LocalAws, "endpoint">,
  stack: string,
): Promise<string[]> {
  const [idp, identity, secrets, iam] = await Promise.all([
    import("@aws-sdk/client-cognito-identity-provider"),
    import("@aws-sdk/client-cognito-identity"),
    import("@aws-sdk/client-secrets-manager"),
    import("@aws-sdk/client-iam"),
  ]);
  const config = createClientConfig(aws);
  const roles = new iam.IAMClient(config);
  const [pools, identityPools, secretList, roleList, providers] =
    await Promise.all([
      new idp.CognitoIdentityProviderClient(config).send(
        new idp.ListUserPoolsCommand({ MaxResults: 60 }),
      ),
      new identity.CognitoIdentityClient(config).send(
        new identity.ListIdentityPoolsCommand({ MaxResults: 60 }),
      ),
      new secrets.SecretsManagerClient(config).send(
        new secrets.ListSecretsCommand({ IncludePlannedDeletion: true }),
      ),
      roles.send(new iam.ListRolesCommand({})),
      roles.send(new iam.ListOpenIDConnectProvidersCommand({})),
    ]);
  const formatNames = (kind: string, names: readonly (string | undefined)[]) =>
    names
      .filter((name) => name?.startsWith(stack))
      .map((name) => `${kind} ${name ?? ""}`);
  return [
    ...formatNames(
      "user pool",
      (pools.UserPools ?? []).map(({ Name }) => Name),
    ),
    ...formatNames(
      "identity pool",
      (identityPools.IdentityPools ?? []).map((pool) => pool.IdentityPoolName),
    ),
    ...formatNames(
      "secret",
      (secretList.SecretList ?? []).map(({ Name }) => Name),
    ),
    ...formatNames(
      "role",
      (roleList.Roles ?? []).map(({ RoleName }) => RoleName),
    ),
    ...(providers.OpenIDConnectProviderList ?? []).map(
      ({ Arn }) => `OIDC provider ${Arn ?? ""}`,
    ),
  ];
}
