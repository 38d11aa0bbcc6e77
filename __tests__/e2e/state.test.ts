import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import * as idp from "@aws-sdk/client-cognito-identity-provider";
import * as s3 from "@aws-sdk/client-s3";
import * as secrets from "@aws-sdk/client-secrets-manager";
import {
  createClientConfig,
  DEMO_ACCOUNT,
} from "../../scripts/lib/demo/account";
import type { AttachedLocalAws } from "../../scripts/lib/local-aws/local-aws";
import { AuthApp } from "../../stacks/app";
import { AuthStack } from "../../stacks/auth-stack";
import {
  Deployment,
  describeLocal,
  startLocalAccount,
  expectSuccess,
} from "../support/deployment";
import {
  removeTemporaryDirectories,
  createStageConfig,
} from "../support/stage";

const stack = "veda-auth-stack-dev";
const settings = {
  STAGE: "dev",
  STATE_BUCKET_NAME: DEMO_ACCOUNT.stateBucket,
  SECRET_RECOVERY_DAYS: "0",
};

let aws: AttachedLocalAws;

beforeAll(async () => {
  if (describeLocal === describe) aws = await startLocalAccount();
}, 60_000);

afterAll(async () => {
  if (describeLocal === describe) await aws.stop();
  removeTemporaryDirectories();
});

describeLocal("a protected stage, in this order,", () => {
  let deployment: Deployment;

  beforeAll(async () => {
    deployment = new Deployment(aws.endpoint, { ".env": settings });
    expectSuccess(await deployment.synth());
    await deployment.init(stack);
  }, 60_000);

  test("is applied by one of two processes, and the state lock rejects the other", async () => {
    const results = await Promise.all([
      deployment.apply(stack),
      deployment.apply(stack),
    ]);
    const [refused, ...more] = results.filter(({ code }) => code !== 0);
    expect(more).toEqual([]);
    expect(refused?.stderr).toMatch(
      /Error acquiring the state lock[^]*PreconditionFailed[^]*Lock Info:[^]*Who:/,
    );
  }, 60_000);

  test("has an empty plan from the native syntax after JSON was applied", async () => {
    expectSuccess(await deployment.synth("--hcl"));
    expect(readdirSync(deployment.getStackDirectory(stack))).not.toContain(
      "cdk.tf.json",
    );
    expectSuccess(await deployment.terraform(stack, "fmt", "-check", "-diff"));
    expectSuccess(await deployment.plan(stack));
  }, 60_000);

  test("has its client secret in the state, and never in printed or synthesized text", async () => {
    const { SecretString } = await new secrets.SecretsManagerClient(
      createClientConfig(aws),
    ).send(
      new secrets.GetSecretValueCommand({
        SecretId: `${stack}/workflows-client`,
      }),
    );
    const { client_secret: canary = "" } = JSON.parse(
      SecretString ?? "{}",
    ) as Record<string, string>;
    expect(canary).toMatch(/^\S{24,}$/);

    const buckets = new s3.S3Client({
      ...createClientConfig(aws),
      forcePathStyle: true,
    });
    const { Body } = await buckets.send(
      new s3.GetObjectCommand({
        Bucket: DEMO_ACCOUNT.stateBucket,
        Key: "veda-auth-stack/dev/terraform.tfstate",
      }),
    );
    expect(holds([(await Body?.transformToString()) ?? ""], canary)).toBe(true);
    expect(holds(deployment.printed, canary)).toBe(false);
    expect(
      holds(filesUnder(path.join(deployment.directory, "cdktf.out")), canary),
    ).toBe(false);
  });

  test("cannot be destroyed", async () => {
    const { code, stderr } = await deployment.destroy(stack);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /nstance cannot be destroyed[^]*aws_cognito_user_pool/,
    );
  }, 60_000);

  test("has an empty plan from JSON after the native syntax was applied", async () => {
    deployment.write(".env", { ...settings, DELETION_PROTECTION: "false" });
    expectSuccess(await deployment.synth("--hcl"));
    expectSuccess(await deployment.apply(stack));
    expectSuccess(await deployment.synth());
    expectSuccess(await deployment.plan(stack));
  }, 60_000);

  test("is destroyed after its deletion protection is off", async () => {
    expectSuccess(await deployment.destroy(stack));
    expect(await userPools(stack)).toBe(0);
  }, 60_000);
});

describeLocal("a stage with two service clients", () => {
  test("plans changes to the removed client only", async () => {
    const deployment = new Deployment(aws.endpoint, {});
    const build = (...ids: string[]): void => {
      const app = new AuthApp({
        outdir: path.join(deployment.directory, "cdktf.out"),
      });
      const auth = new AuthStack(
        app,
        createStageConfig({ ...settings, STAGE: "two", STATE_BACKEND: "s3" }),
      );
      const scopes = [
        auth.addResourceServer("registry", { read: "Read" }).scope("read"),
      ];
      for (const id of ids) auth.addServiceClient(id, { scopes });
      app.synth();
    };
    const two = "veda-auth-stack-two";
    build("first", "second");
    await deployment.init(two);
    expectSuccess(await deployment.apply(two));
    build("second");
    await deployment.terraform(two, "plan", "-out=plan");
    const { stdout } = await deployment.terraform(two, "show", "-json", "plan");
    const { resource_changes: changes } = JSON.parse(stdout) as {
      readonly resource_changes: readonly {
        readonly address: string;
        readonly change: { readonly actions: string[] };
      }[];
    };
    const changed = changes.filter(
      ({ change }) => !change.actions.includes("no-op"),
    );
    expect(
      changed.map(({ address, change }) => [...change.actions, address]),
    ).toEqual([
      [
        "delete",
        expect.stringMatching(/^aws_cognito_user_pool_client\.clients_first_/),
      ],
      [
        "delete",
        expect.stringMatching(/^aws_secretsmanager_secret\.secrets_first_/),
      ],
      // its first version
      [
        "delete",
        expect.stringMatching(
          /^aws_secretsmanager_secret_version\.secrets_first_[0-9A-F]+$/,
        ),
      ],
      [
        "delete",
        expect.stringMatching(
          /^aws_secretsmanager_secret_version\.secrets_first_version_/,
        ),
      ],
    ]);
  }, 60_000);
});

async function userPools(name: string): Promise<number> {
  const { UserPools = [] } = await new idp.CognitoIdentityProviderClient(
    createClientConfig(aws),
  ).send(new idp.ListUserPoolsCommand({ MaxResults: 60 }));
  return UserPools.filter((pool) => pool.Name === name).length;
}

/** Returns whether any text contains the secret, as it is or escaped as in JSON. */
function holds(texts: readonly string[], secret: string): boolean {
  const written = JSON.stringify(secret).slice(1, -1);
  return texts.some((text) => text.includes(secret) || text.includes(written));
}

function filesUnder(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      readFileSync(path.join(entry.parentPath, entry.name), "utf8"),
    );
}
