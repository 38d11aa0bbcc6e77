import { ExistingBucket } from "../../../scripts/lib/bootstrap/existing-bucket";
import { requireCallerAccount } from "../../../scripts/lib/bootstrap/bootstrap";
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

const PLACE = { region: "us-west-2" };
let server: LoopbackServer;
let answer: (request: ReceivedRequest) => Reply;
let account: AccountConfig;
const kept = { ...getEnvironment() };

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
    if (!(name in kept)) Reflect.deleteProperty(getEnvironment(), name);
  Object.assign(getEnvironment(), kept);
  await server.stop();
  removeTemporaryDirectories();
});

beforeEach(() => {
  server.received.splice(0);
});

function bucket(): ExistingBucket {
  return new ExistingBucket(account, PLACE);
}

describe("a bucket that may be there", () => {
  test("is looked for as the account's own", async () => {
    answer = () => ({ body: "" });
    expect(await bucket().exists()).toBe(true);
    const [head] = server.received;
    expect(head?.method).toBe("HEAD");
    expect(head?.headers["x-amz-expected-bucket-owner"]).toBe("123456789012");
  });

  test("is not there where AWS knows none of that name", async () => {
    answer = () => ({ status: 404, body: "" });
    expect(await bucket().exists()).toBe(false);
  });

  test.each([403, 301])(
    "fails with %d, when it is another's or elsewhere, and is never taken for absent",
    async (status) => {
      answer = () => ({ status, body: "" });
      await expect(bucket().exists()).rejects.toThrow(
        /^STATE_BUCKET_NAME must be a bucket of account 123456789012.*got "our-state"/,
      );
    },
  );

  test("fails when AWS does not answer as it should, and is never taken for absent", async () => {
    answer = () => ({ status: 400, body: "" });
    await expect(bucket().exists()).rejects.toThrow();
    await expect(bucket().readObject("a/state")).rejects.toThrow();
  });

  test("has an object's text, or none where there is no object", async () => {
    answer = () => ({ body: "state" });
    expect(await bucket().readObject("a/state")).toBe("state");
    answer = () => ({
      status: 404,
      body: "<Error><Code>NoSuchKey</Code></Error>",
    });
    expect(await bucket().readObject("a/state")).toBeUndefined();
  });

  test("has the parts that somebody has set, each by its resource", async () => {
    answer = ({ url }) =>
      url.includes("policy")
        ? { body: '{"Version":"2012-10-17"}' }
        : url.includes("versioning")
          ? {
              body: "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
            }
          : { status: 404, body: "<Error><Code>NoSuch</Code></Error>" };
    expect(await bucket().listConfiguredTypes()).toEqual([
      "aws_s3_bucket_versioning",
      "aws_s3_bucket_policy",
    ]);
  });

  test("has no versions where they were never switched on", async () => {
    answer = ({ url }) =>
      url.includes("versioning")
        ? { body: "<VersioningConfiguration/>" }
        : { status: 404, body: "<Error><Code>NoSuch</Code></Error>" };
    expect(await bucket().listConfiguredTypes()).toEqual([]);
  });
});

describe("the account of the credentials", () => {
  test("fails when it is another than the settings say", async () => {
    answer = () => ({
      headers: { "content-type": "text/xml" },
      body: "<GetCallerIdentityResponse><GetCallerIdentityResult><Account>999999999999</Account></GetCallerIdentityResult></GetCallerIdentityResponse>",
    });
    await expect(requireCallerAccount("123456789012", PLACE)).rejects.toThrow(
      'AWS_ACCOUNT_ID must be the account of the credentials, got "123456789012" with credentials of "999999999999"',
    );
    await expect(
      requireCallerAccount("999999999999", PLACE),
    ).resolves.toBeUndefined();
  });
});
