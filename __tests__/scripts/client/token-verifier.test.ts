import { buildSync } from "esbuild";
import { TokenVerificationError } from "../../../scripts/lib/auth/token-verification-error";
import { ClientError } from "../../../scripts/lib/client/client-error";
import {
  type AccessTokenVerifierOptions,
  tokenVerifier,
} from "../../../scripts/lib/client/token-verifier";
import {
  CLAIMS,
  createUnsigned,
  ISSUER,
  JWKS,
  POOL,
  SERVICE_CLIENT,
  signToken,
} from "../../support/token-signer";
import { VirtualClock } from "../../support/virtual-clock";

const OPTIONS = { userPoolId: POOL, clientId: null, scopes: null } as const;
const UNKNOWN_KEY = signToken(CLAIMS.service, { alg: "RS256", kid: "next" });

let clock: VirtualClock;
let requests: string[];
let respond: () => Promise<Response> | Response;

beforeEach(() => {
  clock = new VirtualClock();
  requests = [];
  respond = () => Response.json(JWKS);
});

function create(options: Partial<AccessTokenVerifierOptions> = {}) {
  return tokenVerifier({
    ...OPTIONS,
    env: {},
    clock,
    fetch: async (url) => {
      requests.push(url instanceof Request ? url.url : String(url));
      return respond();
    },
    ...options,
  });
}

async function getError(job: Promise<unknown>): Promise<unknown> {
  return job.then(
    () => undefined,
    (error: unknown) => error,
  );
}

test("the entry of the client loads aws-jwt-verify later", () => {
  const { metafile } = buildSync({
    entryPoints: ["scripts/lib/client/index.ts"],
    bundle: true,
    packages: "external",
    platform: "node",
    metafile: true,
    write: false,
  });
  const files = new Set(["scripts/lib/client/index.ts"]);
  const packages = new Set<string>();
  for (const file of files)
    for (const { path, kind, external } of metafile.inputs[file]?.imports ?? [])
      if (kind === "import-statement")
        (external === true ? packages : files).add(path);
  expect(files.size).toBeGreaterThan(20);
  expect([...packages].filter((name) => !name.startsWith("node:"))).toEqual([]);
});

test("a verifier returns the claims of a token", async () => {
  const claims = await tokenVerifier({ ...OPTIONS, jwks: JWKS }).verify(
    signToken(),
  );
  expect(claims).toEqual(CLAIMS.service);
  expect(claims.client_id).toBe(SERVICE_CLIENT);
});

describe("the options of a verifier", () => {
  test.each<[unknown, RegExp]>([
    [undefined, /^the options of tokenVerifier must be an object/],
    [
      {},
      /userPoolId is required: .*; clientId is required: .*or null.*; scopes is required: .*or null/,
    ],
    [{ ...OPTIONS, clientId: undefined }, /: clientId is required: /],
    [{ ...OPTIONS, scopes: undefined }, /: scopes is required: /],
    [{ ...OPTIONS, clientId: "" }, /: clientId must be .* got empty text$/],
    [{ ...OPTIONS, clientId: [] }, /: clientId must be .* got an empty list$/],
    [{ ...OPTIONS, clientId: ["a", null] }, /: clientId must be /],
    [{ ...OPTIONS, clientId: false }, /: clientId must be /],
    [
      { ...OPTIONS, jwks: { keys: [] } },
      /: jwks must be .* not empty, got an object$/,
    ],
    [{ ...OPTIONS, scopes: [] }, /: scopes must be .* not empty, or null/],
    [{ ...OPTIONS, scopes: "a/b" }, /: scopes must be /],
    [{ ...OPTIONS, scopes: ["a/b c/d"] }, /: scopes must be /],
    [{ ...OPTIONS, scopes: ['a"b'] }, /: scopes must be /],
    [{ ...OPTIONS, scopes: [""] }, /: scopes must be /],
    [{ ...OPTIONS, groups: [] }, /: groups must be /],
    [{ ...OPTIONS, groups: undefined }, /: groups must be .* got undefined$/],
    [{ ...OPTIONS, groups: "admins" }, /: groups must be /],
    [{ ...OPTIONS, tokenUse: null }, /: tokenUse must be "access" or "id"/],
    [{ ...OPTIONS, tokenUse: "refresh" }, /: tokenUse must be /],
    [{ ...OPTIONS, tokenUse: "id", scopes: ["a"] }, /: scopes must be null /],
    [{ ...OPTIONS, userPoolId: "us_west" }, /: userPoolId must be /],
    [{ ...OPTIONS, userPoolId: [POOL] }, /: userPoolId must be /],
    [{ ...OPTIONS, jwks: [] }, /: jwks must be /],
    [{ ...OPTIONS, jwks: { keys: {} } }, /: jwks must be /],
    [{ ...OPTIONS, clientID: "a" }, /: there is no option "clientID"/],
    [{ ...OPTIONS, scope: ["a"] }, /: there is no option "scope"/],
  ])("%j are refused", (options, message) => {
    const make = () => tokenVerifier(options as AccessTokenVerifierOptions);
    expect(make).toThrow(message);
    expect(make).toThrow(ClientError);
  });

  test("cannot be changed later", async () => {
    const scopes = ["server/admin"];
    const verifier = create({ scopes });
    scopes.splice(0);
    await expect(verifier.verify(signToken())).rejects.toMatchObject({
      code: "missing_scope",
    });
  });

  test("of one request add scopes", async () => {
    const verifier = create({ scopes: ["server/read"] });
    await verifier.verify(signToken(), { scopes: ["server/write"] });
    const error = await getError(
      verifier.verify(signToken(), { scopes: ["server/admin"] }),
    );
    expect(error).toMatchObject({
      code: "missing_scope",
      requiredScopes: ["server/read", "server/admin"],
    });
    for (const options of [
      { scopes: undefined },
      { scopes: [] },
      { scopes: "a" },
      { scope: ["a"] },
    ])
      await expect(
        verifier.verify(signToken(), options as never),
      ).rejects.toMatchObject({ code: "invalid_option" });
  });
});

describe("a header", () => {
  test.each(["Bearer ", "bearer ", "BEARER   ", " Bearer "])(
    "%j is read",
    async (prefix) => {
      const claims = await create().verifyHeader(`${prefix}${signToken()} `);
      expect(claims).toEqual(CLAIMS.service);
    },
  );

  test.each([
    undefined,
    "",
    " ",
    "Bearer",
    "Bearer ",
    "Basic hunter2",
    "hunter2",
    "Bearerhunter2",
    ["Bearer a.b.c"],
  ])("%j has no token", async (header) => {
    const error = await getError(create().verifyHeader(header as string));
    expect(error).toMatchObject({
      code: "token_missing",
      status: 401,
      challenge: "Bearer",
      message: expect.not.stringContaining("hunter2") as string,
    });
    expect(requests).toEqual([]);
  });

  test.each(["Bearer a b", "Bearer hunter2", `Bearer Bearer ${signToken()}`])(
    "%j has another text",
    async (header) => {
      await expect(create().verifyHeader(header)).rejects.toMatchObject({
        code: "not_a_token",
      });
    },
  );
});

describe("an error has the status and the challenge of a response", () => {
  test.each<
    [token: string, Partial<AccessTokenVerifierOptions>, number, string]
  >([
    [
      signToken({ ...CLAIMS.service, exp: 1 }),
      {},
      401,
      'Bearer error="invalid_token", error_description="token_expired"',
    ],
    [
      createUnsigned({ alg: "none" }, "AAAA"),
      {},
      401,
      'Bearer error="invalid_token", error_description="unknown_key"',
    ],
    [
      signToken(),
      { scopes: ["server/read", "server/admin"] },
      403,
      'Bearer error="insufficient_scope", scope="server/read server/admin"',
    ],
    [
      signToken(),
      { groups: ["admins"] },
      403,
      'Bearer error="insufficient_scope"',
    ],
  ])("%#", async (token, options, status, challenge) => {
    const error = await getError(create(options).verify(token));
    expect(error).toBeInstanceOf(TokenVerificationError);
    expect(error).toMatchObject({ status, challenge });
  });

  test("if the keys are unavailable", async () => {
    respond = () => new Response("", { status: 404 });
    const error = await getError(create().verify(signToken()));
    expect(error).toMatchObject({
      code: "keys_unavailable",
      status: 503,
      challenge: undefined,
    });
  });
});

describe("the keys", () => {
  test("are fetched once for many tokens", async () => {
    const verifier = create();
    expect(requests).toEqual([]);
    await Promise.all(
      Array.from({ length: 100 }, () => verifier.verify(signToken())),
    );
    await verifier.verify(signToken());
    expect(requests).toEqual([`${ISSUER}/.well-known/jwks.json`]);
  });

  test("are fetched ahead", async () => {
    const verifier = create();
    await Promise.all([verifier.hydrate(), verifier.hydrate()]);
    expect(requests).toHaveLength(1);
    await verifier.hydrate();
    await verifier.verify(signToken());
    expect(requests).toHaveLength(1);
  });

  test("are not fetched for text that cannot be a token of the user pool", async () => {
    for (const token of ["x", signToken({ ...CLAIMS.service, iss: "a" })])
      await getError(create().verify(token));
    expect(requests).toEqual([]);
  });

  test("are fetched again for an unknown key id, at most every 10 seconds", async () => {
    const verifier = create();
    await verifier.verify(signToken());
    for (let second = 0; second < 9; second++) {
      await expect(verifier.verify(UNKNOWN_KEY)).rejects.toMatchObject({
        code: "unknown_key",
      });
      await clock.advance(1000);
    }
    expect(requests).toHaveLength(1);
    await clock.advance(1000);
    respond = () =>
      Response.json({
        keys: JWKS.keys.map((key) => ({ ...key, kid: "next" })),
      });
    await Promise.all([1, 2, 3].map(() => verifier.verify(UNKNOWN_KEY)));
    expect(requests).toHaveLength(2);
    // a key that the user pool has removed is no longer valid
    await expect(verifier.verify(signToken())).rejects.toMatchObject({
      code: "unknown_key",
    });
  });

  test("are fetched again after a day, while the cached ones remain valid", async () => {
    const verifier = create();
    const verify = () =>
      verifier.verify(signToken({ ...CLAIMS.service, exp: 9_999_999_999 }));
    await verify();
    await clock.advance(23 * 3_600_000);
    await verify();
    expect(requests).toHaveLength(1);
    respond = () => new Response("", { status: 404 });
    await clock.advance(3_600_000);
    await verify();
    await verify();
    await clock.advance(1000);
    await verify();
    expect(requests).toHaveLength(2);
    respond = () => Response.json(JWKS);
    await clock.advance(5000);
    await verify();
    await clock.advance(1000);
    await verify();
    expect(requests).toHaveLength(3);
  });

  test("that cannot be fetched fail for 5 seconds without another request", async () => {
    const verifier = create();
    respond = () => {
      throw new TypeError("fetch failed");
    };
    const first = await clock.run(getError(verifier.verify(signToken())));
    expect(first).toMatchObject({ code: "keys_unavailable" });
    expect(requests).toHaveLength(2);
    await clock.advance(4000);
    respond = () => Response.json(JWKS);
    expect(await getError(verifier.verify(signToken()))).toBe(first);
    expect(requests).toHaveLength(2);
    await clock.advance(1000);
    await verifier.verify(signToken());
    expect(requests).toHaveLength(3);
  });

  test("that are throttled make no caller wait as long as the server asks", async () => {
    const startedAt = clock.now();
    respond = () =>
      new Response("", { status: 429, headers: { "retry-after": "60" } });
    const error = await clock.run(getError(create().verify(signToken())));
    expect(error).toMatchObject({ code: "keys_unavailable" });
    expect(clock.now() - startedAt).toBe(1000);
  });

  test("are unavailable, not unknown, for a new key id during an outage", async () => {
    const verifier = create();
    await verifier.verify(signToken());
    await clock.advance(60_000);
    respond = () => new Response("", { status: 404 });
    await expect(verifier.verify(UNKNOWN_KEY)).rejects.toMatchObject({
      code: "keys_unavailable",
    });
    await verifier.verify(signToken());
  });

  test("are unavailable if a proxy responds", async () => {
    respond = () => new Response("<html>");
    await expect(create().verify(signToken())).rejects.toMatchObject({
      code: "keys_unavailable",
    });
  });

  test("can be provided, without network", async () => {
    const verifier = create({ jwks: JWKS });
    await verifier.hydrate();
    await verifier.verify(signToken());
    await expect(verifier.verify(UNKNOWN_KEY)).rejects.toMatchObject({
      code: "unknown_key",
    });
    expect(requests).toEqual([]);
  });
});
