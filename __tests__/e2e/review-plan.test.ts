import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as secrets from "@aws-sdk/client-secrets-manager";
import { clientConfig } from "../../scripts/lib/demo/demo-account";
import type { AttachedLocalAws } from "../../scripts/lib/local-aws/local-aws";
import type { ProcessResult } from "../../scripts/lib/processes";
import { environmentWithoutSettings } from "../../scripts/lib/terraform/own-settings";
import type { Environment } from "../../stacks/config";
import {
  Deployment,
  describeLocal,
  startAccount,
  succeed,
} from "../support/deployment";
import { removeTemporaryFolders, temporaryFolder } from "../support/stage";

const project = path.resolve(__dirname, "../..");
const stack = "veda-auth-stack-dev";
const SETTINGS: Environment = {
  STATE_BACKEND: "local",
  OWNER: "somebody",
  SECRET_RECOVERY_DAYS: "0",
  DASHBOARD_CALLBACK_URLS: "https://a.example/,https://b.example/",
};
const CHANGED: Environment = {
  ...SETTINGS,
  DASHBOARD_CALLBACK_URLS: "https://a.example/",
  DELETION_PROTECTION: "false",
};
const CLIENT = /aws_cognito_user_pool_client\.clients_veda-dashboard_\w+/;
const FORMATS = ["text", "markdown", "json", "sarif"];

// several processes each, beside other tests
jest.setTimeout(120_000);

let aws: AttachedLocalAws;
let deployment: Deployment;
let secret: string;

beforeAll(async () => {
  if (describeLocal !== describe) return;
  aws = await startAccount();
  deployment = new Deployment(aws.endpoint, { ".env.dev": SETTINGS });
  succeed(await deployment.synth());
  await deployment.init(stack);
  succeed(await deployment.apply(stack));
  const { SecretString } = await new secrets.SecretsManagerClient(
    clientConfig(aws),
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
  removeTemporaryFolders();
});

async function review(...args: readonly string[]): Promise<ProcessResult> {
  return deployment.command("review-plan", ...args);
}

describeLocal("the review of a stage, in this order,", () => {
  let file: string;
  let told: string;

  test("says plainly that there are no changes", async () => {
    const { code, stdout } = await review(
      "--stage",
      "dev",
      "--policy",
      "weakening",
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Stage dev: no changes$/m);
  });

  test("says what breaks and what is weakened, is stopped, and names the entries that it lacks", async () => {
    deployment.write(".env.dev", CHANGED);
    const result = await review(
      "--stage",
      "dev",
      "--policy",
      "weakening",
      "--format",
      "markdown",
    );
    expect(result.code).toBe(3);
    told = result.stdout;
    expect(told).toMatch(/^<!-- veda-auth-plan-review:dev -->\n/);
    expect(told).toContain(
      "**Break:** application `veda-dashboard` can no longer send those who sign in to `https://b.example/`",
    );
    expect(told).toContain(
      "user pool `veda-auth-stack-dev` can be deleted from now on",
    );
    expect(told).toContain(
      "application `veda-dashboard` may no longer send those who sign in to `https://b.example/`",
    );
    const missing = result.stderr.match(/^\{"address".*$/gm) ?? [];
    expect(missing).toHaveLength(2);
    expect(result.stderr).toMatch(CLIENT);
  });

  test("passes once both are allowed", async () => {
    const addresses = told.match(/at `(aws_[^`]+)`/g) ?? [];
    const entries = addresses.map((at) => ({
      address: at.slice(4, -1),
      reason: "agreed",
      expires: "2999-12-31",
    }));
    writeFileSync(
      path.join(deployment.folder, ".plan-allowances.json"),
      JSON.stringify(entries),
    );
    const { code, stdout } = await review(
      "--stage",
      "dev",
      "--policy",
      "weakening",
    );
    expect(stdout).toContain("agreed");
    expect(code).toBe(0);
  });

  test("is the same of a plan file, whose hash is the plan's", async () => {
    succeed(await deployment.synth());
    file = path.join(temporaryFolder(), "p.tfplan");
    await deployment.terraform(stack, "plan", "-input=false", `-out=${file}`);
    const { stdout, code } = await review(
      file,
      "--chdir",
      deployment.stackFolder(stack),
      "--format",
      "json",
    );
    expect(code).toBe(0);
    const { hash, stage } = JSON.parse(stdout) as Record<string, string>;
    expect(stage).toBe("dev");
    const plan = await deployment.command(
      "plan",
      "--stage",
      "dev",
      "--format",
      "json",
    );
    expect(JSON.parse(plan.stdout)).toMatchObject({ hash });
    expect(told).toContain(hash);
  });

  test("is the same of what a pipe brings, in every form, and no form holds the client secret", async () => {
    const shown = await deployment.terraform(stack, "show", "-json", file);
    expect(shown.stdout).toContain(secret);
    deployment.printed.splice(deployment.printed.indexOf(shown.stdout), 1);
    const json = path.join(temporaryFolder(), "plan.json");
    writeFileSync(json, shown.stdout);
    for (const format of FORMATS) {
      const piped = await pipedReview(json, format);
      expect(piped).toBe((await review(json, "--format", format)).stdout);
      expect(piped).toContain("https://b.example/");
      expect(piped).not.toContain(secret);
    }
    const html = await deployment.command("access", json, "--format", "html");
    expect(html.stdout).toContain("veda-dashboard");
    expect(html.stdout).not.toContain(secret);
  });

  test("fails when the plan file was made elsewhere, saying what to do", async () => {
    const { code, stderr, stdout } = await review(file);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(
      /hint: name the folder that it was made in with --chdir/,
    );
  });

  test("never printed the client secret", () => {
    expect(deployment.printed.join("\n")).not.toContain(secret);
  });
});

/** What the review prints of standard input. */
async function pipedReview(json: string, format: string): Promise<string> {
  const child = spawn(
    process.execPath,
    [
      path.join(project, "scripts", "run.mjs"),
      "review-plan",
      "-",
      "--format",
      format,
    ],
    {
      cwd: deployment.folder,
      env: environmentWithoutSettings(),
      stdio: ["pipe", "pipe", "inherit"],
      timeout: 30_000,
    },
  );
  child.stdin.end(readFileSync(json));
  let text = "";
  for await (const chunk of child.stdout) text += String(chunk);
  return text;
}
