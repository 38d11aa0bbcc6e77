import * as idp from "@aws-sdk/client-cognito-identity-provider";
import * as iam from "@aws-sdk/client-iam";
import * as secrets from "@aws-sdk/client-secrets-manager";
import { spawn } from "node:child_process";
import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  ACCOUNT_ID,
  createClientConfig,
  DEMO_ACCOUNT,
} from "../../scripts/lib/demo/account";
import {
  createLocalAwsEnvironment,
  type AttachedLocalAws,
} from "../../scripts/lib/local-aws/local-aws";
import type { ProcessResult } from "../../scripts/lib/system/processes";
import { getEnvironmentWithoutSettings } from "../../scripts/lib/terraform/environment";
import { createProviderEnvironment } from "../../scripts/lib/terraform/terraform";
import type { Environment } from "../../stacks/config/environment";
import {
  Deployment,
  describeLocal,
  startLocalAccount,
  expectSuccess,
} from "../support/deployment";
import { killProcessTree } from "../support/process-tree";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../support/stage";

const project = path.resolve(__dirname, "../..");
const stack = "veda-auth-stack-dev";
const managersRole = `arn:aws:iam::${ACCOUNT_ID}:role/${DEMO_ACCOUNT.managersRole}`;
const SETTINGS: Environment = {
  STATE_BUCKET_NAME: DEMO_ACCOUNT.stateBucket,
  OWNER: "owner",
  SECRET_RECOVERY_DAYS: "0",
  COGNITO_GROUPS: "true",
  DATA_MANAGERS_ROLE_ARN: managersRole,
  DASHBOARD_CALLBACK_URLS: "https://a.example/",
  SECRET_ROLE_ACCESS: managersRole,
};
/** A value of a secret that was set outside Terraform. */
const NEWER_VALUE = "a-newer-value";

let aws: AttachedLocalAws;
let deployment: Deployment;
/** A deployment from another directory. */
let otherDirectory: Deployment;
let secret: string;
let hash: string;
let neverDeployed: Promise<ProcessResult>;

beforeAll(async () => {
  if (describeLocal !== describe) return;
  aws = await startLocalAccount();
  deployment = new Deployment(aws.endpoint, { ".env.dev": SETTINGS });
  otherDirectory = new Deployment(aws.endpoint, {
    ".env.dev": SETTINGS,
    ".env.never": SETTINGS,
  });
  // runs while the stage is deployed
  neverDeployed = otherDirectory.runCommand("drift", "--stage", "never");
  expectSuccess(await deployment.synth());
  await deployment.init(stack);
  expectSuccess(await deployment.apply(stack));
  await neverDeployed;
  const { SecretString } = await new secrets.SecretsManagerClient(
    createClientConfig(aws),
  ).send(
    new secrets.GetSecretValueCommand({
      SecretId: `${stack}/workflows-client`,
    }),
  );
  ({ client_secret: secret } = JSON.parse(SecretString ?? "") as {
    client_secret: string;
  });
}, 60_000);

afterAll(async () => {
  if (describeLocal === describe) await aws.stop();
  removeTemporaryDirectories();
});

async function changeOutsideTerraform(): Promise<void> {
  const config = createClientConfig(aws);
  const users = new idp.CognitoIdentityProviderClient(config);
  const roles = new iam.IAMClient(config);
  const { userpool_id: UserPoolId, veda_dashboard_client_id: ClientId } =
    await deployment.readOutputs(stack);
  await users.send(
    new idp.UpdateUserPoolClientCommand({
      UserPoolId,
      ClientId,
      CallbackURLs: ["https://a.example/", "https://evil.example/"],
    }),
  );
  await users.send(
    new idp.UpdateUserPoolCommand({
      UserPoolId,
      DeletionProtection: "INACTIVE",
    }),
  );
  // the local AWS cannot update a group
  const group = { UserPoolId, GroupName: "veda-readers" };
  await users.send(new idp.DeleteGroupCommand(group));
  await users.send(
    new idp.CreateGroupCommand({
      ...group,
      RoleArn: managersRole,
      Precedence: 4,
      Description: "Users that have read-access to the VEDA store",
    }),
  );
  await roles.send(
    new iam.PutRolePolicyCommand({
      RoleName: `${stack}-veda-writers`,
      PolicyName: "extra",
      PolicyDocument: JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
      }),
    }),
  );
  const store = new secrets.SecretsManagerClient(config);
  await store.send(
    new secrets.DeleteSecretCommand({
      SecretId: `${stack}/programmatic-client`,
      ForceDeleteWithoutRecovery: true,
    }),
  );
  await store.send(
    new secrets.PutSecretValueCommand({
      SecretId: `${stack}/workflows-client`,
      SecretString: JSON.stringify({ client_secret: NEWER_VALUE }),
    }),
  );
}

/** Kills a plan after it has written its plan file, and returns the plan files. */
async function killPlan(tmp: string): Promise<string[]> {
  const child = spawn(
    process.execPath,
    [path.join(project, "scripts/run.mjs"), "plan", "--stage", "never"],
    {
      cwd: otherDirectory.directory,
      env: {
        ...getEnvironmentWithoutSettings(),
        ...createLocalAwsEnvironment(aws.endpoint),
        ...createProviderEnvironment({
          directory: path.join(project, ".local-aws"),
        }),
        TMPDIR: tmp,
      },
      stdio: "ignore",
    },
  );
  const ended = new Promise((resolve) => child.once("exit", resolve));
  while (listPlanFiles(tmp).length === 0 && child.exitCode === null)
    await sleep(20);
  killProcessTree(child.pid ?? 0);
  await ended;
  expect(child.signalCode).toBe("SIGKILL");
  return [tmp, otherDirectory.directory].flatMap(listPlanFiles);
}

function listPlanFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".tfplan"))
    .map((file) => path.join(directory, file));
}

interface PlanLine {
  readonly hash: string;
  readonly change: number;
}

async function plan(
  from: Deployment,
  code: number,
  settings: Environment,
): Promise<PlanLine> {
  from.write(".env.dev", settings);
  const args = ["-s", "dev", "--format", "json", "--detailed-exitcode"];
  const result = await from.runCommand("plan", ...args);
  expect([result.code, result.stderr]).toEqual([
    code,
    `Synthesizing ${stack}…\nPlanning ${stack}…\n`,
  ]);
  return JSON.parse(result.stdout) as PlanLine;
}

describeLocal("a stage, in this order,", () => {
  test("has the same plan hash in every directory", async () => {
    const other = {
      ...SETTINGS,
      DASHBOARD_CALLBACK_URLS: "https://b.example/",
    };
    const [one, same] = await Promise.all([
      plan(deployment, 2, other),
      plan(otherDirectory, 2, other),
    ]);
    expect(one).toMatchObject({ stage: "dev", stack, add: 0, change: 1 });
    expect(same).toEqual(one);
    hash = one.hash;
  }, 60_000);

  test("has another plan hash with other settings, and no drift after its deployment", async () => {
    deployment.write(".env.dev", SETTINGS);
    const [drift, none] = await Promise.all([
      deployment.runCommand("drift", "--stage", "dev"),
      plan(otherDirectory, 0, SETTINGS),
    ]);
    expect([drift.code, drift.stdout]).toEqual([
      0,
      "Stage dev: no changes outside Terraform\n",
    ]);
    expect(none).toMatchObject({ add: 0, change: 0, destroy: 0 });
    expect(none.hash).not.toBe(hash);
  }, 60_000);

  test("has no drift after a rotation that is rolled back, and after one that is finished", async () => {
    const rotate = async (...args: readonly string[]): Promise<void> => {
      expectSuccess(
        await deployment.runCommand(
          "rotate-secret",
          "--stage=dev",
          "--service-id=workflows-client",
          ...args,
        ),
      );
    };
    for (const steps of [
      [[], ["--back"]],
      [["--finish"], [], ["--finish"]],
    ]) {
      for (const args of steps) await rotate(...args);
      const drift = await deployment.runCommand("drift", "--stage", "dev");
      expect([drift.code, drift.stdout]).toEqual([
        0,
        "Stage dev: no changes outside Terraform\n",
      ]);
    }
  }, 120_000);

  test("reports each change outside Terraform with the terms of AWS, and prints no secret", async () => {
    await changeOutsideTerraform();
    const [text, json] = await Promise.all([
      deployment.runCommand("drift", "--stage", "dev"),
      otherDirectory.runCommand("drift", "--stage", "dev", "--format=json"),
    ]);
    expect([text.code, text.stdout.trimEnd().split("\n").sort()]).toEqual([
      2,
      [
        "- client veda-dashboard: callback_urls gained https://evil.example/",
        `- group veda-readers: role_arn was changed from arn:aws:iam::${ACCOUNT_ID}:role/${stack}-veda-readers to ${managersRole}`,
        "- role veda-auth-stack-dev-veda-writers: policies gained extra",
        "- secret veda-auth-stack-dev/programmatic-client was deleted",
        "- user pool veda-auth-stack-dev: deletion_protection was changed from ACTIVE to INACTIVE",
        expect.stringMatching(
          /^- value of secret veda-auth-stack-dev\/programmatic-client(-\w+)? was deleted$/,
        ),
        "- value of secret veda-auth-stack-dev/workflows-client: secret_string, a secret, was changed",
        "Stage dev: 7 resources changed outside Terraform",
      ],
    ]);
    expect(text.stderr).toContain(
      "The next deployment restores the configuration in the code.",
    );
    expect(json.code).toBe(2);
    expect(JSON.parse(json.stdout)).toMatchObject({
      stage: "dev",
      stack,
      drift: expect.arrayContaining([
        expect.objectContaining({ what: "client veda-dashboard" }),
      ]) as unknown,
    });
    const printed = [...deployment.printed, ...otherDirectory.printed].join("");
    expect(secret.length).toBeGreaterThan(20);
    expect(printed).not.toContain(secret);
    expect(printed).not.toContain(NEWER_VALUE);
  }, 60_000);

  test("has the plan file of a killed run in a directory that only its owner can read", async () => {
    const tmp = createTemporaryDirectory();
    const files = await killPlan(tmp);
    expect(files).toHaveLength(1);
    const directory = path.dirname(files[0] ?? "");
    expect(path.dirname(directory)).toBe(tmp);
    expect(statSync(directory).mode & 0o077).toBe(0);
  }, 60_000);

  test("fails with 1 if it was never deployed", async () => {
    const { code, stdout, stderr } = await neverDeployed;
    expect([code, stdout, stderr]).toEqual([
      1,
      "",
      expect.stringContaining(
        "the state of this stage is empty: it was not deployed",
      ) as string,
    ]);
  });

  test.each([
    [["--nothing"], "option --nothing is unknown"],
    [["--format", "xml"], "--format must be one of text, markdown, json"],
    [["--stage", "A b"], "--stage must be "],
  ])("fails with 1 for the arguments %j", async (args, message) => {
    const { code, stdout, stderr } = await deployment.runCommand(
      "drift",
      ...args,
    );
    expect([code, stdout, stderr]).toEqual([
      1,
      "",
      expect.stringContaining(message) as string,
    ]);
  });
});
