import { createAwsClient } from "../aws/client";
import type { StageTarget } from "../cli/options";
import { quoteShellWord } from "../system/shell";
import type { StageResource } from "./orphans";
import { listUserPoolResources } from "./user-pool-resources";

/** Page of a list; Cognito gives no more. */
const PAGE = 60;

/**
 * Everything in AWS that has a stage's name, whoever made it: its user pools and what is in them, its identity pools,
 * roles and secrets; and the OIDC providers that have its tag.
 *
 * @param log told what is looked at, a line at a time
 */
export async function listStageResources(
  choice: StageTarget,
  log: (line: string) => void,
): Promise<readonly StageResource[]> {
  log(`looking for what is named ${choice.stackName}`);
  const found = await Promise.all([
    listUserPoolResources(choice),
    identityPools(choice),
    roles(choice),
    secrets(choice),
    oidcProviders(choice),
  ]);
  return found.flat();
}

async function identityPools({
  stackName,
  awsTarget: place,
}: StageTarget): Promise<readonly StageResource[]> {
  const identity = await import("@aws-sdk/client-cognito-identity");
  const client = await createAwsClient(identity.CognitoIdentityClient, place);
  const all: StageResource[] = [];
  const pages = identity.paginateListIdentityPools(
    { client },
    { MaxResults: PAGE },
  );
  for await (const { IdentityPools = [] } of pages)
    for (const { IdentityPoolName = "", IdentityPoolId = "" } of IdentityPools)
      if (IdentityPoolName === `${stackName} IdentityPool`)
        all.push({
          type: "aws_cognito_identity_pool",
          name: IdentityPoolName,
          importId: IdentityPoolId,
          deletion: `aws cognito-identity delete-identity-pool --identity-pool-id ${IdentityPoolId}`,
        });
  return all;
}

async function roles({
  stackName,
  stage,
  awsTarget: place,
}: StageTarget): Promise<readonly StageResource[]> {
  const iam = await import("@aws-sdk/client-iam");
  const client = await createAwsClient(iam.IAMClient, place);
  const all: StageResource[] = [];
  for await (const { Roles = [] } of iam.paginateListRoles({ client }, {}))
    for (const { RoleName = "", CreateDate, Path } of Roles) {
      // those of the account's stack lie on a path of their own
      const isOfAccount = Path?.endsWith("-account/") === true;
      if (!RoleName.startsWith(`${stackName}-`) || isOfAccount) continue;
      const { Tags = [] } = await client.send(
        new iam.ListRoleTagsCommand({ RoleName }),
      );
      const tag = Tags.find(({ Key }) => Key === "Stack")?.Value;
      // a stage whose name begins with this one's has roles that do so too
      if (tag !== undefined && tag !== stage) continue;
      all.push({
        type: "aws_iam_role",
        name: RoleName,
        importId: RoleName,
        created: CreateDate,
        deletion: await roleDeletion(iam, client, RoleName),
      });
    }
  return all;
}

/** A role is deleted after its policies. */
async function roleDeletion(
  iam: typeof import("@aws-sdk/client-iam"),
  client: InstanceType<(typeof import("@aws-sdk/client-iam"))["IAMClient"]>,
  RoleName: string,
): Promise<string> {
  const { PolicyNames = [] } = await client.send(
    new iam.ListRolePoliciesCommand({ RoleName }),
  );
  const role = `--role-name ${quoteShellWord(RoleName)}`;
  return [
    ...PolicyNames.map(
      (name) =>
        `aws iam delete-role-policy ${role} --policy-name ${quoteShellWord(name)}`,
    ),
    `aws iam delete-role ${role}`,
  ].join(" && ");
}

async function secrets({
  stackName,
  awsTarget: place,
}: StageTarget): Promise<readonly StageResource[]> {
  const manager = await import("@aws-sdk/client-secrets-manager");
  const client = await createAwsClient(manager.SecretsManagerClient, place);
  const all: StageResource[] = [];
  const pages = manager.paginateListSecrets(
    { client },
    { Filters: [{ Key: "name", Values: [`${stackName}/`] }] },
  );
  for await (const { SecretList = [] } of pages)
    for (const { Name = "", ARN = "", CreatedDate } of SecretList)
      if (Name.startsWith(`${stackName}/`))
        all.push({
          type: "aws_secretsmanager_secret",
          name: Name,
          importId: ARN,
          created: CreatedDate,
          deletion: `aws secretsmanager delete-secret --secret-id ${quoteShellWord(Name)}`,
        });
  return all;
}

/** An OIDC provider has no name of the stage's: its URL is the issuer's, so its tag tells whose it is. */
async function oidcProviders({
  stage,
  awsTarget: place,
}: StageTarget): Promise<readonly StageResource[]> {
  const iam = await import("@aws-sdk/client-iam");
  const client = await createAwsClient(iam.IAMClient, place);
  const { OpenIDConnectProviderList = [] } = await client.send(
    new iam.ListOpenIDConnectProvidersCommand({}),
  );
  const all = await Promise.all(
    OpenIDConnectProviderList.map(
      async ({ Arn = "" }): Promise<StageResource[]> => {
        const { Url, Tags, CreateDate } = await client.send(
          new iam.GetOpenIDConnectProviderCommand({
            OpenIDConnectProviderArn: Arn,
          }),
        );
        const isOfStage = Tags?.some(
          ({ Key, Value }) => Key === "Stack" && Value === stage,
        );
        if (isOfStage !== true || Url === undefined) return [];
        return [
          {
            type: "aws_iam_openid_connect_provider",
            name: `https://${Url.replace(/^https:\/\//, "")}`,
            importId: Arn,
            created: CreateDate,
            deletion: `aws iam delete-open-id-connect-provider --open-id-connect-provider-arn ${Arn}`,
          },
        ];
      },
    ),
  );
  return all.flat();
}
