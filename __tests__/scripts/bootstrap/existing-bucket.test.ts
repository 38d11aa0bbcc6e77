import { ExistingBucket } from "../../../scripts/lib/bootstrap/existing-bucket";
import type { AccountConfig } from "../../../stacks/config/config";
import { readAppConfig } from "../../../stacks/config/app-config";
import { getEnvironment } from "../../../stacks/config/environment";
import {
  LoopbackServer,
  type ReceivedRequest,
  type Reply,
} from "../../support/loopback-server";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

const TARGET = { region: "us-west-2" };
let server: LoopbackServer;
let answer: (request: ReceivedRequest) => Reply;
let account: AccountConfig;
const originalEnvironment = { ...getEnvironment() };

beforeAll(async () => {
  server = await LoopbackServer.start((request) => answer(request));
  Object.assign(getEnvironment(), {
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
  const found = readAppConfig(
    {
      STAGE: "account",
      AWS_ACCOUNT_ID: "123456789012",
      STATE_BUCKET_NAME: "our-state",
    },
    createTemporaryDirectory(),
  ).account;
  if (found === undefined) throw new Error("no account");
  account = found;
});

afterAll(async () => {
  for (const name of Object.keys(getEnvironment()))
    if (!(name in originalEnvironment))
      Reflect.deleteProperty(getEnvironment(), name);
  Object.assign(getEnvironment(), originalEnvironment);
  await server.stop();
  removeTemporaryDirectories();
});

beforeEach(() => {
  server.received.splice(0);
});

function createBucket(): ExistingBucket {
  return new ExistingBucket(account, TARGET);
}

describe("an existing bucket", () => {
  test("must belong to the account", async () => {
    answer = () => ({ body: "" });
    expect(await createBucket().exists()).toBe(true);
    const [head] = server.received;
    expect(head?.method).toBe("HEAD");
    expect(head?.headers["x-amz-expected-bucket-owner"]).toBe("123456789012");
  });

  test("does not exist if AWS finds none", async () => {
    answer = () => ({ status: 404, body: "" });
    expect(await createBucket().exists()).toBe(false);
  });

  test.each([403, 301])(
    "fails with %d for another account or Region, and does not count as missing",
    async (status) => {
      answer = () => ({ status, body: "" });
      await expect(createBucket().exists()).rejects.toThrow(
        /^STATE_BUCKET_NAME must be a new bucket, or one of account 123456789012.*got "our-state"/,
      );
    },
  );

  test("fails for another error of AWS, and does not count as missing", async () => {
    answer = () => ({ status: 400, body: "" });
    await expect(createBucket().exists()).rejects.toThrow();
    await expect(createBucket().readObject("a/state")).rejects.toThrow();
  });

  test("returns the text of an object, or nothing without one", async () => {
    answer = () => ({ body: "state" });
    expect(await createBucket().readObject("a/state")).toBe("state");
    answer = () => ({
      status: 404,
      body: "<Error><Code>NoSuchKey</Code></Error>",
    });
    expect(await createBucket().readObject("a/state")).toBeUndefined();
  });

  test("has no object if S3 responds with 404 and any error code", async () => {
    answer = () => ({
      status: 404,
      body: "<Error><Code>Missing</Code></Error>",
    });
    expect(await createBucket().readObject("a/state")).toBeUndefined();
    answer = () => ({
      status: 400,
      body: "<Error><Code>NoSuchUpload</Code></Error>",
    });
    await expect(createBucket().readObject("a/state")).rejects.toThrow();
  });

  test("fails if it is deleted before its objects are listed", async () => {
    answer = () => ({
      status: 404,
      body: "<Error><Code>NoSuchBucket</Code></Error>",
    });
    await expect(createBucket().isInUse("account")).rejects.toMatchObject({
      name: "NoSuchBucket",
    });
  });

  test("lists its configurations by resource type", async () => {
    answer = ({ url }) =>
      url.includes("policy")
        ? { body: '{"Version":"2012-10-17"}' }
        : url.includes("versioning")
          ? {
              body: "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
            }
          : { status: 404, body: "<Error><Code>NoSuch</Code></Error>" };
    expect(await createBucket().listConfiguredTypes()).toEqual([
      "aws_s3_bucket_versioning",
      "aws_s3_bucket_policy",
    ]);
  });

  test("has no versioning if it was never enabled", async () => {
    answer = ({ url }) =>
      url.includes("versioning")
        ? { body: "<VersioningConfiguration/>" }
        : { status: 404, body: "<Error><Code>NoSuch</Code></Error>" };
    expect(await createBucket().listConfiguredTypes()).toEqual([]);
  });
});
