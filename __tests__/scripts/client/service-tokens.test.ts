import { inspect } from "node:util";
import {
  ClientError,
  serviceTokens,
  type ServiceTokens,
  type ServiceTokensOptions,
} from "../../../scripts/lib/client";
import { CANARY } from "../../support/fake-service-client";
import { restoreEnvironment, setEnvironment } from "../../support/environment";
import { LoopbackServer, type Reply } from "../../support/loopback-server";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../../support/stage";
import { VirtualClock } from "../../support/virtual-clock";

const FIELDS = {
  flow: "client_credentials",
  client_id: "the-client",
  client_secret: `${CANARY}-1`,
  cognito_domain: "https://stack.auth.us-west-2.amazoncognito.com",
  scope: "server/read server/write",
};
const SECRET = "our-auth-dev/workflows-client";

let server: LoopbackServer;
/** Return the responses of Secrets Manager and of the token endpoint. */
let readReply: () => Reply | undefined;
let tokenReply: () => Reply | undefined;
let lines: string[];

beforeAll(async () => {
  server = await LoopbackServer.start(({ url }) =>
    url === "/oauth2/token" ? tokenReply() : readReply(),
  );
});

beforeEach(() => {
  server.received.splice(0);
  lines = [];
  readReply = () => ({ body: { SecretString: JSON.stringify(FIELDS) } });
  tokenReply = () => ({
    body: {
      access_token: `${CANARY}-token-${listTokenRequests().length}`,
      expires_in: 3600,
      token_type: "Bearer",
    },
  });
  setEnvironment({
    ...process.env,
    AWS_ENDPOINT_URL: server.endpoint,
    COGNITO_DOMAIN_ENDPOINT: server.endpoint,
    AWS_ACCESS_KEY_ID: "AKIDENVIRONMENT",
    AWS_SECRET_ACCESS_KEY: `${CANARY}-key`,
    AWS_SESSION_TOKEN: `${CANARY}-session`,
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    XDG_CACHE_HOME: createTemporaryDirectory(),
  });
});

afterEach(() => {
  restoreEnvironment();
  jest.restoreAllMocks();
  expect(lines.join("\n")).not.toContain(CANARY);
});

afterAll(async () => {
  await server.stop();
  removeTemporaryDirectories();
});

function create(more: Partial<ServiceTokensOptions> = {}): ServiceTokens {
  return serviceTokens({
    secretId: SECRET,
    log: (line: string) => lines.push(line),
    ...more,
  } as ServiceTokensOptions);
}

function listTokenRequests() {
  return server.received.filter(({ url }) => url === "/oauth2/token");
}

/** Returns the id of the secret, the Region and the access key of each read. */
function listReads(): string[] {
  return server.received
    .filter(({ url }) => url !== "/oauth2/token")
    .map(({ body, headers }) => {
      const { SecretId } = JSON.parse(body) as { readonly SecretId: string };
      const [, key, region] =
        /Credential=(\w+)\/\d+\/([\w-]+)\//.exec(headers.authorization ?? "") ??
        [];
      return `${SecretId} ${region} ${key}`;
    });
}

/** Returns the error of a call. Nothing that prints it prints a secret. */
async function getError(call: () => unknown): Promise<ClientError> {
  let error: unknown;
  try {
    await call();
  } catch (thrown) {
    error = thrown;
  }
  if (!(error instanceof ClientError))
    throw new Error("the error must be a ClientError", { cause: error });
  const printed = [
    inspect(error, { depth: Infinity, showHidden: true }),
    JSON.stringify(error),
    error.stack,
    String(error.cause),
  ].join("\n");
  expect(printed).not.toContain(CANARY);
  expect(printed).not.toMatch(/Basic |Authorization/i);
  return error;
}

describe("serviceTokens", () => {
  test("returns a token for the client of a secret", async () => {
    const tokens = create();
    expect(await tokens.getToken()).toBe(`${CANARY}-token-1`);
    expect(await tokens.getToken()).toBe(`${CANARY}-token-1`);
    expect(listReads()).toEqual([`${SECRET} us-west-2 AKIDENVIRONMENT`]);
    expect(listTokenRequests()).toHaveLength(1);
  });

  test("reads one secret and sends one request for 200 callers", async () => {
    const tokens = create();
    const results = await Promise.all(
      Array.from({ length: 200 }, () => tokens.getToken()),
    );
    expect(new Set(results)).toEqual(new Set([`${CANARY}-token-1`]));
    expect(listReads()).toHaveLength(1);
    expect(listTokenRequests()).toHaveLength(1);
  });

  test.each<[string, Partial<ServiceTokensOptions>, string]>([
    [
      "the stage and the service",
      { secretId: undefined, stage: "dev", serviceId: "svc" },
      "veda-auth-stack-dev/svc us-west-2",
    ],
    [
      "the app, too",
      { secretId: undefined, stage: "dev", serviceId: "svc", appName: "our" },
      "our-dev/svc us-west-2",
    ],
    ["a Region", { region: "eu-west-1" }, `${SECRET} eu-west-1`],
    [
      "an ARN, with its Region",
      { secretId: "arn:aws:secretsmanager:eu-north-1:123456789012:secret:a-1" },
      "arn:aws:secretsmanager:eu-north-1:123456789012:secret:a-1 eu-north-1",
    ],
  ])("reads the secret of %s", async (_name, options, read) => {
    // an application can have a variable of this name for itself
    setEnvironment({ ...process.env, APP_NAME: "another" });
    await create(options).getToken();
    expect(listReads()).toEqual([`${read} AKIDENVIRONMENT`]);
  });

  test("reads the secret with AWS_REGION, as it is when the secret is read", async () => {
    const tokens = create();
    setEnvironment({ ...process.env, AWS_REGION: "us-east-2" });
    await tokens.getToken();
    expect(listReads()).toEqual([`${SECRET} us-east-2 AKIDENVIRONMENT`]);
  });

  test.each([
    { accessKeyId: "AKIDOWN", secretAccessKey: "s" },
    () => Promise.resolve({ accessKeyId: "AKIDOWN", secretAccessKey: "s" }),
  ])("reads the secret with credentials of the caller's own", async (own) => {
    await create({ credentials: own }).getToken();
    expect(listReads()).toEqual([`${SECRET} us-west-2 AKIDOWN`]);
  });

  test("reads the secret by a function, without the AWS SDK", async () => {
    const readSecret = jest.fn(() => Promise.resolve(FIELDS));
    expect(await create({ readSecret }).getToken()).toBe(`${CANARY}-token-1`);
    expect(readSecret.mock.calls).toEqual([[SECRET]]);
    expect(listReads()).toEqual([]);
  });

  test.each([
    undefined,
    null,
    JSON.stringify(FIELDS),
    [FIELDS],
    { ...FIELDS, scope: ["server/read"] },
    { ...FIELDS, client_secret: 1 },
  ])("refuses a function that returns %j", async (fields) => {
    const readSecret = () => Promise.resolve(fields as never);
    expect(
      await getError(() => create({ readSecret }).getToken()),
    ).toMatchObject({
      code: "invalid_option",
      message:
        "serviceTokens: the function readSecret must return an object with text fields, got another value",
    });
  });

  test("names a field that a function returns no value for", async () => {
    const fields = { ...FIELDS, client_secret: undefined } as never;
    const readSecret = () => Promise.resolve(fields);
    expect(
      await getError(() => create({ readSecret }).getToken()),
    ).toMatchObject({
      code: "secret_unusable",
      message: expect.stringContaining("got no client_secret") as string,
    });
  });

  test("heals after a rotation, with one refused request", async () => {
    const stored = { ...FIELDS };
    readReply = () => ({ body: { SecretString: JSON.stringify(stored) } });
    const accept = tokenReply;
    tokenReply = () => {
      if (listTokenRequests().length > 1) return accept();
      stored.client_secret = `${CANARY}-2`;
      return { status: 400, body: { error: "invalid_client" } };
    };
    expect(await create().getToken()).toBe(`${CANARY}-token-2`);
    expect(lines).toEqual([`secret "${SECRET}" was changed; trying once more`]);
  });

  test("prints nothing by itself", async () => {
    const writes = (["stdout", "stderr"] as const).map((stream) =>
      jest.spyOn(process[stream], "write").mockReturnValue(true),
    );
    const log = jest.spyOn(console, "error").mockReturnValue(undefined);
    setEnvironment({ ...process.env, AWS_PROFILE: "unused" });
    tokenReply = () => ({ status: 400, body: { error: "invalid_scope" } });
    await getError(() => serviceTokens({ secretId: SECRET }).getToken());
    for (const spy of [...writes, log]) expect(spy).not.toHaveBeenCalled();
  });
});

describe("the disk cache", () => {
  test("shares a token, and its renewal", async () => {
    const [one, other] = [
      create({ diskCache: true }),
      create({ diskCache: true }),
    ];
    const [first, second] = await Promise.all([
      one.getToken(),
      other.getToken(),
    ]);
    expect([first, second]).toEqual(Array(2).fill(`${CANARY}-token-1`));
    expect(listReads()).toHaveLength(1);

    // a laptop that slept until the token expired
    jest.spyOn(Date, "now").mockReturnValue(Date.now() + 2 * 3_600_000);
    expect(await one.getToken()).toBe(`${CANARY}-token-2`);
    expect(await other.getToken()).toBe(`${CANARY}-token-2`);
    expect(listTokenRequests()).toHaveLength(2);
  });

  test("does not return a token that an API refused", async () => {
    const tokens = create({ diskCache: true });
    const token = await tokens.getToken();
    jest.spyOn(Date, "now").mockReturnValue(Date.now() + 60_000);
    tokens.invalidate(token);
    expect(await tokens.getToken()).toBe(`${CANARY}-token-2`);
    expect(await create({ diskCache: true }).getToken()).toBe(
      `${CANARY}-token-2`,
    );
  });

  test("is renewed ahead of the expiry", async () => {
    const tokens = create({ diskCache: true });
    await tokens.getToken();
    jest.spyOn(Date, "now").mockReturnValue(Date.now() + 55 * 60_000 - 1_000);
    expect(await tokens.getToken()).toBe(`${CANARY}-token-1`);
    await waitFor(() => listTokenRequests().length === 2);
    await waitFor(async () => (await tokens.getToken()).endsWith("-token-2"));
  });

  test("handles no signal of the application", async () => {
    const counts: number[] = [];
    const accept = tokenReply;
    tokenReply = () => {
      counts.push(process.listenerCount("SIGTERM"));
      return accept();
    };
    const before = process.listenerCount("SIGTERM");
    await create({ diskCache: true }).getToken();
    expect(counts).toEqual([before]);
  });

  test.each([
    [{ AWS_ACCESS_KEY_ID: "AKID", AWS_SECRET_ACCESS_KEY: "" }],
    [{ AWS_REGION: "nowhere" }],
  ])(
    "with an invalid environment, %j, fails with a ClientError",
    async (env) => {
      setEnvironment({ ...process.env, ...env });
      const error = await getError(() =>
        create({ diskCache: true }).getToken(),
      );
      expect(error.code).toBe("secret_unusable");
    },
  );
});

/** Waits until a condition holds. */
async function waitFor(
  condition: () => boolean | Promise<boolean>,
): Promise<void> {
  while (!(await condition()))
    await new Promise((resolve) => setTimeout(resolve, 10));
}

describe("serviceTokens refuses", () => {
  test.each<[unknown, string]>([
    [
      undefined,
      "the options of serviceTokens must be an object, got undefined",
    ],
    [{}, "serviceTokens: secretId, or stage and serviceId, is required"],
    [
      { stage: "dev" },
      "serviceTokens: secretId, or stage and serviceId, is required",
    ],
    [{ secretID: SECRET }, 'serviceTokens: there is no option "secretID"'],
    [
      { secretId: "" },
      "serviceTokens: secretId must be text without blanks, got empty text",
    ],
    [
      { secretId: SECRET, scopes: ["a b"] },
      "serviceTokens: scopes must be a list of names without blanks that is not empty, got another list",
    ],
    [
      { secretId: SECRET, scopes: "a b" },
      "serviceTokens: scopes must be a list of names without blanks that is not empty, got another text",
    ],
    [
      { secretId: SECRET, secretMinutes: Number.NaN },
      "serviceTokens: secretMinutes must be a number greater than 0, got a number",
    ],
    [
      { secretId: SECRET, stage: "dev", serviceId: "svc" },
      "serviceTokens: secretId and stage must not be set together",
    ],
    [
      { secretId: SECRET, profile: "a", credentials: () => undefined },
      "serviceTokens: credentials and profile must not be set together",
    ],
    [
      { secretId: SECRET, diskCache: true, credentials: () => undefined },
      "serviceTokens: credentials and diskCache must not be set together",
    ],
    [
      { secretId: SECRET, credentials: {} },
      "serviceTokens: credentials must be an object with accessKeyId and secretAccessKey, or a function that returns one, got an object",
    ],
    [
      {
        secretId: SECRET,
        credentials: {
          accessKeyId: "a",
          secretAccessKey: "b",
          sessionToken: `${CANARY}\n`,
        },
      },
      "serviceTokens: credentials must be an object with accessKeyId and secretAccessKey, or a function that returns one, got an object",
    ],
  ])("%j", async (options, message) => {
    const error = await getError(() => serviceTokens(options as never));
    expect(error).toMatchObject({ code: "invalid_option", message });
    expect(server.received).toEqual([]);
  });

  test.each<[unknown, string]>([
    [
      { scopes: ["a b"] },
      "getToken: scopes must be a list of names without blanks that is not empty, got another list",
    ],
    [{ scope: "a" }, 'getToken: there is no option "scope"'],
    [{ signal: {} }, "getToken: signal must be an AbortSignal, got an object"],
  ])("getToken with %j", async (options, message) => {
    const error = await getError(() => create().getToken(options as never));
    expect(error).toMatchObject({ code: "invalid_option", message });
    expect(server.received).toEqual([]);
  });
});

describe("no error contains a secret", () => {
  test("of a function of the application that repeats the request", async () => {
    const fetch: typeof globalThis.fetch = (_url, init) => {
      const sent = JSON.stringify(init?.headers);
      throw new TypeError(sent, { cause: new Error(sent) });
    };
    const clock = new VirtualClock();
    const readSecret = () => Promise.resolve(FIELDS);
    const error = await clock.run(
      getError(() => create({ fetch, clock, readSecret }).getToken()),
    );
    expect(error).toMatchObject({
      code: "endpoint_failed",
      message: expect.stringContaining(": the connection failed,") as string,
    });
  });

  const secret = (fields: unknown): Reply => ({
    body: {
      SecretString:
        typeof fields === "string" ? fields : JSON.stringify(fields),
    },
  });
  const fault = (type: string, message: string, status = 400): Reply => ({
    status,
    headers: { "x-amzn-errortype": type },
    body: { __type: type, message },
  });

  test.each<[string, string, () => Reply | undefined]>([
    ["a secret that is not JSON", "secret_unusable", () => secret(CANARY)],
    ["a secret that is a list", "secret_unusable", () => secret([CANARY])],
    [
      "a field that is no text",
      "secret_unusable",
      () => secret({ ...FIELDS, client_secret: { a: CANARY } }),
    ],
    [
      "a missing field",
      "secret_unusable",
      () => secret({ ...FIELDS, scope: undefined }),
    ],
    [
      "a domain with a password",
      "secret_unusable",
      () => secret({ ...FIELDS, cognito_domain: `https://a:${CANARY}@b` }),
    ],
    ["another flow", "wrong_client", () => secret({ ...FIELDS, flow: CANARY })],
    [
      "a response of AWS that is not JSON",
      "secret_unusable",
      () => ({ body: `{"SecretString":"${CANARY}` }),
    ],
    [
      "a response of AWS that is HTML",
      "secret_unusable",
      () => ({ body: `<b>${CANARY}</b>` }),
    ],
    [
      "a signature that AWS refuses",
      "secret_unusable",
      () => fault("InvalidSignatureException", `session:${CANARY}-session`),
    ],
    [
      "a request that AWS denies",
      "secret_unusable",
      () => fault("AccessDeniedException", "User: x is not authorized"),
    ],
    [
      "a secret that does not exist",
      "secret_unusable",
      () => fault("ResourceNotFoundException", "not found"),
    ],
    [
      "a secret that is deleted",
      "secret_unusable",
      () => fault("InvalidRequestException", "marked for deletion"),
    ],
  ])("of Secrets Manager: %s", async (_name, code, reply) => {
    if (_name.startsWith("a domain"))
      Reflect.deleteProperty(process.env, "COGNITO_DOMAIN_ENDPOINT");
    readReply = reply;
    const error = await getError(() => create().getToken());
    expect(error.code).toBe(code);
    expect(error.hint).not.toContain("--profile");
  });

  test.each([undefined, {}, { secretAccessKey: CANARY }])(
    "of a function that returns the credentials %j",
    async (own) => {
      const credentials = () => Promise.resolve(own as never);
      const error = await getError(() => create({ credentials }).getToken());
      expect(error).toMatchObject({ code: "invalid_option" });
    },
  );

  test.each([
    `{"a": x${CANARY}}`,
    `{"SecretAccessKey":"${CANARY}`,
    { Token: CANARY, AccessKeyId: CANARY },
  ])("of credentials of the container, %j", async (body) => {
    setEnvironment({
      ...process.env,
      AWS_ACCESS_KEY_ID: "",
      AWS_SECRET_ACCESS_KEY: "",
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `${server.endpoint}/credentials`,
      AWS_CONTAINER_AUTHORIZATION_TOKEN: CANARY,
    });
    readReply = () => ({ body });
    const error = await getError(() => create().getToken());
    expect(error.code).toBe("secret_unusable");
  });

  test.each([
    `http://user:${CANARY}@127.0.0.1:1`,
    `socks://user:${CANARY}@127.0.0.1:1`,
  ])("of the proxy %s", async (proxy) => {
    setEnvironment({
      ...process.env,
      AWS_ENDPOINT_URL: "",
      HTTPS_PROXY: proxy,
    });
    const error = await getError(() => create().getToken());
    expect(error.code).toBe("secret_unusable");
  });

  test.each<[string, string, () => Reply | undefined]>([
    [
      "an OAuth error with a text",
      "token_refused",
      () => ({
        status: 400,
        body: { error: "invalid_scope", error_description: CANARY },
      }),
    ],
    [
      "an OAuth error of its own",
      "endpoint_failed",
      () => ({ status: 400, body: { error: `Basic ${CANARY}` } }),
    ],
    [
      "a page that repeats the request",
      "endpoint_failed",
      () => ({ status: 403, body: `<pre>Authorization: ${CANARY}</pre>` }),
    ],
    [
      "a redirect",
      "endpoint_failed",
      () => ({ status: 302, headers: { location: `/${CANARY}` }, body: "" }),
    ],
    [
      "a token of another type",
      "endpoint_failed",
      () => ({
        body: { access_token: CANARY, expires_in: 1, token_type: CANARY },
      }),
    ],
    [
      "a token with a line break",
      "endpoint_failed",
      () => ({
        body: {
          access_token: `${CANARY}\n`,
          expires_in: 3600,
          token_type: "Bearer",
        },
      }),
    ],
  ])("of the token endpoint: %s", async (_name, code, reply) => {
    tokenReply = reply;
    const error = await getError(() => create().getToken());
    expect(error.code).toBe(code);
    expect(error.hint).toMatch(/^[a-z]/);
  });
});
