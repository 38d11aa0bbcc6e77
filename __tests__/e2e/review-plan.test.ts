import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as secrets from "@aws-sdk/client-secrets-manager";
import { createClientConfig } from "../../scripts/lib/demo/account";
import type { AttachedLocalAws } from "../../scripts/lib/local-aws/local-aws";
import type { ProcessResult } from "../../scripts/lib/system/processes";
import { getEnvironmentWithoutSettings } from "../../scripts/lib/terraform/environment";
import type { Environment } from "../../stacks/config/environment";
import {
  Deployment,
  describeLocal,
  startLocalAccount,
  expectSuccess,
} from "../support/deployment";
import { writeReasons } from "../support/plan-reviews";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../support/stage";

const project = path.resolve(__dirname, "../..");
const stack = "veda-auth-stack-dev";
const SETTINGS: Environment = {
  STATE_BACKEND: "local",
  OWNER: "owner",
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

// several processes each, in addition to other tests
jest.setTimeout(120_000);

let aws: AttachedLocalAws;
let deployment: Deployment;
let secret: string;

beforeAll(async () => {
  if (describeLocal !== describe) return;
  aws = await startLocalAccount();
  deployment = new Deployment(aws.endpoint, { ".env.dev": SETTINGS });
  expectSuccess(await deployment.synth());
  await deployment.init(stack);
  expectSuccess(await deployment.apply(stack));
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

async function review(...args: readonly string[]): Promise<ProcessResult> {
  return deployment.runCommand("review-plan", ...args);
}

describeLocal("the review of a stage, in this order,", () => {
  let file: string;
  let json: string;
  let allowList: string;
  let markdown: string;

  test("reports no changes", async () => {
    const { code, stdout } = await review(
      "--stage",
      "dev",
      "--policy",
      "weakening",
    );
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Stage dev: no changes$/m);
  });

  test("reports what breaks and is weakened, blocks the plan, and prints an allow-list", async () => {
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
    markdown = result.stdout;
    expect(markdown).toMatch(
      /^<!-- veda-auth-plan-review:dev -->\n### Stage `dev`: 2 to change\n\nPlan `sha256:[0-9a-f]{64}`, created `.* UTC` with Terraform `.*`\n\n#### Gate: \*\*blocks this plan \(policy weakening\)\*\*\n/,
    );
    expect(markdown).toContain(
      "- **Breaking:** client `veda-dashboard` can no longer send users who sign in to `https://b.example/`\n",
    );
    expect(markdown).toContain(
      "- **Weakening:** user pool `veda-auth-stack-dev` can be deleted\n",
    );
    expect(markdown).toContain(
      "- client `veda-dashboard` can no longer send users who sign in to `https://b.example/`\n",
    );
    const shown = /```json\n([\s\S]*?)\n```/.exec(markdown)?.[1] ?? "";
    allowList = /^\[\n[\s\S]*^\]$/m.exec(result.stderr)?.[0] ?? "";
    expect(shown).toBe(allowList);
    expect(JSON.parse(allowList)).toMatchObject([
      {
        address: expect.stringMatching(CLIENT) as string,
        rule: "callback-url-removed",
        stage: "dev",
      },
      {
        address: expect.stringMatching(/^aws_cognito_user_pool\./) as string,
        rule: "deletion-protection-off",
        stage: "dev",
      },
    ]);
  });

  test("passes with the printed allow-list and reasons", async () => {
    writeFileSync(allowanceFile(), writeReasons(allowList));
    const { code, stdout } = await review(
      "--stage",
      "dev",
      "--policy",
      "weakening",
    );
    expect(stdout).toMatch(/BREAKING \(allowed\)[^\n]*\n.*allowed until /);
    expect(stdout).toContain("\nGate: passes (policy weakening)\n");
    expect(code).toBe(0);
  });

  test("is the same of a plan file, whose hash is the plan's", async () => {
    expectSuccess(await deployment.synth());
    file = path.join(createTemporaryDirectory(), "p.tfplan");
    await deployment.terraform(stack, "plan", "-input=false", `-out=${file}`);
    const shown = await deployment.terraform(stack, "show", "-json", file);
    // it has the client secret, as the state does
    deployment.printed.splice(deployment.printed.indexOf(shown.stdout), 1);
    json = path.join(createTemporaryDirectory(), "plan.json");
    writeFileSync(json, shown.stdout);
    const { stdout, code } = await review(
      file,
      "--chdir",
      deployment.getStackDirectory(stack),
      "--format",
      "json",
    );
    expect(code).toBe(0);
    const { hash, stage } = JSON.parse(stdout) as Record<string, string>;
    expect(stage).toBe("dev");
    const plan = await deployment.runCommand(
      "plan",
      "--stage",
      "dev",
      "--format",
      "json",
    );
    expect(JSON.parse(plan.stdout)).toMatchObject({ hash });
    expect(markdown).toContain(hash);
  });

  test.each([
    ["off", 0],
    ["data-loss", 0],
    ["loss", 0],
    ["breaking", 3],
    ["break", 3],
    ["weakening", 3],
    ["strict", 2],
  ])(
    "exits by policy %s with %d if nothing is allowed",
    async (policy, code) => {
      const none = path.join(createTemporaryDirectory(), "none.json");
      writeFileSync(none, "[]");
      const result = await review(
        json,
        "--policy",
        policy,
        "--allowances",
        none,
      );
      expect(result.code).toBe(code);
      expect(result.stdout === "").toBe(code === 2);
      expect(result.stderr.includes("to let it pass")).toBe(code === 3);
    },
  );

  test.each([
    ["without a rule", { rule: undefined }, "rule is required"],
    [
      "with a typing error in a rule",
      { rule: "callback-url-remove" },
      'rule must be the name of a rule, got "callback-url-remove"',
    ],
    [
      "for too long",
      { expires: "2999-12-31" },
      "expires must be at most 400 days ahead",
    ],
  ])("fails if the allow-list has an entry %s", async (_, changes, message) => {
    const [entry] = JSON.parse(writeReasons(allowList)) as readonly object[];
    const wrong = path.join(createTemporaryDirectory(), "wrong.json");
    writeFileSync(wrong, JSON.stringify([{ ...entry, ...changes }]));
    const { code, stderr } = await review(file, "--allowances", wrong);
    expect(code).toBe(1);
    expect(stderr).toContain(message);
  });

  test("is the same of what a pipe brings, in every form, and no form has the client secret", async () => {
    expect(readFileSync(json, "utf8")).toContain(secret);
    for (const format of FORMATS) {
      const piped = await pipedReview(json, format);
      expect(piped).toBe((await review(json, "--format", format)).stdout);
      expect(piped).toContain("https://b.example/");
      expect(piped).not.toContain(secret);
    }
    const html = await deployment.runCommand(
      "access",
      json,
      "--format",
      "html",
    );
    expect(html.stdout).toContain("veda-dashboard");
    expect(html.stdout).not.toContain(secret);
  });

  test("fails when the plan file was created elsewhere, with a hint", async () => {
    const { code, stderr, stdout } = await review(file);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/hint: set --chdir to the directory/);
  });

  test("never printed the client secret", () => {
    expect(deployment.printed.join("\n")).not.toContain(secret);
  });
});

function allowanceFile(): string {
  return path.join(deployment.directory, ".plan-allowances.json");
}

/** Returns what the review prints of standard input. */
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
      cwd: deployment.directory,
      env: getEnvironmentWithoutSettings(),
      stdio: ["pipe", "pipe", "inherit"],
      timeout: 30_000,
    },
  );
  child.stdin.end(readFileSync(json));
  let text = "";
  for await (const chunk of child.stdout) text += String(chunk);
  return text;
}
