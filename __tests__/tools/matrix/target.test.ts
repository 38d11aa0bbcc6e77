import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { UsageError } from "../../../scripts/lib/cli/usage-error";
import { restoreEnvironment } from "../../support/environment";
import { LoopbackServer, type Reply } from "../../support/loopback-server";
import { resolveTarget } from "./target";

afterEach(restoreEnvironment);

const log = () => undefined;
const IDENTITY = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><Arn>arn:aws-us-gov:iam::123456789012:user/a</Arn><UserId>a</UserId><Account>123456789012</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;

async function withServer<T>(
  reply: Reply,
  job: (server: LoopbackServer) => Promise<T>,
): Promise<T> {
  const server = await LoopbackServer.start(() => reply);
  try {
    return await job(server);
  } finally {
    await server.stop();
  }
}

const resolve = (env: Record<string, string>, account?: string) =>
  resolveTarget({ account, log, env });

test("uses the endpoint with the credentials of a local AWS, and reads its account", async () => {
  await withServer({ body: IDENTITY }, async (server) => {
    const url = server.endpoint.replace("127.0.0.1", "localhost");
    const target = await resolve({
      LOCAL_AWS_ENDPOINT: ` ${url}/ `,
      AWS_PROFILE: "production",
    });
    expect(target).toMatchObject({
      name: "LOCAL_AWS_ENDPOINT",
      accountId: "123456789012",
      partition: "aws-us-gov",
      region: "us-west-2",
    });
    expect(target.environment).toMatchObject({
      // S3 clients put the bucket before a name
      AWS_ENDPOINT_URL: server.endpoint,
      COGNITO_DOMAIN_ENDPOINT: server.endpoint,
      AWS_ACCESS_KEY_ID: "test",
      AWS_PROFILE: undefined,
    });
    expect(server.received).toHaveLength(1);
    expect(server.received[0]?.headers.authorization).toContain("=test/");
  });
});

test("uses credentials and the domain of the environment, and never prints them", async () => {
  await withServer({ body: IDENTITY }, async (server) => {
    const { environment, redacted } = await resolve({
      LOCAL_AWS_ENDPOINT: server.endpoint,
      AWS_ACCESS_KEY_ID: "AKIA0123456789ABCDEF",
      AWS_SECRET_ACCESS_KEY: "secret-of-twenty-letters",
      COGNITO_DOMAIN_ENDPOINT: "https://tokens.example",
    });
    expect(environment).toMatchObject({
      AWS_ACCESS_KEY_ID: "AKIA0123456789ABCDEF",
      COGNITO_DOMAIN_ENDPOINT: "https://tokens.example",
    });
    expect(redacted).toMatchObject({
      "secret-of-twenty-letters": "(redacted)",
      [server.endpoint]: "(endpoint)",
      [server.endpoint.replace("http://", "")]: "(endpoint)",
    });
  });
});

test.each([
  ["localhost:4566", "got another text"],
  ["4566", "got another text"],
  ["AWS", "got another text"],
  ["ftp://127.0.0.1", "got another text"],
  ["http://me:secret@127.0.0.1:1", "got a URL with a user"],
  ["http://127.0.0.1:1/path", "path, query or fragment"],
  ["https://sts.us-west-2.amazonaws.com", "got an endpoint of AWS"],
  ["https://iam.amazonaws.com.cn", "got an endpoint of AWS"],
  ["https://iam.amazonaws.com.", "got an endpoint of AWS"],
  ["http://192.0.2.1:4566", "must use https, or an address of this machine"],
  ["http://localstack:4566", "must use https, or an address of this machine"],
])("fails when LOCAL_AWS_ENDPOINT is %s", async (value, message) => {
  const error = await resolve({ LOCAL_AWS_ENDPOINT: value }).catch(
    (thrown: unknown) => thrown,
  );
  expect(error).toMatchObject({
    name: "UserError",
    message: expect.stringContaining(message) as string,
  });
  expect(JSON.stringify(error)).not.toContain("secret");
});

test.each([
  ["a page", { body: "<html><body>hello</body></html>" }],
  ["a page that does not exist", { status: 404, body: "not found" }],
  ["JSON", { body: { message: "hello" } }],
  ["another status", { status: 500, body: "" }],
  ["nothing", { status: 204, body: "" }],
  ["no account", { body: IDENTITY.replace(/<Account>\d+/, "<Account>") }],
])("fails when a server responds with %s", async (_, reply) => {
  await withServer(reply, async (server) => {
    await expect(
      resolve({ LOCAL_AWS_ENDPOINT: server.endpoint }),
    ).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringMatching(
        /^LOCAL_AWS_ENDPOINT must respond to sts:GetCallerIdentity /,
      ) as string,
    });
    expect(server.received).toHaveLength(1);
  });
});

test("fails when the server does not respond", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    const { port } = server.address() as AddressInfo;
    await expect(
      resolveTarget({
        account: undefined,
        log,
        env: { LOCAL_AWS_ENDPOINT: `http://127.0.0.1:${port}` },
        timeoutMs: 50,
      }),
    ).rejects.toMatchObject({
      name: "UserError",
      message: "cannot reach LOCAL_AWS_ENDPOINT: ETIMEDOUT",
    });
  } finally {
    server.close();
  }
});

test("fails when only one half of the credentials is set", async () => {
  await expect(
    resolve({
      LOCAL_AWS_ENDPOINT: "http://127.0.0.1:1",
      AWS_ACCESS_KEY_ID: "AKIA0123456789ABCDEF",
    }),
  ).rejects.toThrow("must be set together");
});

test("fails when the credentials belong to another account", async () => {
  await withServer({ body: IDENTITY }, async (server) => {
    await expect(
      resolve({ LOCAL_AWS_ENDPOINT: server.endpoint }, "999999999999"),
    ).rejects.toThrow(
      "--account must be the account of the credentials, which is 123456789012, got 999999999999",
    );
  });
});

describe("the account of the AWS credentials", () => {
  const CREDENTIALS = {
    LOCAL_AWS_ENDPOINT: "aws",
    AWS_ACCESS_KEY_ID: "AKIA0123456789ABCDEF",
    AWS_SECRET_ACCESS_KEY: "secret-of-twenty-letters",
  };

  test("requires --account before any call", async () => {
    await expect(resolve(CREDENTIALS)).rejects.toThrow(UsageError);
  });

  test("is used as the environment configures it", async () => {
    await withServer({ body: IDENTITY }, async (server) => {
      const env = {
        ...CREDENTIALS,
        AWS_ENDPOINT_URL: server.endpoint,
        AWS_REGION: "us-gov-west-1",
        AWS_ACCOUNT_ID: "999999999999",
      };
      const target = await resolve(env, "123456789012");
      expect(target).toMatchObject({
        name: "AWS account 123456789012",
        region: "us-gov-west-1",
        isEndpoint: false,
      });
      expect(target.environment.AWS_ACCESS_KEY_ID).toBe(
        CREDENTIALS.AWS_ACCESS_KEY_ID,
      );
      expect(target.environment.AWS_ACCOUNT_ID).toBeUndefined();
      await expect(resolve(env, "111111111111")).rejects.toThrow(
        "which is 123456789012, got 111111111111",
      );
    });
  });
});
