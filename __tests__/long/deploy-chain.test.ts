import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as s3 from "@aws-sdk/client-s3";
import {
  createClientConfig,
  DEMO_ACCOUNT,
} from "../../scripts/lib/demo/account";
import type { AttachedLocalAws } from "../../scripts/lib/local-aws/local-aws";
import {
  runProcess,
  type ProcessResult,
} from "../../scripts/lib/system/processes";
import {
  getEnvironment,
  type Environment,
} from "../../stacks/config/environment";
import { Account, ACCOUNT_SETTINGS } from "../support/account";
import {
  Deployment,
  describeLocal,
  startLocalAccount,
  expectSuccess,
} from "../support/deployment";
import { killProcessTree } from "../support/process-tree";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../support/stage";
import { createTerraformWrapper } from "../support/terraform-wrapper";
import { GitOrigin } from "../support/workflow-origin";

const PROJECT = path.resolve(__dirname, "../..");
const STACK = "veda-auth-stack-dev";
const SETTINGS: Environment = {
  STATE_BUCKET_NAME: DEMO_ACCOUNT.stateBucket,
  OWNER: "ci",
  SECRET_RECOVERY_DAYS: "0",
  DELETION_PROTECTION: "false",
};
const DASHBOARD = {
  ...SETTINGS,
  DASHBOARD_CALLBACK_URLS: "https://dashboard.example.com/",
};
const LINE = /sha256:[0-9a-f]{64} tree:[0-9a-f]{40}/;

// each command starts several processes
jest.setTimeout(240_000);

let aws: AttachedLocalAws;
/** A checkout of the project. */
let laptop: Deployment;
/** A directory that is no checkout. */
let elsewhere: Deployment;

beforeAll(async () => {
  if (describeLocal !== describe) return;
  const origin = await GitOrigin.create({
    PATH: getEnvironment().PATH,
    HOME: createTemporaryDirectory(),
  });
  aws = await startLocalAccount();
  elsewhere = new Deployment(aws.endpoint, { ".env.dev": SETTINGS });
  laptop = new Deployment(aws.endpoint, {});
  rmSync(laptop.directory, { recursive: true });
  await origin.checkout(await origin.getBranchHead("dev"), laptop.directory);
  laptop.write(".env.dev", SETTINGS);
}, 120_000);

afterAll(async () => {
  if (describeLocal === describe) await aws.stop();
  removeTemporaryDirectories();
});

/** Plans the stage and returns the line for `apply-reviewed`. */
async function planLine(from: Deployment): Promise<string> {
  const result = await from.runCommand("plan", "--stage", "dev");
  expectSuccess(result);
  return LINE.exec(result.stdout)?.[0] ?? "";
}

async function apply(
  line: string,
  ...args: readonly string[]
): Promise<ProcessResult> {
  return laptop.runCommand(
    ...["apply-reviewed", "--stage", "dev", "--reviewed", line],
    ...args,
  );
}

function getPlanDirectory(from: Deployment): string {
  return path.join(from.directory, "cdktf.out", "plan", STACK, "stacks", STACK);
}

async function stageExists(): Promise<boolean> {
  const client = new s3.S3Client({
    ...createClientConfig(aws),
    forcePathStyle: true,
  });
  const { Contents = [] } = await client.send(
    new s3.ListObjectsV2Command({ Bucket: DEMO_ACCOUNT.stateBucket }),
  );
  return Contents.some(({ Key = "" }) => Key.endsWith("terraform.tfstate"));
}

describeLocal("a deployment from a laptop, in this order,", () => {
  let line: string;

  test("plans the same in a directory with files of others", async () => {
    const clean = await planLine(laptop);
    const directory = getPlanDirectory(laptop);
    const otherFiles = {
      "evil_override.tf.json": JSON.stringify({
        resource: {
          terraform_data: {
            evil: {
              provisioner: [{ "local-exec": { command: "touch ran" } }],
            },
          },
        },
      }),
      "more.tf": 'resource "terraform_data" "more" {}\n',
      "terraform.tfvars": 'a = "b"\n',
      "b.auto.tfvars.json": "{}",
      "main.tofu": "",
    };
    for (const [name, text] of Object.entries(otherFiles))
      writeFileSync(path.join(directory, name), text);
    writeFileSync(path.join(directory, ".terraform", "environment"), "other");
    line = await planLine(laptop);
    expect(line).toMatch(LINE);
    expect(line).toBe(clean);
    const files = readdirSync(directory);
    for (const name of Object.keys(otherFiles))
      expect(files).not.toContain(name);
    expect(await stageExists()).toBe(false);
  });

  test("plans nothing while a state that could not be written is in the directory", async () => {
    const file = path.join(getPlanDirectory(laptop), "errored.tfstate");
    writeFileSync(file, "{}");
    const { code, stderr } = await laptop.runCommand("plan", "--stage", "dev");
    expect(code).toBe(1);
    expect(stderr).toContain("an earlier run could not write the state");
    expect(readFileSync(file, "utf8")).toBe("{}");
    rmSync(file);
  });

  test("has the line that review-plan prints, and none without a clean checkout", async () => {
    const review = await laptop.runCommand("review-plan", "--stage", "dev");
    expect(review.stderr).toContain(`plan ${line}\n`);
    const [hash = ""] = line.split(" ");
    const other = await elsewhere.runCommand("plan", "--stage", "dev");
    expect(other.stdout).toContain(`plan ${hash}\n`);
    expect(other.stderr).toMatch(/no line for apply-reviewed: git \S+ failed/);
    writeFileSync(path.join(laptop.directory, ".plan-allowances.json"), "[]");
    const dirty = await laptop.runCommand("plan", "--stage", "dev");
    expect(dirty.stderr).toContain(
      "no line for apply-reviewed: the checkout must have no uncommitted changes, got changes to .plan-allowances.json",
    );
    expect((await apply(line)).code).toBe(1);
    rmSync(path.join(laptop.directory, ".plan-allowances.json"));
  });

  test("plans with a locked state, since a plan changes nothing", async () => {
    const client = new s3.S3Client({
      ...createClientConfig(aws),
      forcePathStyle: true,
    });
    const lock = {
      Bucket: DEMO_ACCOUNT.stateBucket,
      Key: "veda-auth-stack/dev/terraform.tfstate.tflock",
    };
    const Body = JSON.stringify({
      ID: "d70b2c40-2b9e-36d0-8cf0-0c5f1ba4ca17",
      Operation: "OperationTypeApply",
      Who: "ci@machine",
      Created: "2026-11-22T23:58:55Z",
    });
    await client.send(new s3.PutObjectCommand({ ...lock, Body }));
    expect(await planLine(laptop)).toBe(line);
    await client.send(new s3.DeleteObjectCommand(lock));
  });

  test("fails without GitHub and without a line", async () => {
    const { code, stderr } = await apply("");
    expect(code).toBe(1);
    expect(stderr).toContain("--reviewed is required outside of a GitHub");
  });

  test("saves a plan to a regular file that only its owner can read", async () => {
    const file = path.join(createTemporaryDirectory(), "plan.tfplan");
    const save = async (out: string) =>
      laptop.runCommand("plan", "--stage", "dev", "--out", out);
    writeFileSync(file, "old", { mode: 0o644 });
    expectSuccess(await save(file));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const review = await laptop.runCommand(
      ...["review-plan", file, "--chdir", getPlanDirectory(laptop)],
      ...["--format", "json"],
    );
    expect(JSON.parse(review.stdout)).toMatchObject({
      hash: line.split(" ")[0],
    });
    const link = path.join(createTemporaryDirectory(), "link");
    symlinkSync(file, link);
    for (const out of [createTemporaryDirectory(), link, "/dev/null", "new/"]) {
      const { code, stderr } = await save(out);
      expect([code, stderr]).toEqual([
        1,
        expect.stringContaining("the plan file must be a regular file"),
      ]);
    }
    expect(statSync(file).size).toBeGreaterThan(1000);
  });

  test("applies a plan only with its line", async () => {
    const other = line.replace(/[0-9a-f]{64}/, "0".repeat(64));
    const failed = await apply(other);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toContain("the plan differs from the reviewed plan");
    // prints the review too
    expect(failed.stderr).toContain("service client workflows-client");
    expect(failed.stderr).toContain(`line of this plan: ${line}`);
    expect(await stageExists()).toBe(false);
    expectSuccess(await apply(line));
    expect(await stageExists()).toBe(true);
  });

  test("is blocked by the gate, with its review, for an explicit line too", async () => {
    laptop.write(".env.dev", DASHBOARD);
    expectSuccess(await apply(await planLine(laptop)));
    laptop.write(".env.dev", SETTINGS);
    const explicit = await planLine(laptop);
    const summary = path.join(createTemporaryDirectory(), "summary.md");
    const { code, stderr } = await apply(explicit, "--summary", summary);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("the policy of the review blocks this plan"),
    ]);
    for (const shown of [stderr, readFileSync(summary, "utf8")])
      expect(shown).toContain("veda-dashboard");
    laptop.write(".env.dev", DASHBOARD);
  });

  test("fences the output of Terraform in the log of a workflow", async () => {
    laptop.variables = { GITHUB_ACTIONS: "true" };
    const { stdout } = await laptop.runCommand("plan", "--stage", "dev");
    laptop.variables = {};
    const [, token = ""] = /^::stop-commands::(\w+)$/m.exec(stdout) ?? [];
    expect(stdout).toMatch(
      new RegExp(`^::stop-commands::${token}\\n[^]*\\n::${token}::\\n`),
    );
  });
});

describeLocal("a wrapper around Terraform, in this order,", () => {
  let wrapped: Environment;

  beforeAll(() => {
    wrapped = createWrapperEnvironment();
  });

  test("does not change the result, the hash or the text of a plan", async () => {
    laptop.write(".env.dev", {
      ...DASHBOARD,
      DASHBOARD_CALLBACK_URLS: `${DASHBOARD.DASHBOARD_CALLBACK_URLS},https://b.example/`,
    });
    const args = ["plan", "--stage", "dev", "--detailed-exitcode"] as const;
    const bare = await laptop.runCommand(...args);
    laptop.variables = wrapped;
    const result = await laptop.runCommand(...args);
    expect([result.code, bare.code]).toEqual([2, 2]);
    expect(result.stdout).toBe(bare.stdout);
    expect(result.stdout).toMatch(/1 to change/);
  });

  test("does not change apply-reviewed, which fails, applies and writes outputs", async () => {
    expect(
      (await apply(`sha256:${"0".repeat(64)} tree:${"0".repeat(40)}`)).code,
    ).toBe(1);
    const outputs = path.join(createTemporaryDirectory(), "outputs.json");
    expectSuccess(
      await apply(await planLine(laptop), "--outputs-file", outputs),
    );
    expect(JSON.parse(readFileSync(outputs, "utf8"))).toMatchObject({
      [STACK]: { workflows_client_secret_id: `${STACK}/workflows-client` },
    });
    const again = await apply("", "--outputs-file", outputs);
    // required without changes too
    expect(again.stderr).toContain("--reviewed is required");
    const drift = await laptop.runCommand("drift", "--stage", "dev");
    expectSuccess(drift);
    expect(drift.stdout).toContain("no changes outside Terraform");
    laptop.variables = {};
  });
});

describeLocal("bootstrap with a wrapper around Terraform", () => {
  test("creates the account's stack and removes its plan files", async () => {
    const account = await Account.start({ ".env": ACCOUNT_SETTINGS });
    try {
      account.variables = createWrapperEnvironment();
      const first = await account.bootstrap();
      expect([first.code, first.stderr]).toEqual([
        0,
        expect.stringMatching(/^Applying the plan…$/m),
      ]);
      expect(await account.readRemoteAddresses()).toEqual(
        account.listSynthesizedAddresses(),
      );
      const second = await account.bootstrap();
      expect([second.code, second.stderr]).toEqual([
        0,
        expect.stringMatching(/^no changes$/m),
      ]);
      expect(listPlanFiles(account.directory)).toEqual([]);
    } finally {
      await account.stop();
    }
  });
});

describeLocal("the files of a run", () => {
  test("include no plan of a killed run, which the next run removes", async () => {
    const tmp = createTemporaryDirectory();
    const child = spawn(
      process.execPath,
      [path.join(PROJECT, "scripts/run.mjs"), "review-plan", "--stage", "dev"],
      {
        cwd: elsewhere.directory,
        env: { ...elsewhere.environment(), TMPDIR: tmp },
        stdio: "ignore",
      },
    );
    const exited = new Promise((resolve) => child.once("exit", resolve));
    while (listPlanFiles(tmp).length === 0 && child.exitCode === null)
      await sleep(20);
    killProcessTree(child.pid ?? 0);
    await exited;
    expect(child.signalCode).toBe("SIGKILL");
    expect(listPlanFiles(tmp)).toHaveLength(1);
    // of another host
    const other = path.join(tmp, `veda-auth-work-0123456789ab-1-x`);
    mkdirSync(other);
    elsewhere.variables = { TMPDIR: tmp };
    expectSuccess(await elsewhere.runCommand("plan", "--stage", "dev"));
    elsewhere.variables = {};
    expect(listPlanFiles(tmp)).toEqual([]);
    expect(existsSync(other)).toBe(true);
  });

  test("include a local state that only its owner can read", async () => {
    const local = new Deployment(aws.endpoint, {});
    rmSync(local.directory, { recursive: true });
    const { code } = await runProcess(
      "git",
      ["clone", "-q", laptop.directory, local.directory],
      { environment: getEnvironment(), timeoutSeconds: 60 },
    );
    expect(code).toBe(0);
    local.write(".env.local2", {
      ...SETTINGS,
      STATE_BUCKET_NAME: "",
      STATE_BACKEND: "local",
    });
    const stage = ["--stage", "local2"] as const;
    const plan = await local.runCommand("plan", ...stage);
    const line = LINE.exec(plan.stdout)?.[0] ?? "";
    expectSuccess(
      await local.runCommand("apply-reviewed", ...stage, "--reviewed", line),
    );
    const state = path.join(
      local.directory,
      "terraform.veda-auth-stack-local2.tfstate",
    );
    expect(statSync(state).mode & 0o777).toBe(0o600);
  });
});

/** Returns variables that replace Terraform with a wrapper. */
function createWrapperEnvironment(): Environment {
  const directory = createTerraformWrapper(
    createTemporaryDirectory(),
    getEnvironment().TERRAFORM_BINARY_NAME,
  );
  return {
    PATH: `${directory}:${getEnvironment().PATH ?? ""}`,
    TERRAFORM_BINARY_NAME: undefined,
  };
}

function listPlanFiles(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: "utf8" }).filter(
    (file) => file.endsWith(".tfplan"),
  );
}
