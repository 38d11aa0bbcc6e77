import { chmodSync } from "node:fs";
import path from "node:path";
import * as secretsManager from "@aws-sdk/client-secrets-manager";
import {
  createClientConfig,
  createDemoUser,
} from "../../scripts/lib/demo/account";
import {
  type AttachedLocalAws,
  createLocalAwsEnvironment,
} from "../../scripts/lib/local-aws/local-aws";
import { runProcess } from "../../scripts/lib/system/processes";
import { getEnvironmentWithoutSettings } from "../../scripts/lib/terraform/environment";
import type { Environment } from "../../stacks/config/environment";
import { findClientSample } from "../support/client-samples";
import {
  Deployment,
  describeLocal,
  startLocalAccount,
} from "../support/deployment";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../support/stage";

const STACK = "veda-auth-stack-dev";
/** Secret of the samples. */
const SECRET_ID = "our-auth-dev/workflows-client";
const SCOPE = "veda-stac-ingestion-registry-server/stac:register";
/** Set by e2e-setup.ts; empty if the packages cannot be installed. */
const PYTHON = process.env.E2E_PYTHON_CLIENT ?? "";
const describePython = PYTHON === "" ? describe.skip : describeLocal;

let aws: AttachedLocalAws;
let outputs: Environment;
let token: string;

beforeAll(async () => {
  if (describePython !== describe) return;
  aws = await startLocalAccount();
  const deployment = new Deployment(aws.endpoint, {
    ".env": { STATE_BACKEND: "local" },
    ".env.dev": { COGNITO_GROUPS: "true" },
  });
  await deployment.createStage(STACK);
  outputs = await deployment.readOutputs(STACK);
  // every hosted domain of the local AWS is at its own endpoint
  const secrets = new secretsManager.SecretsManagerClient(
    createClientConfig(aws),
  );
  const { SecretString = "" } = await secrets.send(
    new secretsManager.GetSecretValueCommand({
      SecretId: outputs.workflows_client_secret_id,
    }),
  );
  const fields = JSON.parse(SecretString) as object;
  await secrets.send(
    new secretsManager.CreateSecretCommand({
      Name: SECRET_ID,
      SecretString: JSON.stringify({ ...fields, cognito_domain: aws.endpoint }),
    }),
  );
}, 120_000);

afterAll(async () => {
  if (describePython === describe) await aws.stop();
  removeTemporaryDirectories();
});

/** Runs a sample of the page, followed by a call. */
async function runSample(
  heading: string,
  call: string,
  {
    files = {},
    env = {},
  }: { files?: Record<string, string>; env?: Environment } = {},
) {
  const code = `${findClientSample(heading, "python")}\n${call}\n`;
  const directory = createTemporaryDirectory({ "sample.py": code, ...files });
  return runProcess(PYTHON, ["-I", "-W", "error", "sample.py"], {
    directory,
    environment: {
      ...getEnvironmentWithoutSettings(),
      ...createLocalAwsEnvironment(aws.endpoint),
      AUTHLIB_INSECURE_TRANSPORT: "1",
      ...env,
    },
    timeoutSeconds: 60,
  });
}

describePython("a sample in Python", () => {
  test("requests a token of a service client, and sends it", async () => {
    const result = await runSample(
      "### A Python service",
      'print(session.token["access_token"], end="")',
    );
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(result.stdout).toMatch(/^ey[\w-]+\.[\w-]+\.[\w-]+$/);
    token = result.stdout;
  }, 90_000);

  test("verifies a token, and refuses another scope or signature", async () => {
    const jwks = new URL(outputs.jwks_url ?? "");
    const local = { ...outputs, jwks_url: `${aws.endpoint}${jwks.pathname}` };
    const result = await runSample(
      "### A Python API",
      `token = ${JSON.stringify(token)}
print(verify(token, ${JSON.stringify(SCOPE)})["client_id"])
for text, scope in [(token, "other"), (token[:-8] + "AAAAAAAA", ${JSON.stringify(SCOPE)})]:
    try:
        verify(text, scope)
        print("valid")
    except Exception as error:
        print(type(error).__name__)`,
      { files: { "outputs.json": JSON.stringify(local) } },
    );
    expect(result.stderr).toBe("");
    expect(result.stdout.split("\n").slice(1)).toEqual([
      "PermissionError",
      "BadSignatureError",
      "",
    ]);
  }, 90_000);

  test("calls AWS with the credentials of a user, by a profile", async () => {
    const user = await createDemoUser(aws, outputs.userpool_id ?? "", [
      "veda-readers",
    ]);
    const run = require.resolve("../../scripts/run.mjs");
    const directory = createTemporaryDirectory({
      "veda-auth": `#!/bin/sh\nexec "${process.execPath}" "${run}" "$@"\n`,
      config: findClientSample("### Python and AWS", "ini")
        .replace("us-west-2_abcDEF123", outputs.userpool_id ?? "")
        .replace("1example23456789", outputs.client_id ?? "")
        .replace(
          "us-west-2:12345678-1234-1234-1234-123456789012",
          outputs.identitypool_id ?? "",
        ),
    });
    chmodSync(path.join(directory, "veda-auth"), 0o700);
    const result = await runSample("### Python and AWS", "", {
      env: {
        PATH: `${directory}:${process.env.PATH ?? ""}`,
        AWS_CONFIG_FILE: path.join(directory, "config"),
        XDG_CACHE_HOME: directory,
        USERNAME: user.userName,
        password: user.password,
      },
    });
    expect(result).toMatchObject({ code: 0, stderr: "" });
    expect(result.stdout).toMatch(/^arn:aws:sts::\d{12}:assumed-role\//);
  }, 90_000);
});
