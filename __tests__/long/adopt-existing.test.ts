import { readFileSync } from "node:fs";
import path from "node:path";
import * as identity from "@aws-sdk/client-cognito-identity";
import * as idp from "@aws-sdk/client-cognito-identity-provider";
import * as iam from "@aws-sdk/client-iam";
import * as secrets from "@aws-sdk/client-secrets-manager";
import { createClientConfig } from "../../scripts/lib/demo/account";
import {
  adoptAll,
  LOCAL_STATE,
  withCdkDeployment,
} from "../support/adoption-runs";
import { createCdkTemplate } from "../support/cdk-template";
import { describeLocal } from "../support/deployment";
import { STACK, type CdkDeployment, STAGE } from "../support/cdk-deployment";
import { removeTemporaryDirectories } from "../support/stage";

jest.setTimeout(900_000);

const ISSUER = "token.actions.githubusercontent.com";
const ARN = `arn:aws:iam::000000000000:oidc-provider/${ISSUER}`;

afterAll(() => {
  removeTemporaryDirectories();
});

async function planBlocked(app: CdkDeployment): Promise<string> {
  const { code, stdout } = await app.adopt(["plan", "--stage", "dev"]);
  expect([code, stdout]).toEqual([3, expect.any(String)]);
  return stdout;
}

async function providers(app: CdkDeployment): Promise<readonly unknown[]> {
  const { OpenIDConnectProviderList: list = [] } = await new iam.IAMClient(
    createClientConfig(app.aws),
  ).send(new iam.ListOpenIDConnectProvidersCommand({}));
  return list.map(({ Arn }) => Arn);
}

describeLocal("an adoption uses existing resources outside the stack:", () => {
  test("an identity pool, after its setting is reported", async () => {
    await withCdkDeployment(LOCAL_STATE, undefined, async (app) => {
      const pools = new identity.CognitoIdentityClient(
        createClientConfig(app.aws),
      );
      const { IdentityPoolId = "" } = await pools.send(
        new identity.CreateIdentityPoolCommand({
          IdentityPoolName: "theirs",
          AllowUnauthenticatedIdentities: false,
        }),
      );
      await app.deploy({
        groups: ["veda-readers", "veda-writers"],
        identityPoolId: IdentityPoolId,
      });
      const line = `IDENTITY_POOL_ARN=arn:aws:cognito-identity:us-west-2:000000000000:identitypool/${IdentityPoolId}`;
      const settings = { ...LOCAL_STATE, COGNITO_GROUPS: "true" };
      app.deployment.write(".env.dev", settings);
      expect(await planBlocked(app)).toContain(`  ${line}\n`);
      const [name = "", value = ""] = line.split("=");
      app.deployment.write(".env.dev", { ...settings, [name]: value });
      const plan = await planBlocked(app);
      expect(plan).toMatch(
        /^created +group veda-staging-readers .*veda-staging-readers/m,
      );
      const added = [...plan.matchAll(/--create (\S+) to create it /g)].flatMap(
        ([, address = ""]) => ["--create", address],
      );
      expect(await adoptAll(app, ...added)).toMatch(
        /^the adoption is finished/m,
      );
      const pool = await pools.send(
        new identity.DescribeIdentityPoolCommand({ IdentityPoolId }),
      );
      expect(pool.IdentityPoolName).toBe("theirs");
    });
  });

  test("an OIDC provider, after its setting is reported", async () => {
    const settings = { ...LOCAL_STATE, OIDC_PROVIDER_URL: ISSUER };
    await withCdkDeployment(settings, {}, async (app) => {
      await new iam.IAMClient(createClientConfig(app.aws)).send(
        new iam.CreateOpenIDConnectProviderCommand({
          Url: `https://${ISSUER}`,
          ClientIDList: ["sts.amazonaws.com"],
        }),
      );
      expect(await planBlocked(app)).toContain("  OIDC_PROVIDER_EXISTS=true\n");
      app.deployment.write(".env.dev", {
        ...settings,
        OIDC_PROVIDER_EXISTS: "true",
      });
      await adoptAll(app);
      expect(await providers(app)).toEqual([ARN]);
    });
  });

  test("resources whose names do not begin with the stack's name", async () => {
    await withCdkDeployment(LOCAL_STATE, undefined, async (app) => {
      const name = `Delivery-${STACK}`;
      const { Outputs, ...template } = createCdkTemplate({ stackName: STACK });
      const nested = Object.entries(template.Resources).map(
        ([id, resource]) => [`Auth${id}`, resource] as const,
      );
      const ids = new RegExp(
        `"(${Object.keys(template.Resources).join("|")})"`,
        "g",
      );
      await app.createStack(
        name,
        JSON.stringify({
          Resources: JSON.parse(
            JSON.stringify(Object.fromEntries(nested)).replace(ids, '"Auth$1"'),
          ) as object,
          Outputs: JSON.parse(
            JSON.stringify(Outputs).replace(ids, '"Auth$1"'),
          ) as object,
        }),
      );
      await adoptAll(app, "--stack-name", name);
      expect(await app.readTemplate(name)).toBeUndefined();
    });
  });
});

describeLocal("a client secret that was rotated manually", () => {
  test("is preserved by the adoption, unless it is not of its client", async () => {
    await withCdkDeployment(LOCAL_STATE, {}, async (app) => {
      const config = createClientConfig(app.aws);
      const store = new secrets.SecretsManager(config);
      const users = new idp.CognitoIdentityProvider(config);
      const SecretId = `${STACK}/workflows-client`;
      const readFields = async (): Promise<Record<string, string>> => {
        const { SecretString = "" } = await store.getSecretValue({ SecretId });
        return JSON.parse(SecretString) as Record<string, string>;
      };
      const fields = await readFields();
      const write = async (client_secret: string): Promise<void> => {
        const SecretString = JSON.stringify({ ...fields, client_secret });
        await store.putSecretValue({ SecretId, SecretString });
      };
      const client = {
        UserPoolId: fields.userpool_id,
        ClientId: fields.client_id,
      };
      await write("n0t-of-the-client");
      expect(await planBlocked(app)).toContain(
        "client_secret in its value must be as the stage writes it",
      );

      const ClientSecret = "r0tated".repeat(8);
      await users.addUserPoolClientSecret({ ...client, ClientSecret });
      await write(ClientSecret);
      const { ClientSecrets: [original] = [] } =
        await users.listUserPoolClientSecrets(client);
      await users.deleteUserPoolClientSecret({
        ...client,
        ClientSecretId: original?.ClientSecretId,
      });
      await adoptAll(app);
      expect((await readFields()).client_secret).toBe(ClientSecret);
      const file = path.join(
        app.deployment.directory,
        `terraform.${STACK}.tfstate`,
      );
      const state = readFileSync(file, "utf8");
      expect(state).toContain(fields.client_id);
      expect(state).not.toContain(ClientSecret);
    });
  });
});

describeLocal("an OIDC provider that an interrupted apply created", () => {
  test("is imported by the next apply, and blocks no later step", async () => {
    const settings = { ...LOCAL_STATE, OIDC_PROVIDER_URL: ISSUER };
    await withCdkDeployment(settings, {}, async (app) => {
      await app.runSteps("retain", "import");
      const killed = await app.adopt(
        ["apply", ...STAGE],
        ({ operation, body }) =>
          operation === "CreateOpenIDConnectProvider" ||
          body.includes("Action=CreateOpenIDConnectProvider"),
      );
      expect(killed.code).toBeNull();
      expect(await providers(app)).toEqual([ARN]);
      const again = await app.adopt(["apply", ...STAGE]);
      expect(again.code).toBe(0);
      expect(again.stderr).toContain(
        `Importing ${ARN}, which an interrupted apply created…`,
      );
      const status = await app.adopt(["status", "--stage", "dev"]);
      expect(status.stdout).toMatch(/^apply: done, the plan is empty$/m);
      await adoptAll(app);
      expect(await providers(app)).toEqual([ARN]);
    });
  });
});
