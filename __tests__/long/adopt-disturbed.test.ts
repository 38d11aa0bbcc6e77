import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import * as cloudformation from "@aws-sdk/client-cloudformation";
import * as secrets from "@aws-sdk/client-secrets-manager";
import { createClientConfig } from "../../scripts/lib/demo/account";
import { adoptAll, STAGE, withCdkDeployment } from "../support/adoption-runs";
import { cdkTemplate, type CdkTemplate } from "../support/cdk-template";
import { describeLocal, expectSuccess } from "../support/deployment";
import { S3_STATE, STACK, type CdkDeployment } from "../support/cdk-deployment";
import { removeTemporaryDirectories } from "../support/stage";

jest.setTimeout(900_000);

const EXTRA = {
  Type: "AWS::SecretsManager::Secret",
  Properties: { Name: "partners/database", SecretString: "{}" },
};

afterAll(() => {
  removeTemporaryDirectories();
});

async function steps(
  app: CdkDeployment,
  ...names: readonly string[]
): Promise<void> {
  for (const name of names) {
    const run = await app.adopt([name, ...STAGE]);
    expectSuccess({ ...run, code: run.code ?? -1 });
  }
}

/** Updates the stack by hand, or as the CDK would. */
async function update(app: CdkDeployment, template: object): Promise<string> {
  const client = app.cloudFormation();
  const TemplateBody = JSON.stringify(template);
  await client.send(
    new cloudformation.UpdateStackCommand({
      StackName: STACK,
      TemplateBody,
      Capabilities: ["CAPABILITY_NAMED_IAM"],
    }),
  );
  await cloudformation.waitUntilStackUpdateComplete(
    { client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 },
    { StackName: STACK },
  );
  return TemplateBody;
}

function withExtra(text: string): object {
  const template = JSON.parse(text) as CdkTemplate;
  return { ...template, Resources: { ...template.Resources, Extra: EXTRA } };
}

describeLocal("a stack that is deployed again while it is adopted", () => {
  test("has to be retained again, and is undone to what was deployed last", async () => {
    await withCdkDeployment({ ...S3_STATE }, {}, async (app) => {
      await steps(app, "retain");
      const deployed = await update(app, {
        ...cdkTemplate({ stackName: STACK }),
        Description: "a later deployment",
      });
      const { code, stderr } = await app.adopt(["import", ...STAGE]);
      expect(stderr).toMatch(/must retain everything that is taken over/);
      expect(code).toBe(1);

      const again = await app.adopt(["retain", ...STAGE]);
      expect(again.stderr).toMatch(/was deployed again since/);
      await steps(app, "import", "undo");
      expect(await app.stack()).toBe(deployed);
    });
  });

  test("is gone on with when somebody has deleted it, which it was retained from", async () => {
    await withCdkDeployment({ ...S3_STATE }, {}, async (app, ids) => {
      const user = await app.makeUser(ids);
      await steps(app, "retain");
      const client = app.cloudFormation();
      const StackName = STACK;
      await client.send(new cloudformation.DeleteStackCommand({ StackName }));
      await cloudformation.waitUntilStackDeleteComplete(
        { client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 },
        { StackName },
      );
      const status = await app.adopt(["status", "--stage", "dev"]);
      expect(status.stdout).toMatch(/ is gone\nnext: .* import /);
      await adoptAll(app);
      const clientId = ids.userpoolprogrammaticclientEB48A369 ?? "";
      expect((await app.refresh(clientId, user)).AccessToken).toMatch(/^ey/);
    });
  });

  test("is not undone over what came after the step retain", async () => {
    await withCdkDeployment({ ...S3_STATE }, {}, async (app) => {
      await steps(app, "retain");
      const retained = (await app.stack()) ?? "";
      await update(app, withExtra(retained));
      const { code, stderr } = await app.adopt(["undo", ...STAGE]);
      expect(stderr).toMatch(/must have the template that it was adopted with/);
      expect(code).toBe(1);
    });
  });
});

describeLocal("an adoption that was applied", () => {
  test("goes on with a state that could not be written, without its record, and with what was added to the stack", async () => {
    await withCdkDeployment({ ...S3_STATE }, {}, async (app) => {
      const { directory: folder } = app.deployment;
      const errored = path.join(
        folder,
        `cdktf.out/adopt/${STACK}/stacks/${STACK}/errored.tfstate`,
      );
      await steps(app, "retain", "import");
      app.proxy.selectFault = ({ method, url }) =>
        method === "PUT" && /terraform\.tfstate(\?|$)/.test(url)
          ? "denied"
          : undefined;
      const failed = await app.adopt(["apply", ...STAGE]);
      app.proxy.selectFault = () => undefined;
      expect(failed.code).toBe(1);
      expect(existsSync(errored)).toBe(true);
      const applied = await app.adopt(["apply", ...STAGE]);
      expectSuccess({ ...applied, code: applied.code ?? -1 });
      expect(applied.stderr).toMatch(/^pushing the state .*errored\.tfstate$/m);
      expect(existsSync(errored)).toBe(false);

      app.deployment.write(".env.dev", {
        ...S3_STATE,
        STATE_BUCKET_KEY: "elsewhere/terraform.tfstate",
      });
      const elsewhere = await app.adopt(["finish", ...STAGE]);
      expect(elsewhere.stderr).toMatch(
        /^the stage's state must be where it was/m,
      );
      app.deployment.write(".env.dev", { ...S3_STATE });

      rmSync(path.join(folder, ".adoption"), { recursive: true });
      const lost = await app.adopt(["undo", ...STAGE]);
      expect(lost.stderr).toMatch(/got no record of it in/);
      expect(lost.code).toBe(1);
      const begun = await app.adopt(["retain", ...STAGE]);
      expect(begun.stderr).toMatch(/an adoption was begun in another folder/);
      await steps(app, "import");
      const undone = await app.adopt(["undo", ...STAGE]);
      expect(undone.code).toBe(1);
      await steps(app, "apply");

      await update(app, withExtra((await app.stack()) ?? ""));
      const stopped = await app.adopt(["finish", ...STAGE]);
      expect(stopped.stderr).toMatch(/got Extra without DeletionPolicy/);
      expect(stopped.code).toBe(1);
      await adoptAll(app, "--leave", "Extra");
      expect(await app.stack()).toBeUndefined();
      const kept = await new secrets.SecretsManagerClient(
        createClientConfig(app.aws),
      ).send(
        new secrets.DescribeSecretCommand({ SecretId: "partners/database" }),
      );
      expect(kept.DeletedDate).toBeUndefined();
    });
  });
});
