import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import * as iam from "@aws-sdk/client-iam";
import { createClientConfig } from "../../scripts/lib/demo/account";
import {
  createTerraformEnvironment,
  getTerraformEnvironment,
} from "../../scripts/lib/terraform/environment";
import {
  createProviderEnvironment,
  runTerraform,
} from "../../scripts/lib/terraform/terraform";
import { runProcess } from "../../scripts/lib/system/processes";
import type { Environment } from "../../stacks/config/environment";
import {
  CREDENTIAL_CASES,
  createCredentialEnvironment,
} from "../support/credential-cases";
import {
  Deployment,
  describeLocal,
  expectSuccess,
  startLocalAccount,
} from "../support/deployment";
import { restoreEnvironment, setEnvironment } from "../support/environment";
import { FakeSts, MFA_CODE } from "../support/fake-sts";
import { PseudoTerminal } from "../support/pseudo-terminal";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../support/stage";

const RUN = require.resolve("../../scripts/run.mjs");
const CONFIGURATION = `provider "aws" {
  region = "us-west-2"
}
data "aws_caller_identity" "current" {}
output "caller" {
  value = data.aws_caller_identity.current.arn
}
`;

// each test starts the provider, while other tests do too
jest.setTimeout(120_000);

let sts: FakeSts;

beforeAll(async () => {
  sts = await FakeSts.start();
});

beforeEach(() => {
  sts.clear();
});

afterAll(async () => {
  await sts.stop();
  removeTemporaryDirectories();
});

describeLocal("the caller of Terraform", () => {
  const directory = createTemporaryDirectory({ "main.tf": CONFIGURATION });

  const terraform = async (env: Environment, ...args: string[]) => {
    expectSuccess(
      await runTerraform(args, {
        directory,
        environment: { ...env, ...createProviderEnvironment({ directory }) },
        timeoutSeconds: 100,
      }),
    );
  };

  beforeAll(async () => {
    await terraform(getTerraformEnvironment(), "init", "-input=false");
  });

  afterEach(restoreEnvironment);

  test.each(CREDENTIAL_CASES.filter(({ isEndToEnd }) => isEndToEnd))(
    "is that of our requests with $title",
    async ({ env, profile, caller }) => {
      setEnvironment(createCredentialEnvironment(sts.endpoint, env));
      const target = { region: "us-west-2", profile };
      const environment = await createTerraformEnvironment(target);
      sts.clear();
      await terraform(environment, "plan", "-input=false");
      expect([...new Set(sts.callers)]).toEqual([caller]);
    },
  );
});

describeLocal("credentials of another account", () => {
  const POOL = "us-west-2:12345678-1234-1234-1234-123456789012";
  const PLAN = `sha256:${"0".repeat(64)} tree:${"0".repeat(40)}`;
  const ROLE = "arn:aws:iam::123456789012:role/x";

  test.each([
    ["deploy", "--auto-approve"],
    ["destroy", "--auto-approve"],
    ["create-user", "--user-name", "ada", "--email", "ada@example.org"],
    [
      ...["link-user", "--user-name", "ada", "--provider", "Keycloak"],
      ...["--subject", "6f1d8a52"],
    ],
    ["identity-provider-secret", "--from-secret", "keycloak/veda"],
    ["adopt", "retain", "--yes"],
    ["adopt", "--yes"],
    ["trust-policy", "--role", ROLE, "--apply", "--yes"],
    [
      "trust-policy",
      "--role",
      ROLE,
      "--apply",
      "--yes",
      "--identity-pool-id",
      POOL,
    ],
    ["bootstrap", "--yes"],
    ["apply-reviewed", "--reviewed", PLAN],
  ])("end %s %s before any other request", async (...command) => {
    const settings =
      "AWS_ACCOUNT_ID=999999999999\nSTATE_BUCKET_NAME=our-state\n";
    const isOfPool = command.includes("--identity-pool-id");
    const isOfAccount = command[0] === "bootstrap";
    // in CI, a command without a stage reads the settings of all stages alone
    const file = isOfAccount ? ".env.account" : isOfPool ? ".env" : ".env.dev";
    const directory = createTemporaryDirectory({ [file]: settings });
    if (command[0] === "apply-reviewed") commitAll(directory);
    const stage = isOfPool || isOfAccount ? [] : ["--stage", "dev"];
    const { code, stdout, stderr } = await runProcess(
      process.execPath,
      [RUN, ...command, ...stage, "--profile", "x"],
      {
        directory,
        environment: createCredentialEnvironment(sts.endpoint, {}),
        timeoutSeconds: 60,
      },
    );
    expect([code, stdout, stderr]).toEqual([
      1,
      "",
      `${file}: AWS_ACCOUNT_ID must be the account of the credentials, got "999999999999" with credentials of "123456789012" (arn:aws:iam::123456789012:user/AKIA-X)\nhint: name a profile of account 999999999999 with --profile, or correct AWS_ACCOUNT_ID\n`,
    ]);
    expect(sts.actions).toEqual(["GetCallerIdentity"]);
  });
});

describeLocal("a profile with mfa_serial", () => {
  test("asks for the code once, and deploys a stage", async () => {
    const aws = await startLocalAccount();
    const deployment = new Deployment(aws.endpoint, {
      ".env.dev": { STATE_BACKEND: "local", OWNER: "owner" },
    });
    const roleArn = await createRole(
      new iam.IAMClient(createClientConfig(aws)),
    );
    const file = path.join(deployment.directory, "profiles");
    writeFileSync(
      file,
      `[profile code]
role_arn = ${roleArn}
source_profile = default
mfa_serial = arn:aws:iam::000000000000:mfa/ada
[default]
aws_access_key_id = test
aws_secret_access_key = test
`,
    );
    try {
      const terminal = new PseudoTerminal(
        [process.execPath, RUN, "deploy", "--stage", "dev", "--auto-approve"],
        {
          directory: deployment.directory,
          environment: {
            ...deployment.environment(),
            AWS_ACCESS_KEY_ID: undefined,
            AWS_SECRET_ACCESS_KEY: undefined,
            AWS_CONFIG_FILE: file,
            AWS_PROFILE: "code",
            CI: undefined,
          },
          timeoutSeconds: 100,
        },
      );
      await terminal.answer("MFA code of ", MFA_CODE);
      const run = await terminal.waitForExit();
      expectSuccess(run);
      expect(terminal.shown.match(/MFA code/g)).toHaveLength(1);
      expect(run.stderr).toMatch(
        /^Account 000000000000, caller arn:aws:sts::000000000000:assumed-role\/coded\//m,
      );
    } finally {
      await aws.stop();
    }
  });
});

/** Creates the role "coded", which can do everything, and returns its ARN. */
async function createRole(client: iam.IAMClient): Promise<string> {
  const allow = (statement: object): string =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", ...statement }],
    });
  const { Role } = await client.send(
    new iam.CreateRoleCommand({
      RoleName: "coded",
      AssumeRolePolicyDocument: allow({
        Principal: { AWS: "*" },
        Action: "sts:AssumeRole",
      }),
    }),
  );
  await client.send(
    new iam.PutRolePolicyCommand({
      RoleName: "coded",
      PolicyName: "everything",
      PolicyDocument: allow({ Action: "*", Resource: "*" }),
    }),
  );
  return Role?.Arn ?? "";
}

/** Commits all files of a directory, which a command requires. */
function commitAll(directory: string): void {
  const author = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
  for (const args of [
    ["init", "--quiet"],
    ["add", "--all"],
    [...author, "commit", "--quiet", "--message", "settings"],
  ])
    execFileSync("git", args, { cwd: directory });
}
