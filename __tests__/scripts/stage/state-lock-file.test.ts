import { rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { requireUnlockedState } from "../../../scripts/lib/stage/state-lock-file";
import {
  type Environment,
  getEnvironment,
} from "../../../stacks/config/environment";
import {
  LoopbackServer,
  type ReceivedRequest,
  type Reply,
} from "../../support/loopback-server";

const KEY = "veda-auth-stack/dev/terraform.tfstate.tflock";
const LOCK = JSON.stringify({
  ID: "1b2c",
  Operation: "OperationTypeApply",
  Who: "ada@laptop",
  Created: "2026-11-30T08:00:00Z",
});
const DENIED = createError(403, "AccessDenied");
const originalEnvironment = { ...getEnvironment() };

let server: LoopbackServer;
let answerList: Reply;
let answerRead: Reply;

beforeAll(async () => {
  server = await LoopbackServer.start(({ url }) =>
    url.includes("list-type=2") ? answerList : answerRead,
  );
  Object.assign(getEnvironment(), {
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
  });
});

afterAll(async () => {
  for (const name of Object.keys(getEnvironment()))
    if (!(name in originalEnvironment))
      Reflect.deleteProperty(getEnvironment(), name);
  Object.assign(getEnvironment(), originalEnvironment);
  await server.stop();
});

beforeEach(() => {
  server.received.splice(0);
  answerList = createList(1);
  answerRead = { body: LOCK };
});

function createError(status: number, code: string): Reply {
  return { status, body: `<Error><Code>${code}</Code></Error>` };
}

function createList(count: number): Reply {
  return {
    body: `<ListBucketResult><KeyCount>${count}</KeyCount></ListBucketResult>`,
  };
}

function requireUnlocked(settings: Environment): Promise<void> {
  return requireUnlockedState({
    stage: "dev",
    stackName: "veda-auth-stack-dev",
    settings: { AWS_REGION: "us-west-2", ...settings },
    awsTarget: { region: "us-west-2" },
  });
}

const requireUnlockedObject = () =>
  requireUnlocked({
    STATE_BUCKET_NAME: "our-state",
    AWS_ACCOUNT_ID: "123456789012",
  });

const describeRequest = ({ method, url, headers }: ReceivedRequest) => {
  const { pathname, searchParams } = new URL(url, server.endpoint);
  return [
    method,
    pathname,
    searchParams.get("prefix"),
    headers["x-amz-expected-bucket-owner"],
  ];
};

describe("a state in S3", () => {
  test("is not locked without the object, which is then not read: S3 could deny that", async () => {
    answerList = createList(0);
    answerRead = DENIED;
    await requireUnlockedObject();
    expect(server.received.map(describeRequest)).toEqual([
      ["GET", expect.any(String), KEY, "123456789012"],
    ]);
  });

  test("is not locked if the object is deleted in the meantime", async () => {
    answerRead = createError(404, "NoSuchKey");
    await requireUnlockedObject();
    expect(server.received).toHaveLength(2);
  });

  test("fails when it is locked, with the holder", async () => {
    await expect(requireUnlockedObject()).rejects.toThrow(/ada@laptop/);
  });

  test("fails when the object is not from Terraform", async () => {
    answerRead = { body: "?" };
    await expect(requireUnlockedObject()).rejects.toThrow(
      /^the state is locked: s3:\/\/our-state\/.* has a lock file that is not from Terraform$/,
    );
  });

  test.each(["list", "read"])(
    "fails when AWS denies to %s it",
    async (step) => {
      if (step === "list") answerList = DENIED;
      else answerRead = DENIED;
      await expect(requireUnlockedObject()).rejects.toMatchObject({
        message: expect.stringMatching(
          /^cannot read the lock of s3:\/\/our-state\/.*: AccessDenied$/,
        ) as string,
        hint: expect.stringContaining("s3:ListBucket") as string,
      });
    },
  );
});

describe("a local state", () => {
  const file = path.resolve(".terraform.lock-file-test-dev.tfstate.lock.info");

  afterEach(() => {
    rmSync(file, { force: true });
  });

  test("is locked by the file next to it", async () => {
    const local = { APP_NAME: "lock-file-test", STATE_BACKEND: "local" };
    await requireUnlocked(local);
    writeFileSync(file, LOCK);
    await expect(requireUnlocked(local)).rejects.toThrow(/ada@laptop/);
    expect(server.received).toEqual([]);
  });
});
