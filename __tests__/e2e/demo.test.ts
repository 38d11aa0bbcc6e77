import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as s3 from "@aws-sdk/client-s3";
import * as secrets from "@aws-sdk/client-secrets-manager";
import {
  createClientConfig,
  DEMO_ACCOUNT,
} from "../../scripts/lib/demo/account";
import { DemoProcess, killDemos, isOpen } from "../support/demo-process";
import { describeLocal } from "../support/deployment";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../support/stage";

afterEach(killDemos);

afterAll(removeTemporaryDirectories);

describeLocal("the demo", () => {
  test("deploys, uses and destroys a complete stage, without a secret in its output, whatever the user's settings", async () => {
    const demo = new DemoProcess(createConflictingEnvironment());
    await demo.waitForLine("Planning again…");
    const config = createClientConfig({ endpoint: demo.getEndpoint() });
    const { SecretString } = await new secrets.SecretsManagerClient(
      config,
    ).send(
      new secrets.GetSecretValueCommand({
        SecretId: "veda-auth-stack-demo/workflows-client",
      }),
    );
    const { client_secret: secret } = JSON.parse(SecretString ?? "{}") as {
      client_secret: string;
    };
    const { Body } = await new s3.S3Client({
      ...config,
      forcePathStyle: true,
    }).send(
      new s3.GetObjectCommand({
        Bucket: DEMO_ACCOUNT.stateBucket,
        Key: "veda-auth-stack/demo/terraform.tfstate",
      }),
    );
    expect(await Body?.transformToString()).toContain(JSON.stringify(secret));

    expect(await demo.waitForExit()).toBe(0);
    const output = demo.lines.join("\n");
    expect(output).not.toContain(secret);
    expect(output).toMatch(/^resources +\d+, second plan empty$/m);
    expect(output).toMatch(
      /^service token +scope veda-stac-ingestion-registry-server\/stac:register, for (3600|35\d\d) s$/m,
    );
    expect(output).toMatch(/^credentials +ASIA\w+, until /m);
    expect(output).toMatch(
      /^doctor +\d+ checks, \d+ ok, 0 warnings, 0 failed, \d+ skipped$/m,
    );
    expect(output).toMatch(
      /^data managers +veda-data-access trusts the identity pool$/m,
    );
    expect(output).toMatch(
      /^destroyed: 0 resources left in the state, 0 of veda-auth-stack-demo in the account$/m,
    );
    expect(await isOpen(demo.getEndpoint())).toBe(false);
  }, 300_000);
});

/** Returns settings of a user that would make the demo call AWS, or use another stage. */
function createConflictingEnvironment(): NodeJS.ProcessEnv {
  const home = createTemporaryDirectory();
  mkdirSync(path.join(home, ".aws"));
  writeFileSync(
    path.join(home, ".aws", "config"),
    "[default]\nignore_configured_endpoint_urls = true\n",
  );
  return {
    ...process.env,
    HOME: home,
    AWS_PROFILE: "unknown",
    AWS_S3_ENDPOINT: "http://192.0.2.1",
    TF_AWS_IAM_ENDPOINT: "http://192.0.2.1",
    TF_CLI_ARGS_plan: "-bogus",
    STAGE: "prod",
    user_pool_id: "us-west-2_unknown",
  };
}
