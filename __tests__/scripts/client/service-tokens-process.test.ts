import path from "node:path";
import { buildSync } from "esbuild";
import {
  type ProcessResult,
  runProcess,
} from "../../../scripts/lib/system/processes";
import { LoopbackServer, type Reply } from "../../support/loopback-server";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../../support/stage";

const SECRET = {
  flow: "client_credentials",
  client_id: "the-client",
  client_secret: "the-secret",
  cognito_domain: "https://stack.example.com",
  scope: "server/read",
};
const FAILURE: Reply = {
  status: 503,
  headers: { "retry-after": "15" },
  body: "",
};

let server: LoopbackServer;
/** Replaces a token; receives the number of the request. */
let reply: (count: number) => Reply | undefined;

beforeAll(async () => {
  server = await LoopbackServer.start(({ url }) => {
    if (url !== "/oauth2/token")
      return { body: { SecretString: JSON.stringify(SECRET) } };
    const count = countTokenRequests();
    return (
      reply(count) ?? {
        body: {
          access_token: `token-${count}`,
          expires_in: 3600,
          token_type: "Bearer",
        },
      }
    );
  });
});

beforeEach(() => {
  server.received.splice(0);
  reply = () => undefined;
});

afterAll(async () => {
  await server.stop();
  removeTemporaryDirectories();
});

function countTokenRequests(): number {
  return server.received.filter(({ url }) => url === "/oauth2/token").length;
}

/** Writes a program of an application that uses the client; returns its file. */
function build(code: string): string {
  const { outputFiles } = buildSync({
    stdin: {
      contents: `import { serviceTokens } from "veda-auth/client";
const create = (more) => serviceTokens({ secretId: "our-auth-dev/svc", ...more });
void (async () => { ${code} })();`,
      resolveDir: path.resolve("."),
    },
    bundle: true,
    platform: "node",
    write: false,
  });
  const text = outputFiles[0]?.text ?? "";
  const directory = createTemporaryDirectory({ "program.cjs": text });
  return path.join(directory, "program.cjs");
}

function run(
  program: string,
  cache = createTemporaryDirectory(),
): Promise<ProcessResult> {
  return runProcess(process.execPath, [program], {
    directory: path.resolve("."),
    environment: {
      PATH: process.env.PATH,
      HOME: cache,
      XDG_CACHE_HOME: cache,
      // a warning of the AWS SDK, not of the client
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      AWS_REGION: "us-west-2",
      AWS_ENDPOINT_URL: server.endpoint,
      COGNITO_DOMAIN_ENDPOINT: server.endpoint,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    },
    timeoutSeconds: 110,
  });
}

test("a process waits for a token during the pauses of its request", async () => {
  reply = (count) =>
    count < 3 ? { ...FAILURE, headers: { "retry-after": "0" } } : undefined;
  const program = build("console.log(await create().getToken());");
  expect(await run(program)).toMatchObject({
    code: 0,
    stdout: "token-3\n",
    stderr: "",
  });
});

test("a process ends during the pauses of a renewal that no caller waits for", async () => {
  reply = (count) => (count === 1 ? undefined : FAILURE);
  const program = build(`
    const tokens = create();
    await tokens.getToken();
    const { now } = Date;
    Date.now = () => now() + 56 * 60_000;
    console.log(await tokens.getToken());`);
  expect(await run(program)).toMatchObject({
    code: 0,
    stdout: "token-1\n",
    stderr: "",
  });
  expect(countTokenRequests()).toBe(2);
});

test("a request that fails after its callers stopped waiting ends no process", async () => {
  reply = () => ({ status: 400, body: { error: "invalid_client" } });
  const program = build(`
    const tokens = create();
    const stop = new AbortController();
    const token = tokens.getToken({ signal: stop.signal });
    stop.abort(new Error("stopped"));
    await token.catch(({ message }) => console.log(message));
    await tokens.getToken().catch(({ code }) => console.log(code));`);
  expect(await run(program)).toMatchObject({
    code: 0,
    stdout: "stopped\ntoken_refused\n",
    stderr: "",
  });
});

test("processes with the disk cache share one request", async () => {
  const program = build(
    "console.log(await create({ diskCache: true }).getToken());",
  );
  const cache = createTemporaryDirectory();
  const runs = Array.from({ length: 4 }, () => run(program, cache));
  for (const result of await Promise.all(runs))
    expect(result).toMatchObject({ code: 0, stdout: "token-1\n", stderr: "" });
  expect(countTokenRequests()).toBe(1);
});
