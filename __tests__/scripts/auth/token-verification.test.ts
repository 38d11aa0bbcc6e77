import { parseToken } from "../../../scripts/lib/auth/token-input";
import {
  type AccessTokenVerifierOptions,
  type IdTokenVerifierOptions,
  tokenVerifier,
} from "../../../scripts/lib/client/token-verifier";
import { SYSTEM_CLOCK } from "../../../scripts/lib/system/clock";
import { LoopbackServer, type Reply } from "../../support/loopback-server";
import {
  CLAIMS as TOKENS,
  ISSUED_AT,
  JWKS,
  other,
  POOL,
  signToken,
} from "../../support/token-signer";

const now = ISSUED_AT;
const CLAIMS = {
  ...TOKENS.service,
  client_id: "the-client",
  sub: "the-client",
};
const ID_CLAIMS = { ...TOKENS.id, aud: "the-client" };
const ID = { tokenUse: "id", scopes: null } as const;
let server: LoopbackServer;
let reply: Reply;
let lines: string[];

beforeAll(async () => {
  server = await LoopbackServer.start(() => reply);
});

beforeEach(() => {
  server.received.splice(0);
  lines = [];
  reply = { body: JWKS };
});

afterAll(() => server.stop());

/** Verifies an access token of any client, with keys from the test's server. */
function verify(
  token: string,
  expected: Partial<AccessTokenVerifierOptions | IdTokenVerifierOptions> = {},
  env: Record<string, string> = { AWS_ENDPOINT_URL: server.endpoint },
) {
  return tokenVerifier({
    userPoolId: POOL,
    clientId: null,
    scopes: null,
    ...(expected as Partial<AccessTokenVerifierOptions>),
    env,
    log: (line) => lines.push(line),
    clock: { ...SYSTEM_CLOCK, sleep: () => Promise.resolve() },
  }).verify(token);
}

/** Returns the error for an invalid token. */
async function getUserError(...args: Parameters<typeof verify>) {
  const error = await verify(...args).then(
    () => undefined,
    (thrown: unknown) => thrown as Error & { readonly hint?: string },
  );
  const [, body, signature] = args[0].split(".");
  expect(error?.name).toBe("TokenVerificationError");
  for (const part of [body, signature].filter((text) => (text ?? "") !== ""))
    expect(`${error?.message ?? ""}${error?.hint ?? ""}`).not.toContain(part);
  return error;
}

async function getError(...args: Parameters<typeof verify>) {
  return (await getUserError(...args))?.message;
}

describe("tokenVerifier", () => {
  test("returns the claims of a valid token", async () => {
    expect(await verify(signToken(CLAIMS))).toEqual(CLAIMS);
    expect(server.received.map(({ url }) => url)).toEqual([
      `/${POOL}/.well-known/jwks.json`,
    ]);
    expect(lines).toEqual([
      `Reading keys from ${server.endpoint}/${POOL}/.well-known/jwks.json (AWS_ENDPOINT_URL)…`,
    ]);
  });

  test("verifies an id token", async () => {
    const claims = await verify(signToken(ID_CLAIMS), {
      tokenUse: "id",
      clientId: ["other", "the-client"],
    });
    expect(claims.aud).toBe("the-client");
  });

  test("verifies a token with the issuer of all Regions of its user pool", async () => {
    const iss = `https://issuer-cognito-idp.us-west-2.amazonaws.com/${POOL}`;
    expect((await verify(signToken({ ...CLAIMS, iss }))).iss).toBe(iss);
  });

  test("requires all scopes and one of the clients", async () => {
    const claims = await verify(signToken(CLAIMS), {
      clientId: ["other", "the-client"],
      scopes: ["server/write", "server/read"],
    });
    expect(claims.sub).toBe("the-client");
  });

  test("prefers the endpoint of Cognito", async () => {
    const env = {
      AWS_ENDPOINT_URL: "http://127.0.0.1:1",
      AWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER: server.endpoint,
    };
    expect(await verify(signToken(CLAIMS), {}, env)).toEqual(CLAIMS);
  });

  test("retries to fetch the keys", async () => {
    const keys = reply;
    reply = { status: 503, body: "" };
    const verified = verify(signToken(CLAIMS));
    while (server.received.length === 0)
      await new Promise((resolve) => setImmediate(resolve));
    reply = keys;
    expect(await verified).toEqual(CLAIMS);
  });
});

describe("tokenVerifier fails when", () => {
  test("the token has just expired", async () => {
    expect(await getError(signToken({ ...CLAIMS, exp: now - 60 }))).toMatch(
      /, \d{2,3} s ago$/,
    );
  });

  test("the token has expired", async () => {
    const expired = { ...CLAIMS, exp: now - 600 };
    expect(await getError(signToken(expired))).toMatch(
      new RegExp(
        `^the token expired at ${new Date((now - 600) * 1000).toISOString().replace(".000", "")}, 10 minutes ago$`,
      ),
    );
  });

  test("the token does not expire", async () => {
    expect(await getError(signToken({ ...CLAIMS, exp: undefined }))).toMatch(
      /^the token must have an exp claim/,
    );
  });

  test("the token is not valid yet", async () => {
    expect(await getError(signToken({ ...CLAIMS, nbf: now + 600 }))).toMatch(
      /^the token is not valid before 20/,
    );
  });

  test.each([
    `https://cognito-idp.us-west-2.amazonaws.com/us-west-2_other`,
    `https://cognito-idp.us-west-2.amazonaws.com.evil.example/${POOL}`,
    `https://evil.example/issuer-cognito-idp/${POOL}`,
    undefined,
  ])("the issuer is %s, without fetching keys", async (iss) => {
    expect(await getError(signToken({ ...CLAIMS, iss }))).toMatch(
      new RegExp(
        `^issuer must be https://(issuer-)?cognito-idp\\.us-west-2\\.amazonaws\\.com/${POOL}, got (none|"${iss ?? ""}")$`,
      ),
    );
    expect(server.received).toEqual([]);
  });

  test.each([
    [
      `https://cognito-idp.us-east-1.amazonaws.com/${POOL}`,
      "us-east-1",
      /^a replica of the user pool issued the token, or it was forged: .* Region us-west-2$/,
    ],
    [
      `https://issuer-cognito-idp.eu-west-1.amazonaws.com/${POOL}`,
      "eu-west-1",
      /^a replica of the user pool issued the token, or it was forged: /,
    ],
    [
      `https://cognito-idp-fips.us-gov-west-1.amazonaws.com/${POOL}`,
      "us-gov-west-1",
      /^a replica of the user pool issued the token, or it was forged: /,
    ],
    [
      "https://cognito-idp.us-east-1.amazonaws.com/us-east-1_other",
      "us-east-1",
      /^the token is of another user pool, or was forged$/,
    ],
    [
      "https://cognito-idp.eusc-de-east-1.amazonaws.eu/eusc-de-east-1_other",
      "eusc-de-east-1",
      /^the token is of another user pool, or was forged$/,
    ],
  ])(
    "the issuer %s is of another Region, without fetching keys",
    async (iss, region, hint) => {
      const error = await getUserError(signToken({ ...CLAIMS, iss }));
      expect(error?.message).toMatch(
        new RegExp(
          `, got "${iss}", issued by another Region: ${region} instead of us-west-2$`,
        ),
      );
      expect(error?.hint).toMatch(hint);
      expect(server.received).toEqual([]);
    },
  );

  test("the issuer changes the direction of the terminal's text", async () => {
    const iss = "https://evil.example/\u202e\u009b2J";
    expect(await getError(signToken({ ...CLAIMS, iss }))).toMatch(
      /, got "https:\/\/evil\.example\/\\u202e\\u009b2J"$/,
    );
  });

  test("the issuer has the FIPS endpoint of its own Region", async () => {
    const iss = `https://cognito-idp-fips.us-west-2.amazonaws.com/${POOL}`;
    expect(await getError(signToken({ ...CLAIMS, iss }))).toMatch(
      /^issuer must be https:\/\/cognito-idp\.us-west-2\.[^,]*, got "[^"]*"$/,
    );
  });

  test("the token has another use", async () => {
    expect(await getError(signToken(ID_CLAIMS))).toBe(
      'token_use must be access, got "id"',
    );
    expect(await getError(signToken(CLAIMS), ID)).toBe(
      'token_use must be id, got "access"',
    );
  });

  test("the token is of another client", async () => {
    const clientId = ["one", "two"];
    expect(await getError(signToken(CLAIMS), { clientId })).toBe(
      'client must be one or two, got "the-client"',
    );
    expect(await getError(signToken(ID_CLAIMS), { ...ID, clientId })).toBe(
      'client must be one or two, got "the-client"',
    );
  });

  test("the required scope is a prefix of the token's", async () => {
    const claims = { ...CLAIMS, scope: "server/reader" };
    expect(await getError(signToken(claims), { scopes: ["server/read"] })).toBe(
      "the token must have the scope server/read, got server/reader",
    );
  });

  test.each([
    ["exp", null],
    ["exp", "soon"],
    ["iss", ["a"]],
    ["scope", ["server/read"]],
  ])("the claim %s is %j", async (claim, value) => {
    expect(await getError(signToken({ ...CLAIMS, [claim]: value }))).toMatch(
      new RegExp(
        `^the token must be a JWT, got a token whose ${claim} is not a `,
      ),
    );
  });

  test("a time is not a date", async () => {
    expect(await getError(signToken({ ...CLAIMS, nbf: 1e300 }))).toBe(
      "nbf must be seconds since 1970, got 1e+300",
    );
  });

  test("the token has only some of the scopes", async () => {
    const scopes = ["server/read", "server/admin"];
    expect(await getError(signToken(CLAIMS), { scopes })).toBe(
      "the token must have the scope server/admin, got server/read server/write",
    );
    expect(
      await getError(signToken({ ...CLAIMS, scope: undefined }), { scopes }),
    ).toBe("the token must have the scope server/read server/admin, got none");
  });

  test("the claims were changed", async () => {
    const [head, , signature] = signToken(CLAIMS).split(".");
    const body = Buffer.from(
      JSON.stringify({ ...CLAIMS, scope: "server/admin" }),
    ).toString("base64url");
    expect(await getError(`${head ?? ""}.${body}.${signature ?? ""}`)).toBe(
      "signature must be of the user pool, got another",
    );
  });

  test("another key signed the token with the user pool's key id", async () => {
    expect(await getError(signToken(CLAIMS, undefined, other.privateKey))).toBe(
      "signature must be of the user pool, got another",
    );
  });

  test("the key id is unknown or missing", async () => {
    expect(await getError(signToken(CLAIMS, { alg: "RS256", kid: "x" }))).toBe(
      `key must be one of user pool ${POOL}, got the unknown key id "x"`,
    );
    expect(await getError(signToken(CLAIMS, { alg: "RS256" }))).toMatch(
      /must have a key id, got none$/,
    );
  });

  test.each(["none", "HS256", "RS512"])(
    "the signature algorithm is %s",
    async (alg) => {
      expect(await getError(signToken(CLAIMS, { alg, kid: "ours" }))).toBe(
        `signature algorithm must be that of the user pool's key, got "${alg}"`,
      );
    },
  );

  test.each([
    ["hunter2", "text with 1 part between dots"],
    ["a.b", "text with 2 parts between dots"],
    ["a.b.c", "three parts that are not base64url of JSON"],
    ["a.b.c.d.e", "text with 5 parts between dots"],
    ["two words", "text with 1 part between dots"],
  ])("the token is not a JWT: %s", async (text, got) => {
    await expect(verify(text)).rejects.toThrow(
      `the token must be a JWT, got ${got}`,
    );
  });
});

describe("the user pool's keys", () => {
  test("must exist; HTTP 404 is not retried", async () => {
    reply = { status: 404, body: "" };
    expect(await getError(signToken(CLAIMS))).toBe(
      `the user pool's keys must be at ${server.endpoint}/${POOL}/.well-known/jwks.json, got HTTP 404`,
    );
    expect(server.received).toHaveLength(1);
  });

  test("must be reachable", async () => {
    const gone = await LoopbackServer.start(() => undefined);
    await gone.stop();
    const env = { AWS_ENDPOINT_URL: gone.endpoint };
    expect(await getError(signToken(CLAIMS), {}, env)).toMatch(
      /cannot be reached: ECONNREFUSED, after 2 attempts$/,
    );
  });

  test.each<[string, string | object]>([
    ["HTML", "<html>"],
    ["another object", { error: "no" }],
    ["keys that are not a list", { keys: "none" }],
  ])("must be a key set, not %s", async (_name, body) => {
    reply = { body };
    expect(await getError(signToken(CLAIMS))).toBe(
      "the user pool's keys must be a JSON web key set, got another text",
    );
  });

  test.each(["http://keys.example", "http://127.0.0.1.evil.example", "x"])(
    "are not fetched in plaintext from another host: %s",
    async (endpoint) => {
      const env = { AWS_ENDPOINT_URL: endpoint };
      expect(await getError(signToken(CLAIMS), {}, env)).toMatch(
        /^AWS_ENDPOINT_URL must be a URL with https:\/\/, or http:\/\/ and a loopback address/,
      );
    },
  );
});

describe("parseToken reads", () => {
  test.each([
    ["the token itself", " a.b.c\n"],
    ["a header", "Authorization: Bearer a.b.c\n"],
    ["a header's value", "bearer a.b.c"],
    [
      "the response of a token endpoint",
      '{"access_token":"a.b.c","id_token":"d"}',
    ],
    [
      "the response of Cognito",
      '{"AuthenticationResult":{"AccessToken":"a.b.c"}}',
    ],
    ["the response of an SDK", '{"accessToken":"a.b.c"}'],
    ["a JSON text", '"a.b.c"'],
  ])("%s", (_name, text) => {
    expect(parseToken(text, "access")).toBe("a.b.c");
  });

  test("the field of the requested use", () => {
    const text = '{"access_token":"a","id_token":"d"}';
    expect(parseToken(text, "id")).toBe("d");
  });

  test.each([
    ["", /^a token is required$/],
    ["Bearer ", /^a token is required$/],
    [
      '{"id_token":"hunter2"}',
      /^JSON must have a token in the field access_token or .* got none$/,
    ],
    ['{"access_token":null}', /got none$/],
    ['{"AuthenticationResult":null}', /got none$/],
    ["[]", /got none$/],
    [
      '{"access_token":"hunter2',
      /^a token must be text or JSON, got invalid JSON$/,
    ],
  ])("fails when it is %j, without repeating it", (text, message) => {
    expect(() => parseToken(text, "access")).toThrow(message);
    expect(() => parseToken(text, "access")).not.toThrow(/hunter2/);
  });
});
