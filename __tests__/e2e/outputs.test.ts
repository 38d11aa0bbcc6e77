import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import path from "node:path";
import * as s3 from "@aws-sdk/client-s3";
import * as secrets from "@aws-sdk/client-secrets-manager";
import {
  createClientConfig,
  DEMO_ACCOUNT,
} from "../../scripts/lib/demo/account";
import {
  createLocalAwsEnvironment,
  type AttachedLocalAws,
} from "../../scripts/lib/local-aws/local-aws";
import { getEnvironmentWithoutSettings } from "../../scripts/lib/terraform/environment";
import {
  runProcess,
  type ProcessResult,
} from "../../scripts/lib/system/processes";
import type { Environment } from "../../stacks/config/environment";
import {
  Deployment,
  describeLocal,
  startLocalAccount,
  expectSuccess,
} from "../support/deployment";
import { readDotenv } from "../support/dotenv";
import { readGithubFile } from "../support/github-file";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../support/stage";

const RUN = path.resolve("scripts", "run.mjs");
const CANARY = "c4nary";
const S3_STATE = `STATE_BUCKET_NAME=${DEMO_ACCOUNT.stateBucket}\n`;

// each test starts several processes, while other tests do too
jest.setTimeout(60_000);

let aws: AttachedLocalAws;

beforeAll(async () => {
  if (describeLocal === describe) aws = await startLocalAccount();
}, 60_000);

afterAll(async () => {
  if (describeLocal === describe) await aws.stop();
  removeTemporaryDirectories();
});

function commandEnvironment(more: Environment = {}): Environment {
  return {
    ...getEnvironmentWithoutSettings(),
    ...createLocalAwsEnvironment(aws.endpoint),
    GITHUB_ACTIONS: undefined,
    ...more,
  };
}

/** Runs a command of this project in a directory. */
async function run(
  directory: string,
  args: readonly string[],
  more: Environment = {},
): Promise<ProcessResult> {
  return runProcess(process.execPath, [RUN, ...args], {
    directory,
    environment: commandEnvironment({ AWS_SDK_UA_APP_ID: args[0], ...more }),
    timeoutSeconds: 60,
  });
}

/** Sends a signal to a command that waits for a response of AWS, and returns the signal that ended it. */
async function interrupted(
  directory: string,
  args: readonly string[],
  signal: NodeJS.Signals,
): Promise<unknown> {
  const silent = createServer();
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  const child = spawn(process.execPath, [RUN, ...args], {
    cwd: directory,
    env: commandEnvironment({
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      TMPDIR: directory,
    }),
    stdio: "ignore",
  });
  try {
    const ended = once(child, "exit", { signal: AbortSignal.timeout(30_000) });
    await once(silent, "connection", { signal: AbortSignal.timeout(30_000) });
    child.kill(signal);
    const [, by] = (await ended) as [unknown, unknown];
    return by;
  } finally {
    child.kill("SIGKILL");
    silent.close();
  }
}

describeLocal("outputs of a deployed stage", () => {
  test.each([
    ["in S3", { STATE_BUCKET_NAME: DEMO_ACCOUNT.stateBucket }],
    ["in its directory", { STATE_BACKEND: "local" }],
  ])(
    "are the outputs of its state %s",
    async (_, state) => {
      const stage = "STATE_BACKEND" in state ? "near" : "far";
      const stack = `veda-auth-stack-${stage}`;
      const settings = { STAGE: stage, SECRET_RECOVERY_DAYS: "0", ...state };
      const deployment = new Deployment(aws.endpoint, { ".env": settings });
      const args = ["outputs", "--stage", stage];
      const before = await run(deployment.directory, args);
      expect(before).toMatchObject({ code: 1, stdout: "" });
      expect(before.stderr).toContain(`stage "${stage}" has no outputs`);

      expectSuccess(await deployment.synth());
      await deployment.init(stack);
      expectSuccess(await deployment.apply(stack));
      const files = readdirSync(deployment.directory);
      const after = await run(deployment.directory, args);
      expectSuccess(after);
      const outputs = JSON.parse(after.stdout) as Record<string, string>;
      expect(outputs).toEqual(await deployment.readOutputs(stack));
      expect(outputs.workflows_client_secret_id).toBe(
        `${stack}/workflows-client`,
      );
      const one = await run(deployment.directory, [
        ...args,
        "--name",
        "ISSUER",
      ]);
      expect(one.stdout).toBe(`${outputs.issuer ?? ""}\n`);
      expect(readdirSync(deployment.directory)).toEqual(files);
    },
    90_000,
  );
});

describeLocal("outputs of any text", () => {
  const values = {
    issuer: "https://example.com/a_b",
    lines: 'first line\n  second "quoted" $HOME `x` \\\n',
    spaced: "two  words # no comment",
  };
  const hush = `${CANARY} first\n${CANARY} second 100%`;
  const shown = { ...values, hush };
  const asVariables = (pairs: Record<string, string>) =>
    Object.fromEntries(
      Object.entries(pairs).map(([name, value]) => [name.toUpperCase(), value]),
    );
  const directories: Record<string, string> = {};

  beforeAll(async () => {
    const outputs = Object.entries(shown).map(([name, value]) => [
      name,
      { value, type: "string", ...(name === "hush" && { sensitive: true }) },
    ]);
    const provider = 'provider["registry.terraform.io/hashicorp/aws"]';
    const state = JSON.stringify({
      version: 4,
      terraform_version: "1.11.0",
      serial: 1,
      lineage: "odd",
      outputs: Object.fromEntries(outputs) as unknown,
      resources: [
        {
          mode: "managed",
          type: "aws_s3_bucket",
          name: "any",
          provider,
          instances: [{ schema_version: 0, attributes: { id: "any" } }],
        },
      ],
    });
    directories.s3 = createTemporaryDirectory();
    writeFileSync(path.join(directories.s3, ".env"), S3_STATE);
    await new s3.S3Client({
      ...createClientConfig(aws),
      forcePathStyle: true,
    }).send(
      new s3.PutObjectCommand({
        Bucket: DEMO_ACCOUNT.stateBucket,
        Key: "veda-auth-stack/odd/terraform.tfstate",
        Body: state,
      }),
    );
    directories.local = createTemporaryDirectory();
    writeFileSync(
      path.join(directories.local, ".env"),
      "STATE_BACKEND=local\n",
    );
    const file = path.join(
      directories.local,
      "terraform.veda-auth-stack-odd.tfstate",
    );
    writeFileSync(file, state);
  });

  describe.each(["s3", "local"])("in a state with backend %s", (where) => {
    const outputs = (
      format: string,
      more: Environment = {},
      ...args: readonly string[]
    ) =>
      run(
        directories[where] ?? "",
        ["outputs", "-s", "odd", "--format", format, ...args],
        more,
      );

    test("are preserved as JSON, and redacted if sensitive", async () => {
      const hidden = await outputs("json");
      expect(JSON.parse(hidden.stdout)).toEqual({
        ...values,
        hush: "(redacted)",
      });
      expect(hidden.stdout + hidden.stderr).not.toContain(CANARY);
      expect(hidden.stderr).toMatch(/^redacted, because sensitive: hush/m);
      const open = await outputs("json", {}, "--show-sensitive");
      expect(JSON.parse(open.stdout)).toEqual(shown);
      expect(open.stderr).not.toContain(CANARY);
    });

    test("are preserved in a shell that evaluates them", async () => {
      const script = `eval "$("$@")" && exec "$1" -p 'JSON.stringify(process.env)'`;
      const command = [process.execPath, RUN, "outputs", "-s", "odd"];
      const { stdout } = await runProcess(
        "sh",
        ["-c", script, "sh", ...command, "--format", "env", "--show-sensitive"],
        {
          directory: directories[where] ?? "",
          environment: commandEnvironment(),
          timeoutSeconds: 60,
        },
      );
      expect(JSON.parse(stdout)).toMatchObject(asVariables(shown));
    });

    test("are preserved in a dotenv file", async () => {
      const { stdout } = await outputs("dotenv", {}, "--show-sensitive");
      expect(readDotenv(stdout)).toEqual(asVariables(shown));
    });

    test.each([
      ["github-env", asVariables(shown)],
      ["github-output", shown],
    ])(
      "are preserved as %s, and the runner masks sensitive ones",
      async (format, expected) => {
        const env = { GITHUB_ACTIONS: "true" };
        const { stdout, stderr } = await outputs(
          format,
          env,
          "--show-sensitive",
        );
        expect(readGithubFile(stdout)).toEqual(expected);
        expect(stderr.match(/^::.*$/gm)).toEqual([
          `::add-mask::${CANARY} first`,
          `::add-mask::${CANARY} second 100%25`,
          `::add-mask::${CANARY} first\\n${CANARY} second 100%25`,
        ]);
      },
    );
  });

  test("are printed by their name, a sensitive one only with --show-sensitive", async () => {
    const named = (...args: readonly string[]) =>
      run(directories.local ?? "", ["outputs", "-s", "odd", "--name", ...args]);
    expect((await named("lines")).stdout).toBe(`${values.lines}\n`);
    const hidden = await named("hush");
    expect(hidden).toMatchObject({ code: 1, stdout: "" });
    expect(hidden.stderr).toMatch(/^output hush is sensitive$/m);
    expect((await named("hush", "--show-sensitive")).stdout).toBe(`${hush}\n`);
    const unknown = await named("none");
    expect(unknown.stderr).toMatch(
      /^--name must be one of hush, issuer, lines, spaced, got "none"$/m,
    );
  });

  test("leave no files if the command is interrupted", async () => {
    const directory = createTemporaryDirectory();
    writeFileSync(path.join(directory, ".env"), S3_STATE);
    expect(
      await interrupted(directory, ["outputs", "-s", "odd"], "SIGTERM"),
    ).toBe("SIGTERM");
    expect(readdirSync(directory)).toEqual([".env"]);
  });

  test.each([
    [
      { STATE_BUCKET_NAME: "no-such-bucket" },
      /^the bucket of s3:\/\/no-such-bucket\/.* does not exist$/m,
    ],
    [
      { AWS_ACCOUNT_ID: "123456789012" },
      /^AWS_ACCOUNT_ID must be the account of the credentials, which is 000000000000$/m,
    ],
    [
      // keys in the environment precede a profile
      {
        AWS_ACCESS_KEY_ID: undefined,
        AWS_SECRET_ACCESS_KEY: undefined,
        AWS_PROFILE: "none",
      },
      /^there is no profile "none" in/m,
    ],
    [
      { TERRAFORM_BINARY_NAME: "no-terraform" },
      /^no-terraform was not found: install/m,
    ],
    [{ STATE_BUCKET_NAME: "x" }, /STATE_BUCKET_NAME must be /],
  ])("fail with one sentence with %j", async (env, message) => {
    const result = await run(
      directories.s3 ?? "",
      ["outputs", "-s", "odd"],
      env,
    );
    expect(result).toMatchObject({ code: 1, stdout: "" });
    expect(result.stderr).toMatch(message);
  });
});

describeLocal("sync-env", () => {
  let directory: string;
  let file: string;

  beforeEach(() => {
    directory = createTemporaryDirectory();
    file = path.join(directory, ".env.dev");
  });

  async function secret(
    name: string,
    text: string | Uint8Array,
  ): Promise<void> {
    const client = new secrets.SecretsManagerClient(createClientConfig(aws));
    await client
      .send(
        new secrets.DeleteSecretCommand({
          SecretId: name,
          ForceDeleteWithoutRecovery: true,
        }),
      )
      .catch(() => undefined);
    await client.send(
      new secrets.CreateSecretCommand({
        Name: name,
        ...(typeof text === "string"
          ? { SecretString: text }
          : { SecretBinary: text }),
      }),
    );
  }

  async function sync(...args: readonly string[]): Promise<ProcessResult> {
    const result = await run(directory, ["sync-env", ...args]);
    expect(result.stdout).toBe("");
    expect(result.stderr).not.toContain(CANARY);
    return result;
  }

  test.each([
    ["is of another stage", ["veda-auth-staging-env", "--stage", "dev"]],
    [
      "is of another stage, by its ARN",
      [
        "arn:aws:secretsmanager:us-west-2:000000000000:secret:veda-auth-staging-env-AbCdEf",
        "--stage",
        "dev",
      ],
    ],
    ["has a name without a stage", ["other"]],
  ])("leaves the file unchanged if the secret %s", async (_, args) => {
    writeFileSync(file, "A=1\n");
    expect((await sync(...args)).code).toBe(2);
    expect(readFileSync(file, "utf8")).toBe("A=1\n");
  });

  test("leaves the file unchanged if the secret is missing", async () => {
    const old = `# mine\nA='${CANARY}`;
    writeFileSync(file, old, { mode: 0o644 });
    const result = await sync("-s", "dev", "--secret", "none");
    expect(result.code).toBe(1);
    expect(result.stderr).toBe(
      'secret "none" does not exist in us-west-2 of this account\nhint: check --stage, --secret, --region and AWS_PROFILE; the credentials of AWS_ACCESS_KEY_ID precede it\n',
    );
    expect(readFileSync(file, "utf8")).toBe(old);
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(readdirSync(directory)).toEqual([".env.dev"]);
  });

  test("writes the secret to the file, and prints the names of changes", async () => {
    writeFileSync(file, `SAME=${CANARY}\nOTHER=x\nOLD=${CANARY}\n`);
    chmodSync(file, 0o644);
    const values = {
      STAGE: "dev",
      SAME: CANARY,
      OTHER: `${CANARY} spaced # 'quoted'`,
      LINES: `-----BEGIN\r\n${CANARY}\n-----END it's $x\n`,
      COUNT: 3,
      GONE: null,
    };
    await secret("veda-auth-dev-env", JSON.stringify(values));
    const check = await sync("-s", "dev", "--check");
    expect(check.code).toBe(1);
    expect(check.stderr).toMatch(/^\.env\.dev differs from secret/m);
    expect(readDotenv(readFileSync(file, "utf8"))).toHaveProperty("OLD");

    const refused = await sync("-s", "dev");
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /, but there is no terminal\nhint: use --overwrite /,
    );
    expect(readDotenv(readFileSync(file, "utf8"))).toHaveProperty("OLD");

    const first = await sync("-s", "dev", "--overwrite");
    const [, copy] = readdirSync(directory).sort();
    expect(first).toEqual({
      code: 0,
      stdout: "",
      stderr: `null in the secret, empty in the file: GONE
.env.dev copied to ${copy ?? ""}
.env.dev written from secret veda-auth-dev-env in us-west-2: 6 variables
  added: STAGE, LINES, COUNT, GONE
  changed: OTHER
  removed: OLD
  unchanged: 1
`,
    });
    expect(readDotenv(readFileSync(file, "utf8"))).toEqual({
      ...values,
      COUNT: "3",
      GONE: "",
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);

    const { ino } = statSync(file);
    const again = await sync("veda-auth-dev-env");
    expect(again.code).toBe(0);
    expect(again.stderr).toMatch(/^\.env\.dev matches secret .* 6 variables$/m);
    expect(statSync(file).ino).toBe(ino);
    expect((await sync("-s", "dev", "--check")).code).toBe(0);
  });

  test.each([
    ["not JSON", CANARY, /must be a JSON object/],
    ["a list", `["${CANARY}"]`, /must be a JSON object/],
    ["empty", "{}", /must be a JSON object/],
    ["with an invalid name", `{"A B":"${CANARY}"}`, /got "A B"$/m],
    ["of another stage", `{"STAGE":"prod","A":"${CANARY}"}`, /must be "dev"/],
    ["with a value that does not fit", `{"A":"${CANARY}\\u0000"}`, /got A,/],
    ["binary", Buffer.from(CANARY), /must be text, got bytes$/m],
  ])(
    "leaves the file unchanged if the secret is %s",
    async (_, text, message) => {
      await secret("odd", text);
      writeFileSync(file, `A=${CANARY}\n`);
      const result = await sync("-s", "dev", "--secret", "odd");
      expect(result.code).toBe(1);
      expect(result.stderr).toMatch(message);
      expect(readFileSync(file, "utf8")).toBe(`A=${CANARY}\n`);
      expect(readdirSync(directory)).toEqual([".env.dev"]);
    },
  );

  test("writes the file as a whole if several processes run at the same time", async () => {
    const values = { A: CANARY.repeat(1000), B: "b c" };
    await secret("many", JSON.stringify(values));
    const results = await Promise.all(
      Array.from({ length: 6 }, () => sync("-s", "dev", "--secret", "many")),
    );
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(readDotenv(readFileSync(file, "utf8"))).toEqual(values);
    expect(readdirSync(directory)).toEqual([".env.dev"]);
  });

  test.each(["SIGKILL", "SIGINT"] as const)(
    "leaves the file unchanged if a signal ends it: %s",
    async (signal) => {
      writeFileSync(file, `A=${CANARY}\n`);
      expect(
        await interrupted(directory, ["sync-env", "-s", "dev"], signal),
      ).toBe(signal);
      expect(readFileSync(file, "utf8")).toBe(`A=${CANARY}\n`);
      expect(readdirSync(directory)).toEqual([".env.dev"]);
    },
  );
});
