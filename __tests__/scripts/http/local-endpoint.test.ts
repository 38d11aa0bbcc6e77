import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";
import { explainAwsError } from "../../../scripts/lib/aws/errors";
import { fetchWithRetry } from "../../../scripts/lib/http/fetch";
import {
  explainRefusalIn,
  requireRunningEndpoints,
} from "../../../scripts/lib/http/local-endpoint";
import { explainStateError } from "../../../scripts/lib/stage/state-errors";
import { TerraformError } from "../../../scripts/lib/terraform/terraform-error";
import { getEnvironment } from "../../../stacks/config/environment";

const STOPPED =
  /^the local AWS at http:\/\/\S+ does not run, but AWS_ENDPOINT_URL names it$/;
const env = getEnvironment();
const { AWS_ENDPOINT_URL: initial } = env;

let port: number;

beforeAll(async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  ({ port } = server.address() as AddressInfo);
  server.close();
  await once(server, "close");
});

beforeEach(() => {
  env.AWS_ENDPOINT_URL = `http://127.0.0.1:${port}`;
});

afterAll(() => {
  if (initial === undefined) delete env.AWS_ENDPOINT_URL;
  else env.AWS_ENDPOINT_URL = initial;
});

/** The error that Node reports for a refused connection. */
function createRefusal(refused: number, properties: object = {}): Error {
  return Object.assign(new Error("connect ECONNREFUSED"), {
    code: "ECONNREFUSED",
    address: "127.0.0.1",
    port: refused,
    ...properties,
  });
}

function formatTerraformError(refused: number): string {
  return `│ Error: validating provider credentials: request send failed, Post\n│ "http://127.0.0.1:${refused}/": dial tcp 127.0.0.1:${refused}: connect:\n│ connection refused\n`;
}

describe("a stopped local AWS is named, and how to start it,", () => {
  test("when a call of the SDK is refused", () => {
    const explained = explainAwsError(createRefusal(port));
    expect(explained?.message).toMatch(STOPPED);
    expect(explained?.hint).toContain("veda-auth local up");
  });

  test("when all addresses of localhost refuse a call", () => {
    env.AWS_ENDPOINT_URL = `http://localhost:${port}`;
    const refusals = [createRefusal(port), createRefusal(port)];
    const error = createRefusal(port, { port: undefined, errors: refusals });
    expect(explainAwsError(error)?.message).toMatch(STOPPED);
  });

  test("when an HTTP request is refused, without other attempts", async () => {
    const request = fetchWithRetry(
      `http://127.0.0.1:${port}/oauth2/token`,
      {},
      {
        subject: "the token endpoint",
        hints: { unreachable: "" },
        log: () => {
          throw new Error("tried again");
        },
        fetch: () =>
          Promise.reject(
            Object.assign(new TypeError("fetch failed"), {
              cause: createRefusal(port),
            }),
          ),
      },
    );
    await expect(request).rejects.toThrow(STOPPED);
  });

  test("when Terraform reports a refused connection", () => {
    const stderr = formatTerraformError(port);
    expect(explainRefusalIn(stderr)?.message).toMatch(STOPPED);
    expect(explainStateError(stderr, "the state").message).toMatch(STOPPED);
    const result = { code: 1, stdout: "", stderr };
    expect(new TerraformError("plan", result).message).toMatch(STOPPED);
  });

  test("before Terraform runs", async () => {
    await expect(requireRunningEndpoints(env)).rejects.toThrow(STOPPED);
  });
});

describe("no local AWS is named", () => {
  test("when another port refuses a connection", () => {
    expect(explainAwsError(createRefusal(1))?.message).toBe(
      "cannot reach AWS at 127.0.0.1:1: ECONNREFUSED",
    );
    expect(explainRefusalIn(formatTerraformError(1))).toBeUndefined();
  });

  test("when the endpoint is on another machine", async () => {
    env.AWS_ENDPOINT_URL = `http://aws.example:${port}`;
    expect(explainAwsError(createRefusal(port))?.message).toMatch(
      /^cannot reach AWS at /,
    );
    await requireRunningEndpoints(env);
  });

  test("when the local AWS runs", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address() as AddressInfo;
    env.AWS_ENDPOINT_URL = `http://127.0.0.1:${address.port}`;
    await requireRunningEndpoints(env);
    server.close();
  });
});
