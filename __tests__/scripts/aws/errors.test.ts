import {
  SecretsManagerClient,
  GetSecretValueCommand,
} from "@aws-sdk/client-secrets-manager";
import { createServer } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { once } from "node:events";
import { explainAwsError } from "../../../scripts/lib/aws/errors";

/** An error as the SDK makes it. */
function awsError(name: string, more: object = {}): Error {
  return Object.assign(
    new Error("message of AWS\nsecond line"),
    { name },
    more,
  );
}

/** What the SDK throws when an endpoint answers so. */
async function answered(
  status: number,
  body: object | string,
): Promise<unknown> {
  const server = createServer((_request, response) => {
    response.writeHead(status, {
      "content-type": "application/x-amz-json-1.1",
    });
    response.end(typeof body === "string" ? body : JSON.stringify(body));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  try {
    return await failure(`http://127.0.0.1:${port}`);
  } finally {
    server.close();
  }
}

async function failure(endpoint: string): Promise<unknown> {
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

describe("an error of an AWS call", () => {
  test.each([
    [
      "CredentialsProviderError",
      /^cannot load AWS credentials: message of AWS$/,
    ],
    ["ExpiredTokenException", /^the AWS credentials have expired$/],
    ["UnrecognizedClientException", /^AWS rejected the credentials: Unr/],
    ["AccessDeniedException", /^AWS denied the request: message of AWS$/],
    [
      "ThrottlingException",
      /^AWS throttled the request \(ThrottlingException\)/,
    ],
    ["TimeoutError", /^AWS did not respond in time, after /],
  ])("is told in one line with what to do: %s", (name, message) => {
    const told = explainAwsError(awsError(name));
    expect(told?.message).toMatch(message);
    expect(told?.hint).toMatch(/\w/);
  });

  test("is told by its name when nothing better is known", () => {
    expect(
      explainAwsError(awsError("OddException", { $fault: "client" }))?.message,
    ).toBe("AWS rejected the request: OddException: message of AWS");
  });

  test("is AWS's own failure when it says so", async () => {
    const error = await answered(500, { __type: "InternalServiceError" });
    expect(explainAwsError(error)?.message).toMatch(/^AWS failed, after /);
  });

  test("does not repeat what a signature's error quotes", async () => {
    const error = await answered(403, {
      __type: "InvalidSignatureException",
      message: "The Canonical String was: x-amz-security-token:canary",
    });
    const told = explainAwsError(error);
    expect(told?.message).toMatch(/^AWS rejected the credentials: /);
    expect(`${told?.message ?? ""}${told?.hint ?? ""}`).not.toContain("canary");
  });

  test("does not quote an answer that is none of AWS's: it may hold a secret", async () => {
    const error = await answered(200, '{"SecretString":hunter2!}');
    const told = explainAwsError(error);
    expect(told?.message).toMatch(/^cannot read the response: /);
    expect(told?.message).not.toContain("hunter2");
  });

  test("names the host that cannot be reached", async () => {
    // in jest the SDK wraps an error of the network, as one of another realm
    const [error] = await once(connect(1, "127.0.0.1"), "error").catch(
      (thrown: unknown) => [thrown],
    );
    expect(explainAwsError(error)?.message).toBe(
      "cannot reach AWS at 127.0.0.1:1: ECONNREFUSED",
    );
  });

  test("is none when it is a defect of ours", () => {
    expect(
      explainAwsError(new TypeError("x is not a function")),
    ).toBeUndefined();
    expect(explainAwsError("text")).toBeUndefined();
  });
});
