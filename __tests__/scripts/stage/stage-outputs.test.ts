import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { resolveStage } from "../../../scripts/lib/cli/options";
import {
  readStageOutputs,
  readTextOutputs,
} from "../../../scripts/lib/stage/stage-outputs";
import {
  buildBackendConfiguration,
  readStateConfig,
  formatStateLocation,
} from "../../../scripts/lib/stage/stage-state";
import { explainStateError } from "../../../scripts/lib/stage/state-errors";
import {
  removeTemporaryDirectories,
  synthesize,
  createTemporaryDirectory,
} from "../../support/stage";

const outside = { ...process.env };
const project = process.cwd();
const BUCKET = "STATE_BUCKET_NAME=the-state\n";
let directory: string;

beforeEach(() => {
  for (const name of Object.keys(process.env))
    Reflect.deleteProperty(process.env, name);
  process.env.PATH = outside.PATH;
  directory = createTemporaryDirectory();
  process.chdir(directory);
});

afterEach(() => {
  Object.assign(process.env, outside);
  process.chdir(project);
});

afterAll(removeTemporaryDirectories);

/** Replaces Terraform by a shell script with these commands for `init` and `output`. */
function standIn({ init = ":", output = ":" }): void {
  const file = path.join(directory, "stand-in");
  writeFileSync(
    file,
    `#!/bin/sh
printf '%s\\n' "$*" >> '${directory}/calls'
case "$1" in
  version) echo 'Terraform v1.11.4' ;;
  init) ${init} ;;
  output) ${output} ;;
esac
`,
    { mode: 0o700 },
  );
  process.env.TERRAFORM_BINARY_NAME = file;
  process.env.TMPDIR = directory;
}

function printing(outputs: unknown): string {
  return `echo '${JSON.stringify(outputs)}'`;
}

function seen(name: string): string {
  return readFileSync(path.join(directory, name), "utf8");
}

function read(values: Parameters<typeof resolveStage>[0] = { stage: "dev" }) {
  return readStageOutputs(resolveStage(values), () => undefined);
}

describe("the state of a stage", () => {
  test.each([
    ["with the default key", {}],
    ["with its own key", { STATE_BUCKET_KEY: "some/key" }],
    ["of one account", { AWS_ACCOUNT_ID: "123456789012" }],
    ["of another Region", { AWS_REGION: "us-gov-west-1" }],
    ["of another app", { APP_NAME: "other" }],
  ])("has the backend of the synthesized stage: %s", (_, more) => {
    const settings = {
      STATE_BACKEND: "s3",
      STATE_BUCKET_NAME: "the-state",
      ...more,
    };
    const { backend } = synthesize(settings).terraform;
    const choice = {
      stage: "dev",
      stackName: "",
      settings,
      awsTarget: { region: "us-west-2" },
    };
    expect(buildBackendConfiguration(readStateConfig(choice))).toEqual({
      terraform: { backend },
    });
  });

  test("is a file of the working directory if it is local", () => {
    const settings = { STATE_BACKEND: "local" };
    const choice = {
      stage: "dev",
      stackName: "",
      settings,
      awsTarget: { region: "us-west-2" },
    };
    expect(formatStateLocation(readStateConfig(choice))).toBe(
      path.join(process.cwd(), "terraform.veda-auth-stack-dev.tfstate"),
    );
    const { backend } = synthesize(settings).terraform as {
      readonly backend: { readonly local: { readonly path: string } };
    };
    expect(path.basename(backend.local.path)).toBe(
      "terraform.veda-auth-stack-dev.tfstate",
    );
  });

  test("uses options before settings", () => {
    writeFileSync(".env.dev", `${BUCKET}APP_NAME=a\nAWS_REGION=us-east-1\n`);
    process.env.AWS_DEFAULT_REGION = "eu-west-1";
    const options = { "stack-name-base": "b", region: "us-east-2" };
    const location = (values: Parameters<typeof resolveStage>[0]) =>
      formatStateLocation(readStateConfig(resolveStage(values)));
    expect(location({ stage: "dev" })).toBe(
      "s3://the-state/a/dev/terraform.tfstate in us-east-1",
    );
    expect(location({ stage: "dev", ...options })).toBe(
      "s3://the-state/b/dev/terraform.tfstate in us-east-2",
    );
  });

  test("is known if another setting is invalid", () => {
    writeFileSync(".env.dev", `${BUCKET}COGNITO_GROUPS=perhaps\n`);
    expect(readStateConfig(resolveStage({ stage: "dev" })).state).toEqual({
      backend: "s3",
      bucket: "the-state",
      key: "veda-auth-stack/dev/terraform.tfstate",
    });
  });
});

describe("outputs of a stage", () => {
  beforeEach(() => {
    writeFileSync(".env", BUCKET);
  });

  test("are text that is not sensitive, for other commands", async () => {
    standIn({
      output: printing({
        id: { value: "a b", sensitive: false },
        hush: { value: "x", sensitive: true },
        list: { value: ["a"], sensitive: false },
      }),
    });
    const lines: string[] = [];
    const outputs = await readTextOutputs(
      resolveStage({ stage: "dev" }),
      (line) => lines.push(line),
    );
    expect(outputs).toEqual({ id: "a b" });
    expect(lines).toEqual([
      "Reading s3://the-state/veda-auth-stack/dev/terraform.tfstate in us-west-2…",
    ]);
  });

  test("are sorted by name, with sensitive outputs and other types", async () => {
    standIn({
      output: printing({
        b: { value: null, sensitive: true },
        a: { value: [1], sensitive: false },
      }),
    });
    expect(await read()).toEqual([
      { name: "a", value: [1], isSensitive: false },
      { name: "b", value: null, isSensitive: true },
    ]);
  });

  test("are read in a temporary directory of the owner only", async () => {
    standIn({
      init: `ls -ld . > '${directory}/mode'; cp main.tf.json '${directory}/'`,
      output: printing({ id: { value: "x", sensitive: false } }),
    });
    writeFileSync(path.join(directory, "before"), "");
    const before = readdirSync(directory);
    await read();
    expect(seen("mode")).toMatch(/^drwx------/);
    expect(JSON.parse(seen("main.tf.json"))).toHaveProperty(
      "terraform.backend.s3.bucket",
      "the-state",
    );
    expect(readdirSync(directory).sort()).toEqual(
      [...before, "calls", "main.tf.json", "mode"].sort(),
    );
    expect(seen("calls")).toBe(
      "version\ninit -input=false -no-color\noutput -json -no-color\n",
    );
  });

  test("are read without the user's own Terraform variables", async () => {
    standIn({
      init: `env > '${directory}/env'`,
      output: printing({ id: { value: "x", sensitive: false } }),
    });
    const misleading = {
      TF_WORKSPACE: "x",
      TF_DATA_DIR: "x",
      TF_LOG: "DEBUG",
      TF_LOG_PATH: "x",
      TF_CLI_ARGS: "-help",
      TF_CLI_ARGS_output: "-raw",
      TF_CLI_CONFIG_FILE: "/none",
      AWS_ACCESS_KEY_ID: "k",
      AWS_SECRET_ACCESS_KEY: "s",
      AWS_SESSION_TOKEN: "t",
      AWS_PROFILE: "mine",
      AWS_SHARED_CREDENTIALS_FILE: path.join(directory, "credentials"),
    };
    writeFileSync(
      misleading.AWS_SHARED_CREDENTIALS_FILE,
      "[theirs]\naws_access_key_id = k\naws_secret_access_key = s\n",
    );
    Object.assign(process.env, misleading);
    await read({ stage: "dev", profile: "theirs" });
    const env = seen("env");
    expect(env).toMatch(/^AWS_PROFILE=theirs$/m);
    expect(env).not.toMatch(/^AWS_(ACCESS|SECRET|SESSION)/m);
    expect(env).not.toMatch(/^TF_(WORKSPACE|DATA_DIR|LOG|CLI_ARGS)/m);
    expect(env).not.toContain("TF_CLI_CONFIG_FILE=/none");
    expect(env).toMatch(/^TF_REATTACH_PROVIDERS=.*hashicorp\/aws/m);

    await read();
    expect(seen("env")).toMatch(/^AWS_SECRET_ACCESS_KEY=s$/m);
  });

  test.each([
    ["the provider cannot be installed", "exit 1", ""],
    ["a wrapper prints lines around them", ":", "[command]terraform output"],
  ])("are read even if %s", async (_, init, line) => {
    const output = `echo '${line}'; echo '{'; echo '"id":{"value":"x","sensitive":false}'; echo '}'; echo '::debug::{x}'`;
    standIn({ init, output });
    expect(await read()).toHaveLength(1);
  });

  test("of a local state are read without init", async () => {
    writeFileSync(".env", "STATE_BACKEND=local\n");
    const state = path.join(
      process.cwd(),
      "terraform.veda-auth-stack-dev.tfstate",
    );
    writeFileSync(state, "{}");
    standIn({ output: printing({ id: { value: "x", sensitive: false } }) });
    expect(await read()).toHaveLength(1);
    expect(seen("calls")).toBe(
      `version\noutput -json -state=${state} -no-color\n`,
    );
  });
});

describe("reading outputs fails if", () => {
  beforeEach(() => {
    writeFileSync(".env", BUCKET);
  });

  test("the stage has no outputs", async () => {
    standIn({ output: "echo '{}'" });
    await expect(read()).rejects.toMatchObject({
      message:
        'stage "dev" has no outputs: there is no state with outputs at s3://the-state/veda-auth-stack/dev/terraform.tfstate in us-west-2',
      hint: "check --stage, --stack-name-base and the STATE_ settings, or deploy the stage",
    });
  });

  test("the local state does not exist, before Terraform is searched", async () => {
    writeFileSync(".env", "STATE_BACKEND=local\n");
    process.env.TERRAFORM_BINARY_NAME = "/none";
    await expect(read()).rejects.toThrow(
      /there is no state with outputs at .*\/terraform\.veda-auth-stack-dev\.tfstate$/,
    );
  });

  test("Terraform is not installed", async () => {
    process.env.TERRAFORM_BINARY_NAME = "/none";
    await expect(read()).rejects.toThrow(/^\/none was not found: install/);
    expect(existsSync(path.join(directory, "calls"))).toBe(false);
  });

  test("no setting locates the state", async () => {
    writeFileSync(".env", "");
    await expect(read()).rejects.toThrow(
      "STATE_BUCKET_NAME is required unless STATE_BACKEND is local",
    );
  });

  test("Terraform cannot initialize the backend, with its first error", async () => {
    standIn({
      init: "echo 'Error: AWS account ID not allowed: 210987654321' >&2; exit 1",
      output: "echo 'Error: initialization required' >&2; exit 1",
    });
    await expect(read()).rejects.toThrow(/210987654321$/);
  });

  test("Terraform prints not JSON", async () => {
    standIn({ output: "echo c4nary" });
    await expect(read()).rejects.toThrow(
      "terraform output must print JSON, got another format",
    );
  });
});

describe("why a state cannot be read", () => {
  test.each([
    [
      'Error: Failed to get existing workspaces: S3 bucket "b" does not exist.',
      "the bucket of s3://b/k does not exist",
    ],
    [
      "Error: Failed to get existing workspaces: S3 bucket does not\nexist.",
      "the bucket of s3://b/k does not exist",
    ],
    [
      "Error: Invalid account ID\n\nAWS account ID not\nallowed: 210987654321",
      "AWS_ACCOUNT_ID must be the account of the credentials, which is 210987654321",
    ],
    [
      'StatusCode: 301, RequestID: x, requested bucket from "us-west-2", actual location "us-east-1"',
      "the bucket of s3://b/k is in us-east-1, not in us-west-2",
    ],
    [
      "Error: failed to get shared config profile, nope",
      'there is no profile "nope" in ~/.aws/config',
    ],
    [
      "Error: No valid credential sources found\n\nrequest to EC2 IMDS failed, StatusCode: 403",
      "No valid credential sources found",
    ],
    [
      "api error ExpiredToken: The provided token has expired.",
      "the AWS credentials have expired",
    ],
    [
      "StatusCode: 403, api error InvalidClientTokenId: The security token is invalid",
      "credentials: InvalidClientTokenId",
    ],
    [
      "operation error S3: HeadObject, https response error StatusCode: 403, Forbidden",
      "cannot read s3://b/k",
    ],
    [
      'Post "https://sts.us-west-2.amazonaws.com/": dial tcp: lookup sts.us-west-2.amazonaws.com on 10.0.0.2:53: no such host',
      "cannot reach AWS at sts.us-west-2.amazonaws.com: no such host",
    ],
    [
      'Post "http://127.0.0.1:9/": dial tcp 127.0.0.1:9: connect: connection refused',
      "cannot reach AWS at 127.0.0.1:9: connection refused",
    ],
    [
      "Error: something new\n\nin two lines\n",
      "Terraform cannot read s3://b/k\nError: something new\n\nin two lines",
    ],
  ])("is explained: %s", (stderr, message) => {
    expect(explainStateError(stderr, "s3://b/k").message).toContain(message);
  });

  test("names the configuration file that lacks a profile", () => {
    process.env.AWS_CONFIG_FILE = "/etc/aws.ini";
    const error = "Error: failed to get shared config profile, nope";
    expect(explainStateError(error, "s3://b/k").message).toBe(
      'there is no profile "nope" in /etc/aws.ini',
    );
  });
});
