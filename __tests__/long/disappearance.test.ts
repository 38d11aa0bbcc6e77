import * as identity from "@aws-sdk/client-cognito-identity";
import * as idp from "@aws-sdk/client-cognito-identity-provider";
import * as iam from "@aws-sdk/client-iam";
import * as secrets from "@aws-sdk/client-secrets-manager";
import { createClientConfig } from "../../scripts/lib/demo/account";
import type { AttachedLocalAws } from "../../scripts/lib/local-aws/local-aws";
import {
  Deployment,
  describeLocal,
  startLocalAccount,
  expectSuccess,
} from "../support/deployment";
import { plannedIn } from "../support/plan-text";
import { removeTemporaryDirectories } from "../support/stage";
import {
  COMPLETE_STAGE,
  readStateResources,
  type StateResource,
} from "../support/whole-stage";

const stack = "veda-auth-stack-dev";

jest.setTimeout(180_000);

let aws: AttachedLocalAws;
let deployment: Deployment;
let resources: readonly StateResource[];
const deletedAddresses = new Set<string>();

beforeAll(async () => {
  if (describeLocal !== describe) return;
  aws = await startLocalAccount();
  deployment = new Deployment(aws.endpoint, { ".env.dev": COMPLETE_STAGE });
  await deployment.startProvider();
  expectSuccess(await deployment.synth());
  await deployment.init(stack);
  expectSuccess(await deployment.apply(stack));
  resources = readStateResources(deployment, stack);
}, 120_000);

afterAll(async () => {
  if (describeLocal === describe) await aws.stop();
  removeTemporaryDirectories();
});

type Values = StateResource["values"];
type Deletion = (values: Values) => Promise<unknown>;

/** Deletes one resource of a type. The order is such that no deletion deletes a later type. */
const DELETIONS: Readonly<Record<string, Deletion>> = {
  aws_secretsmanager_secret_policy: ({ secret_arn: SecretId }) =>
    manager().send(new secrets.DeleteResourcePolicyCommand({ SecretId })),
  aws_secretsmanager_secret: ({ arn: SecretId }) =>
    manager().send(
      new secrets.DeleteSecretCommand({
        SecretId,
        ForceDeleteWithoutRecovery: true,
      }),
    ),
  aws_iam_role_policy: ({ role: RoleName, name: PolicyName }) =>
    roles().send(new iam.DeleteRolePolicyCommand({ RoleName, PolicyName })),
  aws_iam_role: async ({ name: RoleName }) => {
    const { PolicyNames = [] } = await roles().send(
      new iam.ListRolePoliciesCommand({ RoleName }),
    );
    for (const PolicyName of PolicyNames)
      await roles().send(
        new iam.DeleteRolePolicyCommand({ RoleName, PolicyName }),
      );
    await roles().send(new iam.DeleteRoleCommand({ RoleName }));
  },
  aws_iam_openid_connect_provider: ({ arn: OpenIDConnectProviderArn }) =>
    roles().send(
      new iam.DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }),
    ),
  aws_cognito_user_group: ({ user_pool_id: UserPoolId, name: GroupName }) =>
    users().send(new idp.DeleteGroupCommand({ UserPoolId, GroupName })),
  aws_cognito_user_pool_client: ({ user_pool_id: UserPoolId, id: ClientId }) =>
    users().send(new idp.DeleteUserPoolClientCommand({ UserPoolId, ClientId })),
  aws_cognito_resource_server: ({
    user_pool_id: UserPoolId,
    identifier: Identifier,
  }) =>
    users().send(
      new idp.DeleteResourceServerCommand({ UserPoolId, Identifier }),
    ),
  aws_cognito_user_pool_domain: ({
    user_pool_id: UserPoolId,
    domain: Domain,
  }) =>
    users().send(new idp.DeleteUserPoolDomainCommand({ UserPoolId, Domain })),
  aws_cognito_identity_pool: ({ id: IdentityPoolId }) =>
    new identity.CognitoIdentityClient(createClientConfig(aws)).send(
      new identity.DeleteIdentityPoolCommand({ IdentityPoolId }),
    ),
  aws_cognito_user_pool: ({ id: UserPoolId }) =>
    users().send(new idp.DeleteUserPoolCommand({ UserPoolId })),
};
/** Types that an update restores, because the provider reads a missing resource as empty. */
const RESTORED_BY_UPDATE = ["aws_secretsmanager_secret_policy"];
/** Types that AWS deletes only with another resource. */
const DELETED_WITH: Readonly<Record<string, string>> = {
  aws_secretsmanager_secret_version: "aws_secretsmanager_secret",
  aws_cognito_identity_pool_roles_attachment: "aws_cognito_identity_pool",
};

describeLocal("a stage with every part, in this order,", () => {
  test("has no type without a deletion", () => {
    const types = new Set(resources.map(({ type }) => type));
    const known = [...Object.keys(DELETIONS), ...Object.keys(DELETED_WITH)];
    expect([...types].sort()).toEqual(known.sort());
  });

  test.each(Object.keys(DELETIONS))(
    "plans to restore a %s that was deleted outside Terraform",
    async (type) => {
      const deleted = resources.find((resource) => resource.type === type);
      if (deleted === undefined) throw new Error(`no ${type} in the state`);
      await DELETIONS[type]?.(deleted.values);
      deletedAddresses.add(deleted.address);
      const { code, stdout, stderr } = await deployment.plan(stack);
      expect([code, stderr]).toEqual([2, ""]);
      const planned = plannedIn(stdout);
      expect(planned).toMatchObject(
        Object.fromEntries(
          [...deletedAddresses].map((address) => [
            address,
            formatRestoration(address),
          ]),
        ),
      );
      for (const [other, of] of Object.entries(DELETED_WITH))
        if (of === type)
          expect(
            Object.entries(planned).filter(([address]) =>
              address.startsWith(`${other}.`),
            ),
          ).not.toEqual([]);
    },
  );

  test("is complete after an apply", async () => {
    expectSuccess(await deployment.apply(stack));
    expectSuccess(await deployment.plan(stack));
    expect(
      readStateResources(deployment, stack).map(({ address }) => address),
    ).toEqual(resources.map(({ address }) => address));
  });
});

function formatRestoration(address: string): string {
  return RESTORED_BY_UPDATE.some((type) => address.startsWith(`${type}.`))
    ? "will be updated in-place"
    : "will be created";
}

function users(): idp.CognitoIdentityProviderClient {
  return new idp.CognitoIdentityProviderClient(createClientConfig(aws));
}

function roles(): iam.IAMClient {
  return new iam.IAMClient(createClientConfig(aws));
}

function manager(): secrets.SecretsManagerClient {
  return new secrets.SecretsManagerClient(createClientConfig(aws));
}
