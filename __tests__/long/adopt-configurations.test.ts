import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import * as cloudformation from "@aws-sdk/client-cloudformation";
import * as idp from "@aws-sdk/client-cognito-identity-provider";
import * as s3 from "@aws-sdk/client-s3";
import { stringify } from "yaml";
import {
  createClientConfig,
  DEMO_ACCOUNT,
} from "../../scripts/lib/demo/account";
import {
  adoptAll,
  LOCAL_STATE,
  withCdkDeployment,
} from "../support/adoption-runs";
import { createCdkTemplate } from "../support/cdk-template";
import { describeLocal } from "../support/deployment";
import { S3_STATE, STACK, STAGE } from "../support/cdk-deployment";
import { removeTemporaryDirectories } from "../support/stage";

jest.setTimeout(900_000);

afterAll(() => {
  removeTemporaryDirectories();
});

describeLocal("one command adopts", () => {
  test("a stack without groups into a local state", async () => {
    await withCdkDeployment(LOCAL_STATE, {}, async (app, ids) => {
      const user = await app.createUser(ids);
      const file = path.join(
        app.deployment.directory,
        `terraform.${STACK}.tfstate`,
      );
      for (const step of ["retain", "import", "undo"]) {
        await app.runSteps(step);
        expect([step, existsSync(file)]).toEqual([step, step === "import"]);
      }
      expect(existsSync(`${file}.backup`)).toBe(false);

      expect(await adoptAll(app)).toMatch(/^the adoption is finished/m);
      const client = ids.userpoolprogrammaticclientEB48A369 ?? "";
      expect((await app.refresh(client, user)).AccessToken).toMatch(/^ey/);
      expect(readFileSync(file, "utf8")).toContain(client);
    });
  });

  test("a YAML template that exceeds the size of a request", async () => {
    const padded = (template: object): string =>
      stringify({ ...template, Metadata: { Padding: "x".repeat(40_000) } });
    const long = (template: object): string =>
      padded(template).replace(
        "Metadata:",
        `# ${"comment ".repeat(1_500)}\nMetadata:`,
      );
    await withCdkDeployment({ ...S3_STATE }, undefined, async (app) => {
      const buckets = new s3.S3Client({
        ...createClientConfig(app.aws),
        forcePathStyle: true,
      });
      const text = long(createCdkTemplate({ stackName: STACK }));
      expect(Buffer.byteLength(text)).toBeGreaterThan(51_200);
      const Key = "old.yaml";
      const Bucket = DEMO_ACCOUNT.stateBucket;
      await buckets.send(new s3.PutObjectCommand({ Bucket, Key, Body: text }));
      await app.connectCloudFormation().send(
        new cloudformation.CreateStackCommand({
          StackName: STACK,
          TemplateURL: `https://s3.us-west-2.amazonaws.com/${Bucket}/${Key}`,
          Capabilities: ["CAPABILITY_NAMED_IAM"],
        }),
      );
      await cloudformation.waitUntilStackCreateComplete(
        {
          client: app.connectCloudFormation(),
          maxWaitTime: 60,
          minDelay: 1,
          maxDelay: 1,
        },
        { StackName: STACK },
      );
      await adoptAll(app);
      const { Contents = [] } = await buckets.send(
        new s3.ListObjectsV2Command({ Bucket, Prefix: "adoption/" }),
      );
      expect(Contents).toEqual([]);
    });
  });

  test("a stack of another name, after its setting is reported", async () => {
    await withCdkDeployment(
      LOCAL_STATE,
      { stackName: "renamed-dev" },
      async (app) => {
        const name = ["--stack-name", "renamed-dev"];
        const stopped = await app.adopt(["plan", "--stage", "dev", ...name]);
        expect(stopped.code).toBe(1);
        expect(stopped.stderr).toMatch(/^hint: set APP_NAME=renamed$/m);
        app.deployment.write(".env.dev", {
          ...LOCAL_STATE,
          APP_NAME: "renamed",
        });
        await adoptAll(app);
      },
    );
  });

  test("a stack whose last update was rolled back", async () => {
    await withCdkDeployment(LOCAL_STATE, {}, async (app) => {
      const client = app.connectCloudFormation();
      const template = createCdkTemplate({ stackName: STACK });
      const Broken = {
        Type: "AWS::Cognito::UserPoolGroup",
        Properties: { GroupName: "broken", UserPoolId: "us-west-2_none" },
      };
      const broken = {
        ...template,
        Resources: { ...template.Resources, Broken },
      };
      await client.send(
        new cloudformation.UpdateStackCommand({
          StackName: STACK,
          TemplateBody: JSON.stringify(broken),
          Capabilities: ["CAPABILITY_NAMED_IAM"],
        }),
      );
      await cloudformation
        .waitUntilStackUpdateComplete(
          { client, maxWaitTime: 60, minDelay: 1, maxDelay: 1 },
          { StackName: STACK },
        )
        .catch(() => undefined);
      const plan = await app.adopt(["plan", "--stage", "dev"]);
      expect(plan.stdout).toContain("(UPDATE_ROLLBACK_COMPLETE)");
      await adoptAll(app);
    });
  });

  test("a stack that uses an existing user pool", async () => {
    await withCdkDeployment(LOCAL_STATE, undefined, async (app) => {
      const { UserPool } = await app
        .connectUserPools()
        .send(new idp.CreateUserPoolCommand({ PoolName: "theirs" }));
      const userPoolId = UserPool?.Id ?? "";
      await app.deploy({ userPoolId });
      const stopped = await app.adopt(["plan", "--stage", "dev"]);
      expect(stopped.stdout).toContain(`  USER_POOL_ID=${userPoolId}\n`);
      expect(stopped.code).toBe(3);
      app.deployment.write(".env.dev", {
        ...LOCAL_STATE,
        USER_POOL_ID: userPoolId,
      });
      await adoptAll(app);
    });
  });
});

describeLocal("a plan reports", () => {
  test("exports that another stack imports", async () => {
    await withCdkDeployment(LOCAL_STATE, {}, async (app) => {
      await app.createStack(
        "reader",
        JSON.stringify({
          Resources: {
            Handle: { Type: "AWS::CloudFormation::WaitConditionHandle" },
          },
          Outputs: {
            Pool: { Value: { "Fn::ImportValue": `${STACK}-userpool-id` } },
          },
        }),
      );
      const before = await app.readTemplate();
      const { code, stderr } = await app.adopt(["retain", ...STAGE]);
      expect(stderr).toContain(
        `must not be imported by other stacks, got ${STACK}-userpool-id by reader`,
      );
      expect(code).toBe(1);
      expect(await app.readTemplate()).toEqual(before);
    });
  });

  test("a deleted resource, with the option to create it", async () => {
    const settings = { ...LOCAL_STATE, COGNITO_GROUPS: "true" };
    const groups = [
      "veda-staging-writers",
      "veda-writers",
      "veda-staging-readers",
      "veda-readers",
    ];
    await withCdkDeployment(settings, { groups }, async (app, ids) => {
      await app.connectUserPools().send(
        new idp.DeleteGroupCommand({
          UserPoolId: ids.userpool0AC4AA96,
          GroupName: "veda-writers",
        }),
      );
      const stopped = await app.adopt(["plan", "--stage", "dev"]);
      expect(stopped.code).toBe(3);
      expect(stopped.stdout).toMatch(/^deleted +.*veda-writers$/m);
      const [, address = ""] =
        /--create (aws_cognito_user_group\S+)/.exec(stopped.stdout) ?? [];
      expect(address).toContain("veda-writers");
    });
  });

  test("resources without a counterpart, and missing settings", async () => {
    const groups = ["veda-readers"];
    await withCdkDeployment(LOCAL_STATE, { groups }, async (app) => {
      const { code, stdout } = await app.adopt(["plan", "--stage", "dev"]);
      expect(code).toBe(3);
      expect(stdout).toMatch(
        /^unmatched +AWS::Cognito::UserPoolGroup veda-readers$/m,
      );
      expect(stdout).toMatch(/^ +COGNITO_GROUPS=true$/m);
    });
  });
});
