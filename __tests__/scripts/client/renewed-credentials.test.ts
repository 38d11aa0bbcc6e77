import { inspect } from "node:util";
import type { AwsCredentialIdentityProvider } from "@smithy/types";
import { ClientError } from "../../../scripts/lib/client/client-error";
import {
  type CredentialSource,
  createUserCredentials,
  type UserCredentials,
} from "../../../scripts/lib/client/renewed-credentials";
import { VirtualClock } from "../../support/virtual-clock";

const HOUR_MS = 3_600_000;
const CANARY = "s3cr3t-canary";

/** A source that issues credentials of one hour, or fails with {@link error}. */
class FakeSource implements CredentialSource {
  /** Access key ids of the credentials that each request replaces. */
  readonly requests: (string | undefined)[] = [];
  signOuts = 0;
  error: unknown;
  /** Ends when this is called, as a sign-in does when the user has signed in. */
  finish: (() => void) | undefined;
  isWaiting = false;

  constructor(readonly clock: VirtualClock) {}

  readonly issue: CredentialSource["issue"] = async (former, signal) => {
    this.requests.push(former?.AccessKeyId);
    if (this.isWaiting)
      await new Promise<void>((resolve, reject) => {
        this.finish = resolve;
        signal.addEventListener("abort", () => {
          setImmediate(reject, signal.reason);
        });
      });
    if (this.error !== undefined) throw this.error as Error;
    return {
      AccessKeyId: `ASIA${this.requests.length}`,
      SecretKey: CANARY,
      SessionToken: CANARY,
      Expiration: new Date(this.clock.now() + HOUR_MS).toISOString(),
    };
  };

  readonly signOut = (): Promise<void> => {
    this.signOuts++;
    return Promise.resolve();
  };
}

let clock: VirtualClock;
let source: FakeSource;
let credentials: UserCredentials;

beforeEach(() => {
  clock = new VirtualClock();
  source = new FakeSource(clock);
  credentials = createUserCredentials(source, clock);
});

async function getKey(...options: Parameters<UserCredentials>) {
  return (await credentials(...options)).accessKeyId;
}

test("the provider is one of the AWS SDK, and prints no secret", async () => {
  const provider: AwsCredentialIdentityProvider = credentials;
  expect(await provider()).toEqual({
    accessKeyId: "ASIA1",
    secretAccessKey: CANARY,
    sessionToken: CANARY,
    expiration: new Date(clock.now() + HOUR_MS),
  });
  expect(inspect(credentials, { depth: 10, showHidden: true })).not.toContain(
    CANARY,
  );
});

test("200 callers share one request, and later ones its credentials", async () => {
  const callers = Array.from({ length: 200 }, () => getKey());
  expect(new Set(await Promise.all(callers))).toEqual(new Set(["ASIA1"]));
  await clock.advance(HOUR_MS / 2);
  expect(await getKey()).toBe("ASIA1");
  expect(source.requests).toEqual([undefined]);
});

test("credentials are renewed before they expire, while callers receive the current ones", async () => {
  await getKey();
  await clock.advance(HOUR_MS - 300_000);
  expect(await getKey()).toBe("ASIA1");
  await clock.advance(1);
  expect(await getKey()).toBe("ASIA2");
});

test("a renewal that fails reaches no caller while the credentials are valid", async () => {
  await getKey();
  source.error = new ClientError("endpoint_failed", "no network");
  await clock.advance(HOUR_MS - 300_000);
  expect(await getKey()).toBe("ASIA1");
  await clock.advance(300_000);
  await expect(getKey()).rejects.toThrow("no network");
  source.error = undefined;
  await clock.advance(60_000);
  expect(await getKey()).toMatch(/^ASIA/);
});

test.each(["sign_in_refused", "sign_in_required"] as const)(
  "after %s, the user is asked again only after 5 minutes, or on demand",
  async (code) => {
    source.error = new ClientError(code, "not signed in");
    await expect(getKey()).rejects.toMatchObject({ code });
    await clock.advance(299_000);
    await expect(getKey()).rejects.toMatchObject({ code });
    expect(source.requests).toHaveLength(1);
    await expect(getKey({ forceRefresh: true })).rejects.toMatchObject({
      code,
    });
    expect(source.requests).toHaveLength(2);
    await clock.advance(300_000);
    source.error = undefined;
    expect(await getKey()).toBe("ASIA3");
  },
);

test("other failures are repeated for a pause that grows", async () => {
  source.error = new ClientError("endpoint_failed", "no network");
  for (let second = 0; second < 60; second++) {
    await expect(getKey()).rejects.toThrow("no network");
    await clock.advance(1_000);
  }
  expect(source.requests.length).toBeLessThan(10);
});

test("forceRefresh requests new credentials, unless they are only seconds old", async () => {
  expect(await getKey()).toBe("ASIA1");
  expect(await getKey({ forceRefresh: true })).toBe("ASIA1");
  await clock.advance(10_000);
  expect(await getKey({ forceRefresh: true })).toBe("ASIA2");
  expect(source.requests).toEqual([undefined, "ASIA1"]);
});

test("a caller that stops waiting leaves the sign-in to the others", async () => {
  source.isWaiting = true;
  const first = new AbortController();
  const aborted = getKey({ signal: first.signal });
  const other = getKey();
  await clock.advance(0);
  first.abort(new Error("too long"));
  await expect(aborted).rejects.toThrow("too long");
  source.finish?.();
  expect(await other).toBe("ASIA1");
});

test("the sign-in ends with its last caller, and the next one starts another", async () => {
  source.isWaiting = true;
  const last = new AbortController();
  const aborted = getKey({ signal: last.signal });
  await clock.advance(0);
  last.abort(new Error("too long"));
  await expect(aborted).rejects.toThrow("too long");
  // joins the sign-in, which has not ended yet
  const next = getKey();
  await clock.advance(0);
  await clock.advance(0);
  expect(source.requests).toHaveLength(2);
  source.finish?.();
  expect(await next).toBe("ASIA2");
  await expect(getKey({ signal: last.signal })).rejects.toThrow("too long");
});

test("a sign-out ends a sign-in that is under way, for all of its callers", async () => {
  source.isWaiting = true;
  const callers = Promise.allSettled([getKey(), getKey()]);
  await clock.advance(0);
  await credentials.signOut();
  expect(await callers).toMatchObject([
    { reason: { code: "sign_in_required" } },
    { reason: { code: "sign_in_required" } },
  ]);
  expect(source.requests).toHaveLength(1);
  source.isWaiting = false;
  expect(await getKey()).toBe("ASIA2");
});

test("after a sign-out, credentials are requested again", async () => {
  await getKey();
  await credentials.signOut();
  expect(source.signOuts).toBe(1);
  expect(await getKey()).toBe("ASIA2");
});
