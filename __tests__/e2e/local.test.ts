import {
  CognitoIdentityProviderClient,
  CreateUserPoolCommand,
} from "@aws-sdk/client-cognito-identity-provider";
import {
  CreateBucketCommand,
  ListBucketsCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { spawn, spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { networkInterfaces, tmpdir } from "node:os";
import path from "node:path";
import { installLocalAws } from "../../scripts/lib/local-aws/install";
import { requirePrerequisites } from "../../scripts/lib/local-aws/prerequisites";
import { runTerraform } from "../../scripts/lib/terraform/terraform";
import { getEnvironment } from "../../stacks/config/environment";
import { describeLocal } from "../support/deployment";

const project = path.resolve(__dirname, "../..");
const EXPORTS = [
  "AWS_ENDPOINT_URL",
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_REGION",
  "AWS_DEFAULT_REGION",
  "CHECKPOINT_DISABLE",
];

jest.setTimeout(900_000);

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A separate project directory, so that a running local AWS of the user does not change. */
let directory: string;

/** Runs `npm run local` in the directory. */
function local(...args: readonly string[]): Promise<Outcome> {
  const child = spawn(
    process.execPath,
    [path.join(project, "scripts/run.mjs"), "local", ...args],
    { cwd: directory, stdio: ["ignore", "pipe", "pipe"] },
  );
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => (stdout += String(chunk)));
  child.stderr.on("data", (chunk) => (stderr += String(chunk)));
  return new Promise((resolve) => {
    child.once("close", (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}

/** Evaluates the output of a command in a shell and returns its variables. */
function readVariables({ stdout }: Outcome): Record<string, string> {
  const { stdout: all } = spawnSync("sh", ["-c", `${stdout}\nenv -0`], {
    encoding: "utf8",
    env: { PATH: process.env.PATH },
  });
  return Object.fromEntries(
    all
      .split("\0")
      .filter((entry) => entry.includes("="))
      .map((entry) => [
        entry.slice(0, entry.indexOf("=")),
        entry.slice(entry.indexOf("=") + 1),
      ]),
  );
}

function createClientSettings(
  env: Record<string, string>,
  accessKeyId = "test",
) {
  return {
    endpoint: env.AWS_ENDPOINT_URL ?? "",
    region: env.AWS_REGION ?? "",
    credentials: {
      accessKeyId,
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? "",
    },
  };
}

async function isResponding(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/_ministack/health`)).ok;
  } catch {
    return false;
  }
}

describeLocal("npm run local", () => {
  let first: Outcome;
  let variables: Record<string, string>;
  let endpoint: string;

  beforeAll(async () => {
    await requirePrerequisites({ directory: path.join(project, ".local-aws") });
    const installed = path.join(project, ".local-aws");
    const python = await installLocalAws({
      directory: installed,
      log: () => undefined,
    });
    directory = realpathSync(mkdtempSync(path.join(tmpdir(), "local-")));
    const copy = path.join(directory, ".local-aws");
    mkdirSync(copy);
    const venv = path.dirname(path.dirname(python));
    symlinkSync(venv, path.join(copy, path.basename(venv)));
    cpSync(
      path.join(installed, "installed.json"),
      path.join(copy, "installed.json"),
    );

    const [one, two] = await Promise.all([local("up"), local("up")]);
    first = one;
    expect(two.stdout).toBe(one.stdout);
    variables = readVariables(first);
    endpoint = variables.AWS_ENDPOINT_URL ?? "";
  });

  afterAll(async () => {
    await local("down");
    rmSync(directory, { recursive: true });
  });

  test("up prints only variables on standard output", () => {
    expect(first).toMatchObject({ code: 0 });
    for (const line of first.stdout.trim().split("\n"))
      expect(line).toMatch(/^(export [A-Z_]+=.*|unset [A-Z_]+)$/);
    expect(Object.keys(variables)).toEqual(expect.arrayContaining(EXPORTS));
    expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  test("up again finds the running one", async () => {
    const again = await local("up");
    expect(again).toMatchObject({ code: 0, stdout: first.stdout });
    expect(again.stderr).toContain(`running at ${endpoint}`);
  });

  test("up fails for another port", async () => {
    const other = await local("up", "--port", "1");
    expect(other).toMatchObject({ code: 1, stdout: "" });
    expect(other.stderr).toContain(
      `must use port 1, but is running at ${endpoint}`,
    );
  });

  test("status prints the endpoint and the variables", async () => {
    expect(await local("status")).toEqual({
      code: 0,
      stdout: first.stdout,
      stderr: `running at ${endpoint}\n`,
    });
  });

  test("supports the AWS SDK with buckets in the path, and writes only to its directory", async () => {
    const cognito = new CognitoIdentityProviderClient(
      createClientSettings(variables),
    );
    const { UserPool } = await cognito.send(
      new CreateUserPoolCommand({ PoolName: "people" }),
    );
    expect(UserPool?.Id).toMatch(/^us-west-2_/);
    const s3 = new S3Client(createClientSettings(variables));
    await s3.send(
      new CreateBucketCommand({
        Bucket: "some-bucket",
        CreateBucketConfiguration: { LocationConstraint: "us-west-2" },
      }),
    );
    const { Buckets } = await s3.send(new ListBucketsCommand({}));
    expect(Buckets?.map(({ Name }) => Name)).toEqual(["some-bucket"]);
    const run = readdirSync(path.join(directory, ".local-aws")).find((name) =>
      name.startsWith("run-"),
    );
    expect(readdirSync(path.join(directory, ".local-aws", run ?? ""))).toEqual(
      expect.arrayContaining(["server.log", "state"]),
    );
  });

  test("denies unknown credentials", async () => {
    const client = new S3Client(createClientSettings(variables, "AKIAUNKNOWN"));
    await expect(client.send(new ListBucketsCommand({}))).rejects.toThrow(
      /does not exist in our records|invalid/i,
    );
  });

  test("listens only on 127.0.0.1", async () => {
    const others = Object.values(networkInterfaces())
      .flatMap((list) => list ?? [])
      .filter(({ internal, family }) => !internal && family === "IPv4")
      .map(({ address }) => address);
    for (const address of ["127.0.0.2", ...others]) {
      const other = endpoint.replace("127.0.0.1", address);
      expect([address, await isResponding(other)]).toEqual([address, false]);
    }
  });

  test("Terraform installs the AWS provider with the variables", async () => {
    const configuration = path.join(directory, "configuration");
    mkdirSync(configuration);
    writeFileSync(
      path.join(configuration, "main.tf"),
      `terraform {
  required_providers {
    aws = { source = "hashicorp/aws", version = ">= 5.100.0, < 7.0.0" }
  }
}
`,
    );
    const result = await runTerraform(["init", "-no-color", "-input=false"], {
      directory: configuration,
      environment: { ...getEnvironment(), ...variables },
      timeoutSeconds: 300,
    });
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(
      readFileSync(path.join(configuration, ".terraform.lock.hcl"), "utf8"),
    ).toContain("hashicorp/aws");
  });

  test("down ends it, removes its data and names state files; status then exits with 3", async () => {
    const state = path.join(directory, "terraform.a-dev.tfstate");
    writeFileSync(state, '{"arn": "arn:aws:iam::000000000000:role/a"}');
    expect(await local("down")).toEqual({
      code: 0,
      stdout: "",
      stderr:
        "stopped\ndelete terraform.a-dev.tfstate: the resources in these state files no longer exist\n",
    });
    rmSync(state);
    expect(await isResponding(endpoint)).toBe(false);
    expect(
      readdirSync(path.join(directory, ".local-aws")).filter((name) =>
        /^(run-|server)/.test(name),
      ),
    ).toEqual([]);
    expect(await local("status")).toEqual({
      code: 3,
      stdout: "",
      stderr: "not running\n",
    });
    expect(await local("down")).toMatchObject({ code: 0 });
  });

  test("--help lists the commands", async () => {
    const { code, stdout } = await local("--help");
    expect(code).toBe(0);
    expect(stdout).toMatch(/up .*\n.*down .*\n.*status /);
  });

  test.each([
    [["--bar"], /^option --bar is unknown/],
    [["left"], /^<action> must be one of up, down, status, got "left"\nhint: /],
    [[], /^<action> is required: up, down, status\nhint: /],
    [["down", "--port", "1"], /^--port requires up, got down\nhint: /],
    [["up", "--port", "x"], /^--port must be a port .*got "x"\nhint: /],
  ])("fails with %j", async (args, message) => {
    const { code, stdout, stderr } = await local(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });
});
