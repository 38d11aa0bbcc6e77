import { createHash } from "node:crypto";
import fc from "fast-check";
import { ANY_CHARACTER } from "../../support/any-character";
import {
  createSrpKeys,
  formatTimestamp,
  signPasswordChallenge,
} from "../../../scripts/lib/auth/srp";
import { PRIME, SrpServer } from "../../support/srp-server";

const POOL = "us-west-2_AbCdEfGhI";
const NOW = new Date("2026-11-30T01:02:03Z");

/** Derives a number from hashes, as the script that recorded the signatures did. */
function createNumber(
  label: string,
  algorithm: string,
  hashes: number,
): bigint {
  const bytes = Array.from({ length: hashes }, (_, index) =>
    createHash(algorithm).update(`${label} ${index}`).digest("hex"),
  );
  return BigInt(`0x${bytes.join("")}`);
}

describe("signPasswordChallenge", () => {
  /** Signatures of amazon-cognito-identity-js 6.3.21 for the same keys and challenge. */
  test.each([
    {
      name: "plain",
      userId: "jo",
      password: "Aa1!aaaaaaaa",
      salt: "5f2b3c4d5e6f708192a3b4c5d6e7f801",
      now: "2026-11-01T05:06:07Z",
      timestamp: "Sun Nov 1 05:06:07 UTC 2026",
      signature: "SD4ahtUfE2PnHTGjDcfMU+ANjDUeIDCrTiMUuzfvQE0=",
    },
    {
      // the session key has leading zeros, the salt its first bit set
      name: "unicode 16",
      userId: "jo@example.com",
      password: "p\u00e4\u0308ss w\u00f6rd:\u{1F511}",
      salt: "f05f2b3c4d5e6f708192a3b4c5d6e7f8",
      now: "2026-11-30T23:59:59Z",
      timestamp: "Mon Nov 30 23:59:59 UTC 2026",
      signature: "y45bkBjznRuZ4+49IBVBbqDG425QpcxfL8sHy5DGAVA=",
    },
    {
      // the hash of both keys and the salt have leading zeros
      name: "colon 1157",
      userId: "a:b",
      password: "c:d",
      salt: "00005f2b3c4d5e6f708192a3b4c5d6e7",
      now: "2028-02-29T00:00:00Z",
      timestamp: "Tue Feb 29 00:00:00 UTC 2028",
      signature: "OvjDf30XXBI6HvYNtA55ZYXzpNYR0RvXNTK3UlYGwhw=",
    },
    {
      // the pool's key has leading zeros, the salt an odd number of digits
      name: "odd salt 131",
      userId: "0000-1111",
      password: " leading and trailing ",
      salt: "abc",
      now: "2026-12-09T09:08:07Z",
      timestamp: "Wed Dec 9 09:08:07 UTC 2026",
      signature: "tG6QZ3olq06SQjhSCSJ5PRtHbBU3ngIqWFxW7h7stS8=",
    },
  ])(
    "returns the signature of AWS's own client: $name",
    ({ name, userId, password, salt, now, timestamp, signature }) => {
      const block = Buffer.from(`block ${name}`).toString("base64");
      const claim = signPasswordChallenge(
        createSrpKeys(createNumber(`a ${name}`, "sha256", 1)),
        POOL,
        password,
        {
          USER_ID_FOR_SRP: userId,
          SALT: salt,
          SRP_B: (createNumber(`B ${name}`, "sha512", 6) % PRIME).toString(16),
          SECRET_BLOCK: block,
        },
        new Date(now),
      );
      expect(claim).toEqual({
        PASSWORD_CLAIM_SECRET_BLOCK: block,
        PASSWORD_CLAIM_SIGNATURE: signature,
        TIMESTAMP: timestamp,
      });
    },
  );

  /** Signs a challenge of a server that knows this password. */
  function isProven(
    user: { userId: string; password: string; salt: string },
    typed: string,
    { pool = POOL, privateKey }: { pool?: string; privateKey?: bigint } = {},
  ): boolean {
    const server = new SrpServer({ userPoolId: POOL, ...user });
    const keys = createSrpKeys(privateKey);
    const challenge = server.challenge(keys.publicKey);
    const claim = signPasswordChallenge(keys, pool, typed, challenge, NOW);
    return server.verify({ ...claim, USERNAME: user.userId });
  }

  const users = fc.record({
    userId: fc.string({ minLength: 1, unit: ANY_CHARACTER }),
    password: fc.string({ minLength: 1, unit: ANY_CHARACTER }),
    // with leading zeros and any number of digits
    salt: fc.stringMatching(/^0{0,3}[0-9a-f]{1,32}$/),
  });

  test("proves any password, with any leading zeros of the numbers", () => {
    fc.assert(
      fc.property(users, (user) => isProven(user, user.password)),
      { numRuns: 12 },
    );
  });

  test("does not prove another password, nor in another user pool", () => {
    fc.assert(
      fc.property(users, fc.string({ unit: ANY_CHARACTER }), (user, other) => {
        fc.pre(other !== user.password);
        return !isProven(user, other);
      }),
      { numRuns: 6 },
    );
    const user = { userId: "jo", password: "secret", salt: "1" };
    expect(isProven(user, "secret", { pool: "us-west-2_Other" })).toBe(false);
  });

  test("does not normalize a password", () => {
    const composed = { userId: "jo", password: "\u00e9", salt: "1" };
    expect(isProven(composed, "\u00e9")).toBe(true);
    expect(isProven(composed, "e\u0301")).toBe(false);
  });

  test("uses a new key of 256 bits each time", () => {
    const keys = Array.from({ length: 20 }, () => createSrpKeys());
    expect(new Set(keys.map(({ publicKey }) => publicKey)).size).toBe(20);
    const longest = keys.map(({ privateKey }) => privateKey.toString(2).length);
    expect(Math.max(...longest)).toBeGreaterThan(240);
    expect(Math.max(...longest)).toBeLessThanOrEqual(256);
  });
});

describe("formatTimestamp", () => {
  test.each([
    ["2026-11-01T05:06:07.999Z", "Sun Nov 1 05:06:07 UTC 2026"],
    ["2027-01-09T23:59:59Z", "Sat Jan 9 23:59:59 UTC 2027"],
    ["2028-02-29T00:00:00Z", "Tue Feb 29 00:00:00 UTC 2028"],
    ["2026-12-31T19:00:00-07:00", "Fri Jan 1 02:00:00 UTC 2027"],
  ])(
    "uses UTC and English, without a leading zero of the day: %s",
    (date, text) => {
      expect(formatTimestamp(new Date(date))).toBe(text);
    },
  );
});

describe("signPasswordChallenge fails when", () => {
  const parameters = {
    USER_ID_FOR_SRP: "jo",
    SALT: "1",
    SRP_B: "2",
    SECRET_BLOCK: "AAAA",
  };

  const names = "USER_ID_FOR_SRP, SECRET_BLOCK and SALT";
  const key = "a valid SRP_B";

  test.each([
    ["no user", { USER_ID_FOR_SRP: undefined }, names],
    ["no secret block", { SECRET_BLOCK: "" }, names],
    ["no salt", { SALT: undefined }, names],
    ["a salt that is not a number", { SALT: "xyz" }, names],
    ["a negative salt", { SALT: "-1" }, names],
    ["no key", { SRP_B: undefined }, key],
    ["the key 0", { SRP_B: "0" }, key],
    ["the prime as its key", { SRP_B: PRIME.toString(16) }, key],
    ["twice the prime as its key", { SRP_B: (2n * PRIME).toString(16) }, key],
  ])("the challenge has %s", (_, change, requirement) => {
    expect(() =>
      signPasswordChallenge(
        createSrpKeys(),
        POOL,
        "secret",
        { ...parameters, ...change },
        NOW,
      ),
    ).toThrow(
      `the user pool's PASSWORD_VERIFIER challenge must have ${requirement}`,
    );
  });
});
