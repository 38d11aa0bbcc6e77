import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as idp from "@aws-sdk/client-cognito-identity-provider";
import {
  createClientConfig,
  DEMO_ACCOUNT,
} from "../../scripts/lib/demo/account";
import {
  type ProcessResult,
  runProcess,
} from "../../scripts/lib/system/processes";
import type { Environment } from "../../stacks/config/environment";
import {
  Deployment,
  describeLocal,
  expectSuccess,
  startLocalAccount,
  useResource,
} from "../support/deployment";
import { PseudoTerminal } from "../support/pseudo-terminal";

const PROJECT = path.resolve(__dirname, "../..");
const RUN = path.join(PROJECT, "scripts", "run.mjs");
const CDKTF = path.join(PROJECT, "node_modules/cdktf-cli/bundle/bin/cdktf.js");
const STACK = "veda-auth-stack-dev";
const SETTINGS: Environment = {
  STATE_BACKEND: "local",
  OWNER: "owner",
  SECRET_RECOVERY_DAYS: "0",
};
const UNPROTECTED = { ...SETTINGS, DELETION_PROTECTION: "false" };
const TIMEOUT_SECONDS = 120;

// several processes each, in addition to other tests
jest.setTimeout(TIMEOUT_SECONDS * 2000);

const aws = useResource(startLocalAccount);

/** Runs a command at a terminal. Its progress is not shown there. */
function openTerminal(
  deployment: Deployment,
  ...args: readonly string[]
): PseudoTerminal {
  return new PseudoTerminal([process.execPath, RUN, ...args], {
    directory: deployment.directory,
    environment: deployment.environment(args[0]),
    timeoutSeconds: TIMEOUT_SECONDS,
  });
}

async function listUserPools(): Promise<readonly string[]> {
  const client = new idp.CognitoIdentityProviderClient(
    createClientConfig(aws()),
  );
  const { UserPools = [] } = await client.send(
    new idp.ListUserPoolsCommand({ MaxResults: 60 }),
  );
  return UserPools.map(({ Name = "" }) => Name);
}

describeLocal("a stage with a local state, in this order,", () => {
  let deployment: Deployment;
  let outputs: Readonly<Record<string, string>>;

  beforeAll(() => {
    deployment = new Deployment(aws().endpoint, { ".env.dev": SETTINGS });
  });

  const deploy = async (...args: readonly string[]): Promise<ProcessResult> =>
    deployment.runCommand("deploy", ...args);

  test.each(["deploy", "destroy"])(
    "fails to %s without a terminal and --auto-approve, before anything else",
    async (command) => {
      const run = await deployment.runCommand(command, "--stage", "dev");
      expect([run.code, run.stdout]).toEqual([1, ""]);
      expect(run.stderr).toMatch(
        /^the .* must be confirmed, but there is no terminal\nhint: use --auto-approve .*\n$/,
      );
    },
  );

  test("has nothing to destroy before its deployment", async () => {
    const run = await deployment.runCommand("destroy", STACK, "--auto-approve");
    expectSuccess(run);
    expect(run.stderr).toMatch(/^Stage dev has nothing to destroy: .*$/m);
  });

  test("is deployed by the name of its stack, and prints and writes its outputs", async () => {
    const run = await deploy(
      STACK,
      "--auto-approve",
      "--outputs-file",
      "outputs.json",
    );
    expectSuccess(run);
    outputs = JSON.parse(run.stdout) as Record<string, string>;
    expect(outputs.workflows_client_secret_id).toBe(
      `${STACK}/workflows-client`,
    );
    expect(readOutputsFile()).toEqual({ [STACK]: outputs });
    expect(run.stderr).toMatch(
      /^Stage dev: \d+ to add\n[^]*^Stage dev: \d+ to add, 0 to change, 0 to destroy\nApplying [^]*: Creation complete[^]*^Deployed stage dev\n/m,
    );
  });

  test("is not changed by another deployment, which writes the outputs", async () => {
    writeFileSync(path.join(deployment.directory, "outputs.json"), "");
    const run = await deploy(
      "--stage",
      "dev",
      "--auto-approve",
      "--outputs-file",
      "outputs.json",
    );
    expectSuccess(run);
    expect(JSON.parse(run.stdout)).toEqual(outputs);
    expect(readOutputsFile()).toEqual({ [STACK]: outputs });
    expect(run.stderr).toMatch(
      /Stage dev: no changes\nChecking \S+…\nStage dev: \d+ checks, \d+ ok, 0 warnings, 0 failed, \d+ skipped\n$/,
    );
  });

  test("has no changes for cdktf", async () => {
    const { stdout } = await cdktf(deployment, "diff", "dev");
    expect(stdout).toContain("No changes.");
  });

  test("cannot be destroyed with deletion protection", async () => {
    const run = await deployment.runCommand(
      "destroy",
      "--stage",
      "dev",
      "--auto-approve",
    );
    expect([run.code, run.stdout]).toEqual([1, ""]);
    expect(run.stderr).toMatch(
      /^stage dev is protected: set DELETION_PROTECTION=false and deploy first$/m,
    );
  });

  test("cannot be destroyed if the end of its protection is not deployed", async () => {
    deployment.write(".env.dev", UNPROTECTED);
    const run = await deployment.runCommand(
      "destroy",
      "--stage",
      "dev",
      "--auto-approve",
    );
    expect(run.code).toBe(1);
    expect(run.stderr).toMatch(
      /^stage dev is protected: DELETION_PROTECTION=false is not deployed, so deploy first$/m,
    );
    expect(await listUserPools()).toContain(STACK);
  });

  test("is not changed by a policy that blocks the plan, without a yes, or by Ctrl-C", async () => {
    const blocked = await deploy(
      "--stage",
      "dev",
      "--auto-approve",
      "--policy",
      "weakening",
    );
    expect([blocked.code, blocked.stdout]).toEqual([3, ""]);
    expect(blocked.stderr).toMatch(
      /^policy weakening blocks the plan of stage dev: nothing was applied to it$/m,
    );
    const terminal = openTerminal(deployment, "deploy", "--stage", "dev");
    await terminal.answer(
      `Apply this plan to stack ${STACK} in account 000000000000, us-west-2?`,
      "n",
    );
    const run = await terminal.waitForExit();
    expect([run.code, run.stdout]).toEqual([1, ""]);
    expect(run.stderr).toMatch(
      /WEAKENING user pool veda-auth-stack-dev can be deleted[^]*\nnothing was applied to stage dev: the plan was not confirmed\n$/,
    );
    // no colors: standard error is a file
    expect(run.stderr).not.toContain("\u001b");
    const interrupted = openTerminal(deployment, "deploy", "--stage", "dev");
    await interrupted.see("Apply this plan to");
    interrupted.type("\u0003");
    const { code, stderr } = await interrupted.waitForExit();
    expect(code).toBe(130);
    expect(stderr).toMatch(/\nnothing was applied to stage dev\n$/);
  });

  test("is changed after a yes", async () => {
    const terminal = openTerminal(deployment, "deploy", "--stage", "dev");
    await terminal.answer("Apply this plan to", "y");
    const run = await terminal.waitForExit();
    expectSuccess(run);
    expect(JSON.parse(run.stdout)).toEqual(outputs);
  });

  test("is destroyed only if its name is typed, and its losses are shown first", async () => {
    const question = `Type dev to destroy stack ${STACK} in account 000000000000, us-west-2:`;
    const refused = openTerminal(deployment, "destroy", "--stage", "dev");
    await refused.answer(question, "y");
    const { code, stderr } = await refused.waitForExit();
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^Stage dev: \d+ to destroy\n[^]*^ {2}client \(2\) +programmatic-client and workflows-client\n[^]*^What is lost:\n[^]* all its users and client ids are lost\n[^]*nothing was destroyed: /m,
    );
    const interrupted = openTerminal(deployment, "destroy", "--stage", "dev");
    await interrupted.see(question);
    interrupted.type("\u0003");
    const ended = await interrupted.waitForExit();
    expect(ended.code).toBe(130);
    expect(ended.stderr).toMatch(/\nnothing was destroyed\n$/);
    expect(await listUserPools()).toContain(STACK);

    const terminal = openTerminal(deployment, "destroy", "--stage", "dev");
    await terminal.answer(question, "dev");
    const run = await terminal.waitForExit();
    expectSuccess(run);
    expect(run.stdout).toBe("");
    expect(await listUserPools()).not.toContain(STACK);
  });

  test("has nothing to destroy after that", async () => {
    const run = await deployment.runCommand(
      "destroy",
      "--stage",
      "dev",
      "--auto-approve",
    );
    expectSuccess(run);
    expect(run.stderr).toMatch(/^Stage dev has nothing to destroy/m);
  });

  function readOutputsFile(): unknown {
    const file = path.join(deployment.directory, "outputs.json");
    return JSON.parse(readFileSync(file, "utf8"));
  }
});

describeLocal("a stage with a state in S3", () => {
  test("is deployed by deploy and destroyed by cdktf", async () => {
    const deployment = new Deployment(aws().endpoint, {
      ".env.two": {
        ...UNPROTECTED,
        STATE_BACKEND: "s3",
        STATE_BUCKET_NAME: DEMO_ACCOUNT.stateBucket,
      },
    });
    expectSuccess(
      await deployment.runCommand("deploy", "--stage", "two", "--auto-approve"),
    );
    await cdktf(deployment, "destroy", "two", "--auto-approve");
    expect(await listUserPools()).not.toContain("veda-auth-stack-two");
    const run = await deployment.runCommand(
      "destroy",
      "--stage",
      "two",
      "--auto-approve",
    );
    expectSuccess(run);
    expect(run.stderr).toMatch(/^Stage two has nothing to destroy/m);
  });
});

/** Runs `cdktf` in the directory of a deployment. */
async function cdktf(
  deployment: Deployment,
  command: string,
  stage: string,
  ...args: readonly string[]
): Promise<ProcessResult> {
  const { directory } = deployment;
  const configuration = path.join(directory, "cdktf.json");
  if (!existsSync(configuration))
    writeFileSync(
      configuration,
      JSON.stringify({ language: "typescript", app: `node ${RUN} app` }),
    );
  const result = await runProcess(
    process.execPath,
    [CDKTF, command, `veda-auth-stack-${stage}`, ...args],
    {
      directory,
      environment: { ...deployment.environment(), STAGE: stage, CI: "true" },
      timeoutSeconds: TIMEOUT_SECONDS,
    },
  );
  expectSuccess(result);
  return result;
}
