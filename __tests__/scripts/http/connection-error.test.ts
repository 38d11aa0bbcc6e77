import { UserError } from "../../../constructs/errors";
import { explainAwsError } from "../../../scripts/lib/aws/errors";
import { findConnectionProblem } from "../../../scripts/lib/http/connection-error";
import { fetchWithRetry } from "../../../scripts/lib/http/fetch";

const NOT_TRUSTED = "the certificate is not trusted";
const OTHER_HOST = "the certificate is for another host name";
const NOT_NOW = "a certificate is not valid at this time";
const TLS_FAILED = "the TLS connection failed";
const NOT_HTTP = "the response is not HTTP";

/** Codes that another attempt does not resolve. */
const PERMANENT = [
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", NOT_TRUSTED],
  ["UNABLE_TO_GET_ISSUER_CERT", NOT_TRUSTED],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", NOT_TRUSTED],
  ["SELF_SIGNED_CERT_IN_CHAIN", NOT_TRUSTED],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", NOT_TRUSTED],
  ["CERT_UNTRUSTED", NOT_TRUSTED],
  ["CERT_HAS_EXPIRED", NOT_NOW],
  ["CERT_NOT_YET_VALID", NOT_NOW],
  ["ERR_TLS_CERT_ALTNAME_INVALID", OTHER_HOST],
  ["HOSTNAME_MISMATCH", OTHER_HOST],
  ["EPROTO", TLS_FAILED],
  ["ERR_SSL_WRONG_VERSION_NUMBER", TLS_FAILED],
  ["ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", TLS_FAILED],
  ["HPE_INVALID_CONSTANT", NOT_HTTP],
  ["HPE_INVALID_HEADER_TOKEN", NOT_HTTP],
] as const;
const TEMPORARY = [
  "ECONNREFUSED",
  "ECONNRESET",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ETIMEDOUT",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_SOCKET",
];

/** Creates an error of Node, whose message repeats what a server sent. */
function createError(code: string): Error {
  return Object.assign(new Error("canary"), { code });
}

/** Returns the message of `fetchWithRetry`, and the number of its attempts. */
async function failFetch(error: Error): Promise<[string, number]> {
  let attempts = 0;
  const request = fetchWithRetry(
    "https://example.org/",
    {},
    {
      subject: "the server",
      hints: { unreachable: "hint" },
      log: () => undefined,
      pause: () => Promise.resolve(),
      fetch: () => {
        attempts += 1;
        return Promise.reject(new TypeError("fetch failed", { cause: error }));
      },
    },
  );
  const failure: unknown = await request.catch((thrown: unknown) => thrown);
  expect(failure).toBeInstanceOf(UserError);
  const { message, hint } = failure as UserError;
  expect(`${message}${hint ?? ""}`).not.toContain("canary");
  return [message, attempts];
}

describe("an error of a connection is explained, without the text of the server,", () => {
  test.each(PERMANENT)("%s: %s", async (code, reason) => {
    const explained = explainAwsError(createError(code));
    expect(explained?.message).toBe(`cannot reach AWS: ${reason} (${code})`);
    expect(explained?.hint).toMatch(/\w/);
    expect(await failFetch(createError(code))).toEqual([
      `the server cannot be reached: ${reason} (${code})`,
      1,
    ]);
  });

  test.each(TEMPORARY)("%s, after retries", async (code) => {
    expect(explainAwsError(createError(code))?.message).toBe(
      `cannot reach AWS: ${code}`,
    );
    expect(await failFetch(createError(code))).toEqual([
      `the server cannot be reached: ${code}, after 4 attempts`,
      4,
    ]);
  });

  test.each([
    "UNSPECIFIED",
    "INVALID_PURPOSE",
    "ERROR_IN_CERT_NOT_AFTER_FIELD",
  ])("%s, with the text of OpenSSL", (code) => {
    const error = Object.assign(new Error("EE certificate key too weak"), {
      code,
    });
    expect(findConnectionProblem(error)).toMatchObject({
      reason: "the certificate cannot be used (EE certificate key too weak)",
      isTemporary: false,
    });
  });

  test("a connection that the system does not permit", () => {
    const error = Object.assign(createError("EPERM"), { syscall: "connect" });
    expect(explainAwsError(error)?.message).toBe("cannot reach AWS: EPERM");
    expect(explainAwsError(createError("EPERM"))).toBeUndefined();
  });

  test("a header with a line break", () => {
    const error = Object.assign(
      new TypeError('Invalid character in header content ["user-agent"]'),
      { code: "ERR_INVALID_CHAR" },
    );
    expect(explainAwsError(error)?.message).toBe(
      "cannot reach AWS: the header user-agent must have no line break or control character",
    );
  });

  test("an error in other errors", () => {
    const cause = new Error("outer", { cause: createError("EPROTO") });
    expect(findConnectionProblem(new Error("x", { cause }))).toMatchObject({
      isTemporary: false,
    });
    const cycle: Error & { cause?: unknown } = new Error("cycle");
    cycle.cause = cycle;
    expect(findConnectionProblem(cycle)).toBeUndefined();
  });

  test("no other error", () => {
    expect(findConnectionProblem(createError("ENOENT"))).toBeUndefined();
    expect(findConnectionProblem(new Error("x"))).toBeUndefined();
    expect(findConnectionProblem("ECONNREFUSED")).toBeUndefined();
  });
});
