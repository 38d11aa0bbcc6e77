import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { StageTarget } from "../../../scripts/lib/cli/options";
import {
  getServiceToken,
  type ServiceTokenOptions,
} from "../../../scripts/lib/auth/service-token";
import { UserError } from "../../../constructs/errors";
import { restoreEnvironment, setEnvironment } from "../../support/environment";
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
const TARGET: StageTarget = {
  stage: "dev",
  stackName: "veda-auth-stack-dev",
  settings: {},
  awsTarget: { region: "us-west-2" },
};

let server: LoopbackServer;
let cache: string;
let secret: Record<string, unknown>;
let expiresIn: number;
/** Replaces a token. */
let failure: Reply | undefined;
/** Runs before a token is requested. */
let onTokenRequest: () => void;
let lines: string[];

beforeAll(async () => {
  server = await LoopbackServer.start(({ url, headers }) => {
    if (url !== "/oauth2/token")
      return { body: { SecretString: JSON.stringify(secret) } };
    onTokenRequest();
    const basic = `${SECRET.client_id}:${String(secret.client_secret)}`;
    if (headers.authorization !== `Basic ${btoa(basic)}`)
      return { status: 400, body: { error: "invalid_client" } };
    return (
      failure ?? {
        body: {
          access_token: `token-${countTokenRequests()}`,
          expires_in: expiresIn,
          token_type: "Bearer",
        },
      }
    );
  });
});

beforeEach(() => {
  server.received.splice(0);
  cache = createTemporaryDirectory();
  secret = SECRET;
  expiresIn = HOUR;
  failure = undefined;
  onTokenRequest = () => undefined;
  lines = [];
  setEnvironment({
    ...process.env,
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
  jest.restoreAllMocks();
  restoreEnvironment();
  expect(lines.join("\n")).not.toContain(CANARY);
});

afterAll(async () => {
  await server.stop();
  removeTemporaryDirectories();
});

function countTokenRequests(): number {
  return server.received.filter(({ url }) => url === "/oauth2/token").length;
}

async function getToken(
  options: Partial<ServiceTokenOptions> = {},
  target: Partial<StageTarget> = {},
): Promise<string> {
  const token = await getServiceToken(
    { ...TARGET, ...target },
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

/** Returns the scopes of each token request. */
function getRequestedScopes(): (string | null)[] {
  return server.received
    .filter(({ url }) => url === "/oauth2/token")
    .map(({ body }) => new URLSearchParams(body).get("scope"));
}

/** Returns the only cache file. */
function getCacheFile(): string {
  const directory = path.join(cache, "veda-auth");
  const [name = "none"] = readdirSync(directory);
  return path.join(directory, name);
}

describe("getServiceToken", () => {
  test("requests all scopes of the client, and caches the token until five minutes before it expires", async () => {
    const options = {
      serviceId: "svc",
      scopes: [],
      cache: "use",
      log: () => undefined,
    } as const;
    const first = await getServiceToken(TARGET, options);
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
    const second = await getServiceToken(TARGET, options);
    expect(second.access_token).toBe("token-1");
    expect(server.received).toHaveLength(requests);
    expect(getRequestedScopes()).toEqual([SECRET.scope]);
  });

  test("returns the remaining validity of a cached token", async () => {
    jest.spyOn(Date, "now").mockReturnValue(Date.now());
    await getToken();
    shift(-1000);
    const { expires_in } = await getServiceToken(TARGET, {
      serviceId: "svc",
      scopes: [],
      cache: "use",
      log: () => undefined,
    });
    expect(expires_in).toBe(HOUR - 1000);
  });

  test("logs that a token is cached, and until when it is valid", async () => {
    await getToken();
    expect(lines).toEqual([]);
    await getToken();
    expect(lines).toEqual([
      expect.stringMatching(
        /^the token is cached, and valid until \d{4}-\d\d-\d\d \d\d:\d\d UTC; --refresh requests a new one$/,
      ),
    ]);
    lines = [];
    await getToken({ cache: "fresh" });
    await getToken({ cache: "none" });
    expect(lines).toEqual([]);
  });

  test("requests the named scopes, in any order", async () => {
    expect(await getToken({ scopes: ["server/write"] })).toBe("token-1");
    expect(await getToken()).toBe("token-2");
    const both = ["server/write", "server/read"];
    expect(await getToken({ scopes: both })).toBe("token-3");
    expect(await getToken({ scopes: [...both].reverse() })).toBe("token-3");
    expect(await getToken({ scopes: ["server/write"] })).toBe("token-1");
    expect(getRequestedScopes()).toEqual([
      "server/write",
      SECRET.scope,
      "server/write server/read",
    ]);
  });

  test("caches by service, stage, Region, profile, account and endpoint", async () => {
    const config = path.join(cache, "config");
    const keys = "aws_access_key_id = a\naws_secret_access_key = b\n";
    writeFileSync(config, `[one]\n${keys}[two]\n${keys}`);
    process.env.AWS_SHARED_CREDENTIALS_FILE = config;
    const { awsTarget } = TARGET;
    const cases: (() => Promise<string>)[] = [
      () => getToken(),
      () => getToken({ serviceId: "other" }),
      () => getToken({}, { stackName: "veda-auth-stack-prod" }),
      () => getToken({}, { awsTarget: { region: "eu-west-1" } }),
      () => withVariable("AWS_ACCESS_KEY_ID", "another", getToken),
      () =>
        withVariable(
          "COGNITO_DOMAIN_ENDPOINT",
          `${server.endpoint}/`,
          getToken,
        ),
      () => withVariable("AWS_ENDPOINT_URL", `${server.endpoint}/`, getToken),
      // last: a named profile removes the keys from the environment
      () => getToken({}, { awsTarget: { ...awsTarget, profile: "one" } }),
      () => getToken({}, { awsTarget: { ...awsTarget, profile: "two" } }),
    ];
    const tokens: string[] = [];
    for (const run of cases) tokens.push(await run());
    expect(tokens).toEqual(cases.map((_way, index) => `token-${index + 1}`));
    expect(
      await getToken({}, { awsTarget: { ...awsTarget, profile: "one" } }),
    ).toBe("token-8");
    // the keys are used, not the profile
    expect(await withVariable("AWS_PROFILE", "one", getToken)).toBe("token-1");
  });

  test("fresh: requests and caches a new token", async () => {
    await getToken();
    await sleep(5);
    expect(await getToken({ cache: "fresh" })).toBe("token-2");
    expect(await getToken()).toBe("token-2");
  });

  test("none: neither reads nor writes the cache", async () => {
    await getToken();
    expect(await getToken({ cache: "none" })).toBe("token-2");
    expect(await getToken()).toBe("token-1");
  });

  test.each(["use", "fresh", "none"] as const)(
    "reads the secret again and tries once more if it was rotated in the meantime, with cache: %s",
    async (mode) => {
      onTokenRequest = () => {
        onTokenRequest = () => undefined;
        secret = { ...SECRET, client_secret: `${CANARY}-2` };
      };
      expect(await getToken({ cache: mode })).toBe("token-2");
      expect(lines).toEqual([
        'secret "veda-auth-stack-dev/svc" was changed; trying once more',
      ]);
    },
  );

  test("does not cache a token with a short validity", async () => {
    expiresIn = 300;
    expect(await getToken()).toBe("token-1");
    expect(readdirSync(path.join(cache, "veda-auth"))).toEqual([]);
    expect(await getToken()).toBe("token-2");
  });

  test.each([
    [
      "it expires in less than five minutes",
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
      "it was requested in the future",
      () => {
        shift(600);
      },
    ],
    [
      "it is valid for more than a day",
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
      "it is not text",
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
  ])("replaces a cached token if %s", async (_name, spoil) => {
    await getToken();
    spoil();
    expect(await getToken()).toBe("token-2");
    expect(await getToken()).toBe("token-2");
  });

  test("returns a cached token that expires in more than five minutes", async () => {
    await getToken();
    shift(-(HOUR - 310));
    expect(await getToken()).toBe("token-1");
  });
});

describe("getServiceToken fails", () => {
  /** Returns the error, which must not contain the client secret. */
  async function getError(options: Partial<ServiceTokenOptions> = {}) {
    const error = await getToken(options).then(
      () => undefined,
      (thrown: unknown) => thrown as Error & { readonly hint?: string },
    );
    expect(error).toBeInstanceOf(UserError);
    expect(`${error?.message ?? ""}${error?.hint ?? ""}`).not.toContain(CANARY);
    expect(readdirSync(path.join(cache, "veda-auth"))).toEqual([]);
    return error;
  }

  test("for a client of user sign-in, with a hint to credentials", async () => {
    secret = { ...SECRET, flow: "user_password" };
    const error = await getError();
    expect(error?.message).toMatch(/got a client for user sign-in$/);
    expect(error?.hint).toMatch(/veda-auth credentials$/);
    expect(countTokenRequests()).toBe(0);
  });

  test("for a web client", async () => {
    secret = { ...SECRET, flow: "authorization_code" };
    const error = await getError();
    expect(error?.message).toMatch(
      /must be of a service client, got a web client$/,
    );
    expect(error?.hint).toMatch(/^name a service client with --service-id/);
    expect(countTokenRequests()).toBe(0);
  });

  test("for a secret of another flow", async () => {
    secret = { ...SECRET, flow: CANARY };
    expect((await getError())?.message).toMatch(
      /^field flow of secret "veda-auth-stack-dev\/svc" must be client_credentials/,
    );
  });

  test.each(["flow", "cognito_domain", "client_id", "client_secret", "scope"])(
    "for a secret without %s, with a hint to the repair",
    async (name) => {
      secret = { ...SECRET, [name]: undefined };
      const error = await getError();
      expect(error?.message).toMatch(new RegExp(`got no ${name}$`));
      expect(error?.hint).toContain("rotate-secret --service-id <id> --back");
      expect(countTokenRequests()).toBe(0);
    },
  );

  test("for a domain that is not https, before the secret is sent", async () => {
    Reflect.deleteProperty(process.env, "COGNITO_DOMAIN_ENDPOINT");
    secret = { ...SECRET, cognito_domain: server.endpoint };
    expect((await getError())?.message).toMatch(
      /^field cognito_domain of secret "veda-auth-stack-dev\/svc" must be a URL with https/,
    );
    expect(countTokenRequests()).toBe(0);
  });

  test("for a scope that the client does not have, listing its scopes", async () => {
    const error = await getError({ scopes: ["server/read", "server/no"] });
    expect(error?.message).toMatch(/got server\/no$/);
    expect(error?.hint).toBe(`the client has ${SECRET.scope}`);
    expect(countTokenRequests()).toBe(0);
  });

  test("when the client secret is out of date", async () => {
    failure = { status: 400, body: { error: "invalid_client" } };
    const error = await getError();
    expect(error?.message).toMatch(
      /^the user pool does not recognize the client of secret "veda-auth-stack-dev\/svc"/,
    );
    expect(error?.hint).toMatch(
      /veda-auth rotate-secret --service-id <id> --back; if the client was replaced, deploy the stage$/,
    );
    expect(countTokenRequests()).toBe(1);
  });
});

function edit(fields: object): void {
  const entry = JSON.parse(readFileSync(getCacheFile(), "utf8")) as {
    readonly value: object;
  };
  const value = { ...entry.value, ...fields };
  writeFileSync(getCacheFile(), JSON.stringify({ ...entry, value }));
}

/** Shifts the times of the cached token. */
function shift(seconds: number): void {
  const { value } = JSON.parse(readFileSync(getCacheFile(), "utf8")) as {
    readonly value: {
      readonly requestedAt: number;
      readonly expiresAt: number;
    };
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
  const before = { ...process.env };
  process.env[name] = value;
  try {
    return await job();
  } finally {
    setEnvironment(before);
  }
}
