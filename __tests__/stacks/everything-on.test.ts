import { writeFileSync } from "node:fs";
import path from "node:path";
import { Testing } from "cdktf";
import { addEverything } from "../support/everything-on";
import {
  createSigningCertificate,
  formatSamlMetadata,
} from "../support/saml-metadata";
import {
  createApp,
  createTemporaryDirectory,
  listAddresses,
  removeTemporaryDirectories,
  type Synthesized,
} from "../support/stage";

afterAll(removeTemporaryDirectories);

test("a stage with every sign-in feature has these resources", async () => {
  const file = path.join(createTemporaryDirectory(), "university.xml");
  const certificates = [await createSigningCertificate()];
  writeFileSync(file, formatSamlMetadata({ certificates }));
  const regional = (service: string, resource: string) =>
    `arn:aws:${service}:us-west-2:000000000000:${resource}`;
  const ids = {
    triggerArn: regional("lambda", "function:add-groups"),
    webAclArn: regional("wafv2", "regional/webacl/sign-in/1-2"),
    certificateArn: `arn:aws:acm:us-east-1:000000000000:certificate/${"1".repeat(36)}`,
    zoneId: "Z1234567890",
  };
  const auth = addEverything(createApp(), ids, file);
  const errors = auth.node.findAll().flatMap(({ node }) => node.validate());
  expect(errors).toEqual([]);
  const configuration = JSON.parse(Testing.synth(auth)) as Synthesized;
  expect(listAddresses(configuration)).toMatchInlineSnapshot(`
[
  "aws_cognito_identity_pool.identity-pool_D7A93A4E",
  "aws_cognito_identity_pool_roles_attachment.identity-pool_roles_3C957620",
  "aws_cognito_identity_provider.identity-providers_Keycloak_1216B16F",
  "aws_cognito_identity_provider.identity-providers_University_8E66744A",
  "aws_cognito_resource_server.resource-servers_api_9DDBA42E",
  "aws_cognito_user_group.groups_readers_8D3ACAC8",
  "aws_cognito_user_pool.user-pool_38E431F2",
  "aws_cognito_user_pool_client.clients_grafana_FC5B127F",
  "aws_cognito_user_pool_client.clients_identity-provider_120691E7",
  "aws_cognito_user_pool_client.clients_page_BC90AC9A",
  "aws_cognito_user_pool_client.clients_programmatic-client_314BB617",
  "aws_cognito_user_pool_client.clients_service_F24EAB10",
  "aws_cognito_user_pool_domain.custom-domain_81FC3C39",
  "aws_cognito_user_pool_domain.domain_FBFFA2F6",
  "aws_cognito_user_pool_ui_customization.classic-pages_ED91D2BF",
  "aws_iam_role.group-roles_readers_DCEB8FAA",
  "aws_iam_role.identity-pool_authenticated-role_FD01108B",
  "aws_iam_role_policy.group-roles_readers_policy_75D68CFC",
  "aws_lambda_permission.user-pool_postAuthentication-permission_6F017AE8",
  "aws_lambda_permission.user-pool_preSignUp-permission_621AD8F4",
  "aws_lambda_permission.user-pool_preTokenGeneration-permission_8BF7D43C",
  "aws_route53_record.custom-domain_record_B5A5F825",
  "aws_secretsmanager_secret.secrets_grafana_8DF1BC9F",
  "aws_secretsmanager_secret.secrets_identity-provider_2FD31255",
  "aws_secretsmanager_secret.secrets_programmatic-client_343F6AFB",
  "aws_secretsmanager_secret.secrets_service_A265D275",
  "aws_secretsmanager_secret_version.secrets_grafana_first_C550FC1E",
  "aws_secretsmanager_secret_version.secrets_grafana_version_4067AA1B",
  "aws_secretsmanager_secret_version.secrets_identity-provider_version_C6E2B3A5",
  "aws_secretsmanager_secret_version.secrets_programmatic-client_version_C655E7FE",
  "aws_secretsmanager_secret_version.secrets_service_first_91ED2C45",
  "aws_secretsmanager_secret_version.secrets_service_version_F6CABD27",
  "aws_wafv2_web_acl_association.user-pool_web-acl_53278E5C",
]
`);
});
