import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { StageTarget } from "../../../scripts/lib/cli/options";
import {
  getServiceToken,
  type ServiceTokenOptions,
} from "../../../scripts/lib/auth/service-token";
import { LoopbackServer, type Reply } from "../../support/loopback-server";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

const CANARY = "5ecretcanary";
const HOUR = 3600;
const SECRET = {
  flow: "client_credentials",
  cognito_domain: "https://stack.auth.us-west-2.amazoncognito.com",
  client_id: "the-client",
  client_secret: CANARY,
  userpool_id: "us-west-2_abc",
  scope: "server/read server/write",
  aws_region: "us-west-2",
};
const CHOICE: StageTarget = {
  stage: "dev",
  stackName: "veda-auth-stack-dev",
  settings: {},
  awsTarget: { region: "us-west-2" },
};
const outside = { ...process.env };

let server: LoopbackServer;
let cache: string;
let secret: Record<string, unknown>;
let expiresIn: number;
/** In place of a token, when there is one. */
let refusal: Reply | undefined;
let lines: string[];

beforeAll(async () => {
  server = await LoopbackServer.start(({ url }) =>
    url === "/oauth2/token"
      ? (refusal ?? {
          body: {
            access_token: `token-${tokenRequests()}`,
            expires_in: expiresIn,
            token_type: "Bearer",
          },
        })
      : { body: { SecretString: JSON.stringify(secret) } },
  );
});

beforeEach(() => {
  server.received.splice(0);
  cache = createTemporaryDirectory();
  secret = SECRET;
  expiresIn = HOUR;
  refusal = undefined;
  lines = [];
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: server.endpoint,
    COGNITO_DOMAIN_ENDPOINT: server.endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_CONFIG_FILE: "/dev/null",
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    XDG_CACHE_HOME: cache,
  });
});

afterEach(() => {
  for (const name of Object.keys(process.env))
    Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, outside);
  expect(lines.join("\n")).not.toContain(CANARY);
});

afterAll(async () => {
  await server.stop();
  removeTemporaryDirectories();
});

function tokenRequests(): number {
  return server.received.filter(({ url }) => url === "/oauth2/token").length;
}

async function take(
  options: Partial<ServiceTokenOptions> = {},
  choice: Partial<StageTarget> = {},
): Promise<string> {
  const token = await getServiceToken(
    { ...CHOICE, ...choice },
    {
      serviceId: "svc",
      scopes: [],
      cache: "use",
      log: (line) => lines.push(line),
      ...options,
    },
  );
  return token.access_token;
}

/** Scopes that were asked for, request by request. */
function askedScopes(): (string | null)[] {
  return server.received
    .filter(({ url }) => url === "/oauth2/token")
    .map(({ body }) => new URLSearchParams(body).get("scope"));
}

/** The one file that is kept. */
function keptFile(): string {
  const folder = path.join(cache, "veda-auth");
  const [name = "none"] = readdirSync(folder);
  return path.join(folder, name);
}

describe("a service's token", () => {
  test("is for all scopes of its client, and is kept until five minutes before it expires", async () => {
    const options = {
      serviceId: "svc",
      scopes: [],
      cache: "use",
      log: () => undefined,
    } as const;
    const first = await getServiceToken(CHOICE, options);
    expect(first).toEqual({
      access_token: "token-1",
      expires_in: expect.any(Number) as number,
      token_type: "Bearer",
    });
    expect(Object.keys(first)).toEqual([
      "access_token",
      "expires_in",
      "token_type",
    ]);
    expect(first.expires_in).toBeGreaterThanOrEqual(HOUR - 2);
    const requests = server.received.length;
    const second = await getServiceToken(CHOICE, options);
    expect(second.access_token).toBe("token-1");
    expect(server.received).toHaveLength(requests);
    expect(askedScopes()).toEqual([SECRET.scope]);
  });

  test("says how long it is still good for", async () => {
    await take();
    shift(-1000);
    const { expires_in } = await getServiceToken(CHOICE, {
      serviceId: "svc",
      scopes: [],
      cache: "use",
      log: () => undefined,
    });
    expect(expires_in).toBeLessThanOrEqual(HOUR - 1000);
    expect(expires_in).toBeGreaterThan(HOUR - 1010);
  });

  test("is for fewer scopes when they are named, in any order", async () => {
    expect(await take({ scopes: ["server/write"] })).toBe("token-1");
    expect(await take()).toBe("token-2");
    const both = ["server/write", "server/read"];
    expect(await take({ scopes: both })).toBe("token-3");
    expect(await take({ scopes: [...both].reverse() })).toBe("token-3");
    expect(await take({ scopes: ["server/write"] })).toBe("token-1");
    expect(askedScopes()).toEqual([
      "server/write",
      SECRET.scope,
      "server/write server/read",
    ]);
  });

  test("is another for another service, stage, Region, profile, account or endpoint", async () => {
    const config = path.join(cache, "config");
    const keys = "aws_access_key_id = a\naws_secret_access_key = b\n";
    writeFileSync(config, `[one]\n${keys}[two]\n${keys}`);
    process.env.AWS_SHARED_CREDENTIALS_FILE = config;
    const place = CHOICE.awsTarget;
    const ways: (() => Promise<string>)[] = [
      () => take(),
      () => take({ serviceId: "other" }),
      () => take({}, { stackName: "veda-auth-stack-prod" }),
      () => take({}, { awsTarget: { region: "eu-west-1" } }),
      () => withVariable("AWS_ACCESS_KEY_ID", "another", take),
      () =>
        withVariable("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/x", take),
      () =>
        withVariable("COGNITO_DOMAIN_ENDPOINT", `${server.endpoint}/`, take),
      () => withVariable("AWS_ENDPOINT_URL", `${server.endpoint}/`, take),
      // the last: a named profile takes the keys out of the environment
      () => take({}, { awsTarget: { ...place, profile: "one" } }),
      () => take({}, { awsTarget: { ...place, profile: "two" } }),
    ];
    const tokens: string[] = [];
    for (const way of ways) tokens.push(await way());
    expect(tokens).toEqual(ways.map((_way, index) => `token-${index + 1}`));
    expect(await take({}, { awsTarget: { ...place, profile: "one" } })).toBe(
      "token-9",
    );
  });

  test("is taken anew and kept on demand", async () => {
    await take();
    await sleep(5);
    expect(await take({ cache: "fresh" })).toBe("token-2");
    expect(await take()).toBe("token-2");
  });

  test("is neither kept nor taken from what is kept on demand", async () => {
    await take();
    expect(await take({ cache: "none" })).toBe("token-2");
    expect(await take()).toBe("token-1");
  });

  test("is not kept when its life is too short", async () => {
    expiresIn = 300;
    expect(await take()).toBe("token-1");
    expect(readdirSync(path.join(cache, "veda-auth"))).toEqual([]);
    expect(await take()).toBe("token-2");
  });

  test.each([
    [
      "fewer than five minutes are left",
      () => {
        shift(-(HOUR - 299));
      },
    ],
    [
      "it expired",
      () => {
        shift(-2 * HOUR);
      },
    ],
    [
      "it was taken in the future",
      () => {
        shift(600);
      },
    ],
    [
      "it promises more than a day",
      () => {
        edit({ expiresAt: Date.now() + 86_500_000 });
      },
    ],
    [
      "it never expires",
      () => {
        edit({ expiresAt: null });
      },
    ],
    [
      "it is two lines",
      () => {
        edit({ access_token: "a\nX-Other: b" });
      },
    ],
    [
      "it is no text",
      () => {
        edit({ access_token: { a: 1 } });
      },
    ],
    [
      "it is of another type",
      () => {
        edit({ token_type: "mac" });
      },
    ],
  ])("is taken anew when %s of the kept one", async (_name, spoil) => {
    await take();
    spoil();
    expect(await take()).toBe("token-2");
    expect(await take()).toBe("token-2");
  });

  test("is still given with five minutes and a little", async () => {
    await take();
    shift(-(HOUR - 310));
    expect(await take()).toBe("token-1");
  });
});

describe("a service's token fails", () => {
  /** What the person is told, the client's secret not being in it. */
  async function told(options: Partial<ServiceTokenOptions> = {}) {
    const error = await take(options).then(
      () => undefined,
      (thrown: unknown) => thrown as Error & { readonly hint?: string },
    );
    expect(error?.name).toBe("UserError");
    expect(`${error?.message ?? ""}${error?.hint ?? ""}`).not.toContain(CANARY);
    expect(readdirSync(path.join(cache, "veda-auth"))).toEqual([]);
    return error;
  }

  test("for a client that people sign in with, pointing to tmp-creds", async () => {
    secret = { ...SECRET, flow: "user_password" };
    const error = await told();
    expect(error?.message).toMatch(/got a client for user sign-in$/);
    expect(error?.hint).toMatch(/tmp-creds/);
    expect(tokenRequests()).toBe(0);
  });

  test("for a secret of another flow", async () => {
    secret = { ...SECRET, flow: CANARY };
    expect((await told())?.message).toMatch(
      /^field flow of secret "veda-auth-stack-dev\/svc" must be client_credentials/,
    );
  });

  test.each(["cognito_domain", "client_id", "client_secret", "scope"])(
    "for a secret without %s",
    async (name) => {
      secret = { ...SECRET, [name]: undefined };
      expect((await told())?.message).toMatch(new RegExp(`got no ${name}$`));
      expect(tokenRequests()).toBe(0);
    },
  );

  test("for a domain that is not https, before the secret is sent", async () => {
    Reflect.deleteProperty(process.env, "COGNITO_DOMAIN_ENDPOINT");
    secret = { ...SECRET, cognito_domain: server.endpoint };
    expect((await told())?.message).toMatch(
      /^field cognito_domain of secret "veda-auth-stack-dev\/svc" must be a URL with https/,
    );
    expect(tokenRequests()).toBe(0);
  });

  test("for a scope that the client does not have, naming those that it has", async () => {
    const error = await told({ scopes: ["server/read", "server/no"] });
    expect(error?.message).toMatch(/got server\/no$/);
    expect(error?.hint).toBe(`the client has ${SECRET.scope}`);
    expect(tokenRequests()).toBe(0);
  });

  test("when the client's secret is not the client's", async () => {
    refusal = { status: 400, body: { error: "invalid_client" } };
    const error = await told();
    expect(error?.message).toMatch(
      /^the user pool does not recognize the client of secret "veda-auth-stack-dev\/svc"/,
    );
    expect(tokenRequests()).toBe(1);
  });
});

function edit(fields: object): void {
  const entry = JSON.parse(readFileSync(keptFile(), "utf8")) as {
    readonly value: object;
  };
  const value = { ...entry.value, ...fields };
  writeFileSync(keptFile(), JSON.stringify({ ...entry, value }));
}

/** Moves the kept token's life in time. */
function shift(seconds: number): void {
  const { value } = JSON.parse(readFileSync(keptFile(), "utf8")) as {
    readonly value: { readonly requestedAt: number; readonly expiresAt: number };
  };
  edit({
    requestedAt: value.requestedAt + seconds * 1000,
    expiresAt: value.expiresAt + seconds * 1000,
  });
}

async function withVariable<T>(
  name: string,
  value: string,
  job: () => Promise<T>,
): Promise<T> {
  const before = process.env[name];
  process.env[name] = value;
  try {
    return await job();
  } finally {
    if (before === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = before;
  }
}
