import * as identity from "@aws-sdk/client-cognito-identity";
import * as iam from "@aws-sdk/client-iam";
import { createClientConfig } from "../../scripts/lib/demo/account";
import {
  adoptAll,
  LOCAL_STATE,
  STAGE,
  withCdkDeployment,
} from "../support/adoption-runs";
import { cdkTemplate } from "../support/cdk-template";
import { describeLocal, expectSuccess } from "../support/deployment";
import { STACK, type CdkDeployment } from "../support/cdk-deployment";
import { removeTemporaryDirectories } from "../support/stage";

jest.setTimeout(900_000);

const ISSUER = "token.actions.githubusercontent.com";
const ARN = `arn:aws:iam::000000000000:oidc-provider/${ISSUER}`;

afterAll(() => {
  removeTemporaryDirectories();
});

async function stops(app: CdkDeployment): Promise<string> {
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

describeLocal("an adoption takes what the stack did not make as it is:", () => {
  test("an identity pool, whose setting is told", async () => {
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
      expect(await stops(app)).toContain(`  ${line}\n`);
      const [name = "", value = ""] = line.split("=");
      app.deployment.write(".env.dev", { ...settings, [name]: value });
      const told = await stops(app);
      expect(told).toMatch(
        /^created +group veda-staging-readers .*veda-staging-readers/m,
      );
      const added = [...told.matchAll(/--create (\S+) lets it/g)].flatMap(
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

  test("an OIDC provider of the account, whose setting is told", async () => {
    const settings = { ...LOCAL_STATE, OIDC_PROVIDER_URL: ISSUER };
    await withCdkDeployment(settings, {}, async (app) => {
      await new iam.IAMClient(createClientConfig(app.aws)).send(
        new iam.CreateOpenIDConnectProviderCommand({
          Url: `https://${ISSUER}`,
          ClientIDList: ["sts.amazonaws.com"],
        }),
      );
      expect(await stops(app)).toContain("  OIDC_PROVIDER_EXISTS=true\n");
      app.deployment.write(".env.dev", {
        ...settings,
        OIDC_PROVIDER_EXISTS: "true",
      });
      await adoptAll(app);
      expect(await providers(app)).toEqual([ARN]);
    });
  });

  test("a stack whose name is longer than the names of what is in it", async () => {
    await withCdkDeployment(LOCAL_STATE, undefined, async (app) => {
      const name = `Delivery-${STACK}`;
      const { Outputs, ...template } = cdkTemplate({ stackName: STACK });
      const nested = Object.entries(template.Resources).map(
        ([id, resource]) => [`Auth${id}`, resource] as const,
      );
      const ids = new RegExp(
        `"(${Object.keys(template.Resources).join("|")})"`,
        "g",
      );
      await app.create(
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
      expect(await app.stack(name)).toBeUndefined();
    });
  });
});

describeLocal("an OIDC provider that the apply makes", () => {
  test("is taken in when the apply is killed before the state knows of it, and is no reason to stop ever after", async () => {
    const settings = { ...LOCAL_STATE, OIDC_PROVIDER_URL: ISSUER };
    await withCdkDeployment(settings, {}, async (app) => {
      for (const step of ["retain", "import"]) {
        const run = await app.adopt([step, ...STAGE]);
        expectSuccess({ ...run, code: run.code ?? -1 });
      }
      const killed = await app.adopt(
        ["apply", ...STAGE],
        ({ operation, body }) =>
          operation === "CreateOpenIDConnectProvider" ||
          body.includes("Action=CreateOpenIDConnectProvider"),
      );
      expect(killed.code).toBeNull();
      expect(await providers(app)).toEqual([ARN]);
      const again = await app.adopt(["apply", ...STAGE]);
      expectSuccess({ ...again, code: again.code ?? -1 });
      expect(again.stderr).toContain(
        `importing ${ARN}, which an apply has made`,
      );
      const status = await app.adopt(["status", "--stage", "dev"]);
      expect(status.stdout).toMatch(/^apply: done, the plan is empty$/m);
      await adoptAll(app);
      expect(await providers(app)).toEqual([ARN]);
    });
  });
});
