import { UserError } from "../../../constructs/errors";
import {
  type AccessToken,
  explainOAuthError,
  OAuthError,
  requestToken,
  resolveTokenUrl,
} from "../../../scripts/lib/auth/token-endpoint";
import { getDomainBaseUrl } from "../../../constructs/aws";
import { LoopbackServer, type Reply } from "../../support/loopback-server";

const CANARY = "5ecretcanary";
const TOKEN: AccessToken = {
  access_token: "a.b.c",
  expires_in: 3600,
  token_type: "Bearer",
};

let server: LoopbackServer;
/** Responses of the server, in order; the last one repeats. */
let replies: (Reply | undefined)[];

beforeAll(async () => {
  server = await LoopbackServer.start(() =>
    replies.length > 1 ? replies.shift() : replies[0],
  );
});

beforeEach(() => {
  server.received.splice(0);
});

afterAll(() => server.stop());

/** Requests a token, and records the pauses without waiting. */
async function request(...answers: (Reply | undefined)[]) {
  replies = answers;
  const pauses: number[] = [];
  const lines: string[] = [];
  const requesting = requestToken(
    {
      url: new URL(`${server.endpoint}/oauth2/token`),
      clientId: "the-client",
      clientSecret: CANARY,
      scope: "registry-server/read registry-server/stac:write",
    },
    {
      log: (line) => lines.push(line),
      pause: (milliseconds) => Promise.resolve(pauses.push(milliseconds)),
    },
  );
  let token: AccessToken | undefined;
  let error: unknown;
  try {
    token = await requesting;
  } catch (thrown) {
    error = thrown;
  }
  const { message, hint } = (error ?? {}) as Partial<UserError>;
  expect([...lines, message, hint].join("\n")).not.toContain(CANARY);
  const requests = server.received.length;
  return { token, error, message, hint, pauses, lines, requests };
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe("requestToken", () => {
  test("sends the client secret in the Authorization header, and the scopes in the body", async () => {
    const { token } = await request({ body: TOKEN });
    expect(token).toEqual(TOKEN);
    const [received] = server.received;
    expect(received?.method).toBe("POST");
    expect(received?.url).toBe("/oauth2/token");
    expect(received?.headers.authorization).toBe(
      `Basic ${Buffer.from(`the-client:${CANARY}`).toString("base64")}`,
    );
    expect(received?.headers["content-type"]).toMatch(
      /^application\/x-www-form-urlencoded/,
    );
    expect(Object.fromEntries(new URLSearchParams(received?.body))).toEqual({
      grant_type: "client_credentials",
      scope: "registry-server/read registry-server/stac:write",
    });
  });

  test("retries with growing pauses while the endpoint fails, throttles or disconnects", async () => {
    const { token, pauses, lines } = await request(
      { status: 503, body: "<html>" },
      undefined,
      { status: 429, body: {} },
      { body: TOKEN },
    );
    expect(token).toEqual(TOKEN);
    const [first = 0, second = 0, third = 0] = pauses;
    expect(first).toBeGreaterThanOrEqual(250);
    expect(first).toBeLessThan(500);
    expect(second).toBeGreaterThanOrEqual(500);
    expect(second).toBeLessThan(1000);
    expect(third).toBeGreaterThanOrEqual(1000);
    expect(third).toBeLessThan(2000);
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(
      /^the token endpoint at 127\.0\.0\.1:\d+ failed: HTTP 503; trying again in 0\.\d s$/,
    );
  });

  test("follows Retry-After up to a limit", async () => {
    const busy = (retryAfter: string): Reply => ({
      status: 429,
      headers: { "retry-after": retryAfter },
      body: {},
    });
    const now = Date.UTC(2030, 0, 1);
    jest.spyOn(Date, "now").mockReturnValue(now);
    const inTenSeconds = new Date(now + 10_000).toUTCString();
    const { pauses } = await request(
      busy("3"),
      busy("86400"),
      busy(inTenSeconds),
      {
        body: TOKEN,
      },
    );
    expect(pauses).toEqual([3000, 20_000, 10_000]);
  });
});

describe("requestToken fails", () => {
  test("when the endpoint throttles four requests", async () => {
    const { message, hint, requests } = await request({
      status: 429,
      body: {},
    });
    expect(requests).toBe(4);
    expect(message).toMatch(/limits requests: HTTP 429, after 4 attempts$/);
    expect(hint).toMatch(/^wait a minute/);
  });

  test("at once for HTTP 403, with or without Retry-After", async () => {
    const { message, requests } = await request({
      status: 403,
      headers: { "retry-after": "3" },
      body: "<html>",
    });
    expect(requests).toBe(1);
    expect(message).toMatch(/got another response \(HTTP 403\)$/);
  });

  test("when the endpoint cannot be reached", async () => {
    const gone = await LoopbackServer.start(() => ({ body: "" }));
    await gone.stop();
    const requesting = requestToken(
      {
        url: new URL(gone.endpoint),
        clientId: "",
        clientSecret: CANARY,
        scope: "",
      },
      { log: () => undefined, pause: () => Promise.resolve() },
    );
    await expect(requesting).rejects.toThrow(
      /^the token endpoint at 127\.0\.0\.1:\d+ cannot be reached: ECONNREFUSED, after 4 attempts$/,
    );
  });

  test("when no response arrives in ten seconds, in each attempt", async () => {
    const signals: unknown[] = [];
    const requesting = requestToken(
      {
        url: new URL("https://s.example/oauth2/token"),
        clientId: "",
        clientSecret: CANARY,
        scope: "",
      },
      {
        log: () => undefined,
        pause: () => Promise.resolve(),
        fetch: (_url, init) => {
          signals.push(init?.signal);
          return Promise.reject(new DOMException("late", "TimeoutError"));
        },
      },
    );
    await expect(requesting).rejects.toThrow(
      /s\.example cannot be reached: no response in 10 s, after 4 attempts$/,
    );
    expect(signals).toEqual(Array(4).fill(expect.any(AbortSignal)));
  });

  test.each<[string, Reply]>([
    ["a page of HTML", { body: `<html>${CANARY}</html>` }],
    ["JSON without a token", { body: { ...TOKEN, access_token: undefined } }],
    ["a token of two lines", { body: { ...TOKEN, access_token: "a\nb" } }],
    ["a token that never expires", { body: { ...TOKEN, expires_in: "x" } }],
    ["a token of another type", { body: { ...TOKEN, token_type: "mac" } }],
    ["null", { body: "null" }],
    ["HTTP 404", { status: 404, body: "no such page" }],
    [
      "an error that is no error code",
      { status: 400, body: { error: `<${CANARY}>` } },
    ],
  ])("when the response is %s, without a retry", async (_name, reply) => {
    const { error, message, requests } = await request(reply);
    expect(error).toBeInstanceOf(UserError);
    expect(message).toMatch(
      /must return a token or an OAuth error, got another response \(HTTP \d+\)$/,
    );
    expect(requests).toBe(1);
  });

  test("when the response is a redirect, which is not followed", async () => {
    const other = await LoopbackServer.start(() => ({ body: TOKEN }));
    const { message } = await request({
      status: 307,
      headers: { location: other.endpoint },
      body: "",
    });
    expect(message).toMatch(/got another response \(HTTP 307\)$/);
    expect(other.received).toEqual([]);
    await other.stop();
  });

  test("with the OAuth error, without a retry", async () => {
    const { error, requests } = await request({
      status: 400,
      body: { error: "invalid_client", error_description: CANARY },
    });
    expect(error).toEqual(new OAuthError("invalid_client"));
    expect(requests).toBe(1);
  });
});

describe("explainOAuthError", () => {
  test.each([
    [
      "invalid_client",
      /in Secrets Manager is out of date/,
      /rotate-secret .*--back/,
    ],
    ["invalid_scope", /scope .* does not exist/, /lists a\/b/],
    [
      "invalid_grant",
      /does not grant .* or the client was deleted/,
      /lists a\/b/,
    ],
    ["unauthorized_client", /is not enabled for/, /deploy the stage/],
    ["unsupported_grant_type", /client_credentials grant/, /cognito_domain/],
    ["invalid_request", /issues no token .* \(invalid_request\)/, /deploy/],
  ])("%s", (code, message, hint) => {
    const explained = explainOAuthError(
      new OAuthError(code),
      "stack/svc",
      "a/b",
    );
    expect(explained?.message).toMatch(message);
    expect(explained?.message).toContain('secret "stack/svc"');
    expect(explained?.message).toContain(`(${code})`);
    expect(explained?.hint).toMatch(hint);
  });

  test("returns undefined for another error", () => {
    expect(
      explainOAuthError(new Error("x"), "stack/svc", "a/b"),
    ).toBeUndefined();
  });
});

describe("resolveTokenUrl", () => {
  const source = 'field cognito_domain of secret "stack/svc"';
  const url = (text: string, env = {}): string =>
    resolveTokenUrl({ text, source }, env).href;

  test.each([
    ["us-west-2", "https://s.auth.us-west-2.amazoncognito.com/oauth2/token"],
    [
      "us-gov-west-1",
      "https://s.auth-fips.us-gov-west-1.amazoncognito.com/oauth2/token",
    ],
  ])("uses the domain of the secret, in %s", (region, expected) => {
    expect(url(getDomainBaseUrl("s", region))).toBe(expected);
  });

  test("appends to the path of a custom domain, with one slash", () => {
    expect(url("https://auth.example.org/base/")).toBe(
      "https://auth.example.org/base/oauth2/token",
    );
  });

  test.each([
    "http://127.0.0.1:4566",
    "http://localhost:4566/",
    "http://[::1]:4566",
    "https://elsewhere.example",
  ])("prefers COGNITO_DOMAIN_ENDPOINT=%s", (endpoint) => {
    const env = { COGNITO_DOMAIN_ENDPOINT: endpoint };
    expect(url("https://s.example", env)).toBe(
      `${endpoint.replace(/\/$/, "")}/oauth2/token`,
    );
  });

  test.each([
    ["http://s.example", '"http://s.example"'],
    ["http://127.0.0.1:4566", '"http://127.0.0.1:4566"'],
    [`https://user:${CANARY}@s.example`, '"https://s.example"'],
    [`https://s.example?${CANARY}`, '"https://s.example"'],
    [`s.example/${CANARY}`, "none"],
    ["", "none"],
  ])("fails when the domain of the secret is %j", (text, got) => {
    expect(() => url(text)).toThrow(
      new UserError(
        `${source} must be a URL with https:// and no user, query or fragment, got ${got}`,
      ),
    );
  });

  test.each([
    "http://s.example",
    "http://127.0.0.1.evil.example",
    "http://localhost.evil.example",
    "ftp://127.0.0.1",
    "x",
  ])("fails when COGNITO_DOMAIN_ENDPOINT is %s", (endpoint) => {
    const env = { COGNITO_DOMAIN_ENDPOINT: endpoint };
    expect(() => url("https://s.example", env)).toThrow(
      /^COGNITO_DOMAIN_ENDPOINT must be a URL with https/,
    );
  });
});
