import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import * as secrets from "@aws-sdk/client-secrets-manager";
import {
  createClientConfig,
  createDemoUser,
  DEMO_ACCOUNT,
} from "../../scripts/lib/demo/account";
import type { ProcessResult } from "../../scripts/lib/system/processes";
import type { Environment } from "../../stacks/config/environment";
import { AwsNetwork } from "../support/aws-network";
import {
  Deployment,
  describeLocal,
  expectSuccess,
  startLocalAccount,
  useResource,
} from "../support/deployment";
import { FakeGithub, JOB_TOKEN, REPOSITORY } from "../support/fake-github";

const STACK = "veda-auth-stack-dev";
const STAGE = ["--stage", "dev"];
const { stateBucket, managersRole } = DEMO_ACCOUNT;

const COGNITO = "cognito-idp.us-west-2.amazonaws.com";
const IDENTITY = "cognito-identity.us-west-2.amazonaws.com";
const IAM = "iam.amazonaws.com";
const SECRETS = "secretsmanager.us-west-2.amazonaws.com";
const DOMAIN = `${STACK}.auth.us-west-2.amazoncognito.com`;
const GITHUB = "api.github.com";
const CONSOLE = "signin.aws.amazon.com";
/** Hosts of Terraform's state. */
const STATE = [
  "sts.us-west-2.amazonaws.com",
  `${stateBucket}.s3.us-west-2.amazonaws.com`,
];
/** Hosts of a plan. */
const PLAN = [...STATE, COGNITO, IDENTITY, IAM, SECRETS];

// several processes each, in addition to other tests
jest.setTimeout(240_000);

const context = useResource(async () => {
  const aws = await startLocalAccount();
  const github = await FakeGithub.start();
  const network = await AwsNetwork.start({
    aws: aws.endpoint,
    github: github.endpoint,
  });
  const deployment = new Deployment(aws.endpoint, {
    ".env.dev": {
      STATE_BUCKET_NAME: stateBucket,
      OWNER: "operator",
      DELETION_PROTECTION: "false",
      SECRET_RECOVERY_DAYS: "0",
      DATA_MANAGERS_ROLE_ARN: `arn:aws:iam::000000000000:role/${managersRole}`,
    },
  });
  return {
    aws,
    network,
    deployment,
    stop: async () => {
      await network.stop();
      await github.stop();
      await aws.stop();
    },
  };
});

/** Runs a command without any endpoint variable, behind the proxy. */
async function run(
  command: readonly string[],
  more: Environment = {},
): Promise<ProcessResult> {
  const { deployment, network } = context();
  network.takeHosts();
  network.requested.clear();
  deployment.variables = {
    AWS_ENDPOINT_URL: undefined,
    COGNITO_DOMAIN_ENDPOINT: undefined,
    HTTPS_PROXY: network.proxyUrl,
    AWS_CA_BUNDLE: network.bundle,
    NODE_EXTRA_CA_CERTS: undefined,
    SSL_CERT_FILE: undefined,
    SSL_CERT_DIR: undefined,
    XDG_CACHE_HOME: path.join(deployment.directory, "cache"),
    ...more,
  };
  const [name = "", ...args] = command;
  return deployment.runCommand(name, ...args);
}

/** Expects that a command calls these hosts, all through the proxy. */
async function expectHosts(
  hosts: readonly string[],
  command: readonly string[],
  more: Environment = {},
): Promise<string> {
  const { network } = context();
  const result = await run(command, more);
  expectSuccess(result);
  const sorted = [...hosts].sort();
  expect(network.takeHosts()).toEqual(sorted);
  expect([...network.requested].sort()).toEqual(sorted);
  return result.stdout;
}

function write(name: string, text: string): string {
  writeFileSync(path.join(context().deployment.directory, name), text);
  return name;
}

function git(...args: readonly string[]): string {
  const { directory } = context().deployment;
  const identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"];
  return execFileSync("git", [...identity, ...args], {
    cwd: directory,
    encoding: "utf8",
  }).trim();
}

describeLocal(
  "behind a proxy that inspects TLS, the hosts are those of",
  () => {
    test("deploy", async () => {
      await expectHosts(PLAN, [
        "deploy",
        ...STAGE,
        "--auto-approve",
        "--no-doctor",
      ]);
    });

    test("doctor", async () => {
      const { network } = context();
      const { stdout } = await run(["doctor", ...STAGE]);
      expect(stdout).toContain("requests are sent to AWS in us-west-2");
      expect(stdout).toContain("each token is valid");
      expect(stdout).not.toMatch(/cannot (be )?reach/);
      network.takeHosts();
      expect([...network.requested]).toEqual(
        expect.arrayContaining([SECRETS, COGNITO, IAM, DOMAIN]),
      );
    });

    test("outputs", async () => {
      const stdout = await expectHosts(STATE, ["outputs", ...STAGE]);
      expect(JSON.parse(stdout)).toHaveProperty("userpool_id");
    });

    test("token and verify", async () => {
      const command = ["token", "--service-id", "workflows-client", ...STAGE];
      const stdout = await expectHosts([SECRETS, DOMAIN], command);
      const { access_token } = JSON.parse(stdout) as { access_token: string };
      const file = write("token", access_token);
      await expectHosts(
        [...STATE, COGNITO],
        ["verify", "--file", file, ...STAGE],
      );
    });

    test("trust-policy", async () => {
      await expectHosts(
        [...STATE, IAM],
        ["trust-policy", "--role", managersRole, "--apply", "--yes", ...STAGE],
      );
    });

    test("credentials, and console-url", async () => {
      const { aws, network } = context();
      const { stdout } = await run(["outputs", ...STAGE]);
      const { userpool_id } = JSON.parse(stdout) as { userpool_id: string };
      const user = await createDemoUser(aws, userpool_id, [
        "veda-data-store-managers",
      ]);
      const env = { USERNAME: user.userName, PASSWORD: user.password };
      await expectHosts(
        [...STATE, COGNITO, IDENTITY],
        ["credentials", ...STAGE],
        env,
      );
      const url = await expectHosts(
        [CONSOLE],
        ["credentials", "--format", "console-url", ...STAGE],
        env,
      );
      expect(url).toContain("SigninToken=token");
      expect(network.proxy.log).toEqual([]);
    });

    test("create-user", async () => {
      const user = ["--user-name", "ada", "--email", "ada@example.org"];
      await expectHosts(
        [...STATE, COGNITO],
        ["create-user", ...user, ...STAGE],
      );
    });

    test("sync-env", async () => {
      const { aws } = context();
      const client = new secrets.SecretsManagerClient(createClientConfig(aws));
      await client.send(
        new secrets.CreateSecretCommand({
          Name: "veda-auth-dev-env",
          SecretString: JSON.stringify({ OWNER: "operator" }),
        }),
      );
      await expectHosts([SECRETS], ["sync-env", "--file", "synced", ...STAGE]);
    });

    test("plan and review", async () => {
      await expectHosts(PLAN, ["plan", ...STAGE]);
      await expectHosts(PLAN, ["review", ...STAGE]);
    });

    test("adopt", async () => {
      const cloudFormation = "cloudformation.us-west-2.amazonaws.com";
      await expectHosts([cloudFormation], ["adopt", "status", ...STAGE]);
    });

    test("bootstrap, which ends at its question", async () => {
      const { network } = context();
      write(
        ".env.account",
        "AWS_ACCOUNT_ID=000000000000\nSTATE_BUCKET_NAME=new-state\nPERMISSIONS_BOUNDARY_POLICY_NAME=new-boundary\n",
      );
      const result = await run(["bootstrap"]);
      expectMessage(result, "a plan must be confirmed");
      const bucket = "new-state.s3.us-west-2.amazonaws.com";
      const hosts = [IAM, bucket, "sts.us-west-2.amazonaws.com"];
      expect(network.takeHosts()).toEqual(hosts);
      expect([...network.requested].sort()).toEqual(hosts);
    });

    test("orphans and drift", async () => {
      await expectHosts(PLAN, ["orphans", ...STAGE]);
      await expectHosts(PLAN, ["drift", ...STAGE]);
    });

    test("apply-reviewed, with the API of GitHub", async () => {
      write(".gitignore", "*\n");
      git("init", "-q");
      git("commit", "-q", "--allow-empty", "-m", "empty");
      await expectHosts([...PLAN, GITHUB], ["apply-reviewed", ...STAGE], {
        GITHUB_TOKEN: JOB_TOKEN,
        GITHUB_REPOSITORY: REPOSITORY,
        GITHUB_API_URL: `https://${GITHUB}`,
        GITHUB_SHA: git("rev-parse", "HEAD"),
        GITHUB_REF_NAME: "dev",
      });
    });
  },
);

function expectMessage({ code, stderr }: ProcessResult, text: string): void {
  expect(code).toBe(1);
  expect(stderr).toContain(text);
  expect(stderr).not.toContain("    at ");
}

describeLocal("the same commands", () => {
  const TOKEN = [
    ...["token", "--service-id", "workflows-client", "--no-cache"],
    ...STAGE,
  ];

  const COMMANDS = [TOKEN, ["outputs", ...STAGE]];

  test.each([
    // Terraform would try again for 20 seconds
    ["a proxy that is not there", { HTTPS_PROXY: "http://127.0.0.1:1" }, 1],
    ["an invalid proxy", { HTTPS_PROXY: "http://a b" }, 2],
    ["a bundle that is not there", { AWS_CA_BUNDLE: "missing.pem" }, 2],
  ])("fail with %s, and name the variable", async (_, change, count) => {
    const [variable = ""] = Object.keys(change);
    for (const command of COMMANDS.slice(0, count))
      expectMessage(await run(command, change), variable);
  });

  test("fail with no certificate authority", async () => {
    expectMessage(
      await run(TOKEN, { AWS_CA_BUNDLE: undefined }),
      "set AWS_CA_BUNDLE to a PEM file",
    );
  });

  test("fail with a wrong password of the proxy, which is not printed", async () => {
    const url = new URL(context().network.proxyUrl);
    url.password = "hunter2";
    for (const command of COMMANDS) {
      const result = await run(command, { HTTPS_PROXY: url.href });
      expectMessage(result, "(HTTPS_PROXY)");
      expect(result.stderr).toContain("password");
    }
  });

  test("run without a proxy, with a server that only AWS_CA_BUNDLE trusts", async () => {
    const { network, deployment } = context();
    const direct = {
      HTTPS_PROXY: undefined,
      AWS_ENDPOINT_URL: network.endpoint,
      COGNITO_DOMAIN_ENDPOINT: network.endpoint,
      // of the caller: Terraform runs in another directory
      AWS_CA_BUNDLE: path.relative(deployment.directory, network.bundle),
    };
    for (const command of COMMANDS) expectSuccess(await run(command, direct));
    expect(network.takeHosts()).toEqual([]);
  });

  test("destroy", async () => {
    await expectHosts(PLAN, ["destroy", ...STAGE, "--auto-approve"]);
  });

  test("print no password of the proxy", () => {
    expect(context().deployment.printed.join("")).not.toMatch(/hunter2/);
  });
});
