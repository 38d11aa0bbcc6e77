import { getEventListeners } from "node:events";
import { inspect } from "node:util";
import {
  ServiceTokenError,
  TokenRefusedError,
} from "../../../scripts/lib/auth/service-token-error";
import {
  createServiceTokens,
  type ServiceTokens,
  type ServiceTokensConfig,
} from "../../../scripts/lib/auth/service-tokens";
import { UserError } from "../../../constructs/errors";
import { CANARY, FakeServiceClient } from "../../support/fake-service-client";
import { VirtualClock } from "../../support/virtual-clock";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const SECRET = "our-auth-dev/workflows-client";

let clock: VirtualClock;
let client: FakeServiceClient;
let tokens: ServiceTokens;
let lines: string[];

beforeEach(() => {
  clock = new VirtualClock();
  client = new FakeServiceClient(clock);
  lines = [];
  tokens = create();
});

afterEach(() => {
  expect(lines.join("\n")).not.toContain(CANARY);
});

function create(more: Partial<ServiceTokensConfig> = {}): ServiceTokens {
  return createServiceTokens({
    secretName: SECRET,
    reader: client.readSecret,
    fetch: client.fetch,
    clock,
    log: (line) => lines.push(line),
    ...more,
  });
}

/** Returns the number of the token request that the token is of. */
async function getNumber(scopes?: readonly string[]): Promise<number> {
  const token = await clock.run(
    tokens.getToken(scopes === undefined ? {} : { scopes }),
  );
  return Number(/-token-(\d+)$/.exec(token)?.[1]);
}

/** Returns the error of a call, which must not contain a client secret or a token. */
async function getError(
  call: () => Promise<unknown> = () => tokens.getToken(),
): Promise<ServiceTokenError> {
  const error = await clock.run(
    call().then(
      () => undefined,
      (thrown: unknown) => thrown,
    ),
  );
  if (!(error instanceof ServiceTokenError))
    throw new Error("the error must be a ServiceTokenError", { cause: error });
  expect(inspect(error, { depth: Infinity, showHidden: true })).not.toContain(
    CANARY,
  );
  return error;
}

/** Returns the results of 200 callers, tokens or errors. */
function callMany(): Promise<unknown[]> {
  return clock.run(
    Promise.all(
      Array.from({ length: 200 }, () =>
        tokens.getToken().catch((error: unknown) => error),
      ),
    ),
  );
}

describe("createServiceTokens", () => {
  test("requests a token for all scopes of the client, and caches it", async () => {
    expect(await getNumber()).toBe(1);
    expect(await getNumber()).toBe(1);
    expect(client.readCount).toBe(1);
    expect(client.requests).toEqual([
      {
        url: "https://stack.auth.us-west-2.amazoncognito.com/oauth2/token",
        clientSecret: client.fields.client_secret,
        scope: "server/read server/write",
        isRefused: false,
      },
    ]);
  });

  test("reads one secret and sends one request for 200 callers", async () => {
    const results = await callMany();
    expect(new Set(results)).toEqual(new Set([`${CANARY}-token-1`]));
    expect(client.readCount).toBe(1);
    expect(client.requests).toHaveLength(1);
  });

  test("has one token for each set of scopes, and one secret for all", async () => {
    expect(await getNumber(["server/read", "server/write"])).toBe(1);
    expect(await getNumber(["server/write", "server/read"])).toBe(1);
    expect(await getNumber(["server/read"])).toBe(2);
    expect(await getNumber()).toBe(3);
    expect(client.readCount).toBe(1);
    tokens = create({ scopes: ["server/write"] });
    expect(await getNumber()).toBe(4);
    expect(client.requests.at(-1)?.scope).toBe("server/write");
  });

  test("returns the times of the validity", async () => {
    client.readMs = 0;
    const requestedAt = clock.now();
    expect(await clock.run(tokens.getIssuedToken())).toEqual({
      access_token: `${CANARY}-token-1`,
      token_type: "Bearer",
      requestedAt,
      expiresAt: requestedAt + 60 * MINUTE,
    });
  });

  test("prints neither the client secret nor a token when it is printed", async () => {
    await getNumber();
    const printed = inspect(tokens, { depth: Infinity, showHidden: true });
    expect(`${printed}${JSON.stringify(tokens)}`).not.toContain(CANARY);
  });
});

describe("a renewal", () => {
  test.each([
    [3600, 0, 55],
    [3600, 1, 50],
    [86_400, 1, 1430],
    [300, 0, 5 * (7 / 8)],
    [300, 1, 5 * (3 / 4)],
  ])(
    "of a token that is valid for %d s, with random number %d, begins after %d minutes",
    async (validity, chance, minutes) => {
      clock.chance = chance;
      client.validity = validity;
      client.readMs = 0;
      client.requestMs = 0;
      await getNumber();
      await clock.advance(minutes * MINUTE - 1);
      await getNumber();
      await clock.advance(0);
      expect(client.requests).toHaveLength(1);
      await clock.advance(1);
      expect(await getNumber()).toBe(1);
      await clock.advance(0);
      expect(client.requests).toHaveLength(2);
      expect(await getNumber()).toBe(2);
    },
  );

  test("does not make callers wait, and is one for all", async () => {
    await getNumber();
    await clock.advance(56 * MINUTE);
    const started = clock.now();
    const results = await Promise.all(
      Array.from({ length: 200 }, () => tokens.getToken()),
    );
    expect(clock.now()).toBe(started);
    expect(new Set(results)).toEqual(new Set([`${CANARY}-token-1`]));
    await clock.advance(SECOND);
    expect(await getNumber()).toBe(2);
    expect(client.requests).toHaveLength(2);
  });

  test("that fails does not fail callers while the token is valid", async () => {
    client.readMs = 0;
    await getNumber();
    client.reply = { status: 400, body: '{"error":"server_error"}' };
    for (let minute = 1; minute < 59; minute += 1) {
      await clock.advance(MINUTE);
      expect(await getNumber()).toBe(1);
    }
    expect(client.requests.length).toBeGreaterThan(2);
    client.reply = undefined;
    await clock.advance(MINUTE);
    expect(await getNumber()).toBe(client.requests.length);
    expect(client.requests.at(-1)?.isRefused).toBe(false);
  });

  test("that fails is attempted again after a pause", async () => {
    client.readMs = 0;
    await getNumber();
    client.reply = { status: 400, body: '{"error":"server_error"}' };
    await clock.advance(56 * MINUTE);
    await getNumber();
    await clock.advance(1_100);
    expect(client.requests).toHaveLength(2);
    await getNumber();
    await clock.advance(600);
    expect(client.requests).toHaveLength(2);
    await clock.advance(200);
    await getNumber();
    await clock.advance(100);
    expect(client.requests).toHaveLength(3);
  });

  test("that fails is attempted again when the token can no longer be used, before its pause ends", async () => {
    clock.chance = 1;
    client.readMs = 0;
    client.requestMs = 0;
    await getNumber();
    client.reply = { status: 400, body: '{"error":"server_error"}' };
    await clock.advance(58 * MINUTE + 52 * SECOND);
    // each attempt takes a second; the pauses take 1, 2 and 4 seconds
    for (const seconds of [2, 3, 3]) {
      expect(await getNumber()).toBe(1);
      await clock.advance(seconds * SECOND);
    }
    expect(client.requests).toHaveLength(4);
    client.reply = undefined;
    expect(await getNumber()).toBe(5);
  });

  test("follows if the clock was set back before the request", async () => {
    await getNumber();
    clock.set(clock.now() - 60 * MINUTE);
    expect(await getNumber()).toBe(2);
  });
});

describe("the client secret", () => {
  beforeEach(() => {
    client.validity = 300;
  });

  test("is read again after an hour", async () => {
    for (let minute = 0; minute < 60; minute += 4) {
      await getNumber();
      await clock.advance(4 * MINUTE);
    }
    expect(client.readCount).toBe(1);
    await getNumber();
    await clock.advance(5 * MINUTE);
    await getNumber();
    expect(client.readCount).toBe(2);
  });

  test("is read again after a time of choice", async () => {
    tokens = create({ secretMinutes: 10 });
    await getNumber();
    await clock.advance(6 * MINUTE);
    await getNumber();
    expect(client.readCount).toBe(1);
    await clock.advance(6 * MINUTE);
    await getNumber();
    expect(client.readCount).toBe(2);
  });

  test("is read again if it is refused, and the request is sent once more", async () => {
    await getNumber();
    client.rotate();
    await clock.advance(10 * MINUTE);
    const results = await callMany();
    expect(new Set(results)).toEqual(new Set([`${CANARY}-token-3`]));
    expect(client.readCount).toBe(2);
    expect(client.requests.map(({ isRefused }) => isRefused)).toEqual([
      false,
      true,
      false,
    ]);
    expect(lines).toEqual([`secret "${SECRET}" was changed; trying once more`]);
  });

  test("is read once if it is refused for several sets of scopes", async () => {
    await getNumber();
    client.rotate();
    await clock.advance(10 * MINUTE);
    await clock.run(
      Promise.all([
        tokens.getToken(),
        tokens.getToken({ scopes: ["server/read"] }),
        tokens.getToken({ scopes: ["server/write"] }),
      ]),
    );
    expect(client.readCount).toBe(2);
  });

  test("is not read again for a request that was sent before it was read", async () => {
    await getNumber();
    client.rotate();
    await clock.advance(10 * MINUTE);
    const calls = [tokens.getToken({ scopes: ["server/read"] })];
    await clock.advance(0);
    client.requestMs = 500;
    calls.push(tokens.getToken({ scopes: ["server/write"] }));
    await clock.advance(0);
    client.requestMs = 50;
    await clock.run(Promise.all(calls));
    expect(client.readCount).toBe(2);
    expect(client.refusedCount).toBe(2);
  });

  test("is read a second time if Secrets Manager still returned the former value", async () => {
    await getNumber();
    const former = client.fields;
    client.rotate();
    await clock.advance(10 * MINUTE);
    client.onRead = () => {
      client.onRead = undefined;
      return Promise.resolve(former);
    };
    expect(await getNumber()).toBe(3);
    expect(client.readCount).toBe(3);
    expect(client.refusedCount).toBe(1);
  });

  test("that is refused and was not changed is sent once, and the error names the cause", async () => {
    client.rotate();
    client.fields = { ...client.fields, client_secret: `${CANARY}-1` };
    const error = await getError();
    expect(error).toBeInstanceOf(TokenRefusedError);
    expect(error).toMatchObject({
      code: "token_refused",
      oauthCode: "invalid_client",
    });
    expect(error.message).toMatch(
      /^the user pool does not recognize the client of secret "our-auth-dev\/workflows-client".*\(invalid_client\)$/,
    );
    expect(client.requests).toHaveLength(1);
    expect(client.readCount).toBe(3);
  });

  test("that is changed and refused again is not sent a third time", async () => {
    await getNumber();
    client.rotate();
    client.fields = { ...client.fields, client_secret: `${CANARY}-0` };
    await clock.advance(10 * MINUTE);
    expect(await getError()).toMatchObject({ oauthCode: "invalid_client" });
    expect(client.refusedCount).toBe(2);
  });

  test("is read again if a cached one lacks a requested scope", async () => {
    await getNumber();
    client.fields = { ...client.fields, scope: "server/read server/new" };
    expect(await getNumber(["server/new"])).toBe(2);
    expect(client.readCount).toBe(2);
  });

  test("is read again if the user pool does not grant its scopes", async () => {
    await getNumber();
    client.fields = { ...client.fields, scope: "server/read" };
    client.reply = { status: 400, body: '{"error":"invalid_scope"}' };
    client.onRead = () => {
      client.reply = undefined;
      return Promise.resolve(client.fields);
    };
    await clock.advance(10 * MINUTE);
    expect(await getNumber()).toBe(3);
    expect(client.requests.at(-1)?.scope).toBe("server/read");
  });

  test("is read again after its domain failed", async () => {
    await getNumber();
    client.reply = { status: 404, body: "" };
    await clock.advance(10 * MINUTE);
    expect(await getError()).toMatchObject({ code: "endpoint_failed" });
    client.reply = undefined;
    const cognito_domain = "https://login.example.com";
    client.fields = { ...client.fields, cognito_domain };
    await clock.advance(SECOND);
    await getNumber();
    expect(client.requests.at(-1)?.url).toBe(`${cognito_domain}/oauth2/token`);
  });
});

describe("after a failure", () => {
  beforeEach(() => {
    client.readMs = 0;
    client.requestMs = 0;
    client.reply = { status: 400, body: '{"error":"unauthorized_client"}' };
  });

  test("200 callers receive one error, and the pause grows up to half a minute", async () => {
    clock.chance = 1;
    for (const seconds of [1, 2, 4, 8, 16, 30, 30]) {
      const requests = client.requests.length;
      const results = await callMany();
      expect(client.requests).toHaveLength(requests + 1);
      const error = await getError();
      expect(results.every((result) => result === error)).toBe(true);
      await clock.advance(seconds * SECOND - 1);
      expect(await getError()).toBe(error);
      await clock.advance(1);
    }
  });

  test("the next pause after a token is short again", async () => {
    await getError();
    await clock.advance(SECOND);
    await getError();
    client.reply = undefined;
    await clock.advance(2 * SECOND);
    await getNumber();
    client.reply = { status: 400, body: '{"error":"unauthorized_client"}' };
    await clock.advance(60 * MINUTE);
    await getError();
    const requests = client.requests.length;
    await clock.advance(SECOND);
    await getError();
    expect(client.requests).toHaveLength(requests + 1);
  });

  test("no request is sent until the time that the server asks for", async () => {
    client.reply = {
      status: 429,
      headers: { "retry-after": "120" },
      body: "",
    };
    expect(await getError()).toMatchObject({
      code: "endpoint_failed",
      retryAfterMs: 120 * SECOND,
    });
    const requests = client.requests.length;
    client.reply = undefined;
    await clock.advance(119 * SECOND);
    await getError();
    expect(client.requests).toHaveLength(requests);
    await clock.advance(SECOND);
    await getNumber();
  });

  test("the time that the server asks for is limited", async () => {
    client.reply = {
      status: 503,
      headers: { "retry-after": "3600" },
      body: "",
    };
    await getError();
    client.reply = undefined;
    await clock.advance(300 * SECOND);
    await getNumber();
  });

  test("the pause ends if the clock was set back", async () => {
    await getError();
    client.reply = undefined;
    clock.set(clock.now() - MINUTE);
    await getNumber();
  });
});

describe("a caller", () => {
  test("stops waiting when its signal is aborted, while the others receive the token", async () => {
    const controller = new AbortController();
    const stopped = tokens.getToken({ signal: controller.signal });
    const other = tokens.getToken({ signal: new AbortController().signal });
    controller.abort(new Error("stopped"));
    await expect(stopped).rejects.toThrow("stopped");
    expect(await clock.run(other)).toBe(`${CANARY}-token-1`);
  });

  test("ends its timers and listeners", async () => {
    const { signal } = new AbortController();
    await clock.run(tokens.getToken({ signal }));
    expect(clock.timerCount).toBe(0);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });

  test("whose signal is already aborted starts no request", async () => {
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(tokens.getToken({ signal })).rejects.toThrow("stopped");
    expect(client.readCount).toBe(0);
  });

  test("receives an error if reading the secret does not end, and the next one tries again", async () => {
    client.onRead = () => new Promise(() => undefined);
    const error = await getError();
    expect(error.code).toBe("secret_unusable");
    expect(error.message).toBe(
      `cannot read secret "${SECRET}": no response in 60 s`,
    );
    client.onRead = undefined;
    await clock.advance(SECOND);
    expect(await getNumber()).toBe(1);
  });

  test("replaces a token that an API refused, once it is ten seconds old", async () => {
    const token = await clock.run(tokens.getToken());
    tokens.invalidate(token);
    expect(await getNumber()).toBe(1);
    await clock.advance(10 * SECOND);
    tokens.invalidate("another");
    expect(await getNumber()).toBe(1);
    tokens.invalidate(token);
    expect(await getNumber()).toBe(2);
    tokens.invalidate(token);
    expect(await getNumber()).toBe(2);
  });

  test("receives its own error of the reader", async () => {
    const own = new Error("own");
    client.onRead = () => Promise.reject(own);
    await expect(clock.run(tokens.getToken())).rejects.toBe(own);
  });
});

describe("createServiceTokens fails", () => {
  /** Changes a field, or removes it. */
  function change(fields: Readonly<Record<string, string | undefined>>): void {
    client.fields = {
      ...client.fields,
      ...fields,
    } as FakeServiceClient["fields"];
  }

  test.each<[string, () => void, Partial<TokenRefusedError>]>([
    [
      "if the secret cannot be read",
      () => {
        client.onRead = () => Promise.reject(new UserError("no", "do"));
      },
      { code: "secret_unusable", message: "no", hint: "do" },
    ],
    [
      "for a secret without client_secret",
      () => {
        change({ client_secret: undefined });
      },
      { code: "secret_unusable" },
    ],
    [
      "for a domain that is not https",
      () => {
        change({ cognito_domain: "http://stack.example.com" });
      },
      { code: "secret_unusable" },
    ],
    [
      "for a client of user sign-in",
      () => {
        change({ flow: "user_password" });
      },
      { code: "wrong_client", hint: "name the secret of a service client" },
    ],
    [
      "for a web client",
      () => {
        change({ flow: "authorization_code" });
      },
      { code: "wrong_client" },
    ],
    [
      "for a secret of another flow",
      () => {
        change({ flow: CANARY });
      },
      { code: "wrong_client" },
    ],
    [
      "when the flow is not enabled",
      () => {
        client.reply = { status: 400, body: '{"error":"unauthorized_client"}' };
      },
      { code: "token_refused", oauthCode: "unauthorized_client" },
    ],
    [
      "for a response that repeats the client secret",
      () => {
        client.reply = { status: 200, body: `<b>${CANARY}</b>` };
      },
      { code: "endpoint_failed" },
    ],
    [
      "when the token endpoint fails",
      () => {
        client.reply = { status: 503, body: CANARY };
      },
      { code: "endpoint_failed" },
    ],
    [
      "for a client secret that cannot be sent",
      () => {
        change({ client_id: "\n", client_secret: `${CANARY}\u0000` });
      },
      { code: "token_refused", oauthCode: "invalid_client" },
    ],
  ])("%s", async (_name, spoil, expected) => {
    spoil();
    const error = await getError();
    expect(error).toMatchObject(expected);
    expect(error.hint).toMatch(/^[a-z]/);
  });

  test("for a scope that the client does not have, listing its scopes", async () => {
    const error = await getError(() =>
      tokens.getToken({ scopes: ["server/read", "server/no"] }),
    );
    expect(error).toMatchObject({
      code: "unknown_scope",
      message: `the requested scopes must be scopes of the client of secret "${SECRET}", got server/no`,
      hint: "the client has server/read server/write",
    });
    expect(client.requests).toEqual([]);
    expect(client.readCount).toBe(2);
  });
});
