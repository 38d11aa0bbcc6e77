import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import * as secrets from "@aws-sdk/client-secrets-manager";
import { createClientConfig } from "../../scripts/lib/demo/account";
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
  Deployment,
  describeLocal,
  startLocalAccount,
  expectSuccess,
} from "../support/deployment";
import { LoopbackServer, forwardRequest } from "../support/loopback-server";
import { PseudoTerminal } from "../support/pseudo-terminal";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../support/stage";

const PROJECT = path.resolve(__dirname, "../..");
const RUN = path.join(PROJECT, "scripts", "run.mjs");
const STACK = "veda-auth-stack-dev";
const SECRET = `${STACK}/workflows-client`;
const SERVICE = ["--stage", "dev", "--service-id", "workflows-client"];
const SCOPE = "veda-stac-ingestion-registry-server/stac:register";

interface ServiceSecret {
  readonly client_id: string;
  readonly client_secret: string;
  readonly userpool_id: string;
  readonly scope: string;
}

let aws: AttachedLocalAws;
/** A proxy of the local AWS that counts requests. */
let counter: LoopbackServer;
let deployment: Deployment;
let secret: ServiceSecret;
/** An empty directory for each test. */
let cache: string;
/** Outputs of all commands. */
const outputs: string[] = [];

beforeAll(async () => {
  if (describeLocal !== describe) return;
  aws = await startLocalAccount();
  counter = await LoopbackServer.start((request) =>
    forwardRequest(request, aws.endpoint),
  );
  deployment = new Deployment(aws.endpoint, {
    ".env": { STATE_BACKEND: "local" },
    ".env.dev": {},
  });
  await deployment.createStage(STACK);
  secret = await readSecret();
}, 120_000);

beforeEach(() => {
  cache = createTemporaryDirectory();
  if (describeLocal === describe) counter.received.splice(0);
});

afterAll(async () => {
  if (describeLocal === describe) {
    await counter.stop();
    await aws.stop();
  }
  removeTemporaryDirectories();
});

function createEnvironment(more: Environment = {}): Environment {
  return {
    ...getEnvironmentWithoutSettings(),
    ...createLocalAwsEnvironment(counter.endpoint),
    ...createProviderEnvironment({
      directory: path.join(PROJECT, ".local-aws"),
    }),
    XDG_CACHE_HOME: cache,
    ...more,
  };
}

/** Runs a command as a user does, in the directory of the stage's settings. */
async function run(
  command: readonly string[],
  more: Environment = {},
  directory = deployment.directory,
): Promise<ProcessResult> {
  const result = await runProcess(process.execPath, [RUN, ...command], {
    directory,
    environment: createEnvironment({ AWS_SDK_UA_APP_ID: command[0], ...more }),
    timeoutSeconds: 60,
  });
  outputs.push(result.stdout, result.stderr);
  return result;
}

function getToken(...args: readonly string[]): Promise<ProcessResult> {
  return run(["get-service-token", ...SERVICE, ...args]);
}

/** Runs a command that fails with a message and a hint only, after notes about its settings. */
async function runFailing(...command: readonly string[]) {
  const { code, stdout, stderr } = await run(command);
  expect(stdout).toBe("");
  const lines = stderr.trimEnd().split("\n");
  const isNote = (line: string) => line.startsWith("there is no .env.");
  const [message = "", hint = "", ...more] = lines.filter(
    (line) => !isNote(line),
  );
  expect(more).toEqual([]);
  return { code, message, hint, notes: lines.filter(isNote) };
}

function tokenRequests(): number {
  return counter.received.filter(({ url }) => url === "/oauth2/token").length;
}

/** Lists the cache files. */
function listCacheFiles(): string[] {
  const directory = path.join(cache, "veda-auth");
  return readdirSync(directory).map((name) => path.join(directory, name));
}

function secretsManager(): secrets.SecretsManagerClient {
  return new secrets.SecretsManagerClient(createClientConfig(aws));
}

async function readSecret(): Promise<ServiceSecret> {
  const { SecretString = "" } = await secretsManager().send(
    new secrets.GetSecretValueCommand({ SecretId: SECRET }),
  );
  return JSON.parse(SecretString) as ServiceSecret;
}

/** Runs `job` with changed fields in the service's secret. */
async function withSecret<T>(
  fields: Partial<ServiceSecret>,
  job: () => Promise<T>,
): Promise<T> {
  const put = (value: ServiceSecret): Promise<unknown> =>
    secretsManager().send(
      new secrets.PutSecretValueCommand({
        SecretId: SECRET,
        SecretString: JSON.stringify(value),
      }),
    );
  await put({ ...secret, ...fields });
  try {
    return await job();
  } finally {
    await put(secret);
  }
}

/** The whole standard error of a command that prints a cached token. */
const CACHED =
  /^the token is cached, and valid until \d{4}-\d\d-\d\d \d\d:\d\d UTC; --refresh requests a new one\n$/;
const OTHER_USER = 65_534;
const isRoot = process.getuid?.() === 0;

describeLocal("get-service-token", () => {
  test("prints a token, and then the cached one without a request", async () => {
    const first = await getToken();
    expectSuccess(first);
    expect(first.stderr).toBe("");
    expect(first.stdout).toMatch(
      /^\{"access_token":"[\w.-]+","expires_in":\d+,"token_type":"Bearer"\}\n$/,
    );
    expect(tokenRequests()).toBe(1);

    const requests = counter.received.length;
    const second = await getToken();
    expectSuccess(second);
    expect(second.stderr).toMatch(CACHED);
    expect(parseAccessToken(second)).toBe(parseAccessToken(first));
    expect(counter.received).toHaveLength(requests);
  });

  test("prints a cached token without a connection and without the AWS SDK", async () => {
    expectSuccess(await getToken());
    const guard = path.join(cache, "guard.cjs");
    writeFileSync(
      guard,
      `const Module = require("node:module");
const net = require("node:net");
const load = Module._load;
Module._load = (name, ...rest) => {
  if (/aws-sdk|smithy/.test(name)) throw new Error("loaded " + name);
  return load(name, ...rest);
};
net.Socket.prototype.connect = () => { throw new Error("connected"); };
`,
    );
    const guarded = { NODE_OPTIONS: `--require ${guard}` };
    const command = ["get-service-token", ...SERVICE];
    expectSuccess(await run(command, guarded));
    // the guard detects what a new token requires
    const fresh = await run([...command, "--no-cache"], guarded);
    expect(fresh.code).toBe(70);
    expect(fresh.stderr).toMatch(/^Error: loaded .*@aws-sdk/);
  });

  test("prints the token only, a header, and a token for named scopes", async () => {
    const token = parseAccessToken(await getToken());
    expect((await getToken("--format", "token")).stdout).toBe(`${token}\n`);
    expect((await getToken("--format", "header")).stdout).toBe(
      `Authorization: Bearer ${token}\n`,
    );
    const narrowed = parseAccessToken(await getToken("--scope", SCOPE));
    expect(narrowed).not.toBe(token);
    expect(decodeClaims(narrowed).scope).toBe(SCOPE);
  });

  test("requests a new token with --refresh, which is cached, and with --no-cache, which is not", async () => {
    const first = parseAccessToken(await getToken());
    const uncached = parseAccessToken(await getToken("--no-cache"));
    expect(uncached).not.toBe(first);
    expect(parseAccessToken(await getToken())).toBe(first);
    const fresh = parseAccessToken(await getToken("--refresh"));
    expect(fresh).not.toBe(first);
    expect(parseAccessToken(await getToken())).toBe(fresh);
    expect(tokenRequests()).toBe(3);
  });

  test("sends one request for twenty processes, and writes a valid cache", async () => {
    const results = await Promise.all(
      Array.from({ length: 20 }, () => getToken()),
    );
    results.forEach(expectSuccess);
    expect(new Set(results.map(parseAccessToken)).size).toBe(1);
    const messages = results.map(({ stderr }) => stderr).filter(Boolean);
    expect(messages).toHaveLength(19);
    for (const message of messages) expect(message).toMatch(CACHED);
    expect(tokenRequests()).toBe(1);
    const [file = "", ...more] = listCacheFiles();
    expect(more).toEqual([]);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(parseAccessToken(await getToken())).toBe(
      parseAccessToken(results[0]),
    );
    expect(tokenRequests()).toBe(1);
  }, 60_000);

  test("replaces a cache file that is corrupt or of another user", async () => {
    await getToken();
    const [file = ""] = listCacheFiles();
    const whole = readFileSync(file, "utf8");
    const spoilers = [
      () => {
        writeFileSync(file, whole.slice(0, 100));
      },
      () => {
        writeFileSync(file, whole);
        // only root can change the owner of a file
        if (isRoot) chownSync(file, OTHER_USER, OTHER_USER);
        else chmodSync(file, 0o644);
      },
    ];
    for (const [index, spoil] of spoilers.entries()) {
      spoil();
      expectSuccess(await getToken());
      expect(tokenRequests()).toBe(index + 2);
      expect(statSync(file)).toMatchObject({ uid: process.getuid?.() });
      expect(statSync(file).mode & 0o777).toBe(0o600);
      expectSuccess(await getToken());
      expect(tokenRequests()).toBe(index + 2);
    }
  }, 30_000);

  test("prints a token if nothing can be cached, and logs the reason", async () => {
    const directory = path.join(cache, "veda-auth");
    // root can write to any directory
    if (isRoot) writeFileSync(directory, "a file");
    else mkdirSync(directory, { mode: 0o500 });
    const { stdout, stderr } = await getToken();
    expect(stdout).toMatch(/^\{"access_token":"/);
    expect(stderr).toBe(
      `nothing is cached: ${directory} must be a writable directory of this user\n`,
    );
  });

  test("asks for the service at a terminal", async () => {
    const terminal = new PseudoTerminal(
      [process.execPath, RUN, "get-service-token", "--stage", "dev"],
      { directory: deployment.directory, environment: createEnvironment() },
    );
    await terminal.answer("Service: ", "workflows-client");
    const { code, stdout, stderr } = await terminal.waitForExit();
    outputs.push(terminal.shown);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^\{"access_token":"/);
  });
});

describeLocal("get-service-token fails", () => {
  test.each([
    ["dev", "unknown", `secret "${STACK}/unknown" does not exist`, []],
    [
      "prod",
      "workflows-client",
      'secret "veda-auth-stack-prod/workflows-client" does not exist',
      ["there is no .env.prod; stages with a file: dev"],
    ],
  ])(
    "for stage %s and service %s, which do not exist",
    async (stage, id, start, expectedNotes) => {
      const { code, message, hint, notes } = await runFailing(
        "get-service-token",
        "-s",
        stage,
        "--service-id",
        id,
      );
      expect(code).toBe(1);
      expect(notes).toEqual(expectedNotes);
      expect(message).toContain(start);
      expect(hint).toBe(
        "hint: check the stage, the service id and AWS_PROFILE; the credentials of AWS_ACCESS_KEY_ID precede it",
      );
      expect(tokenRequests()).toBe(0);
    },
  );

  test("for a client of user sign-in", async () => {
    const { code, hint } = await runFailing(
      "get-service-token",
      "-s",
      "dev",
      "--service-id",
      "programmatic-client",
    );
    expect(code).toBe(1);
    expect(hint).toMatch(/veda-auth credentials$/);
  });

  test("for a scope that the client does not have", async () => {
    const { code, message, hint } = await runFailing(
      "get-service-token",
      ...SERVICE,
      "--scope",
      "other/scope",
    );
    expect(code).toBe(1);
    expect(message).toMatch(/got other\/scope$/);
    expect(hint).toBe(`hint: the client has ${SCOPE}`);
  });

  test.each([
    [{ client_secret: "altered5ecret" }, "invalid_client", /is out of date/],
    [{ client_id: "another1client" }, "invalid_client", /is out of date/],
    [
      { scope: "no-server/no:scope" },
      "invalid_scope",
      /scope .* does not exist/,
    ],
    [
      { scope: "veda-stac-ingestion-registry-server/stac:cancel" },
      "invalid_grant",
      /does not grant these scopes/,
    ],
  ])("when the secret was changed: %j", async (fields, word, sentence) => {
    const { code, message, hint } = await withSecret(fields, () =>
      runFailing("get-service-token", ...SERVICE),
    );
    expect(code).toBe(1);
    expect(message).toMatch(sentence);
    expect(message).toContain(`secret "${SECRET}"`);
    expect(message).toMatch(new RegExp(`\\(${word}\\)$`));
    expect(hint).toMatch(/^hint: .*deploy the stage/);
    expect(listCacheFiles()).toEqual([]);
  });

  test("when the secret is marked for deletion", async () => {
    const client = secretsManager();
    const target = { SecretId: SECRET };
    await client.send(new secrets.DeleteSecretCommand(target));
    try {
      const { code, message } = await runFailing(
        "get-service-token",
        ...SERVICE,
      );
      expect(code).toBe(1);
      expect(message).toContain(`secret "${SECRET}" is marked for deletion`);
    } finally {
      await client.send(new secrets.RestoreSecretCommand(target));
    }
  });

  test("when the token endpoint does not respond, after four attempts", async () => {
    const deaf = await LoopbackServer.start(() => undefined);
    const { code, stdout, stderr } = await run(
      ["get-service-token", ...SERVICE],
      { COGNITO_DOMAIN_ENDPOINT: deaf.endpoint },
    );
    await deaf.stop();
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(deaf.received).toHaveLength(4);
    expect(stderr.match(/; trying again in [\d.]+ s\n/g)).toHaveLength(3);
    expect(stderr).toMatch(/cannot be reached: \w+, after 4 attempts\nhint: /);
  });

  test.each([
    [["-s", "dev"], "--service-id is required"],
    [["--service-id", "a b"], "--service-id must be letters"],
    [["--format", "xml"], "--format must be one of json, token, header"],
    [["--scope", " "], '--scope must have a value, got ""'],
    [
      ["--refresh", "--no-cache"],
      "--refresh must not be used together with --no-cache",
    ],
    [["--stage", "A_B"], "--stage must be"],
    [["hunter2"], "the command must have options only, got 1 argument"],
  ])("for %j, with exit code 2", async (args, message) => {
    const result = await runFailing("get-service-token", ...args);
    expect(result.code).toBe(2);
    expect(result.message).toContain(message);
    expect(result.hint).toBe(
      "hint: run npx veda-auth get-service-token --help",
    );
    expect(result.message).not.toContain("hunter2");
    expect(counter.received).toEqual([]);
  });
});

describeLocal("verify-token", () => {
  let token: string;

  beforeAll(async () => {
    cache = createTemporaryDirectory();
    token = parseAccessToken(await getToken());
  });

  /** Writes a text to a file that only the user can read. */
  function createFile(text: string): string {
    const file = path.join(cache, "token");
    writeFileSync(file, text, { mode: 0o600 });
    return file;
  }

  function verify(text: string, ...args: readonly string[]) {
    const pool = ["--user-pool-id", secret.userpool_id];
    return run(["verify-token", ...pool, "--file", createFile(text), ...args]);
  }

  test("reads the output of get-service-token from a pipe, and prints the claims", async () => {
    const pipe = `"$0" "$1" get-service-token -s dev --service-id workflows-client | "$0" "$1" verify-token -s dev --scope '${SCOPE}' --client-id ${secret.client_id}`;
    const result = await runProcess(
      "/bin/sh",
      ["-c", pipe, process.execPath, RUN],
      {
        directory: deployment.directory,
        environment: createEnvironment(),
        timeoutSeconds: 60,
      },
    );
    outputs.push(result.stdout, result.stderr);
    expectSuccess(result);
    expect(JSON.parse(result.stdout)).toMatchObject({
      scope: SCOPE,
      client_id: secret.client_id,
      token_use: "access",
    });
    expect(result.stderr).toMatch(/from the Terraform outputs of /m);
  });

  test("asks for the token at a terminal, without echo", async () => {
    const terminal = new PseudoTerminal(
      [
        process.execPath,
        RUN,
        "verify-token",
        "--user-pool-id",
        secret.userpool_id,
      ],
      { directory: deployment.directory, environment: createEnvironment() },
    );
    await terminal.answer("Token: ", token);
    const { code, stdout } = await terminal.waitForExit();
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(decodeClaims(token));
    expect(terminal.shown).not.toContain(token.slice(0, 20));
  });

  test("reads the user pool from the stage's secret if there is no state", async () => {
    const { code, stdout, stderr } = await run(
      ["verify-token", "-s", "dev", "--file", createFile(token)],
      {},
      createTemporaryDirectory(),
    );
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual(decodeClaims(token));
    expect(stderr).toMatch(
      /from the secret veda-auth-stack-dev\/programmatic-client$/m,
    );
    expect(stderr).toContain(
      `Allowing every client of user pool ${secret.userpool_id}…`,
    );
  });

  test("prints both reasons if neither state nor secret has the user pool", async () => {
    const { code, stdout, stderr } = await run([
      "verify-token",
      "-s",
      "prod",
      "--file",
      createFile(token),
    ]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      / {2}- .*outputs[^]*programmatic-client" does not exist/,
    );
    expect(stderr).toMatch(/^hint: set --user-pool-id/m);
  });

  test.each<[string, () => string, string[], string, RegExp]>([
    [
      "that was changed",
      () => {
        const [head, , signature] = token.split(".");
        const claims = { ...decodeClaims(token), scope: "all/of:them" };
        const body = Buffer.from(JSON.stringify(claims)).toString("base64url");
        return [head, body, signature].join(".");
      },
      [],
      "signature must be of the user pool, got another",
      /^hint: .*do not trust any of its claims$/m,
    ],
    [
      "without a scope",
      () => token,
      ["--scope", `${SCOPE} other/scope`],
      `the token must have the scope other/scope, got ${SCOPE}`,
      /^hint: grant the scope .*; request it with .* --scope '.* other\/scope'$/m,
    ],
    [
      "of another use",
      () => token,
      ["--use", "id"],
      'token_use must be id, got "access"',
      /^hint: .*; set --use to the expected use$/m,
    ],
    [
      "of another client",
      () => token,
      ["--client-id", "a,b"],
      "client must be a or b, got",
      /^hint: .*; omit --client-id to allow every client/m,
    ],
    [
      "that is not a JWT",
      () => "hunter2",
      [],
      "the token must be a JWT, got text with 1 part",
      /^hint: .*token prints a token$/m,
    ],
  ])(
    "rejects a token %s, with the reason",
    async (_name, text, args, reason, hint) => {
      const { code, stdout, stderr } = await verify(text(), ...args);
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toContain(reason);
      expect(stderr).toMatch(hint);
      expect(stderr).not.toContain(text());
    },
  );

  test("rejects a token of another user pool", async () => {
    const other = "us-west-2_another1";
    const { code, stderr } = await run([
      "verify-token",
      "--user-pool-id",
      other,
      "--file",
      createFile(token),
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      new RegExp(
        `^issuer must be .*/${other}, got ".*/${secret.userpool_id}"$`,
        "m",
      ),
    );
    expect(stderr).toMatch(/^hint: .*with --stage or --user-pool-id; /m);
  });

  test.each([
    [
      ["hunter2"],
      /^the token must be on standard input or in --file, got an argument\nhint: other users can read/,
    ],
    [["--use", "refresh"], /^--use must be one of access, id/],
    [
      ["--use", "id", "--scope", "a"],
      /^--scope must not be used together with --use id/,
    ],
    [
      ["-s", "dev", "--user-pool-id", "us-west-2_a"],
      /^--stage must not be used together with --user-pool-id/,
    ],
    [["--user-pool-id", "x"], /^--user-pool-id must be/],
    [["--user-pool-id", "us_west"], /^--user-pool-id must be/],
  ])("fails for %j, with exit code 2", async (args, message) => {
    const { code, stdout, stderr } = await run(["verify-token", ...args]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("hunter2");
  });
});

describeLocal("the client secret", () => {
  test("is in no output of the commands above", () => {
    expect(secret.client_secret).toMatch(/^\S{24,}$/);
    expect(outputs.length).toBeGreaterThan(50);
    expect(
      outputs.filter((text) => text.includes(secret.client_secret)),
    ).toEqual([]);
  });
});

function parseAccessToken(result: ProcessResult | undefined): string {
  const { access_token } = JSON.parse(result?.stdout ?? "") as {
    readonly access_token: string;
  };
  return access_token;
}

/** Claims of a token, not verified. */
function decodeClaims(token: string): Record<string, unknown> {
  const [, claims = ""] = token.split(".");
  return JSON.parse(Buffer.from(claims, "base64url").toString()) as Record<
    string,
    unknown
  >;
}
