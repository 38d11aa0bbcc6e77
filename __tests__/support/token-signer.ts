import {
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";

/** A user pool that signs tokens. */
export const POOL = "us-west-2_abcDEF123";
export const ISSUER = `https://cognito-idp.us-west-2.amazonaws.com/${POOL}`;
export const SERVICE_CLIENT = "1example23456789";
export const USER_CLIENT = "2example23456789";

const own = generateKeyPairSync("rsa", { modulusLength: 2048 });
// exported once: Node has blocked here when the tests ran in parallel
const PUBLIC_KEY = own.publicKey.export({ format: "jwk" });
const PUBLIC_PEM = own.publicKey.export({ format: "pem", type: "spki" });
export const other = generateKeyPairSync("rsa", { modulusLength: 2048 });

/** Public keys of the user pool, as at its `jwks_url`. */
export const JWKS = {
  keys: [
    {
      ...PUBLIC_KEY,
      kty: "RSA",
      kid: "ours",
      alg: "RS256",
      use: "sig",
    },
  ],
};

const now = Math.floor(Date.now() / 1000);
const COMMON = {
  iss: ISSUER,
  iat: now,
  auth_time: now,
  exp: now + 3600,
  jti: "ae6a6d0d-aaaa-bbbb-cccc-1234567890ab",
};
const USER = {
  ...COMMON,
  sub: "ea2b3c4d-aaaa-bbbb-cccc-1234567890ab",
  origin_jti: "f1f2f3f4-aaaa-bbbb-cccc-1234567890ab",
  event_id: "b0b1b2b3-aaaa-bbbb-cccc-1234567890ab",
};

/** Claims of the kinds of tokens that a user pool issues. */
export const CLAIMS = {
  /** Client credentials grant. */
  service: {
    ...COMMON,
    sub: SERVICE_CLIENT,
    client_id: SERVICE_CLIENT,
    token_use: "access",
    scope: "server/read server/write",
    version: 2,
  },
  /** Sign-in with a password through the API. */
  user: {
    ...USER,
    "cognito:groups": ["readers", "admins"],
    client_id: USER_CLIENT,
    token_use: "access",
    scope: "aws.cognito.signin.user.admin",
    username: "alice",
  },
  /** Sign-in through the browser. */
  browser: {
    ...USER,
    client_id: USER_CLIENT,
    token_use: "access",
    scope: "openid profile server/read",
    version: 2,
    username: "alice",
  },
  id: {
    ...USER,
    aud: USER_CLIENT,
    token_use: "id",
    "cognito:groups": ["readers"],
    "cognito:username": "alice",
    email: "alice@example.com",
    email_verified: true,
  },
  /** Sign-in at an identity provider. */
  federated: {
    ...USER,
    "cognito:groups": [`${POOL}_University`],
    client_id: USER_CLIENT,
    token_use: "access",
    scope: "openid profile server/read",
    version: 2,
    username: "University_a1b2",
  },
  federatedId: {
    ...USER,
    aud: USER_CLIENT,
    token_use: "id",
    at_hash: "x1y2",
    nonce: "z1",
    "cognito:groups": [`${POOL}_University`],
    "cognito:username": "University_a1b2",
    identities: [
      {
        userId: "a1b2",
        providerName: "University",
        providerType: "OIDC",
        issuer: null,
        primary: "true",
        dateCreated: "1700000000000",
      },
    ],
  },
} as const;

/** Seconds since 1970 at which the claims were issued. */
export const ISSUED_AT = now;

/** Signs a token. */
export function signToken(
  claims: object = CLAIMS.service,
  header: object = { alg: "RS256", kid: "ours" },
  key: KeyObject = own.privateKey,
): string {
  const text = encode(header, claims);
  const signature = sign("sha256", Buffer.from(text), key);
  return `${text}.${signature.toString("base64url")}`;
}

/** Signs a token with the public key as the secret of HS256, which deceives a verifier that trusts the header. */
export function signWithPublicKey(header: object): string {
  const text = encode(header, CLAIMS.service);
  const signature = createHmac("sha256", PUBLIC_PEM).update(text).digest();
  return `${text}.${signature.toString("base64url")}`;
}

/** Creates a token whose signature is a text. */
export function createUnsigned(header: object, signature = ""): string {
  return `${encode(header, CLAIMS.service)}.${signature}`;
}

function encode(...parts: readonly object[]): string {
  return parts
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
}
