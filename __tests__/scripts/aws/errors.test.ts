import {
  SecretsManagerClient,
  GetSecretValueCommand,
} from "@aws-sdk/client-secrets-manager";
import { once } from "node:events";
import { connect } from "node:net";
import {
  explainAwsError,
  findOrUndefined,
} from "../../../scripts/lib/aws/errors";
import { LoopbackServer } from "../../support/loopback-server";

/** Creates an error like the SDK's. */
function createError(name: string, more: object = {}): Error {
  return Object.assign(
    new Error("message of AWS\nsecond line"),
    { name },
    more,
  );
}

/** Returns the SDK's error for a response. */
async function getErrorFor(
  status: number,
  body: object | string,
): Promise<unknown> {
  const server = await LoopbackServer.start(() => ({
    status,
    headers: { "content-type": "application/x-amz-json-1.1" },
    body,
  }));
  try {
    return await sendRequest(server.endpoint);
  } finally {
    await server.stop();
  }
}

async function sendRequest(endpoint: string): Promise<unknown> {
  const client = new SecretsManagerClient({
    endpoint,
    region: "us-west-2",
    maxAttempts: 1,
    credentials: { accessKeyId: "test", secretAccessKey: "canary" },
  });
  return client.send(new GetSecretValueCommand({ SecretId: "x" })).then(
    () => undefined,
    (error: unknown) => error,
  );
}

describe("explainAwsError", () => {
  test.each([
    [
      "CredentialsProviderError",
      /^cannot load AWS credentials: message of AWS$/,
    ],
    ["ExpiredTokenException", /^the AWS credentials have expired$/],
    ["UnrecognizedClientException", /^invalid AWS credentials: Unr/],
    ["AccessDeniedException", /^AWS denied the request: message of AWS$/],
    [
      "ThrottlingException",
      /^AWS throttled the request \(ThrottlingException\)/,
    ],
    ["TimeoutError", /^AWS did not respond in time, after /],
  ])("explains %s with a hint", (name, message) => {
    const explained = explainAwsError(createError(name));
    expect(explained?.message).toMatch(message);
    expect(explained?.hint).toMatch(/\w/);
  });

  test.each([
    ["http://127.0.0.1:4566", /^if an earlier version started this local AWS/],
    ["https://vpce-1.cognito-idp.us-west-2.vpce.amazonaws.com", undefined],
  ])("advises to restart a local AWS without an operation: %s", (url, hint) => {
    const before = process.env.AWS_ENDPOINT_URL;
    process.env.AWS_ENDPOINT_URL = url;
    try {
      const error = createError("InvalidAction", { $fault: "client" });
      const explained = explainAwsError(error);
      expect(explained?.message).toMatch(/^the AWS request failed: Invalid/);
      if (hint === undefined) expect(explained?.hint).toBeUndefined();
      else expect(explained?.hint).toMatch(hint);
    } finally {
      if (before === undefined)
        Reflect.deleteProperty(process.env, "AWS_ENDPOINT_URL");
      else process.env.AWS_ENDPOINT_URL = before;
    }
  });

  test("prints the code of an unknown error", () => {
    expect(
      explainAwsError(createError("OddException", { $fault: "client" }))
        ?.message,
    ).toBe("the AWS request failed: OddException: message of AWS");
  });

  test("explains a sendRequest of AWS", async () => {
    const error = await getErrorFor(500, { __type: "InternalServiceError" });
    expect(explainAwsError(error)?.message).toMatch(/^AWS failed, after /);
  });

  test("does not repeat the request that a signature error quotes", async () => {
    const error = await getErrorFor(403, {
      __type: "InvalidSignatureException",
      message: "The Canonical String was: x-amz-security-token:canary",
    });
    const explained = explainAwsError(error);
    expect(explained?.message).toMatch(/^invalid AWS credentials: /);
    expect(`${explained?.message ?? ""}${explained?.hint ?? ""}`).not.toContain(
      "canary",
    );
  });

  test("does not repeat an invalid response, which can hold a secret", async () => {
    const error = await getErrorFor(200, '{"SecretString":hunter2!}');
    const explained = explainAwsError(error);
    expect(explained?.message).toMatch(/^cannot read the response: /);
    expect(explained?.message).not.toContain("hunter2");
  });

  test("names a host that cannot be reached", async () => {
    // the network error itself: in jest the SDK wraps it, since it is of another realm
    const [error] = await once(connect(1, "127.0.0.1"), "error").catch(
      (thrown: unknown) => [thrown],
    );
    expect(explainAwsError(error)?.message).toBe(
      "cannot reach AWS at 127.0.0.1:1: ECONNREFUSED",
    );
  });

  test("returns undefined for an internal error", () => {
    expect(
      explainAwsError(new TypeError("x is not a function")),
    ).toBeUndefined();
    expect(explainAwsError("text")).toBeUndefined();
  });
});

describe("findOrUndefined", () => {
  test.each([
    "ResourceNotFoundException",
    "NoSuchEntity",
    "NoSuchEntityException",
  ])("returns undefined for %s", async (name) => {
    const find = () => Promise.reject<string>(createError(name));
    expect(await findOrUndefined(find)).toBeUndefined();
  });

  test.each([
    "NoSuchBucket",
    "NotFound",
    "UserNotFoundException",
    "ScopeDoesNotExistException",
    "KeyNotFoundException",
  ])(
    "throws %s, which does not mean that the resource is missing",
    async (name) => {
      const error = createError(name);
      await expect(findOrUndefined(() => Promise.reject(error))).rejects.toBe(
        error,
      );
    },
  );
});
