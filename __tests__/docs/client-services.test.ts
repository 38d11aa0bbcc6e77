import {
  compileClientSamples,
  runClientSample,
} from "../support/client-samples";
import { restoreEnvironment, setEnvironment } from "../support/environment";
import { LoopbackServer } from "../support/loopback-server";
import { removeTemporaryDirectories } from "../support/stage";

const SERVICE = "## Service tokens";
const ERRORS = "## Errors";

let server: LoopbackServer;
/** The client secret that the user pool has, and the one that Secrets Manager has. */
let valid: string;
let stored: string;

beforeAll(async () => {
  server = await LoopbackServer.start(({ url, headers, body }) => {
    if (url === "/items")
      return { status: headers.authorization === undefined ? 401 : 200, body };
    if (url === "/oauth2/token") {
      const isValid =
        headers.authorization === `Basic ${btoa(`the-client:${valid}`)}`;
      stored = valid;
      return isValid
        ? {
            body: { access_token: "t", expires_in: 3600, token_type: "Bearer" },
          }
        : { status: 400, body: { error: "invalid_client" } };
    }
    return {
      body: {
        SecretString: JSON.stringify({
          flow: "client_credentials",
          client_id: "the-client",
          client_secret: stored,
          cognito_domain: "https://stack.example.com",
          scope: "server/read",
        }),
      },
    };
  });
});

beforeEach(() => {
  server.received.splice(0);
  [valid, stored] = ["first", "first"];
  setEnvironment({
    ...process.env,
    AWS_ENDPOINT_URL: server.endpoint,
    COGNITO_DOMAIN_ENDPOINT: server.endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
  });
});

afterEach(restoreEnvironment);

afterAll(async () => {
  await server.stop();
  removeTemporaryDirectories();
});

function countRequests(url: string): number {
  return server.received.filter((one) => one.url === url).length;
}

test("the samples of services compile", async () => {
  const { code, stdout } = await compileClientSamples([SERVICE, ERRORS]);
  expect(stdout).toBe("");
  expect(code).toBe(0);
});

describe("the sample of a service", () => {
  const load = () =>
    runClientSample(SERVICE) as {
      readonly callApi: (url: string) => Promise<Response>;
    };

  test("calls an API with one token for all its requests", async () => {
    const { callApi } = load();
    const url = `${server.endpoint}/items`;
    const responses = await Promise.all([callApi(url), callApi(url)]);
    expect(responses.map(({ status }) => status)).toEqual([200, 200]);
    expect(countRequests("/oauth2/token")).toBe(1);
  });

  test("fails no call when the client secret was rotated", async () => {
    valid = "second";
    const { status } = await load().callApi(`${server.endpoint}/items`);
    expect(status).toBe(200);
    expect(countRequests("/oauth2/token")).toBe(2);
  });
});

test("the sample of errors names what failed", async () => {
  const load = () =>
    runClientSample(ERRORS) as {
      readonly describeHealth: () => Promise<string>;
    };
  expect(await load().describeHealth()).toBe("ok");
  setEnvironment({ ...process.env, AWS_ACCESS_KEY_ID: "" });
  expect(await load().describeHealth()).toMatch(
    /^secret_unusable: AWS_SECRET_ACCESS_KEY requires AWS_ACCESS_KEY_ID/,
  );
});
