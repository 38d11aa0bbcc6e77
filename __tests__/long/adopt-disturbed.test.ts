import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import * as cloudformation from "@aws-sdk/client-cloudformation";
import * as secrets from "@aws-sdk/client-secrets-manager";
import { createClientConfig } from "../../scripts/lib/demo/account";
import { adoptAll, withCdkDeployment } from "../support/adoption-runs";
import { createCdkTemplate, type CdkTemplate } from "../support/cdk-template";
import { describeLocal } from "../support/deployment";
import {
  S3_STATE,
  STACK,
  type CdkDeployment,
  STAGE,
} from "../support/cdk-deployment";
import { removeTemporaryDirectories } from "../support/stage";

jest.setTimeout(900_000);

const EXTRA = {
  Type: "AWS::SecretsManager::Secret",
  Properties: { Name: "partners/database", SecretString: "{}" },
};

afterAll(() => {
  removeTemporaryDirectories();
});

/** Updates the stack outside the adoption. */
async function update(app: CdkDeployment, template: object): Promise<string> {
  const client = app.connectCloudFormation();
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

describeLocal("a stack that changes during its adoption", () => {
  test("must be retained again, and undo restores its latest template", async () => {
    await withCdkDeployment({ ...S3_STATE }, {}, async (app) => {
      await app.runSteps("retain");
      const deployed = await update(app, {
        ...createCdkTemplate({ stackName: STACK }),
        Description: "a later deployment",
      });
      const { code, stderr } = await app.adopt(["import", ...STAGE]);
      expect(stderr).toMatch(/must retain every adopted resource/);
      expect(code).toBe(1);

      const again = await app.adopt(["retain", ...STAGE]);
      expect(again.stderr).toMatch(/was deployed again since/);
      await app.runSteps("import", "undo");
      expect(await app.readTemplate()).toBe(deployed);
    });
  });

  test("can be adopted after its deletion", async () => {
    await withCdkDeployment({ ...S3_STATE }, {}, async (app, ids) => {
      const user = await app.createUser(ids);
      await app.runSteps("retain");
      const client = app.connectCloudFormation();
      const StackName = STACK;
      await client.send(new cloudformation.DeleteStackCommand({ StackName }));
      await cloudformation.waitUntilStackDeleteComplete(
        { client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 },
        { StackName },
      );
      const status = await app.adopt(["status", "--stage", "dev"]);
      expect(status.stdout).toMatch(/ is deleted\nnext: .* import /);
      await adoptAll(app);
      const clientId = ids.userpoolprogrammaticclientEB48A369 ?? "";
      expect((await app.refresh(clientId, user)).AccessToken).toMatch(/^ey/);
    });
  });

  test("cannot be undone after another deployment", async () => {
    await withCdkDeployment({ ...S3_STATE }, {}, async (app) => {
      await app.runSteps("retain");
      const retained = (await app.readTemplate()) ?? "";
      await update(app, withExtra(retained));
      const { code, stderr } = await app.adopt(["undo", ...STAGE]);
      expect(stderr).toMatch(/must have its original template/);
      expect(code).toBe(1);
    });
  });
});

describeLocal("an adoption after apply", () => {
  test("continues with an unwritten state, without its record, and with an added resource", async () => {
    await withCdkDeployment({ ...S3_STATE }, {}, async (app) => {
      const { directory } = app.deployment;
      const errored = path.join(
        directory,
        `cdktf.out/adopt/${STACK}/stacks/${STACK}/errored.tfstate`,
      );
      await app.runSteps("retain", "import");
      app.proxy.selectFault = ({ method, url }) =>
        method === "PUT" && /terraform\.tfstate(\?|$)/.test(url)
          ? "denied"
          : undefined;
      const failed = await app.adopt(["apply", ...STAGE]);
      app.proxy.selectFault = () => undefined;
      expect(failed.code).toBe(1);
      expect(existsSync(errored)).toBe(true);
      const applied = await app.adopt(["apply", ...STAGE]);
      expect(applied.code).toBe(0);
      expect(applied.stderr).toMatch(/^Pushing the state .*errored\.tfstate$/m);
      expect(existsSync(errored)).toBe(false);

      app.deployment.write(".env.dev", {
        ...S3_STATE,
        STATE_BUCKET_KEY: "elsewhere/terraform.tfstate",
      });
      const elsewhere = await app.adopt(["finish", ...STAGE]);
      expect(elsewhere.stderr).toMatch(
        /^the stage's Terraform state must be in /m,
      );
      app.deployment.write(".env.dev", { ...S3_STATE });

      rmSync(path.join(directory, ".adoption"), { recursive: true });
      const lost = await app.adopt(["undo", ...STAGE]);
      expect(lost.stderr).toMatch(/got no record in /);
      expect(lost.code).toBe(1);
      const restarted = await app.adopt(["retain", ...STAGE]);
      expect(restarted.stderr).toMatch(/was started in another directory/);
      await app.runSteps("import");
      const undone = await app.adopt(["undo", ...STAGE]);
      expect(undone.code).toBe(1);
      await app.runSteps("apply");

      await update(app, withExtra((await app.readTemplate()) ?? ""));
      const stopped = await app.adopt(["finish", ...STAGE]);
      expect(stopped.stderr).toMatch(/got Extra without DeletionPolicy/);
      expect(stopped.code).toBe(1);
      await adoptAll(app, "--leave", "Extra");
      expect(await app.readTemplate()).toBeUndefined();
      const secret = await new secrets.SecretsManagerClient(
        createClientConfig(app.aws),
      ).send(
        new secrets.DescribeSecretCommand({ SecretId: "partners/database" }),
      );
      expect(secret.DeletedDate).toBeUndefined();
    });
  });
});
