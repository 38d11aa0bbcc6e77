import { inspect } from "node:util";
import {
  TokenVerificationError,
  type TokenVerificationErrorCode,
} from "../../../scripts/lib/auth/token-verification-error";
import {
  type AccessTokenVerifierOptions,
  type IdTokenVerifierOptions,
  tokenVerifier,
} from "../../../scripts/lib/client/token-verifier";
import {
  CLAIMS,
  createUnsigned,
  ISSUED_AT,
  JWKS,
  other,
  POOL,
  SERVICE_CLIENT,
  signToken,
  signWithPublicKey,
  USER_CLIENT,
} from "../../support/token-signer";

type Options = Partial<AccessTokenVerifierOptions | IdTokenVerifierOptions>;
interface Vector {
  readonly name: string;
  readonly token: string;
  readonly options?: Options;
  /** `undefined` for a token that is valid. */
  readonly code?: TokenVerificationErrorCode;
}

const { service, user, browser, id, federated, federatedId } = CLAIMS;
const ID = { tokenUse: "id", scopes: null } as const;
const RS256 = { alg: "RS256", kid: "ours" };
const [head = "", body = "", signature = ""] = signToken().split(".");

const VALID: readonly Vector[] = [
  { name: "of a service", token: signToken() },
  {
    name: "of a service, with a client and all scopes",
    token: signToken(),
    options: {
      clientId: SERVICE_CLIENT,
      scopes: ["server/write", "server/read"],
    },
  },
  {
    name: "of a user",
    token: signToken(user),
    options: { scopes: ["aws.cognito.signin.user.admin"] },
  },
  {
    name: "of a user in one of the groups",
    token: signToken(user),
    options: { groups: ["owners", "admins"] },
  },
  {
    name: "of a user who signed in through the browser",
    token: signToken(browser),
    options: {
      clientId: [SERVICE_CLIENT, USER_CLIENT],
      scopes: ["server/read"],
    },
  },
  {
    name: "of a user of an identity provider",
    token: signToken(federated),
    options: { groups: [`${POOL}_University`] },
  },
  {
    name: "an id token",
    token: signToken(id),
    options: { ...ID, clientId: USER_CLIENT, groups: ["readers"] },
  },
  {
    name: "an id token of a user of an identity provider",
    token: signToken(federatedId),
    options: ID,
  },
  {
    name: "issued by a machine whose clock is ahead",
    token: signToken({ ...service, iat: ISSUED_AT + 120 }),
  },
  {
    name: "whose nbf has passed",
    token: signToken({ ...service, nbf: ISSUED_AT - 1 }),
  },
  {
    name: "without scopes, if none is required",
    token: signToken({ ...service, scope: undefined }),
  },
];

const INVALID: readonly (Vector & {
  readonly code: TokenVerificationErrorCode;
})[] = [
  // of another issuer, client or use
  {
    name: "of another user pool, which signs with its own key",
    token: signToken(
      { ...service, iss: service.iss.replace(POOL, "us-west-2_Other") },
      { ...RS256, kid: "theirs" },
      other.privateKey,
    ),
    code: "wrong_issuer",
  },
  {
    name: "of the same user pool id in another Region",
    token: signToken({
      ...service,
      iss: service.iss.replace("us-west-2.", "eu-west-1."),
    }),
    code: "wrong_issuer",
  },
  ...[
    undefined,
    "",
    `${service.iss}/`,
    service.iss.replace("https:", "http:"),
    service.iss.toLowerCase(),
    service.iss.replace(".com/", ".com.evil.example/"),
    ` ${service.iss}`,
  ].map((iss) => ({
    name: `of the issuer ${String(iss)}`,
    token: signToken({ ...service, iss }),
    code: "wrong_issuer" as const,
  })),
  {
    name: "of another client",
    token: signToken(),
    options: { clientId: USER_CLIENT },
    code: "wrong_client",
  },
  {
    name: "of a client whose id begins like the allowed one",
    token: signToken({ ...service, client_id: `${SERVICE_CLIENT}0` }),
    options: { clientId: SERVICE_CLIENT },
    code: "wrong_client",
  },
  {
    name: "of no client, with an audience",
    token: signToken({ ...service, client_id: undefined, aud: SERVICE_CLIENT }),
    options: { clientId: SERVICE_CLIENT },
    code: "wrong_client",
  },
  {
    name: "an id token of another client",
    token: signToken(id),
    options: { ...ID, clientId: SERVICE_CLIENT },
    code: "wrong_client",
  },
  {
    name: "an id token where an access token is required",
    token: signToken(id),
    code: "wrong_use",
  },
  {
    name: "an id token with the claims of an access token",
    token: signToken({ ...id, client_id: USER_CLIENT, scope: "server/read" }),
    options: { clientId: USER_CLIENT, scopes: ["server/read"] },
    code: "wrong_use",
  },
  {
    name: "an access token where an id token is required",
    token: signToken(browser),
    options: ID,
    code: "wrong_use",
  },
  ...[undefined, "refresh", ["access"], "ACCESS"].map((use) => ({
    name: `with the use ${String(use)}`,
    token: signToken({ ...service, token_use: use }),
    code: "wrong_use" as const,
  })),

  // time
  {
    name: "that has expired",
    token: signToken({ ...service, exp: ISSUED_AT - 1 }),
    code: "token_expired",
  },
  {
    name: "that has expired, and lacks a scope",
    token: signToken({ ...service, exp: ISSUED_AT - 1 }),
    options: { scopes: ["server/admin"] },
    code: "token_expired",
  },
  {
    name: "without expiry",
    token: signToken({ ...service, exp: undefined }),
    code: "invalid_claim",
  },
  {
    name: "whose expiry is no date",
    token: signToken({ ...service, exp: 1e300 }),
    code: "invalid_claim",
  },
  {
    name: "whose expiry is a text",
    token: signToken({ ...service, exp: String(ISSUED_AT + 3600) }),
    code: "not_a_token",
  },
  {
    name: "whose nbf is in the future",
    token: signToken({ ...service, nbf: ISSUED_AT + 600 }),
    code: "not_yet_valid",
  },

  // signature
  {
    name: "with the algorithm none and no signature",
    token: createUnsigned({ alg: "none", kid: "ours" }),
    code: "not_a_token",
  },
  ...["none", "None", "NONE", "RS512", "PS256", "ES256", "EdDSA", "", 1].map(
    (alg) => ({
      name: `with the algorithm ${String(alg)}`,
      token: createUnsigned({ alg, kid: "ours" }, "AAAA"),
      code:
        alg === 1 ? ("not_a_token" as const) : ("invalid_signature" as const),
    }),
  ),
  {
    name: "without an algorithm",
    token: createUnsigned({ kid: "ours" }, signature),
    code: "invalid_signature",
  },
  {
    name: "signed with HS256 and the public key as secret",
    token: signWithPublicKey({ alg: "HS256", kid: "ours" }),
    code: "invalid_signature",
  },
  {
    name: "signed with HS256, and RS256 in the header",
    token: signWithPublicKey(RS256),
    code: "invalid_signature",
  },
  {
    name: "signed with another key, which the header has",
    token: signToken(
      service,
      { ...RS256, jwk: other.publicKey.export({ format: "jwk" }) },
      other.privateKey,
    ),
    code: "invalid_signature",
  },
  {
    name: "signed with another key, which a URL in the header has",
    token: signToken(
      service,
      {
        ...RS256,
        jku: "https://evil.example/keys",
        x5u: "https://evil.example",
      },
      other.privateKey,
    ),
    code: "invalid_signature",
  },
  {
    name: "with an unknown key id",
    token: signToken(service, { alg: "RS256", kid: "theirs" }),
    code: "unknown_key",
  },
  ...["__proto__", "../ours", "OURS", "ours "].map((kid) => ({
    name: `with the key id ${kid}`,
    token: signToken(service, { alg: "RS256", kid }),
    code: "unknown_key" as const,
  })),
  {
    name: "without a key id",
    token: signToken(service, { alg: "RS256" }),
    code: "unknown_key",
  },
  {
    name: "whose key id is a list",
    token: signToken(service, { alg: "RS256", kid: ["ours"] }),
    code: "not_a_token",
  },
  {
    name: "with other claims than it was signed with",
    token: [head, signToken(user).split(".")[1], signature].join("."),
    code: "invalid_signature",
  },
  {
    name: "whose signature lacks its end",
    token: `${head}.${body}.${signature.slice(0, -4)}`,
    code: "invalid_signature",
  },

  // rights
  {
    name: "with none of the scopes",
    token: signToken(user),
    options: { scopes: ["server/read"] },
    code: "missing_scope",
  },
  {
    name: "with one of two scopes",
    token: signToken(),
    options: { scopes: ["server/read", "server/admin"] },
    code: "missing_scope",
  },
  ...[
    "server/reader",
    "server/rea",
    "SERVER/READ",
    "other/server/read",
    "server/read,server/write",
    "server/read\tserver/write",
    "server/*",
    undefined,
  ].map((scope) => ({
    name: `with the scope ${String(scope)} instead of server/read`,
    token: signToken({ ...service, scope }),
    options: { scopes: ["server/read"] },
    code: "missing_scope" as const,
  })),
  {
    name: "whose scope is a list",
    token: signToken({ ...service, scope: ["server/read"] }),
    options: { scopes: ["server/read"] },
    code: "not_a_token",
  },
  {
    name: "of a user in other groups",
    token: signToken(user),
    options: { groups: ["owners"] },
    code: "wrong_group",
  },
  {
    name: "of a service, where a group is required",
    token: signToken(),
    options: { groups: ["readers"] },
    code: "wrong_group",
  },
  ...["readers", "readers admins", { readers: true }].map((groups) => ({
    name: `whose groups are not a list: ${inspect(groups)}`,
    token: signToken({ ...user, "cognito:groups": groups }),
    options: { groups: ["readers"] },
    code: "wrong_group" as const,
  })),

  // form
  ...[
    "",
    " ",
    "x",
    "a.b",
    "a.b.c",
    "..",
    "a.b.c.d.e",
    ` ${signToken()}`,
    `${signToken()}\n`,
    `Bearer ${signToken()}`,
    signToken().replace(".", ". "),
    signToken().replaceAll(".", ","),
    `"${signToken()}"`,
    `${head}.${body}`,
    `${head}.${body}.`,
    `${head}.${body.slice(0, -9)}.${signature}`,
    `${head}..${signature}`,
    `${head}.${body}.${signature}.${signature}`,
    `${head}.${Buffer.from("[]").toString("base64url")}.${signature}`,
    `${head}.${Buffer.from("null").toString("base64url")}.${signature}`,
    `${head}.${body}.${"A".repeat(70_000)}`,
  ].map((token) => ({
    name: `that is text: ${JSON.stringify(token.replace(/\w{20,}/g, "…"))}`,
    token,
    code: "not_a_token" as const,
  })),
];

function verify({ token, options }: Vector): Promise<object> {
  return tokenVerifier({
    userPoolId: POOL,
    clientId: null,
    scopes: null,
    jwks: JWKS,
    ...(options as Partial<AccessTokenVerifierOptions>),
  }).verify(token);
}

test.each(VALID)("a token $name is valid", async (vector) => {
  const claims = await verify(vector);
  const [, payload = ""] = vector.token.split(".");
  expect(claims).toEqual(
    JSON.parse(Buffer.from(payload, "base64url").toString()),
  );
});

test.each(INVALID)("a token $name is not valid: $code", async (vector) => {
  const error = await verify(vector).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TokenVerificationError);
  expect(error).toMatchObject({ code: vector.code });
  const printed = inspect(error, { depth: null, showHidden: true });
  for (const part of vector.token.split(".").filter(({ length }) => length > 9))
    expect(printed).not.toContain(part);
});

test.each([undefined, null, 1, {}, ["a.b.c"], Buffer.from("a.b.c")])(
  "a value that is no text is not valid: %p",
  async (token) => {
    await expect(verify({ name: "", token: token as never })).rejects.toThrow(
      /^the token must be text, got \w+$/,
    );
  },
);

test.each<Record<string, unknown>>([
  { use: "enc" },
  { kty: "oct", k: "AAAA" },
  { n: undefined },
  { n: "", e: "" },
  { kty: "EC", crv: "P-999", x: "AAAA", y: "AAAA" },
])("a key with %j makes the keys unavailable", async (changes) => {
  const keys = JWKS.keys.map((key) => ({ ...key, ...changes }));
  const verified = tokenVerifier({
    userPoolId: POOL,
    clientId: null,
    scopes: null,
    jwks: { keys: keys },
  }).verify(signToken());
  await expect(verified).rejects.toMatchObject({ code: "keys_unavailable" });
});

test.each(["EdDSA", "ES256", "PS256", "HS256"])(
  "a key without an algorithm does not verify the algorithm %s",
  async (alg) => {
    const keys = JWKS.keys.map((key) => ({ ...key, alg: undefined }));
    const verified = tokenVerifier({
      userPoolId: POOL,
      clientId: null,
      scopes: null,
      jwks: { keys: keys },
    }).verify(createUnsigned({ alg, kid: "ours" }, "AAAA"));
    await expect(verified).rejects.toMatchObject({ code: "invalid_signature" });
  },
);
