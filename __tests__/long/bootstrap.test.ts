import { readdirSync } from "node:fs";
import * as iam from "@aws-sdk/client-iam";
import * as s3 from "@aws-sdk/client-s3";
import { createClientConfig } from "../../scripts/lib/demo/account";
import type { Environment } from "../../stacks/config/environment";
import {
  Account,
  ACCOUNT_SETTINGS,
  BUCKET,
  ALL_RESOURCES,
  GITHUB_SETTINGS,
  ACCOUNT_STACK,
  STATE_FILE,
  type Run,
} from "../support/account";
import { describeLocal, expectSuccess } from "../support/deployment";
import type { Call } from "../support/fault-proxy";
import { removeTemporaryDirectories } from "../support/stage";
import { createStateBucket } from "../support/state-bucket";

jest.setTimeout(240_000);

function isWrite({ method, operation }: Call): boolean {
  return operation === undefined
    ? method !== "GET" && method !== "HEAD"
    : !/^(Get|List|Describe)/.test(operation);
}

const accounts: Account[] = [];

async function startAccount(
  files: Readonly<Record<string, Environment>>,
): Promise<Account> {
  const started = await Account.start(files);
  accounts.push(started);
  return started;
}

afterAll(async () => {
  await Promise.all(accounts.map((one) => one.stop()));
  removeTemporaryDirectories();
});

describeLocal("bootstrap of an empty account, in this order,", () => {
  let own: Account;
  let first: Promise<Run>;

  beforeAll(async () => {
    own = await startAccount({
      ".env": ACCOUNT_SETTINGS,
      ".env.account": GITHUB_SETTINGS,
      ".env.dev": {},
      ".env.staging": { GITHUB_ENVIRONMENT: "live" },
    });
  });

  test("asks for confirmation, and creates nothing without a terminal", async () => {
    const { code, stdout, stderr } = await own.bootstrap([]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /Account 000000000000: \d+ to add, 0 to change[^]*a plan must be confirmed, but there is no terminal[^]*hint: use --yes/,
    );
    expect(await own.listResources()).toEqual({
      buckets: [],
      providers: [],
      roles: [],
      policies: [],
    });
    // a lifecycle takes most of a minute, during which other tests run
    first = own.bootstrap();
    first.catch(() => undefined);
  });

  describe("another account, with an existing bucket,", () => {
    let other: Account;

    beforeAll(async () => {
      other = await startAccount({ ".env": ACCOUNT_SETTINGS });
      const client = other.createS3Client();
      await createStateBucket(other.aws, BUCKET);
      await client.send(
        new s3.PutObjectCommand({
          Bucket: BUCKET,
          Key: "existing",
          Body: "existing",
        }),
      );
      await client.send(
        new s3.PutBucketPolicyCommand({
          Bucket: BUCKET,
          Policy: JSON.stringify({
            Version: "2012-10-17",
            Statement: [
              {
                Sid: "Existing",
                Effect: "Deny",
                Principal: "*",
                Action: "s3:PutObjectAcl",
                Resource: `arn:aws:s3:::${BUCKET}/*`,
              },
            ],
          }),
        }),
      );
    });

    test("fails when the bucket has other objects", async () => {
      const { code, stderr } = await other.bootstrap();
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(
          /^bucket our-auth-state must be empty or have the tag.*\nhint: .*--adopt-bucket/m,
        ),
      ]);
    });

    test("adopts the bucket with its objects, and shows the overwritten policy", async () => {
      const { code, stderr } = await other.bootstrap([
        "--yes",
        "--adopt-bucket",
      ]);
      expect([code, stderr]).toEqual([
        0,
        expect.stringMatching(
          /Importing aws_s3_bucket\.\S+, which already exists: our-auth-state\n[^]*"Existing"/,
        ),
      ]);
      const { Body } = await other
        .createS3Client()
        .send(new s3.GetObjectCommand({ Bucket: BUCKET, Key: "existing" }));
      expect(await Body?.transformToString()).toBe("existing");
      expect(await other.listResources()).toEqual({
        buckets: [BUCKET],
        providers: [],
        roles: [],
        policies: ["veda-auth-stack-boundary"],
      });
    });

    test("fails when the credentials are of another account, before anything is read", async () => {
      other.files.write(".env", {
        ...ACCOUNT_SETTINGS,
        AWS_ACCOUNT_ID: "111111111111",
      });
      const { code, stdout, stderr } = await other.bootstrap();
      expect([code, stdout]).toEqual([1, ""]);
      expect(stderr).toBe(
        '.env: AWS_ACCOUNT_ID must be the account of the credentials, got "111111111111" with credentials of "000000000000" (arn:aws:iam::000000000000:root)\nhint: name a profile of account 111111111111 with --profile, or correct AWS_ACCOUNT_ID\n',
      );
    });

    test("fails when the OIDC provider is of another stack", async () => {
      await new iam.IAMClient(createClientConfig(other.aws)).send(
        new iam.CreateOpenIDConnectProviderCommand({
          Url: "https://token.actions.githubusercontent.com",
          ClientIDList: ["sts.amazonaws.com"],
        }),
      );
      other.files.write(".env", {
        ...ACCOUNT_SETTINGS,
        ...GITHUB_SETTINGS,
        ACCOUNT_STAGES: "dev",
      });
      const { code, stderr } = await other.bootstrap();
      expect([code, stderr]).toEqual([
        1,
        expect.stringMatching(
          /OIDC provider "token.actions.githubusercontent.com" must not exist or must have the tag.*\nhint: set OIDC_PROVIDER_EXISTS=true and OIDC_PROVIDER_URL=/,
        ),
      ]);
    });
  });

  test("creates everything, and moves its state into its bucket", async () => {
    const run = await first;
    expectSuccess({ ...run, code: run.code ?? -1 });
    expect(await own.listResources()).toEqual(ALL_RESOURCES);
    expect(await own.readRemoteAddresses()).toEqual(
      own.listSynthesizedAddresses(),
    );
    expect(readdirSync(own.directory)).not.toContain(STATE_FILE);
  });

  test("prints only the setup script on standard output", async () => {
    const { stdout } = await first;
    expect(stdout.split("\n").slice(0, 7)).toEqual([
      "# Settings for the .env file of every stage, in addition to its own:",
      "AWS_ACCOUNT_ID=000000000000",
      "AWS_REGION=us-west-2",
      `STATE_BUCKET_NAME=${BUCKET}`,
      "PERMISSIONS_BOUNDARY_POLICY_NAME=veda-auth-stack-boundary",
      "OIDC_PROVIDER_URL=token.actions.githubusercontent.com",
      "OIDC_PROVIDER_EXISTS=true",
    ]);
    expect(stdout).toContain(
      "gh variable set APPLY_ROLE_ARN --repo octo/auth --env live --body arn:aws:iam::000000000000:role/veda-auth-stack-account/veda-auth-stack-staging-apply\n",
    );
  });

  test("changes nothing when it runs again", async () => {
    const writes: string[] = [];
    const { code, stdout, stderr } = await own.bootstrap(["--yes"], (call) => {
      // reading a state locks it
      if (isWrite(call) && !call.url.includes(".tflock"))
        writes.push(call.operation ?? `${call.method} ${call.url}`);
      return false;
    });
    expect([code, ...stderr.trimEnd().split("\n").slice(-2)]).toEqual([
      0,
      "no changes",
      "Account 000000000000 is ready. Next: check the printed script, and run it with sh to configure AWS and octo/auth",
    ]);
    expect(stdout).toBe((await first).stdout);
    expect(writes.filter((one) => one !== "GetCallerIdentity")).toEqual([]);
  });

  test("is valid in Terraform's native syntax too", async () => {
    expectSuccess(await own.files.synth("--hcl"));
    await own.files.init(ACCOUNT_STACK);
    expectSuccess(await own.files.terraform(ACCOUNT_STACK, "validate"));
    expectSuccess(
      await own.files.terraform(ACCOUNT_STACK, "fmt", "-check", "-diff"),
    );
  });

  test("fails to destroy the bucket", async () => {
    const { code, stderr } = await own.files.destroy(ACCOUNT_STACK);
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /^Error: (Resource i|I)nstance cannot be destroyed$/m,
      ),
    ]);
  });
});
