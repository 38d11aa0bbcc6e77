import {
  createHash,
  createHmac,
  getDiffieHellman,
  hkdfSync,
  randomBytes,
} from "node:crypto";
import { UserError } from "../../../constructs/errors";

/** Prime of Cognito's group: 3,072 bits of RFC 5054, which is group 15 of RFC 3526. */
const N = toBigInt(getDiffieHellman("modp15").getPrime());
/** Generator of Cognito's group; RFC 5054 lists 5 for this prime. */
const G = 2n;
const K = hash(encode(N), encode(G));
/** 256 bits, the minimum of RFC 5054. */
const PRIVATE_KEY_BYTES = 32;
const DERIVED_KEY_INFO = "Caldera Derived Key";
const DERIVED_KEY_BYTES = 16;

/** Ephemeral keys of one sign-in by the Secure Remote Password protocol (SRP). */
export interface SrpKeys {
  readonly privateKey: bigint;
  /** `SRP_A` in hexadecimal digits. */
  readonly publicKey: string;
}

/** @param privateKey replaced in tests */
export function createSrpKeys(
  privateKey = toBigInt(randomBytes(PRIVATE_KEY_BYTES)),
): SrpKeys {
  return { privateKey, publicKey: modPow(G, privateKey).toString(16) };
}

/**
 * Signs a `PASSWORD_VERIFIER` challenge: proves that the user knows the password without sending it.
 *
 * The password is not normalized (Unicode), as in AWS's own clients. The user name is from the challenge: it differs from
 * the alias of a sign-in by alias.
 *
 * @throws UserError if the challenge lacks a parameter
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-authentication-flow-methods.html
 */
export function signPasswordChallenge(
  keys: SrpKeys,
  userPoolId: string,
  password: string,
  parameters: Readonly<Record<string, string | undefined>>,
  now: Date,
): Readonly<Record<string, string>> {
  const { USER_ID_FOR_SRP: userId = "", SECRET_BLOCK: secretBlock = "" } =
    parameters;
  const salt = parseHex(parameters.SALT);
  const serverKey = parseHex(parameters.SRP_B);
  if (userId === "" || secretBlock === "" || salt === undefined)
    throw invalidChallenge("USER_ID_FOR_SRP, SECRET_BLOCK and SALT");
  // with a server key of zero the session key does not depend on the password
  if (serverKey === undefined || serverKey % N === 0n)
    throw invalidChallenge("a valid SRP_B");

  const poolName = userPoolId.slice(userPoolId.indexOf("_") + 1);
  const clientKey = BigInt(`0x${keys.publicKey}`);
  const u = hash(encode(clientKey), encode(serverKey));
  const identity = sha256(`${poolName}${userId}:${password}`);
  const x = hash(encode(salt), identity);
  const sessionKey = modPow(
    serverKey - K * modPow(G, x),
    keys.privateKey + u * x,
  );
  const derivedKey = hkdfSync(
    "sha256",
    encode(sessionKey),
    encode(u),
    DERIVED_KEY_INFO,
    DERIVED_KEY_BYTES,
  );
  const timestamp = formatTimestamp(now);
  return {
    PASSWORD_CLAIM_SECRET_BLOCK: secretBlock,
    PASSWORD_CLAIM_SIGNATURE: createHmac("sha256", Buffer.from(derivedKey))
      .update(`${poolName}${userId}`)
      .update(Buffer.from(secretBlock, "base64"))
      .update(timestamp)
      .digest("base64"),
    TIMESTAMP: timestamp,
  };
}

/** Formats a date as `EEE MMM d HH:mm:ss z yyyy`, in UTC and English in any locale, without a leading zero of the day. */
export function formatTimestamp(date: Date): string {
  const [weekday = "", day = "", month = "", year = "", time = ""] = date
    .toUTCString()
    .split(/,? /);
  return `${weekday} ${month} ${Number(day)} ${time} UTC ${year}`;
}

function invalidChallenge(requirement: string): UserError {
  return new UserError(
    `the user pool's PASSWORD_VERIFIER challenge must have ${requirement}`,
    "check the user pool id, and a proxy or AWS_ENDPOINT_URL between you and AWS",
  );
}

function modPow(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let factor = ((base % N) + N) % N;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * factor) % N;
    factor = (factor * factor) % N;
  }
  return result;
}

function hash(...parts: readonly Buffer[]): bigint {
  return toBigInt(sha256(...parts));
}

function sha256(...parts: readonly (Buffer | string)[]): Buffer {
  const digest = createHash("sha256");
  for (const part of parts) digest.update(part);
  return digest.digest();
}

/** Returns the shortest two's complement of a number, as Java's `BigInteger.toByteArray`. */
function encode(value: bigint): Buffer {
  const digits = value.toString(16);
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return Buffer.from(/^[89a-f]/.test(even) ? `00${even}` : even, "hex");
}

function toBigInt(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString("hex")}`);
}

function parseHex(text: string | undefined): bigint | undefined {
  return text !== undefined && /^[0-9a-f]+$/i.test(text)
    ? BigInt(`0x${text}`)
    : undefined;
}
