import * as cloudformation from "@aws-sdk/client-cloudformation";
import * as idp from "@aws-sdk/client-cognito-identity-provider";
import * as iam from "@aws-sdk/client-iam";
import * as secrets from "@aws-sdk/client-secrets-manager";
import { createClientConfig } from "../../scripts/lib/demo/account";
import {
  adoptAll,
  allowChange,
  LOCAL_STATE,
  withCdkDeployment,
} from "../support/adoption-runs";
import { ALL_GROUPS, type CdkTemplate } from "../support/cdk-template";
import { describeLocal, expectSuccess } from "../support/deployment";
import { STACK, STAGE } from "../support/cdk-deployment";
import { removeTemporaryDirectories } from "../support/stage";

jest.setTimeout(900_000);

const READER = "arn:aws:iam::000000000000:role/ingest";
const SETTINGS = { ...LOCAL_STATE, COGNITO_GROUPS: "true" };

afterAll(() => {
  removeTemporaryDirectories();
});

/** Adds a path to a role, and a client without a configured counterpart. */
function withExtras(template: object): string {
  const { Resources, ...more } = template as CdkTemplate;
  const role = Resources.vedareadersrole;
  return JSON.stringify({
    ...more,
    Resources: {
      ...Resources,
      vedareadersrole: {
        ...role,
        Properties: { ...role?.Properties, Path: "/auth/" },
      },
      reports: {
        Type: "AWS::Cognito::UserPoolClient",
        Properties: {
          ClientName: "reports",
          UserPoolId: { Ref: "userpool0AC4AA96" },
          GenerateSecret: true,
        },
      },
    },
  });
}

describeLocal("an adoption to the end", () => {
  test("leaves and creates the resources of its options, and retains the path of a role", async () => {
    await withCdkDeployment(
      SETTINGS,
      { groups: ALL_GROUPS },
      async (app, ids) => {
        const users = app.connectUserPools();
        const UserPoolId = ids.userpool0AC4AA96;
        await users.send(
          new idp.DeleteGroupCommand({
            UserPoolId,
            GroupName: "veda-writers",
          }),
        );
        await app.connectCloudFormation().send(
          new cloudformation.UpdateTerminationProtectionCommand({
            StackName: STACK,
            EnableTerminationProtection: true,
          }),
        );
        const stopped = await app.adopt(["plan", "--stage", "dev"]);
        expect(stopped.code).toBe(3);
        expect(stopped.stdout).toContain("--leave reports");
        expect(stopped.stdout).toContain("termination protection");
        const [, address = ""] =
          /--create (aws_cognito_user_group\S+)/.exec(stopped.stdout) ?? [];
        app.deployment.write(".env.dev", {
          ...SETTINGS,
          SECRET_ROLE_ACCESS: READER,
        });
        const choices = ["--leave", "reports", "--create", address];
        const plan = await app.adopt(["plan", "--stage", "dev", ...choices]);
        expect(plan.stdout).toMatch(/^unmanaged +\S+UserPoolClient reports$/m);
        expect(plan.stdout).toMatch(/^created +policy of secret /m);
        expect(plan.stdout).toMatch(/\nNo blockers\./);
        expect(plan.code).toBe(0);

        await adoptAll(app, ...choices);
        const client = await users.send(
          new idp.DescribeUserPoolClientCommand({
            UserPoolId,
            ClientId: ids.reports,
          }),
        );
        expect(client.UserPoolClient?.ClientName).toBe("reports");
        const group = await users.send(
          new idp.GetGroupCommand({ UserPoolId, GroupName: "veda-writers" }),
        );
        expect(group.Group?.RoleArn).toMatch(/:role\/.*vedawritersrole/);
        const { Role } = await new iam.IAMClient(
          createClientConfig(app.aws),
        ).send(new iam.GetRoleCommand({ RoleName: ids.vedareadersrole }));
        expect(Role?.Path).toBe("/auth/");
        const { ResourcePolicy } = await new secrets.SecretsManagerClient(
          createClientConfig(app.aws),
        ).send(
          new secrets.GetResourcePolicyCommand({
            SecretId: `${STACK}/workflows-client`,
          }),
        );
        expect(ResourcePolicy).toContain(READER);
      },
      withExtras,
    );
  });

  test("permits an additional policy of a role, and changes that the allow-list permits", async () => {
    await withCdkDeployment(
      SETTINGS,
      { groups: ALL_GROUPS },
      async (app, ids) => {
        await new iam.IAMClient(createClientConfig(app.aws)).send(
          new iam.PutRolePolicyCommand({
            RoleName: ids.vedareadersrole,
            PolicyName: "additional",
            PolicyDocument: JSON.stringify({
              Version: "2012-10-17",
              Statement: [
                {
                  Effect: "Allow",
                  Action: "s3:ListAllMyBuckets",
                  Resource: "*",
                },
              ],
            }),
          }),
        );
        await app.connectUserPools().send(
          new idp.UpdateUserPoolClientCommand({
            UserPoolId: ids.userpool0AC4AA96,
            ClientId: ids.userpoolprogrammaticclientEB48A369,
            ExplicitAuthFlows: [
              "ALLOW_USER_PASSWORD_AUTH",
              "ALLOW_ADMIN_USER_PASSWORD_AUTH",
              "ALLOW_REFRESH_TOKEN_AUTH",
              "ALLOW_USER_AUTH",
            ],
          }),
        );
        const { stdout } = await app.adopt(["plan", "--stage", "dev"]);
        const [, address = ""] =
          /- (aws_cognito_user_pool_client\S+): .*must still contain ALLOW_USER_AUTH/.exec(
            stdout,
          ) ?? [];
        allowChange(app, address, "it is not in use");
        const run = await app.adopt(STAGE);
        expectSuccess({ ...run, code: run.code ?? -1 });
        expect(run.stdout).toMatch(/^the adoption is finished/m);
      },
    );
  });

  test("continues after a failed deletion", async () => {
    await withCdkDeployment(
      SETTINGS,
      { groups: ALL_GROUPS },
      async (app, ids) => {
        await app.runSteps("retain", "import", "apply");
        const { describefunction: name = "" } = ids;
        const gone = await fetch(
          `${app.aws.endpoint}/2015-03-31/functions/${name}`,
          {
            method: "DELETE",
            headers: {
              authorization:
                "AWS4-HMAC-SHA256 Credential=test/20260101/us-west-2/lambda/aws4_request, SignedHeaders=host, Signature=none",
            },
          },
        );
        expect(gone.status).toBe(204);
        const failed = await app.adopt(["finish", ...STAGE]);
        expect(failed.stderr).toMatch(
          /must end with DELETE_COMPLETE, got DELETE_FAILED: .*describeworkflowsclient/,
        );
        expect(failed.code).toBe(1);
        const status = await app.adopt(["status", "--stage", "dev"]);
        expect(status.stdout).toMatch(/is DELETE_FAILED\nnext: .* finish /);
        await adoptAll(app);
      },
    );
  });
});

describeLocal("a manual policy of a secret", () => {
  test("blocks the adoption", async () => {
    await withCdkDeployment(
      { ...LOCAL_STATE, SECRET_ROLE_ACCESS: READER },
      {},
      async (app) => {
        await new secrets.SecretsManagerClient(
          createClientConfig(app.aws),
        ).send(
          new secrets.PutResourcePolicyCommand({
            SecretId: `${STACK}/workflows-client`,
            ResourcePolicy: JSON.stringify({
              Version: "2012-10-17",
              Statement: [
                {
                  Effect: "Allow",
                  Principal: { AWS: `${READER}-2` },
                  Action: "secretsmanager:GetSecretValue",
                  Resource: "*",
                },
              ],
            }),
          }),
        );
        const { code, stdout } = await app.adopt(["plan", "--stage", "dev"]);
        expect(stdout).toContain(
          `must still allow ${READER}-2 to read the secret; add it to SECRET_ROLE_ACCESS`,
        );
        expect(code).toBe(3);
      },
    );
  });
});
