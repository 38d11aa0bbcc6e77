import { writeFileSync } from "node:fs";
import path from "node:path";
import * as iam from "@aws-sdk/client-iam";
import { ACCOUNT_ID, createClientConfig } from "../../scripts/lib/demo/account";
import { createLocalAwsEnvironment } from "../../scripts/lib/local-aws/local-aws";
import { getEnvironmentWithoutSettings } from "../../scripts/lib/terraform/environment";
import {
  runProcess,
  type ProcessResult,
} from "../../scripts/lib/system/processes";
import type { Environment } from "../../stacks/config/environment";
import { describeLocal } from "../support/deployment";
import { PseudoTerminal } from "../support/pseudo-terminal";
import {
  startCheckedAws,
  type CheckedLocalAws,
} from "../support/api-model/checked-aws";
import { FaultProxy } from "../support/fault-proxy";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../support/stage";

const RUN = path.resolve(__dirname, "../../scripts/run.mjs");
const POOL = "us-west-2:01234567-89ab-cdef-0123-456789abcdef";
const SID = "VedaAuthuswest20123456789abcdef0123456789abcdef";
const CALLER = `Account ${ACCOUNT_ID}, caller arn:aws:iam::${ACCOUNT_ID}:root\n`;
const POOL_OPTION = ["--identity-pool-id", POOL];

/** Two statements in unusual styles. */
const TWO_STATEMENTS = `{
   "Version" : "2012-10-17",
   "Statement" : [
      { "Sid": "Root", "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::${ACCOUNT_ID}:root" }, "Action": "sts:AssumeRole" },
      {
         "Effect" : "Allow",
         "Principal" : {"Federated":["arn:aws:iam::${ACCOUNT_ID}:oidc-provider/token.example.com"]},
         "Action" : [ "sts:AssumeRoleWithWebIdentity" , "sts:TagSession" ],
         "Condition" : { "StringEquals" : { "token.example.com:sub" : "été + 50%" } }
      }
   ]
}
`;
const ONE_STATEMENT = `{"Statement": {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}}`;

let aws: CheckedLocalAws;
let proxy: FaultProxy;
let directory: string;
let roles: iam.IAMClient;
let count = 0;

beforeAll(async () => {
  if (describeLocal !== describe) return;
  aws = await startCheckedAws();
  proxy = await FaultProxy.start(aws.endpoint);
  directory = createTemporaryDirectory();
  roles = new iam.IAMClient(createClientConfig(aws));
}, 60_000);

afterAll(async () => {
  if (describeLocal === describe) {
    await proxy.stop();
    await aws.stop();
  }
  removeTemporaryDirectories();
});

async function makeRole(policy: string, name = "data-access"): Promise<string> {
  const role = `${name}-${++count}`;
  await roles.send(
    new iam.CreateRoleCommand({
      RoleName: role,
      AssumeRolePolicyDocument: policy,
    }),
  );
  return role;
}

async function readTrustPolicy(role: string): Promise<string> {
  const { Role } = await roles.send(new iam.GetRoleCommand({ RoleName: role }));
  return decodeURIComponent(Role?.AssumeRolePolicyDocument ?? "");
}

async function write(role: string, policy: string): Promise<void> {
  await roles.send(
    new iam.UpdateAssumeRolePolicyCommand({
      RoleName: role,
      PolicyDocument: policy,
    }),
  );
}

function environment(): Environment {
  return {
    ...getEnvironmentWithoutSettings(),
    ...createLocalAwsEnvironment(proxy.endpoint),
    NO_COLOR: undefined,
    FORCE_COLOR: "1",
    XDG_CACHE_HOME: directory,
    AWS_SDK_UA_APP_ID: "trust-policy",
  };
}

async function run(...args: readonly string[]): Promise<ProcessResult> {
  return runProcess(process.execPath, [RUN, "trust-policy", ...args], {
    directory,
    environment: environment(),
    timeoutSeconds: 60,
  });
}

/** Runs the command at a terminal, by a shell script. */
function runAtTerminal(
  args: readonly string[],
  script = '"$@"',
): PseudoTerminal {
  return new PseudoTerminal([process.execPath, RUN, "trust-policy", ...args], {
    directory,
    environment: environment(),
    script,
  });
}

/** Runs the command and counts its writes. */
async function runCounted(
  ...args: readonly string[]
): Promise<ProcessResult & { readonly writes: number }> {
  proxy.operations.length = 0;
  const result = await run(...args);
  const writes = proxy.operations.filter(
    (operation) => operation === "UpdateAssumeRolePolicy",
  ).length;
  return { ...result, writes };
}

describeLocal("the trust policy of a role", () => {
  test.each([
    ["two statements", TWO_STATEMENTS],
    ["a single statement that is not in a list", ONE_STATEMENT],
  ])(
    "gets the statement once, and has its original text after removal: %s",
    async (_, before) => {
      const role = await makeRole(before);
      expect(await readTrustPolicy(role)).toBe(before);
      const options = ["--role", role, ...POOL_OPTION, "--apply", "--yes"];

      const first = await runCounted(...options);
      expect(first).toMatchObject({ code: 0, writes: 1 });
      const after = await readTrustPolicy(role);
      expect(first.stdout).toBe(`${after}\n`);
      expect(JSON.parse(after)).toHaveProperty(
        "Statement",
        expect.arrayContaining([
          expect.objectContaining({
            Sid: SID,
            Condition: {
              StringEquals: { "cognito-identity.amazonaws.com:aud": POOL },
              "ForAnyValue:StringLike": {
                "cognito-identity.amazonaws.com:amr": "authenticated",
              },
            },
          }),
        ]),
      );
      expect(first.stderr).toContain(
        `--- arn:aws:iam::${ACCOUNT_ID}:role/${role}\tcurrent\n`,
      );
      expect(first.stderr).toContain(
        `\nrole ${role} trusts identity pool ${POOL}\n`,
      );

      const second = await runCounted(...options);
      expect(second).toMatchObject({
        code: 0,
        writes: 0,
        stdout: first.stdout,
        stderr: `${CALLER}no change: role ${role} trusts identity pool ${POOL}\n`,
      });
      expect(await readTrustPolicy(role)).toBe(after);

      const third = await runCounted(...options, "--remove");
      expect(third).toMatchObject({ code: 0, writes: 1 });
      expect(await readTrustPolicy(role)).toBe(before);
      expect(third.stdout).toBe(`${before}\n`);
    },
    60_000,
  );

  test("is not written without --apply", async () => {
    const role = await makeRole(TWO_STATEMENTS);
    const arn = `arn:aws:iam::${ACCOUNT_ID}:role/${role}`;
    const { code, stdout, stderr, writes } = await runCounted(
      arn,
      ...POOL_OPTION,
    );
    expect({ code, writes }).toEqual({ code: 0, writes: 0 });
    expect(JSON.parse(stdout)).toHaveProperty("Statement.2.Sid", SID);
    const [head, foot] = stderr.split(`"Sid" : "${SID}"`);
    expect(head).toMatch(
      /^---.*\n\+\+\+.*\n@@.*\n(?: .*\n){3}\+ {6}\},\n\+ {6}\{\n\+ {9}$/,
    );
    expect(foot).toMatch(
      /\nnothing was changed; use --apply to write the policy\n$/,
    );
    // only a terminal gets colors
    expect(stderr).not.toContain("\u001b");
    expect(await readTrustPolicy(role)).toBe(TWO_STATEMENTS);
  });
});

describeLocal("a change that must be confirmed", () => {
  test("is written after a yes, and its difference is shown if standard error is a file", async () => {
    const role = await makeRole(ONE_STATEMENT);
    const terminal = runAtTerminal(["--role", role, ...POOL_OPTION, "--apply"]);
    await terminal.see(`+    "Sid": "${SID}"`);
    await terminal.answer(
      `Apply to role ${role} in account ${ACCOUNT_ID}? [y/N] `,
      "y",
    );
    const { code, stdout } = await terminal.waitForExit();
    expect(code).toBe(0);
    expect(stdout).toBe(`${await readTrustPolicy(role)}\n`);
    expect(stdout).toContain(SID);
  }, 30_000);

  test.each([
    ["with colors", "", "\u001b[32m+"],
    ["without colors if NO_COLOR is set", "NO_COLOR=1", "\n+"],
  ])(
    "is shown once at a terminal, %s",
    async (_, variables, start) => {
      const role = await makeRole(TWO_STATEMENTS);
      const args = ["--role", role, ...POOL_OPTION, "--apply"];
      const terminal = runAtTerminal(args, `${variables} "$@" 2>/dev/tty`);
      await terminal.answer("[y/N] ", "n");
      expect((await terminal.waitForExit()).code).toBe(1);
      const lines = terminal.shown.split(start);
      expect(lines.filter((line) => line.includes(SID))).toHaveLength(1);
      expect(terminal.shown.match(new RegExp(SID, "g"))).toHaveLength(1);
    },
    30_000,
  );

  test("fails without a yes", async () => {
    const role = await makeRole(TWO_STATEMENTS);
    const terminal = runAtTerminal(["--role", role, ...POOL_OPTION, "--apply"]);
    await terminal.answer("[y/N] ", "");
    const { code, stdout, stderr } = await terminal.waitForExit();
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /\nnothing was changed: the change was not confirmed\n$/,
    );
    expect(await readTrustPolicy(role)).toBe(TWO_STATEMENTS);
  }, 30_000);

  test("fails if the role changes before the confirmation", async () => {
    const role = await makeRole(TWO_STATEMENTS);
    const terminal = runAtTerminal(["--role", role, ...POOL_OPTION, "--apply"]);
    await terminal.see("[y/N] ");
    await write(role, ONE_STATEMENT);
    terminal.type("y\r");
    const { code, stdout, stderr } = await terminal.waitForExit();
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(
      `cannot write the trust policy of role ${role}: the role has changed since it was read\nhint: run the command again`,
    );
    expect(await readTrustPolicy(role)).toBe(ONE_STATEMENT);
  }, 30_000);

  test("fails without a terminal", async () => {
    const role = await makeRole(ONE_STATEMENT);
    const { code, stdout, stderr } = await run(
      "--role",
      role,
      ...POOL_OPTION,
      "--apply",
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /\nthe change of role \S+ must be confirmed, .*\nhint: use --yes to confirm in advance\n$/,
    );
    expect(await readTrustPolicy(role)).toBe(ONE_STATEMENT);
  }, 30_000);
});

describeLocal("the identity pool of a stage", () => {
  function writeState(outputs: Readonly<Record<string, string>>): void {
    writeFileSync(path.join(directory, ".env.dev"), "STATE_BACKEND=local\n");
    writeFileSync(
      path.join(directory, "terraform.veda-auth-stack-dev.tfstate"),
      JSON.stringify({
        version: 4,
        terraform_version: "1.11.0",
        serial: 1,
        lineage: "e2e",
        outputs: Object.fromEntries(
          Object.entries(outputs).map(([name, value]) => [
            name,
            { value, type: "string" },
          ]),
        ),
        resources: [],
      }),
    );
  }

  test("is read from its outputs", async () => {
    writeState({ identitypool_id: POOL });
    const role = await makeRole(TWO_STATEMENTS);
    const apply = ["--apply", "--yes"];
    const byStage = await runCounted("--role", role, "-s", "dev", ...apply);
    expect(byStage).toMatchObject({ code: 0, writes: 1 });
    const byId = await runCounted("--role", role, ...POOL_OPTION, ...apply);
    expect(byId).toMatchObject({ code: 0, writes: 0, stdout: byStage.stdout });
  }, 30_000);

  test("fails if the stage has none", async () => {
    writeState({ userpool_id: "us-west-2_x" });
    const { code, stderr } = await run("--role", "any", "-s", "dev");
    expect(code).toBe(1);
    expect(stderr).toContain('stage "dev" has no identity pool\nhint: ');
  }, 30_000);
});

describeLocal("trust-policy fails if", () => {
  const OPEN =
    'statement "Open" must name its principals without wildcards and NotPrincipal; anyone can assume the role';

  test("another statement lets anyone assume the role; removal only warns", async () => {
    const before = JSON.stringify({
      Statement: [
        {
          Sid: "Open",
          Effect: "Allow",
          Principal: "*",
          Action: "sts:AssumeRole",
          Condition: { Bool: { "aws:SecureTransport": "true" } },
        },
      ],
    });
    const role = await makeRole(before);
    const options = ["--role", role, ...POOL_OPTION, "--apply", "--yes"];
    expect(await runCounted(...options)).toEqual({
      code: 1,
      stdout: "",
      stderr: `${CALLER}trust policy of role ${role}: 1 problem\n  - ${OPEN}\n`,
      writes: 0,
    });
    expect(await readTrustPolicy(role)).toBe(before);
    const removed = await runCounted(...options, "--remove");
    expect(removed).toMatchObject({ code: 0, writes: 0 });
    expect(removed.stderr).toContain(`warning: ${OPEN}\n`);
  }, 30_000);

  test("the policy would be too long", async () => {
    const before = JSON.stringify({
      Statement: [
        {
          Sid: "x".repeat(1700),
          Effect: "Allow",
          Principal: { Service: "lambda.amazonaws.com" },
          Action: "sts:AssumeRole",
        },
      ],
    });
    const role = await makeRole(before);
    const { code, stdout, stderr, writes } = await runCounted(
      "--role",
      role,
      ...POOL_OPTION,
      "--apply",
      "--yes",
    );
    expect({ code, stdout, writes }).toEqual({
      code: 1,
      stdout: "",
      writes: 0,
    });
    expect(stderr).toMatch(
      /^Account .*\nnumber of characters of a trust policy must be at most 2048, got 2\d{3} \(role data-access-\d+\)\nhint: /,
    );
    expect(await readTrustPolicy(role)).toBe(before);
  });

  test("the role does not exist", async () => {
    const { code, stdout, stderr } = await run(
      "--role",
      "none",
      ...POOL_OPTION,
    );
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /^role "none" must exist in the account of the credentials\nhint: /,
    );
  });

  test.each([
    ["no role is named", POOL_OPTION],
    ["two roles are named", ["one", "--role", "two", ...POOL_OPTION]],
    ["the role is invalid", ["--role", "a b", ...POOL_OPTION]],
    ["the pool is invalid", ["one", "--identity-pool-id", "x"]],
    ["a stage and a pool are named", ["one", "-s", "dev", ...POOL_OPTION]],
    [
      "a Region and a pool are named",
      ["one", "--region", "us-east-1", ...POOL_OPTION],
    ],
    ["--yes is used without --apply", ["one", "--yes", ...POOL_OPTION]],
  ])("%s", async (_, args) => {
    const { code, stdout, stderr } = await run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^--\S+ .*\nhint: /);
  });
});
