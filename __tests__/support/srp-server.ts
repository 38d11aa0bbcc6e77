import {
  createHash,
  createHmac,
  randomBytes,
  timingSafeEqual,
} from "node:crypto";
import {
  CognitoError,
  type Answer,
  type Call,
  type ScriptedCall,
} from "./fake-cognito";

/** Prime of the 3072-bit group in RFC 5054, appendix A. */
export const PRIME = BigInt(
  `0x${[
    "FFFFFFFFFFFFFFFFC90FDAA22168C234C4C6628B80DC1CD129024E088A67CC74020BBEA6",
    "3B139B22514A08798E3404DDEF9519B3CD3A431B302B0A6DF25F14374FE1356D6D51C245",
    "E485B576625E7EC6F44C42E9A637ED6B0BFF5CB6F406B7EDEE386BFB5A899FA5AE9F2411",
    "7C4B1FE649286651ECE45B3DC2007CB8A163BF0598DA48361C55D39A69163FA8FD24CF5F",
    "83655D23DCA3AD961C62F356208552BB9ED529077096966D670C354E4ABC9804F1746C08",
    "CA18217C32905E462E36CE3BE39E772C180E86039B2783A2EC07A28FB5C55DF06F4C52C9",
    "DE2BCBF6955817183995497CEA956AE515D2261898FA051015728E5A8AAAC42DAD33170D",
    "04507A33A85521ABDF1CBA64ECFB850458DBEF0A8AEA71575D060C7DB3970F85A6E1E4C7",
    "ABF5AE8CDB0933D71E8C94E04A25619DCEE3D2261AD2EE6BF12FFA06D98A0864D8760273",
    "3EC86A64521F2B18177B200CBBE117577A615D6C770988C0BAD946E208E24FA074E5AB31",
    "43DB5BFCE0FD108E4B82D120A93AD2CAFFFFFFFFFFFFFFFF",
  ].join("")}`,
);
const TIMESTAMP =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun) (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [1-9]\d? \d\d:\d\d:\d\d UTC \d{4}$/;

/** A user in a user pool. */
export interface SrpUser {
  readonly userPoolId: string;
  /** Name in the user pool, which differs from an alias. */
  readonly userId: string;
  readonly password: string;
  /** @default random */
  readonly salt?: string;
}

/**
 * The user pool's side of one sign-in by SRP, with the verifier of the password only. It implements the protocol without any
 * code of the product.
 */
export class SrpServer {
  readonly secretBlock = randomBytes(60).toString("base64");
  private readonly privateKey = number(randomBytes(32));
  private readonly salt: string;
  private readonly verifier: bigint;
  private clientKey = 0n;

  constructor(private readonly user: SrpUser) {
    const { userId, password, salt = randomBytes(16).toString("hex") } = user;
    this.salt = salt;
    const identity = sha256(
      Buffer.from(`${this.poolName}${userId}:${password}`),
    );
    const x = number(sha256(signed(BigInt(`0x${salt}`)), identity));
    this.verifier = power(2n, x);
  }

  /** Returns the parameters of the challenge for a client's key. */
  challenge(clientKey: string): Readonly<Record<string, string>> {
    if (!/^[0-9a-f]+$/i.test(clientKey))
      throw new Error("SRP_A must be a hexadecimal number");
    this.clientKey = BigInt(`0x${clientKey}`);
    return {
      SALT: this.salt,
      SECRET_BLOCK: this.secretBlock,
      SRP_B: this.publicKey.toString(16),
      USERNAME: this.user.userId,
      USER_ID_FOR_SRP: this.user.userId,
    };
  }

  /** Returns whether responses prove the password. */
  verify(responses: Readonly<Record<string, string>>): boolean {
    const { TIMESTAMP: time = "", PASSWORD_CLAIM_SIGNATURE: signature = "" } =
      responses;
    if (!TIMESTAMP.test(time)) throw new Error(`TIMESTAMP is ${time}`);
    const u = number(sha256(signed(this.clientKey), signed(this.publicKey)));
    const sessionKey = power(
      this.clientKey * power(this.verifier, u),
      this.privateKey,
    );
    const extracted = hmac(signed(u), signed(sessionKey));
    const key = hmac(extracted, Buffer.from("Caldera Derived Key\u0001"));
    const expected = hmac(
      key.subarray(0, 16),
      Buffer.from(`${this.poolName}${this.user.userId}`),
      Buffer.from(this.secretBlock, "base64"),
      Buffer.from(time),
    );
    const actual = Buffer.from(signature, "base64");
    return (
      responses.PASSWORD_CLAIM_SECRET_BLOCK === this.secretBlock &&
      responses.USERNAME === this.user.userId &&
      actual.length === expected.length &&
      timingSafeEqual(actual, expected)
    );
  }

  private get poolName(): string {
    return this.user.userPoolId.split("_")[1] ?? "";
  }

  private get publicKey(): bigint {
    const k = number(sha256(signed(PRIME), signed(2n)));
    return (k * this.verifier + power(2n, this.privateKey)) % PRIME;
  }
}

/**
 * Scripts the two calls of a sign-in by SRP. The second fails unless it proves the password.
 *
 * @param answer response to the correct password
 */
export function scriptSrpSignIn(user: SrpUser, answer: Answer): ScriptedCall[] {
  const server = new SrpServer(user);
  return [
    {
      operation: "InitiateAuth",
      answer: ({ AuthParameters: parameters }: Call["request"]) => ({
        ChallengeName: "PASSWORD_VERIFIER",
        ChallengeParameters: server.challenge(
          (parameters as Record<string, string>).SRP_A ?? "",
        ),
      }),
    },
    {
      operation: "RespondToAuthChallenge",
      answer: ({ ChallengeName: name, ChallengeResponses: responses }) => {
        if (name !== "PASSWORD_VERIFIER") throw new Error(String(name));
        if (server.verify(responses as Record<string, string>)) return answer;
        throw new CognitoError(
          "NotAuthorizedException",
          "Incorrect username or password.",
        );
      },
    },
  ];
}

function power(base: bigint, exponent: bigint): bigint {
  if (exponent === 0n) return 1n;
  const half = power((base * base) % PRIME, exponent / 2n);
  return exponent % 2n === 0n ? half : (half * (base % PRIME)) % PRIME;
}

function sha256(...parts: readonly Buffer[]): Buffer {
  return createHash("sha256").update(Buffer.concat(parts)).digest();
}

function hmac(key: Buffer, ...parts: readonly Buffer[]): Buffer {
  return createHmac("sha256", key).update(Buffer.concat(parts)).digest();
}

function number(bytes: Buffer): bigint {
  return BigInt(`0x${bytes.toString("hex")}`);
}

/** Returns the two's complement of a positive number. */
function signed(value: bigint): Buffer {
  const bits = value.toString(2).length;
  const bytes = Math.floor(bits / 8) + 1;
  return Buffer.from(value.toString(16).padStart(bytes * 2, "0"), "hex");
}
