import {
  type ProcessResult,
  runProcess,
} from "../../scripts/lib/system/processes";
import { LoopbackServer } from "./loopback-server";
import { listCodeBlocks, readPages } from "./pages";
import { createTemporaryDirectory } from "./stage";

/** Token that the server issues. */
export const SAMPLE_TOKEN = "a.sample.token";

/** Returns the sample of the documentation in Python, which gets a token in a service. */
export function findTokenSample(): string {
  const page = readPages().find(({ file }) => file === "docs/get-a-token.md");
  const found =
    page && listCodeBlocks(page).find((one) => one.language === "python");
  if (found === undefined) throw new Error("no sample in Python");
  return found.code;
}

/** A run of a sample while its client secret is rotated. */
export interface SampleRun extends ProcessResult {
  readonly readCount: number;
  readonly tokenRequestCount: number;
}

/**
 * Runs a program with a secret whose client secret is replaced before the token endpoint receives it the first time.
 *
 * @param storesNewSecret whether the secret holds the new client secret
 */
export async function runTokenSample(
  [command, ...args]: readonly [string, ...string[]],
  storesNewSecret = true,
): Promise<SampleRun> {
  let stored = "first";
  let valid = "first";
  const server: LoopbackServer = await LoopbackServer.start(
    ({ url, headers }) => {
      if (url !== "/oauth2/token")
        return {
          body: {
            SecretString: JSON.stringify({
              client_id: "the-client",
              client_secret: stored,
              cognito_domain: server.endpoint,
              scope: "server/read",
            }),
          },
        };
      valid = "second";
      const isValid =
        headers.authorization === `Basic ${btoa(`the-client:${valid}`)}`;
      if (storesNewSecret) stored = valid;
      return isValid
        ? {
            body: {
              access_token: SAMPLE_TOKEN,
              expires_in: 3600,
              token_type: "Bearer",
            },
          }
        : { status: 400, body: { error: "invalid_client" } };
    },
  );
  try {
    const result = await runProcess(command, args, {
      directory: createTemporaryDirectory(),
      environment: {
        PATH: process.env.PATH,
        AWS_REGION: "us-west-2",
        AWS_DEFAULT_REGION: "us-west-2",
        AWS_ENDPOINT_URL: server.endpoint,
        AWS_ACCESS_KEY_ID: "test",
        AWS_SECRET_ACCESS_KEY: "test",
      },
      timeoutSeconds: 120,
    });
    const tokenRequestCount = server.received.filter(
      ({ url }) => url === "/oauth2/token",
    ).length;
    const readCount = server.received.length - tokenRequestCount;
    return { ...result, readCount, tokenRequestCount };
  } finally {
    await server.stop();
  }
}
