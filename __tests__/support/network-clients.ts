import {
  GetSecretValueCommand,
  SecretsManagerClient,
} from "@aws-sdk/client-secrets-manager";
import { UserError } from "../../constructs/errors";
import { createAwsClient } from "../../scripts/lib/aws/client";
import { explainAwsError } from "../../scripts/lib/aws/errors";
import { fetchWithRetry } from "../../scripts/lib/http/fetch";

/** Sends a request with `fetchWithRetry`, and returns the answer or the error. */
export async function sendFetch(url: string): Promise<string> {
  const { text } = await fetchWithRetry(
    url,
    { method: "POST", body: new URLSearchParams({ a: "b" }) },
    {
      subject: "the server",
      hints: { unreachable: "hint of the caller" },
      log: () => undefined,
      pause: () => Promise.resolve(),
    },
  );
  return text;
}

/** Sends a request with a client of the SDK. */
export async function sendSdk(url: string): Promise<string> {
  process.env.AWS_ENDPOINT_URL = url;
  process.env.AWS_ACCESS_KEY_ID ??= "test";
  process.env.AWS_SECRET_ACCESS_KEY ??= "canary";
  const client = await createAwsClient(SecretsManagerClient, {
    region: "us-west-2",
  });
  // in jest, errors of Node are of another realm, and the SDK would lose their code
  client.middlewareStack.add(
    (next) => (request) =>
      next(request).catch((error: unknown) => {
        if (error instanceof Error) throw error;
        const { message } = error as Error;
        throw Object.assign(new Error(message), error);
      }),
    { step: "deserialize", priority: "low" },
  );
  const command = new GetSecretValueCommand({ SecretId: "x" });
  const { SecretString = "" } = await client
    .send(command)
    .catch((error: unknown) => {
      throw error instanceof UserError
        ? error
        : (explainAwsError(error) ?? error);
    });
  return SecretString;
}

/** Returns the error of a request. */
export async function getError(promise: Promise<unknown>): Promise<UserError> {
  const error = await promise.catch((thrown: unknown) => thrown);
  if (error instanceof UserError) return error;
  throw new Error("expected a UserError", { cause: error });
}
