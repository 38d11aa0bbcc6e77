import * as idp from "@aws-sdk/client-cognito-identity-provider";
import { createClientConfig } from "../../scripts/lib/demo/account";
import type { AttachedLocalAws } from "../../scripts/lib/local-aws/local-aws";
import {
  type ProcessResult,
  runProcess,
} from "../../scripts/lib/system/processes";
import {
  Deployment,
  describeLocal,
  expectSuccess,
  startLocalAccount,
} from "../support/deployment";
import { PseudoTerminal } from "../support/pseudo-terminal";
import { removeTemporaryDirectories } from "../support/stage";

const RUN = require.resolve("../../scripts/run.mjs");
const STACK = "veda-auth-stack-dev";
const PASSWORD = "Canary-pass-word1";

let aws: AttachedLocalAws;
let deployment: Deployment;
let users: idp.CognitoIdentityProviderClient;
let pool: string;

beforeAll(async () => {
  if (describeLocal !== describe) return;
  aws = await startLocalAccount();
  users = new idp.CognitoIdentityProviderClient(createClientConfig(aws));
  deployment = new Deployment(aws.endpoint, {
    ".env": { STATE_BACKEND: "local" },
    ".env.dev": { COGNITO_GROUPS: "true" },
  });
  await deployment.createStage(STACK);
  pool = (await deployment.readOutputs(STACK)).userpool_id ?? "";
}, 120_000);

afterAll(async () => {
  if (describeLocal === describe) await aws.stop();
  removeTemporaryDirectories();
});

interface NewUserOptions {
  /** Standard input, without the line break at its end. */
  readonly input?: string;
  readonly email?: string;
}

/** Runs the command without a terminal. */
async function createUser(
  name: string,
  args: readonly string[],
  { input, email = `${name}@example.org` }: NewUserOptions = {},
): Promise<ProcessResult> {
  const user = ["--user-name", name, "--email", email];
  const command = [RUN, "create-user", "--stage", "dev", ...user, ...args];
  const pipe = input === undefined ? '"$@"' : `printf '%s\\n' "$0" | "$@"`;
  return runProcess(
    "/bin/sh",
    ["-c", pipe, input ?? "sh", process.execPath, ...command],
    {
      directory: deployment.directory,
      environment: deployment.environment("create-user"),
      timeoutSeconds: 60,
    },
  );
}

function countUsers(): Promise<number> {
  return users
    .send(new idp.ListUsersCommand({ UserPoolId: pool }))
    .then(({ Users = [] }) => Users.length);
}

describeLocal("create-user", () => {
  test("creates a user with a password, who gets credentials of the group; a second run changes nothing", async () => {
    const args = ["--group", "veda-readers", "--password-stdin"];
    const first = await createUser("ada", args, { input: PASSWORD });
    expectSuccess(first);
    expect(first.stdout).toBe(
      '{"userName":"ada","status":"CONFIRMED","groups":["veda-readers"]}\n',
    );
    expect(first.stderr).toContain(
      [
        `terraform.${STACK}.tfstate…`,
        `In user pool ${pool}, at ${aws.endpoint} (AWS_ENDPOINT_URL):`,
        "  - create user ada with email address ada@example.org",
        "  - set the password",
        "  - add the user to group veda-readers",
        "next: npx veda-auth credentials --stage dev",
        "",
      ].join("\n"),
    );
    const commands = deployment.createCommands("dev");
    const credentials = await commands.getCredentials("ada", PASSWORD);
    expect(credentials.AccessKeyId).toMatch(/^ASIA/);

    const more = [...args, "--group", "veda-writers"];
    const second = await createUser("ada", more, {
      input: "Another-pass-word1",
    });
    expectSuccess(second);
    expect(second.stdout).toBe(
      '{"userName":"ada","status":"CONFIRMED","groups":["veda-readers","veda-writers"]}\n',
    );
    expect(second.stderr).toContain(
      [
        "  - user ada exists, with status CONFIRMED",
        "  - do not change the password, which the user can reset with npx veda-auth credentials --reset-password",
        "  - the user is in group veda-readers",
        "  - add the user to group veda-writers",
      ].join("\n"),
    );
    expect(first.stderr + second.stderr).not.toContain("pass-word1");
    await commands.getCredentials("ada", PASSWORD);
  }, 60_000);

  test("sends a temporary password by email, which a later run can set", async () => {
    const invited = await createUser("grace", []);
    expectSuccess(invited);
    expect(invited.stdout).toBe(
      '{"userName":"grace","status":"FORCE_CHANGE_PASSWORD","groups":[]}\n',
    );
    expect(invited.stderr).toContain(
      "  - send an email with a temporary password, which is valid for 7 days\n",
    );
    expect(invited.stderr).toContain(
      "grace is in no group, and gets no AWS credentials: run the command again with --group to add one\n",
    );
    const again = await createUser("grace", []);
    expect(again.stdout).toBe(invited.stdout);
    expect(again.stderr).toContain("  - send no further email; ");
    const set = await createUser("grace", ["--password-stdin"], {
      input: PASSWORD,
    });
    expect(set.stdout).toContain('"status":"CONFIRMED"');
  }, 60_000);

  test("fails before the user is created if the group, email address or password is invalid", async () => {
    expectSuccess(await createUser("joan", []));
    const count = await countUsers();
    const group = await createUser("new", ["--group", "veda-reader"]);
    expect(group.code).toBe(1);
    expect(group.stderr).toContain(
      `group "veda-reader" does not exist in user pool ${pool}; no user was created\n` +
        "hint: did you mean veda-readers? the groups are ",
    );
    const email = await createUser("new", [], { email: "Joan@example.org" });
    expect(email.code).toBe(1);
    expect(email.stderr).toContain(
      "email address Joan@example.org must not be that of another user, got user joan\n",
    );
    const weak = await createUser("new", ["--password-stdin"], {
      input: "Canary-1",
    });
    expect(weak.code).toBe(1);
    expect(weak.stderr).toContain(
      "the password on standard input lacks 4 more characters; no user was changed\n" +
        "hint: the user pool requires at least 12 characters, with lower-case letters, upper-case letters, digits and symbols\n",
    );
    expect(weak.stderr).not.toContain("Canary");
    const renamed = await createUser("new@example.org", []);
    expect(renamed.code).toBe(2);
    expect(renamed.stderr).toContain(
      "--user-name must be 1-128 characters without spaces, and no email address",
    );
    expect(await countUsers()).toBe(count);
  }, 60_000);

  test("asks at a terminal for everything that is missing", async () => {
    const terminal = new PseudoTerminal(
      [
        process.execPath,
        RUN,
        ...["create-user", "--stage", "dev", "--ask-password"],
        ...["--group", "veda-readers"],
      ],
      {
        directory: deployment.directory,
        environment: deployment.environment("create-user"),
      },
    );
    await terminal.answer("User name: ", "mary@example.org");
    await terminal.see("User name must be 1-128 characters");
    await terminal.answer("User name: ", "mary");
    await terminal.answer("Email address: ", "mary@example");
    await terminal.see("Email address must be an email address");
    await terminal.answer("Email address: ", "mary@example.org");
    await terminal.see("New password: at least 12 characters");
    await terminal.answer(/New password: (?!at)/, "short");
    await terminal.see("The password must have at least 12 characters");
    await terminal.answer("New password: ", "Canary-1");
    await terminal.see("The password lacks 4 more characters.");
    await terminal.answer("New password: ", PASSWORD);
    await terminal.answer("New password, again: ", PASSWORD);
    const { code, stdout, stderr } = await terminal.waitForExit();
    expect([code, stdout]).toEqual([
      0,
      '{"userName":"mary","status":"CONFIRMED","groups":["veda-readers"]}\n',
    ]);
    expect(terminal.shown + stderr).not.toMatch(/Canary/);
    const commands = deployment.createCommands("dev");
    await commands.getCredentials("mary@example.org", PASSWORD);
  }, 60_000);
});
