import { setTimeout as sleep } from "node:timers/promises";
import { randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as idp from "@aws-sdk/client-cognito-identity-provider";
import {
  createClientConfig,
  createDemoUser,
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
import { createProviderEnvironment } from "../../scripts/lib/terraform/terraform";
import type { Environment } from "../../stacks/config/environment";
import {
  BROWSER_SIGN_IN_PORTS,
  getBrowserCallbackUrl,
} from "../../stacks/naming";
import {
  Deployment,
  describeLocal,
  startLocalAccount,
  expectSuccess,
} from "../support/deployment";
import { signInOnPages } from "../support/hosted-pages";
import { MfaProxy } from "../support/mfa-proxy";
import { PseudoTerminal } from "../support/pseudo-terminal";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../support/stage";
import { computeTotpCode } from "../support/totp";

const PROJECT = path.resolve(__dirname, "../..");
const COMMAND = [
  process.execPath,
  path.join(PROJECT, "scripts", "run.mjs"),
  "tmp-creds",
];
const STACK = "veda-auth-stack-dev";
/** Calls that renew credentials. */
const RENEWAL = [
  "GetTokensFromRefreshToken",
  "GetId",
  "GetCredentialsForIdentity",
];
const SIGN_IN = [
  "InitiateAuth",
  "RespondToAuthChallenge",
  "GetId",
  "GetCredentialsForIdentity",
];

/** Matches the question, not the policy line before it. */
const NEW_PASSWORD = /New password: (?!at least)/;
/** Set by e2e-setup.ts. */
const AWS_CLI = process.env.E2E_AWS_CLI ?? "";

interface Outputs {
  readonly userpool_id: string;
  readonly client_id: string;
  readonly identitypool_id: string;
}

let aws: AttachedLocalAws;
let proxy: MfaProxy;
let deployment: Deployment;
let outputs: Outputs;
let users: idp.CognitoIdentityProviderClient;

beforeAll(async () => {
  if (describeLocal !== describe) return;
  aws = await startLocalAccount();
  proxy = await MfaProxy.start(aws.endpoint);
  users = new idp.CognitoIdentityProviderClient(createClientConfig(aws));
  deployment = new Deployment(aws.endpoint, {
    ".env": { STATE_BACKEND: "local" },
    ".env.dev": {
      COGNITO_GROUPS: "true",
      PROGRAMMATIC_CALLBACK_URLS: BROWSER_SIGN_IN_PORTS.map(
        getBrowserCallbackUrl,
      ).join(","),
    },
  });
  await deployment.createStage(STACK);
  outputs = (await deployment.readOutputs(STACK)) as unknown as Outputs;
  await users.send(
    new idp.SetUserPoolMfaConfigCommand({
      UserPoolId: outputs.userpool_id,
      MfaConfiguration: "OPTIONAL",
      SoftwareTokenMfaConfiguration: { Enabled: true },
    }),
  );
}, 120_000);

afterAll(async () => {
  if (describeLocal === describe) {
    await proxy.stop();
    await aws.stop();
  }
  removeTemporaryDirectories();
});

/** A user with an empty cache, at a terminal or without one. */
class Person {
  readonly home = createTemporaryDirectory();
  directory = deployment.directory;

  constructor(
    readonly userName = "unknown",
    public password = "Unknown-1234",
  ) {}

  /** Creates a user in the user pool. */
  static async inGroup(
    group = "veda-readers",
    { isTemporary = false } = {},
  ): Promise<Person> {
    const { userpool_id: UserPoolId } = outputs;
    const user = await createDemoUser(aws, UserPoolId, [group]);
    if (isTemporary)
      await users.send(
        new idp.AdminSetUserPasswordCommand({
          UserPoolId,
          Username: user.userName,
          Password: user.password,
          Permanent: false,
        }),
      );
    return new Person(user.userName, user.password);
  }

  environment(more: Environment = {}): Environment {
    return {
      ...getEnvironmentWithoutSettings(),
      ...createLocalAwsEnvironment(proxy.endpoint),
      ...createProviderEnvironment({
        directory: path.join(PROJECT, ".local-aws"),
      }),
      XDG_CACHE_HOME: this.home,
      AWS_SDK_UA_APP_ID: "credentials",
      ...more,
    };
  }

  /** Runs the command at a terminal. */
  at(
    args: readonly string[],
    more: Environment = {},
    command = COMMAND,
    script?: string,
  ): PseudoTerminal {
    return new PseudoTerminal([...command, ...args], {
      directory: this.directory,
      environment: this.environment(more),
      ...(script !== undefined && { script }),
    });
  }

  /** Runs the command without a terminal. */
  async run(
    args: readonly string[],
    more: Environment = {},
    [command = "", ...rest] = COMMAND,
  ): Promise<ProcessResult> {
    return runProcess(command, [...rest, ...args], {
      directory: this.directory,
      environment: this.environment(more),
      timeoutSeconds: 60,
    });
  }

  get credentials(): Environment {
    return { USERNAME: this.userName, password: this.password };
  }

  get cacheFile(): string {
    const directory = path.join(this.home, "veda-auth");
    const [file = "", ...others] = readdirSync(directory);
    expect(others).toEqual([]);
    return path.join(directory, file);
  }
}

function ids(): string[] {
  return [
    ["--user-pool-id", outputs.userpool_id],
    ["--client-id", outputs.client_id],
    ["--identity-pool-id", outputs.identitypool_id],
  ].flat();
}

/** Returns the line that is printed before the password question, for ids from options. */
function announcement({ userPool, client } = namedIds()): string {
  return `Signing in to user pool ${userPool}, client ${client}, Region us-west-2, at ${proxy.endpoint} (AWS_ENDPOINT_URL)\n`;
}

function namedIds() {
  return {
    userPool: `${outputs.userpool_id} (--user-pool-id)`,
    client: `${outputs.client_id} (--client-id)`,
  };
}

function parsed({
  stdout,
}: {
  readonly stdout: string;
}): Record<string, string> {
  return JSON.parse(stdout) as Record<string, string>;
}

/** Creates a directory where the stage has this state. */
function createStateDirectory(stack: string, values: Environment): string {
  const directory = createTemporaryDirectory();
  writeFileSync(path.join(directory, ".env"), "STATE_BACKEND=local\n");
  writeFileSync(
    path.join(directory, `terraform.${stack}.tfstate`),
    JSON.stringify({
      version: 4,
      terraform_version: "1.11.0",
      serial: 1,
      lineage: "00000000-0000-0000-0000-000000000000",
      outputs: Object.fromEntries(
        Object.entries(values).map(([name, value]) => [
          name,
          { value, type: "string" },
        ]),
      ),
      resources: [],
    }),
  );
  return directory;
}

beforeEach(() => {
  if (describeLocal !== describe) return;
  proxy.calls.length = 0;
  proxy.bodies.length = 0;
});

describeLocal("a user", () => {
  test("signs in to a stage once; then credentials are cached, renewed and revoked", async () => {
    const person = await Person.inGroup();
    proxy.calls.length = 0;
    const first = await person.run(["--stage", "dev"], person.credentials);
    expectSuccess(first);
    const source = `(Terraform outputs of ${STACK}, by the settings in .env.dev and .env)`;
    expect(first.stderr).toBe(
      `ids from the Terraform outputs of ${STACK}\n` +
        announcement({
          userPool: `${outputs.userpool_id} ${source}`,
          client: `${outputs.client_id} ${source}`,
        }),
    );
    expect(Object.keys(parsed(first))).toEqual([
      "AccessKeyId",
      "SecretKey",
      "SessionToken",
      "Expiration",
    ]);
    expect(Date.parse(parsed(first).Expiration ?? "")).toBeGreaterThan(
      Date.now() + 50 * 60_000,
    );
    expect(proxy.calls).toEqual(SIGN_IN);
    expect(statSync(person.cacheFile).mode & 0o777).toBe(0o600);

    const user = { USERNAME: person.userName };
    expect(await person.run(["--stage", "dev"], user)).toEqual({
      code: 0,
      stdout: first.stdout,
      stderr: "",
    });
    expect(proxy.calls).toEqual(SIGN_IN);

    proxy.calls.length = 0;
    const renewed = await person.run(["--stage", "dev", "--refresh"], user);
    expectSuccess(renewed);
    expect(renewed.stderr).toBe("");
    expect(parsed(renewed).AccessKeyId).not.toBe(parsed(first).AccessKeyId);
    expect(proxy.calls).toEqual(RENEWAL);

    const { value } = JSON.parse(readFileSync(person.cacheFile, "utf8")) as {
      readonly value: { readonly refreshToken: string };
    };
    const out = await person.run(["--stage", "dev", "--sign-out"], user);
    expect(out).toEqual({
      code: 0,
      stdout: "",
      stderr: `${person.userName} is signed out; credentials that were already issued are valid until they expire\n`,
    });
    await expect(
      users.send(
        new idp.GetTokensFromRefreshTokenCommand({
          ClientId: outputs.client_id,
          RefreshToken: value.refreshToken,
        }),
      ),
    ).rejects.toThrow("revoked");
    const again = await person.run(["--stage", "dev"], user);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain(
      `the password of ${person.userName} is required, but there is no terminal\n`,
    );
  }, 60_000);

  test("answers a new password and the setup of an authenticator app, and its code the next time", async () => {
    const person = await Person.inGroup("veda-writers", { isTemporary: true });
    const chosen = `Bb2#${randomBytes(12).toString("hex")}`;
    proxy.calls.length = 0;
    const terminal = person.at(ids());
    await terminal.see(announcement().trim());
    await terminal.answer("User name: ", person.userName);
    await terminal.answer(`Password of ${person.userName}: `, person.password);
    await terminal.see("New password: at least 12 characters");
    await terminal.answer(NEW_PASSWORD, "");
    await terminal.see("The password is required.");
    await terminal.answer(NEW_PASSWORD, chosen);
    await terminal.answer("New password, again: ", `${chosen}x`);
    await terminal.see("The passwords are not equal.");
    await terminal.answer(NEW_PASSWORD, chosen);
    await terminal.answer("New password, again: ", chosen);
    await terminal.see("▄");
    const [uri = "", key = ""] = await terminal.see(
      /otpauth:\/\/totp\/VEDA%20Auth:demo-\w+\?secret=(\w+)&issuer=VEDA%20Auth/,
    );
    await terminal.answer("Code in the app: ", "000000");
    await terminal.see("Incorrect code");
    const code = computeTotpCode(key);
    await terminal.answer("Code in the app: ", code);
    const result = await terminal.waitForExit();
    expect({ ...result, stdout: "" }).toEqual({
      code: 0,
      stdout: "",
      stderr: announcement(),
    });
    expect(result.stdout).toMatch(/^\{"AccessKeyId":"ASIA[^\n]*\}\n$/);
    expect(terminal.shown).not.toContain(person.password);
    expect(terminal.shown).not.toContain(chosen);
    expect(result.stdout).not.toContain(key);
    expect(uri).toContain(person.userName);
    expect(proxy.calls).toEqual([
      "InitiateAuth",
      "RespondToAuthChallenge",
      "RespondToAuthChallenge",
      "AssociateSoftwareToken",
      "VerifySoftwareToken",
      "VerifySoftwareToken",
      "RespondToAuthChallenge",
      "GetId",
      "GetCredentialsForIdentity",
    ]);

    expectSuccess(await person.run([...ids(), "--sign-out"]));
    const next = person.at(ids());
    await next.answer("User name: ", person.userName);
    await next.answer("Password of", chosen);
    await next.answer("Code of your authenticator app: ", "000000");
    await next.see("the code is incorrect");
    await next.answer("Code of your authenticator app: ", computeTotpCode(key));
    expect((await next.waitForExit()).stdout).toMatch(/^\{"AccessKeyId"/);

    const unanswered = await person.run([...ids(), "--no-cache"], {
      USERNAME: person.userName,
      password: chosen,
      resolve_challenges: "Off",
    });
    expect(unanswered).toEqual({
      code: 1,
      stdout: "",
      stderr:
        announcement() +
        "the user pool requires SOFTWARE_TOKEN_MFA, which RESOLVE_CHALLENGES=false leaves unanswered\n" +
        "hint: sign in once at a terminal without RESOLVE_CHALLENGES=false\n",
    });
  }, 60_000);

  test("sets a new password by a code, on demand and after an administrator's reset", async () => {
    const person = await Person.inGroup();
    const chosen = `Cc3%${randomBytes(12).toString("hex")}`;
    const first = person.at([...ids(), "--reset-password"], {
      USERNAME: person.userName,
    });
    await first.answer(/code to reset the password was sent[^]*Code: /, "1");
    await first.answer(NEW_PASSWORD, chosen);
    await first.answer("New password, again: ", chosen);
    await first.see("Incorrect code.");
    await first.answer("Code: ", "654 321");
    expect((await first.waitForExit()).stdout).toMatch(/^\{"AccessKeyId"/);

    await users.send(
      new idp.AdminResetUserPasswordCommand({
        UserPoolId: outputs.userpool_id,
        Username: person.userName,
      }),
    );
    const credentials = { USERNAME: person.userName, password: chosen };
    const refused = await person.run([...ids(), "--no-cache"], {
      ...credentials,
      RESOLVE_CHALLENGES: "false",
    });
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("the user pool requires a password reset");

    const other = `Dd4%${randomBytes(12).toString("hex")}`;
    const second = person.at([...ids(), "--no-cache"], credentials);
    await second.answer("Code: ", "654321");
    await second.answer(NEW_PASSWORD, "short");
    await second.see("The password must have at least 12 characters, with ");
    await second.answer(NEW_PASSWORD, "Too-short");
    await second.see("The password lacks 3 more characters, a digit: ");
    await second.answer("or Enter to use this one: ", "");
    await second.answer("New password, again: ", "Too-short");
    await second.see("Password did not conform with policy");
    await second.answer(NEW_PASSWORD, other);
    await second.answer("New password, again: ", other);
    const { stdout, stderr } = await second.waitForExit();
    expect(stdout).toMatch(/^\{"AccessKeyId"/);
    expect(stderr).toBe(announcement());
    expect(second.shown).not.toContain(other);
  }, 60_000);

  test("signs in once when many commands start together", async () => {
    const person = await Person.inGroup();
    proxy.calls.length = 0;
    const results = await Promise.all(
      [1, 2, 3, 4, 5, 6].map(() => person.run(ids(), person.credentials)),
    );
    expect(new Set(results.map(({ stdout }) => stdout)).size).toBe(1);
    results.forEach(expectSuccess);
    expect(proxy.calls).toEqual(SIGN_IN);
  }, 60_000);

  test("is asked once when a second command starts during the question", async () => {
    const person = await Person.inGroup();
    proxy.calls.length = 0;
    const terminal = person.at(ids());
    await terminal.answer("User name: ", person.userName);
    await terminal.see("Password of");
    const second = person.at(ids(), {}, COMMAND, '"$@" 2>/dev/tty');
    await second.see(/Waiting for process \d+/);
    terminal.type(`${person.password}\r`);
    const { stdout } = await terminal.waitForExit();
    expect(await second.waitForExit()).toEqual({ code: 0, stdout, stderr: "" });
    expect(proxy.calls).toEqual(SIGN_IN);
  }, 30_000);

  test("signs in again if the cached sign-in is incomplete", async () => {
    const person = await Person.inGroup();
    expectSuccess(await person.run(ids(), person.credentials));
    const file = person.cacheFile;
    const entry = JSON.parse(readFileSync(file, "utf8")) as {
      readonly value: { readonly credentials: object };
    };
    const broken = { ...entry.value, credentials: { AccessKeyId: "broken" } };
    writeFileSync(file, JSON.stringify({ ...entry, value: broken }));
    proxy.calls.length = 0;
    const result = await person.run(ids(), person.credentials);
    expectSuccess(result);
    expect(proxy.calls).toEqual(SIGN_IN);
    expect(result.stdout).not.toContain("broken");
  }, 30_000);

  test("is asked again only if the ids of the stage have changed", async () => {
    const person = await Person.inGroup();
    const state = (pool: string) =>
      createStateDirectory("veda-auth-stack-again", {
        userpool_id: outputs.userpool_id,
        client_id: outputs.client_id,
        identitypool_id: pool,
      });
    person.directory = state(outputs.identitypool_id);
    const args = ["--stage", "again", "--refresh"];
    const user = { USERNAME: person.userName };
    expectSuccess(await person.run(args, person.credentials));
    expectSuccess(await person.run(args, user));

    const file = person.cacheFile;
    const gone = "us-west-2:12345678-1234-1234-1234-123456789012";
    const text = readFileSync(file, "utf8");
    writeFileSync(file, text.replaceAll(outputs.identitypool_id, gone));
    const again = await person.run(args, user);
    expect(again.stderr).toContain("the password of");
    expectSuccess(await person.run(args, person.credentials));
    expect(readFileSync(file, "utf8")).not.toContain(gone);
  }, 30_000);

  test("is not asked with an id token", async () => {
    const person = await Person.inGroup();
    const { AuthenticationResult: tokens } = await users.send(
      new idp.InitiateAuthCommand({
        ClientId: outputs.client_id,
        AuthFlow: "USER_PASSWORD_AUTH",
        AuthParameters: {
          USERNAME: person.userName,
          PASSWORD: person.password,
        },
      }),
    );
    const pool = ["--identity-pool-id", outputs.identitypool_id];
    const result = await person.run([...pool, "--format", "env"], {
      ID_TOKEN: tokens?.IdToken,
    });
    expectSuccess(result);
    expect(result.stdout).toMatch(
      /^unset AWS_PROFILE\nunset AWS_DEFAULT_PROFILE\nexport AWS_ACCESS_KEY_ID=ASIA\w+\nexport AWS_SECRET_ACCESS_KEY=\S+\nexport AWS_SESSION_TOKEN=\S+\nexport AWS_CREDENTIAL_EXPIRATION=\S+Z\nexport VEDA_AUTH_HANDED_OUT=\S+\n$/,
    );
    const access = await person.run(pool, { ID_TOKEN: tokens?.AccessToken });
    expect(access.stderr).toBe(
      'ID_TOKEN must be an id token, got token_use "access"\n',
    );
  }, 30_000);
});

describeLocal("a sign-in", () => {
  test("by email address proves a password of any characters without sending it", async () => {
    const person = await Person.inGroup();
    person.password = "Ä\u0308 pässwörd: \u{1F511} Aa1!";
    await users.send(
      new idp.AdminSetUserPasswordCommand({
        UserPoolId: outputs.userpool_id,
        Username: person.userName,
        Password: person.password,
        Permanent: true,
      }),
    );
    const credentials = {
      USERNAME: `${person.userName}@example.com`,
      password: person.password,
    };
    proxy.calls.length = 0;
    expectSuccess(await person.run(ids(), credentials));
    expect(proxy.calls).toEqual(SIGN_IN);
    expect(proxy.bodies.join("\n")).not.toContain("USER_PASSWORD_AUTH");
    expect(proxy.bodies.join("\n")).not.toContain("Aa1!");
  }, 30_000);
});

describeLocal("a sign-in through the browser", () => {
  const SIGN_IN_URL = /http:\/\/127\.0\.0\.1:\d+\/oauth2\/authorize\?\S+/;
  const RESPONSE = ["GetId", "GetCredentialsForIdentity"];
  /** A browser that writes the URL to a file, instead of opening it. */
  const recordUrl = (person: Person): string => {
    const script = path.join(person.home, "browser.sh");
    writeFileSync(script, `printf %s "$1" >"${person.home}/url"\n`);
    return `sh ${script}`;
  };
  const readUrl = (person: Person): string =>
    readFileSync(path.join(person.home, "url"), "utf8");

  test("opens the pages once; then credentials are cached, renewed and revoked", async () => {
    const person = await Person.inGroup();
    const args = ["--stage", "dev", "--auth-flow", "browser"];
    const terminal = person.at(args, { BROWSER: recordUrl(person) });
    await terminal.see("Waiting 10 minutes");
    proxy.calls.length = 0;
    const page = await fetch(await signInOnPages(readUrl(person), person));
    expect(page.status).toBe(200);
    const first = await terminal.waitForExit();
    expectSuccess(first);
    expect(first.stdout).toMatch(/^\{"AccessKeyId":"ASIA[^\n]*\}\n$/);
    expect(proxy.calls.filter((call) => /^\w+$/.test(call))).toEqual(
      expect.arrayContaining(RESPONSE),
    );
    const { value } = JSON.parse(readFileSync(person.cacheFile, "utf8")) as {
      readonly value: {
        readonly refreshToken: string;
        readonly userName: string;
      };
    };
    expect(value.userName).toBe(person.userName);
    expect(`${first.stderr}${terminal.shown}`).not.toMatch(/[?&]code=/);
    expect(`${first.stderr}${terminal.shown}`).not.toContain(
      value.refreshToken,
    );

    // without a terminal, as a credential_process
    const cached = await person.run(args);
    expect(cached).toEqual({ code: 0, stdout: first.stdout, stderr: "" });
    proxy.calls.length = 0;
    const renewed = await person.run([...args, "--refresh"]);
    expectSuccess(renewed);
    expect(renewed.stderr).toBe("");
    expect(proxy.calls).toEqual(RENEWAL);

    // another method or provider has another user
    const password = await person.run(["--stage", "dev"]);
    expect(password.stderr).toContain("a user name is required");
    const other = await person.run([...args, "--identity-provider", "Other"]);
    expect(other.stderr).toContain(
      "a sign-in is required, but there is no terminal\nhint: run the command once at a terminal\n",
    );

    const out = await person.run([...args, "--sign-out"]);
    expectSuccess(out);
    expect(out.stderr).toMatch(
      /^\S+ is signed out; [^\n]*\nthe browser can still be signed in: [^\n]* open http:\S+\/logout\?client_id=/,
    );
    await expect(
      users.send(
        new idp.GetTokensFromRefreshTokenCommand({
          ClientId: outputs.client_id,
          RefreshToken: value.refreshToken,
        }),
      ),
    ).rejects.toThrow("revoked");
  }, 60_000);

  test("without a browser on this machine, ends with a pasted URL, or the response to this machine", async () => {
    const person = await Person.inGroup();
    const args = ["--stage", "dev", "--no-cache"];
    const pasting = person.at([...args, "--no-browser"]);
    const [pastedUrl] = await pasting.see(SIGN_IN_URL);
    await pasting.answer("URL or code: ", pastedUrl);
    await pasting.see("The URL has no code");
    await pasting.answer(
      "URL or code: ",
      await signInOnPages(pastedUrl, person),
    );
    expect((await pasting.waitForExit()).stdout).toMatch(/^\{"AccessKeyId"/);

    // a session of SSH with a forwarded port
    const script = '"$@"; code=$?; stty -a >/dev/tty; exit $code';
    const ssh = { SSH_CONNECTION: "a", DISPLAY: undefined, BROWSER: undefined };
    const forwarding = person.at(
      [...args, "--auth-flow", "browser"],
      ssh,
      COMMAND,
      script,
    );
    await forwarding.see("No browser can be opened here");
    const [forwardedUrl] = await forwarding.see(SIGN_IN_URL);
    await forwarding.see("URL or code: ");
    await fetch(await signInOnPages(forwardedUrl, person));
    expect((await forwarding.waitForExit()).stdout).toMatch(/^\{"AccessKeyId"/);
    await forwarding.see(/ icanon[^]* echo /);
  }, 60_000);

  test("ends at once if the client does not allow the callback URL, and after Ctrl-C", async () => {
    const person = await Person.inGroup();
    const { UserPoolClient: client } = await users.send(
      new idp.CreateUserPoolClientCommand({
        UserPoolId: outputs.userpool_id,
        ClientName: "another callback URL",
        AllowedOAuthFlowsUserPoolClient: true,
        AllowedOAuthFlows: ["code"],
        AllowedOAuthScopes: ["openid"],
        CallbackURLs: ["http://127.0.0.1:9/callback"],
        SupportedIdentityProviders: ["COGNITO"],
      }),
    );
    const args = ["--stage", "dev", "--auth-flow", "browser"];
    const other = [...args, "--client-id", client?.ClientId ?? ""];
    const refused = await person
      .at(other, { BROWSER: recordUrl(person) })
      .waitForExit();
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(
      /\nclient \w+ does not allow the callback URL http:\/\/127\.0\.0\.1:1863\d\/callback\nhint: deploy the stage with BROWSER_SIGN_IN=true/,
    );

    const waiting = person.at(args, { BROWSER: recordUrl(person) });
    await waiting.see("Waiting 10 minutes");
    waiting.type("\u0003");
    expect((await waiting.waitForExit()).code).toBe(130);
    expect(readdirSync(path.join(person.home, "veda-auth"))).toEqual([]);
  }, 60_000);
});

describeLocal("an installed command", () => {
  const installed = [
    process.execPath,
    path.join(PROJECT, ".build", "tmp-creds.cjs"),
  ];

  test("ignores the settings files of the working directory, unless an option names one", async () => {
    const person = await Person.inGroup();
    person.directory = createTemporaryDirectory();
    const other = "us-east-1_Elsewhere";
    const files = `USER_POOL_ID=${other}\nCLIENT_ID=elsewhere\nIDENTITY_POOL_ID=us-east-1:12345678-1234-1234-1234-123456789012\nAWS_ENDPOINT_URL=http://127.0.0.1:9\nSTATE_BACKEND=local\n`;
    for (const name of [".env", ".env.dev"])
      writeFileSync(path.join(person.directory, name), files);
    // bundles it
    expectSuccess(await person.run(["--help"]));

    const own = await person.run(ids(), person.credentials, installed);
    expectSuccess(own);
    expect(own.stderr).toBe(announcement());

    proxy.calls.length = 0;
    const stage = ["--stage", "dev", "--no-cache"];
    const looked = await person.run(
      [...stage, "--identity-pool-id", outputs.identitypool_id],
      person.credentials,
      installed,
    );
    expectSuccess(looked);
    expect(looked.stderr).toContain(
      `user pool ${outputs.userpool_id} (secret ${STACK}/programmatic-client)`,
    );
    expect(looked.stderr).not.toContain("elsewhere");

    const failed = await person.run(
      ["--stage", "nope"],
      { STATE_BACKEND: "local" },
      installed,
    );
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(
      /\nhint: an installed command does not read \.env, \.env\.dev in this directory; name a file with --env-file or ENV_FILE\n$/,
    );

    proxy.calls.length = 0;
    const asked = await person.run(
      ["--no-cache", "--env-file", ".env"],
      person.credentials,
      installed,
    );
    expect(asked.code).toBe(1);
    expect(asked.stderr).toContain(
      `user pool ${other} (USER_POOL_ID in ${path.join(person.directory, ".env")})`,
    );
    // an endpoint in a file is ignored
    expect(proxy.calls).toContain("InitiateAuth");
  }, 60_000);
});

describeLocal("the ids of a stage", () => {
  test("are from the secret of its client if its state cannot be read", async () => {
    const person = await Person.inGroup();
    person.directory = createTemporaryDirectory();
    writeFileSync(path.join(person.directory, ".env"), "STATE_BACKEND=local\n");
    const result = await person.run(["--stage", "dev"], {
      ...person.credentials,
      IDENTITY_POOL_ID: outputs.identitypool_id,
    });
    expectSuccess(result);
    expect(result.stderr).toContain(
      `ids from the secret ${STACK}/programmatic-client\nSigning in to user pool ${outputs.userpool_id} (secret ${STACK}/programmatic-client, by the settings in .env), client `,
    );

    // the identity pool is found by its name
    const withoutIds = ["--stage", "dev", "--no-cache"];
    expectSuccess(await person.run(withoutIds, person.credentials));

    const wrong = await person.run(["--stage", "nope"]);
    expect(wrong.code).toBe(1);
    expect(wrong.stderr).toMatch(
      /^cannot read the ids of veda-auth-stack-nope:\n {2}- .*"nope" has no outputs[^]*\n {2}- secret "veda-auth-stack-nope\/programmatic-client" [^]*\nhint: use --user-pool-id/,
    );
  }, 60_000);

  test("have no identity pool if the stage has no groups", async () => {
    const person = new Person();
    person.directory = createStateDirectory("veda-auth-stack-bare", {
      userpool_id: outputs.userpool_id,
      client_id: outputs.client_id,
    });
    expect(await person.run(["--stage", "bare"])).toEqual({
      code: 1,
      stdout: "",
      stderr:
        "ids from the Terraform outputs of veda-auth-stack-bare\n" +
        'stage "bare" has no identity pool, since it has no groups: its users get no AWS credentials\n' +
        "hint: deploy it with COGNITO_GROUPS=true, or name another identity pool with --identity-pool-id\n",
    });
  }, 30_000);
});

describeLocal("an AWS profile", () => {
  /** Creates a profile whose credentials are from the command. */
  function profile(person: Person, ...args: string[]): Environment {
    const file = path.join(person.home, "config");
    writeFileSync(
      file,
      `[profile veda]\nregion = us-west-2\ncredential_process = ${[...COMMAND, ...args].join(" ")} --format process\n`,
    );
    return { AWS_CONFIG_FILE: file };
  }

  test("asks at the terminal only the first time that the AWS CLI uses it", async () => {
    const person = await Person.inGroup();
    const config = profile(person, ...ids());
    const who = ["sts", "get-caller-identity", "--profile", "veda"];
    const terminal = person.at(who, config, [AWS_CLI]);
    // the AWS CLI hides the standard error of the command
    await terminal.see(announcement().trim());
    await terminal.answer("User name: ", person.userName);
    await terminal.answer("Password of", person.password);
    const { code, stdout, stderr } = await terminal.waitForExit();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toContain(
      ":assumed-role/veda-auth-stack-dev-authenticated/",
    );

    proxy.calls.length = 0;
    const next = await person.run(who, config, [AWS_CLI]);
    expectSuccess(next);
    expect(parsed(next).Arn).toBe(parsed({ stdout }).Arn);
    expect(proxy.calls).not.toContain("InitiateAuth");
  }, 60_000);

  test("returns the cached credentials to the SDK", async () => {
    const person = await Person.inGroup();
    expectSuccess(await person.run(ids(), person.credentials));
    const cached = await person.run(ids(), { USERNAME: person.userName });
    const script =
      'const { IAMClient } = require("@aws-sdk/client-iam");' +
      'new IAMClient({ profile: "veda" }).config.credentials().then(({ accessKeyId, sessionToken, expiration }) => console.log(JSON.stringify({ accessKeyId, sessionToken, expiration })))';
    person.directory = PROJECT;
    const result = await person.run(
      ["-e", script],
      {
        ...profile(person, ...ids(), "--user-name", person.userName),
        AWS_ACCESS_KEY_ID: undefined,
        AWS_SECRET_ACCESS_KEY: undefined,
      },
      [process.execPath],
    );
    expectSuccess(result);
    const { AccessKeyId, SessionToken, Expiration } = parsed(cached);
    expect(parsed(result)).toEqual({
      accessKeyId: AccessKeyId,
      sessionToken: SessionToken,
      expiration: Expiration,
    });
  }, 30_000);

  test("fails instead of an endless loop when it reads a stage with its own credentials", async () => {
    const person = new Person();
    person.directory = createTemporaryDirectory();
    writeFileSync(path.join(person.directory, ".env"), "STATE_BACKEND=local\n");
    const result = await person.run(["--stage", "dev"], {
      ...profile(person, "--stage", "dev"),
      AWS_PROFILE: "veda",
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
    });
    expect(result.code).toBe(1);
    expect(result.stderr).toMatch(
      /^cannot read the ids of veda-auth-stack-dev:[^]*; AWS_PROFILE=veda cannot have this command as its credential_process\n$/,
    );
  }, 30_000);
});

describeLocal("tmp-creds fails when", () => {
  test("there is no terminal", async () => {
    const person = new Person();
    const { code, stdout, stderr } = await person.run([
      ...ids(),
      "--format",
      "process",
    ]);
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: "",
      stderr:
        announcement() +
        "a user name is required, but there is no terminal\n" +
        "hint: run the command once at a terminal, or set USERNAME and password\n",
    });
  }, 30_000);

  test("the password is incorrect: at once if it is set, after three attempts at a terminal", async () => {
    const person = await Person.inGroup();
    proxy.calls.length = 0;
    const canary = "Wrong-canary-1!";
    const set = await person.run(ids(), {
      ...person.credentials,
      password: canary,
    });
    const refusal =
      announcement() +
      "the sign-in failed: Incorrect username or password.\n" +
      "hint: check the user name and the password; --reset-password sets a new password\n";
    expect(set).toEqual({ code: 1, stdout: "", stderr: refusal });
    expect(proxy.calls).toEqual(["InitiateAuth", "RespondToAuthChallenge"]);

    const terminal = person.at([...ids(), "--user-name", person.userName]);
    for (let tries = 0; tries < 3; tries++)
      await terminal.answer("Password of", canary);
    expect(await terminal.waitForExit()).toEqual({
      code: 1,
      stdout: "",
      stderr: refusal,
    });
    expect(terminal.shown).not.toContain(canary);
  }, 30_000);

  test("Ctrl-C or Ctrl-D answers a question: the terminal is restored and no lock remains; Ctrl-Z does not turn the echo on", async () => {
    const person = await Person.inGroup();
    const script = '"$@"; code=$?; stty -a >/dev/tty; exit $code';
    for (const keys of ["\u0003", "abc\u0003"]) {
      const terminal = person.at(ids(), {}, COMMAND, script);
      await terminal.answer("User name: ", person.userName);
      await terminal.see("Password of");
      terminal.type(keys);
      expect(await terminal.waitForExit()).toEqual({
        code: 130,
        stdout: "",
        stderr: announcement(),
      });
      await terminal.see(/ icanon[^]* echo /);
    }
    const unstopped = person.at(ids());
    await unstopped.answer("User name: ", person.userName);
    await unstopped.see("Password of");
    unstopped.type("\u001acanary-typed");
    await sleep(500);
    unstopped.type("\u0003");
    expect((await unstopped.waitForExit()).code).toBe(130);
    expect(unstopped.shown).not.toContain("canary-typed");
    const terminal = person.at(ids());
    await terminal.see("User name: ");
    terminal.type("\u0004");
    const { code, stderr } = await terminal.waitForExit();
    expect(code).toBe(1);
    expect(stderr).toMatch(/\nan answer is required\nhint: /);
    expect(readdirSync(path.join(person.home, "veda-auth"))).toEqual([]);
  }, 30_000);

  test("the identity pool does not trust the client", async () => {
    const person = await Person.inGroup();
    const { UserPoolClient: untrusted } = await users.send(
      new idp.CreateUserPoolClientCommand({
        UserPoolId: outputs.userpool_id,
        ClientName: "untrusted",
        ExplicitAuthFlows: ["ALLOW_USER_PASSWORD_AUTH"],
      }),
    );
    const args = [...ids(), "--client-id", untrusted?.ClientId ?? ""];
    const announced = announcement({
      ...namedIds(),
      client: `${untrusted?.ClientId ?? ""} (--client-id)`,
    });
    const result = await person.run(
      [...args, "--auth-flow", "password"],
      person.credentials,
    );
    expect(result).toEqual({
      code: 1,
      stdout: "",
      stderr:
        announced +
        `${outputs.identitypool_id}: the identity pool does not trust the client of the sign-in (token is not from a supported provider)\n` +
        "hint: use the ids of one stage: its identity pool trusts the client in its output client_id\n",
    });

    proxy.calls.length = 0;
    const withSrp = await person.run(args, person.credentials);
    expect(withSrp).toEqual({
      code: 1,
      stdout: "",
      stderr:
        announced +
        "the client does not allow sign-in with SRP: USER_SRP_AUTH is not enabled for the client.\n" +
        "hint: use the stage's programmatic client, which is its output client_id; --auth-flow password sends the password itself to the user pool, and --auth-flow browser uses the sign-in pages\n",
    });
    expect(proxy.calls).toEqual(["InitiateAuth"]);
  }, 30_000);
});
