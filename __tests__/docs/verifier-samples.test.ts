import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getEnvironment } from "../../stacks/config/environment";
import {
  compileClientSamples,
  runClientSample,
} from "../support/client-samples";
import { LoopbackServer, type Reply } from "../support/loopback-server";
import { removeTemporaryDirectories } from "../support/stage";
import {
  CLAIMS,
  JWKS,
  SERVICE_CLIENT,
  signToken,
} from "../support/token-signer";

const BASIC = "## Verify tokens";
const EXPRESS = "### Express";
const FASTIFY = "### Fastify";
const REST_API = "### Lambda authorizer of a REST API";
const BROWSER = "### Browsers";
const HTTP_API = "### Lambda authorizer of an HTTP API";

const TOKEN = signToken({ ...CLAIMS.service, scope: "our-api/read" });
const OTHER_SCOPE = signToken({ ...CLAIMS.service, scope: "our-api/reader" });
const EXPIRED = signToken({ ...CLAIMS.service, exp: 1 });

let keys: LoopbackServer;
let reply: Reply;

beforeAll(async () => {
  keys = await LoopbackServer.start(() => reply);
  getEnvironment().AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER = keys.endpoint;
});

beforeEach(() => {
  keys.received.splice(0);
  reply = { body: JWKS };
});

afterAll(async () => {
  delete getEnvironment().AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER;
  await keys.stop();
  removeTemporaryDirectories();
});

test("the samples compile in a strict project", async () => {
  expect(
    await compileClientSamples([
      BASIC,
      EXPRESS,
      FASTIFY,
      REST_API,
      HTTP_API,
      BROWSER,
    ]),
  ).toMatchObject({ stdout: "", stderr: "", code: 0 });
});

test("the first sample returns the client", async () => {
  const { findClient } = runClientSample(BASIC) as {
    readonly findClient: (token: string) => Promise<string>;
  };
  expect(await findClient(TOKEN)).toBe(SERVICE_CLIENT);
  await expect(findClient(OTHER_SCOPE)).rejects.toThrow(/our-api\/read/);
});

interface Api {
  readonly endpoint: string;
  readonly stop: () => Promise<void>;
}

async function startExpress(): Promise<Api> {
  const { app } = runClientSample(EXPRESS) as { readonly app: RequestListener };
  const server: Server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function startFastify(): Promise<Api> {
  const { app } = runClientSample(FASTIFY) as {
    readonly app: {
      readonly listen: (options: object) => Promise<string>;
      readonly close: () => Promise<void>;
    };
  };
  const endpoint = await app.listen({ port: 0, host: "127.0.0.1" });
  return { endpoint, stop: () => app.close() };
}

describe.each([
  ["Express", startExpress],
  ["Fastify", startFastify],
])("an API with %s", (_name, start) => {
  let api: Api;

  beforeEach(async () => {
    api = await start();
  });

  afterEach(() => api.stop());

  async function call(authorization?: string) {
    const response = await fetch(`${api.endpoint}/items`, {
      headers: authorization === undefined ? {} : { authorization },
    });
    const body: unknown = await response.json();
    const challenge = response.headers.get("www-authenticate");
    return { status: response.status, challenge, body };
  }

  test("responds to a token, and fetches the keys once for 100 requests", async () => {
    const responses = await Promise.all(
      Array.from({ length: 100 }, () => call(`Bearer ${TOKEN}`)),
    );
    for (const response of responses)
      expect(response).toEqual({
        status: 200,
        challenge: null,
        body: { client: SERVICE_CLIENT },
      });
    expect(keys.received).toHaveLength(1);
  });

  test.each<[string | undefined, number, string, string]>([
    [undefined, 401, "Bearer", "token_missing"],
    ["Basic hunter2", 401, "Bearer", "token_missing"],
    [
      `Bearer ${EXPIRED}`,
      401,
      'Bearer error="invalid_token", error_description="token_expired"',
      "token_expired",
    ],
    [
      "Bearer hunter2",
      401,
      'Bearer error="invalid_token", error_description="not_a_token"',
      "not_a_token",
    ],
    [
      `Bearer ${OTHER_SCOPE}`,
      403,
      'Bearer error="insufficient_scope", scope="our-api/read"',
      "missing_scope",
    ],
  ])(
    "case %#: refuses another header",
    async (header, status, challenge, error) => {
      expect(await call(header)).toEqual({
        status,
        challenge,
        body: { error },
      });
    },
  );

  test("responds with 503 if the keys are unavailable", async () => {
    reply = { status: 404, body: "" };
    expect(await call(`Bearer ${TOKEN}`)).toEqual({
      status: 503,
      challenge: null,
      body: { error: "keys_unavailable" },
    });
  });
});

/** Event of a REST API in AWS's documentation, with another header. */
function createRestEvent(headers: object | null) {
  return {
    type: "REQUEST",
    methodArn:
      "arn:aws:execute-api:us-east-1:123456789012:abcdef123/test/GET/request",
    resource: "/request",
    path: "/request",
    httpMethod: "GET",
    headers: headers && {
      "X-AMZ-Date": "20170718T062915Z",
      Accept: "*/*",
      "CloudFront-Viewer-Country": "US",
      ...headers,
    },
    queryStringParameters: { QueryString1: "queryValue1" },
    pathParameters: {},
    stageVariables: { StageVar1: "stageValue1" },
    requestContext: {
      path: "/request",
      accountId: "123456789012",
      resourceId: "05c7jb",
      stage: "test",
      requestId: "...",
      identity: { sourceIp: "192.0.2.1" },
      resourcePath: "/request",
      httpMethod: "GET",
      apiId: "abcdef123",
    },
  };
}

/** Event of an HTTP API in AWS's documentation, with payload format 2.0 and another header. */
function createHttpEvent(headers: object) {
  return {
    version: "2.0",
    type: "REQUEST",
    routeArn:
      "arn:aws:execute-api:us-east-1:123456789012:abcdef123/test/GET/request",
    identitySource: ["user1", "123"],
    routeKey: "$default",
    rawPath: "/my/path",
    rawQueryString: "parameter1=value1&parameter1=value2&parameter2=value",
    cookies: ["cookie1", "cookie2"],
    headers: { header1: "value1", header2: "value2", ...headers },
    queryStringParameters: { parameter1: "value1,value2", parameter2: "value" },
    requestContext: {
      accountId: "123456789012",
      apiId: "api-id",
      domainName: "id.execute-api.us-east-1.amazonaws.com",
      domainPrefix: "id",
      http: {
        method: "POST",
        path: "/my/path",
        protocol: "HTTP/1.1",
        sourceIp: "IP",
        userAgent: "agent",
      },
      requestId: "id",
      routeKey: "$default",
      stage: "$default",
      time: "12/Mar/2020:19:03:58 +0000",
      timeEpoch: 1583348638390,
    },
    pathParameters: { parameter1: "value1" },
    stageVariables: { stageVariable1: "value1", stageVariable2: "value2" },
  };
}

type Handler = (event: object) => Promise<unknown>;

describe("the authorizer of a REST API", () => {
  let handler: Handler;

  beforeEach(() => {
    ({ handler } = runClientSample(REST_API) as { readonly handler: Handler });
  });

  const createPolicy = (principalId: string, effect: string) => ({
    principalId,
    policyDocument: {
      Version: "2012-10-17",
      Statement: [
        {
          Action: "execute-api:Invoke",
          Effect: effect,
          Resource: createRestEvent(null).methodArn,
        },
      ],
    },
  });

  test.each(["Authorization", "authorization"])(
    "allows a token in %s",
    async (name) => {
      const event = createRestEvent({ [name]: `Bearer ${TOKEN}` });
      expect(await handler(event)).toEqual(
        createPolicy(SERVICE_CLIENT, "Allow"),
      );
    },
  );

  test("denies a token without the scope", async () => {
    const event = createRestEvent({ Authorization: `Bearer ${OTHER_SCOPE}` });
    expect(await handler(event)).toEqual(createPolicy("unknown", "Deny"));
  });

  test.each([
    null,
    {},
    { Authorization: `Bearer ${EXPIRED}` },
    { Authorization: TOKEN },
  ])("case %#: is unauthorized", async (headers) => {
    await expect(handler(createRestEvent(headers))).rejects.toThrow(
      /^Unauthorized$/,
    );
  });

  test("fails if the keys are unavailable", async () => {
    reply = { status: 404, body: "" };
    const event = createRestEvent({ Authorization: `Bearer ${TOKEN}` });
    await expect(handler(event)).rejects.toMatchObject({
      code: "keys_unavailable",
    });
  });
});

describe("the authorizer of an HTTP API", () => {
  let handler: Handler;

  beforeEach(() => {
    ({ handler } = runClientSample(HTTP_API) as { readonly handler: Handler });
  });

  test("allows a token", async () => {
    const event = createHttpEvent({ authorization: `Bearer ${TOKEN}` });
    expect(await handler(event)).toEqual({
      isAuthorized: true,
      context: { client: SERVICE_CLIENT },
    });
  });

  test.each([
    {},
    { authorization: `Bearer ${EXPIRED}` },
    { authorization: `Bearer ${OTHER_SCOPE}` },
    { authorization: "Basic hunter2" },
  ])("case %#: refuses another header", async (headers) => {
    expect(await handler(createHttpEvent(headers))).toEqual({
      isAuthorized: false,
    });
  });

  test("fails if the keys are unavailable", async () => {
    reply = { status: 404, body: "" };
    const event = createHttpEvent({ authorization: `Bearer ${TOKEN}` });
    await expect(handler(event)).rejects.toMatchObject({
      code: "keys_unavailable",
    });
  });
});
