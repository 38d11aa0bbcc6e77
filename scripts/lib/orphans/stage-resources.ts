import type { UserPoolType } from "@aws-sdk/client-cognito-identity-provider";
import type * as iam from "@aws-sdk/client-iam";
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

/**
 * Returns all AWS resources with the name of a stage: user pools with their parts, identity pools, roles and secrets. Also
 * returns the OIDC providers with the tag of the stage.
 */
export async function listStageResources(
  target: StageTarget,
  log: (line: string) => void,
): Promise<readonly StageResource[]> {
  log(`Listing resources of ${target.stackName}…`);
  const resources = await Promise.all([
    listUserPools(target),
    listIdentityPools(target),
    listRoles(target),
    listSecrets(target),
    listOidcProviders(target),
  ]);
  return resources.flat();
}

/** Returns the user pools with the name of a stage, their domains, clients, resource servers, groups and identity providers. */
async function listUserPools({
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

/** Cognito deletes a user pool only without deletion protection and without domains. */
function toUserPool(
  name: string,
  id: string,
  pool: UserPoolType | undefined,
): readonly StageResource[] {
  const format = (command: string): string =>
    `aws cognito-idp ${command} --user-pool-id ${id}`;
  const { DeletionProtection: protection } = pool ?? {};
  const domains = [pool?.Domain, pool?.CustomDomain]
    .filter((domain) => domain !== undefined)
    .map((domain) => ({
      type: "aws_cognito_user_pool_domain",
      name: domain,
      importId: domain,
      partOf: id,
      deletion: `${format("delete-user-pool-domain")} --domain ${quoteShellWord(domain)}`,
    }));
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
  aws_cognito_identity_provider: [
    "delete-identity-provider",
    "--provider-name",
  ],
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

async function listIdentityPools({
  stackName,
  awsTarget,
}: StageTarget): Promise<readonly StageResource[]> {
  const sdk = await import("@aws-sdk/client-cognito-identity");
  const client = await createAwsClient(sdk.CognitoIdentityClient, awsTarget);
  const pools = await listAll(
    sdk.paginateListIdentityPools({ client }, { MaxResults: PAGE_SIZE }),
    ({ IdentityPools }) => IdentityPools,
  );
  return pools
    .filter(
      ({ IdentityPoolName: name }) => name === `${stackName} IdentityPool`,
    )
    .map(({ IdentityPoolName: name = "", IdentityPoolId: id = "" }) => ({
      type: "aws_cognito_identity_pool",
      name,
      importId: id,
      deletion: `aws cognito-identity delete-identity-pool --identity-pool-id ${id}`,
    }));
}

async function listRoles({
  stackName,
  stage,
  awsTarget,
}: StageTarget): Promise<readonly StageResource[]> {
  const sdk = await import("@aws-sdk/client-iam");
  const client = await createAwsClient(sdk.IAMClient, awsTarget);
  const roles = await listAll(
    sdk.paginateListRoles({ client }, {}),
    ({ Roles }) => Roles,
  );
  const found: StageResource[] = [];
  for (const { RoleName = "", CreateDate, Path } of roles) {
    // roles of the account's stack have their own path
    const isOfAccount = Path?.endsWith("-account/") === true;
    if (!RoleName.startsWith(`${stackName}-`) || isOfAccount) continue;
    const { Tags = [] } = await client.send(
      new sdk.ListRoleTagsCommand({ RoleName }),
    );
    // the name of another stage can begin with the name of this one
    const tag = Tags.find(({ Key }) => Key === "Stack")?.Value;
    if (tag !== undefined && tag !== stage) continue;
    const { PolicyNames = [] } = await client.send(
      new sdk.ListRolePoliciesCommand({ RoleName }),
    );
    found.push(toRole(RoleName, CreateDate, PolicyNames));
  }
  return found;
}

/** IAM deletes a role only after its policies. */
function toRole(
  name: string,
  created: Date | undefined,
  policies: readonly string[],
): StageResource {
  const role = `--role-name ${quoteShellWord(name)}`;
  const commands = [
    ...policies.map(
      (policy) =>
        `aws iam delete-role-policy ${role} --policy-name ${quoteShellWord(policy)}`,
    ),
    `aws iam delete-role ${role}`,
  ];
  return {
    type: "aws_iam_role",
    name,
    importId: name,
    created,
    deletion: commands.join(" && "),
  };
}

async function listSecrets({
  stackName,
  awsTarget,
}: StageTarget): Promise<readonly StageResource[]> {
  const sdk = await import("@aws-sdk/client-secrets-manager");
  const client = await createAwsClient(sdk.SecretsManagerClient, awsTarget);
  const secrets = await listAll(
    sdk.paginateListSecrets(
      { client },
      { Filters: [{ Key: "name", Values: [`${stackName}/`] }] },
    ),
    ({ SecretList }) => SecretList,
  );
  return secrets
    .filter(({ Name }) => Name?.startsWith(`${stackName}/`) === true)
    .map(({ Name: name = "", ARN: arn = "", CreatedDate: created }) => ({
      type: "aws_secretsmanager_secret",
      name,
      importId: arn,
      created,
      deletion: `aws secretsmanager delete-secret --secret-id ${quoteShellWord(name)}`,
    }));
}

/** The name of an OIDC provider is the URL of its issuer, so its tag identifies the stage. */
async function listOidcProviders({
  stage,
  awsTarget,
}: StageTarget): Promise<readonly StageResource[]> {
  const sdk = await import("@aws-sdk/client-iam");
  const client = await createAwsClient(sdk.IAMClient, awsTarget);
  const { OpenIDConnectProviderList: providers = [] } = await client.send(
    new sdk.ListOpenIDConnectProvidersCommand({}),
  );
  const found = await Promise.all(
    providers.map(async ({ Arn: arn = "" }) => {
      const command = new sdk.GetOpenIDConnectProviderCommand({
        OpenIDConnectProviderArn: arn,
      });
      return toOidcProviders(arn, await client.send(command), stage);
    }),
  );
  return found.flat();
}

function toOidcProviders(
  arn: string,
  { Url: url, Tags, CreateDate: created }: iam.GetOpenIDConnectProviderResponse,
  stage: string,
): readonly StageResource[] {
  const isOfStage = Tags?.some(
    ({ Key, Value }) => Key === "Stack" && Value === stage,
  );
  if (isOfStage !== true || url === undefined) return [];
  return [
    {
      type: "aws_iam_openid_connect_provider",
      name: `https://${url.replace(/^https:\/\//, "")}`,
      importId: arn,
      created,
      deletion: `aws iam delete-open-id-connect-provider --open-id-connect-provider-arn ${arn}`,
    },
  ];
}
