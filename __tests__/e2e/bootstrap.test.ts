import { spawn } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import * as iam from "@aws-sdk/client-iam";
import * as s3 from "@aws-sdk/client-s3";
import { clientConfig } from "../../scripts/lib/demo/demo-account";
import {
  localAwsEnvironment,
  startLocalAws,
  type AttachedLocalAws,
} from "../../scripts/lib/local-aws/local-aws";
import { environmentWithoutSettings } from "../../scripts/lib/terraform/own-settings";
import { terraformEnvironment } from "../../scripts/lib/terraform/terraform";
import type { Environment } from "../../stacks/config";
import { Deployment, describeLocal, succeed } from "../support/deployment";
import { killTree } from "../support/process-tree";
import { RefusingProxy, type Call } from "../support/refusing-proxy";
import { removeTemporaryFolders } from "../support/stage";
import { makeStateBucket } from "../support/state-bucket";

const PROJECT = path.resolve(__dirname, "../..");
const STACK = "veda-auth-stack-account";
const STATE = `terraform.${STACK}.tfstate`;
const BUCKET = "our-auth-state";
const ACCOUNT: Environment = {
  AWS_ACCOUNT_ID: "000000000000",
  STATE_BUCKET_NAME: BUCKET,
  OWNER: "somebody",
};
const GITHUB: Environment = {
  GITHUB_REPOSITORY: "octo/auth",
  GITHUB_OWNER_ID: "1",
  GITHUB_REPOSITORY_ID: "2",
};

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An account of its own, seen through a proxy, and a folder to bring it up from. */
class Account {
  private constructor(
    readonly aws: AttachedLocalAws,
    readonly proxy: RefusingProxy,
    readonly files: Deployment,
  ) {}

  static async start(
    files: Readonly<Record<string, Environment>>,
  ): Promise<Account> {
    const aws = await startLocalAws({ log: () => undefined });
    const proxy = await RefusingProxy.start(aws.endpoint);
    return new Account(aws, proxy, new Deployment(proxy.endpoint, files));
  }

  get folder(): string {
    return this.files.folder;
  }

  /** `npm run bootstrap`, killed with all that it has started once a call was answered. */
  async bootstrap(
    args: readonly string[] = ["--yes"],
    killAfter: (call: Call) => boolean = () => false,
  ): Promise<Run> {
    const child = spawn(
      process.execPath,
      [path.join(PROJECT, "scripts", "run.mjs"), "bootstrap", ...args],
      {
        cwd: this.folder,
        env: this.environment(),
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    this.proxy.onAnswered = (call) => {
      if (!killAfter(call)) return;
      this.proxy.onAnswered = () => undefined;
      killTree(child.pid ?? 0);
    };
    const exited = new Promise<number | null>((resolve) => {
      child.once("close", resolve);
    });
    const [stdout, stderr, code] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      exited,
    ]);
    return { code, stdout, stderr };
  }

  /** What lies in the account, by kind and name. */
  async holds(): Promise<Record<string, string[]>> {
    const roles = new iam.IAMClient(clientConfig(this.aws));
    const [buckets, providers, listed, policies] = await Promise.all([
      this.s3().send(new s3.ListBucketsCommand({})),
      roles.send(new iam.ListOpenIDConnectProvidersCommand({})),
      roles.send(new iam.ListRolesCommand({})),
      roles.send(new iam.ListPoliciesCommand({ Scope: "Local" })),
    ]);
    const sorted = (names: readonly (string | undefined)[] = []) =>
      names.map(String).sort();
    return {
      buckets: sorted(buckets.Buckets?.map(({ Name }) => Name)),
      providers: sorted(
        providers.OpenIDConnectProviderList?.map(({ Arn }) => Arn),
      ),
      roles: sorted(listed.Roles?.map(({ RoleName }) => RoleName)),
      policies: sorted(policies.Policies?.map(({ PolicyName }) => PolicyName)),
    };
  }

  /** Addresses of the state in the bucket, or nothing where there is none. */
  async remoteState(): Promise<string[]> {
    const { Body } = await this.s3().send(
      new s3.GetObjectCommand({
        Bucket: BUCKET,
        Key: "veda-auth-stack/account/terraform.tfstate",
      }),
    );
    const state = JSON.parse((await Body?.transformToString()) ?? "") as {
      readonly resources: readonly Record<"mode" | "type" | "name", string>[];
    };
    return state.resources
      .filter(({ mode }) => mode === "managed")
      .map(({ type, name }) => `${type}.${name}`)
      .sort();
  }

  /** Addresses that the stack was synthesized with. */
  addresses(): string[] {
    const file = path.join(
      this.folder,
      "cdktf.out/bootstrap/stacks",
      STACK,
      "cdk.tf.json",
    );
    const { resource } = JSON.parse(readFileSync(file, "utf8")) as {
      readonly resource: Record<string, Record<string, unknown>>;
    };
    return Object.entries(resource)
      .flatMap(([type, blocks]) =>
        Object.keys(blocks).map((name) => `${type}.${name}`),
      )
      .sort();
  }

  s3(): s3.S3Client {
    return new s3.S3Client({ ...clientConfig(this.aws), forcePathStyle: true });
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    await this.aws.stop();
  }

  private environment(): Environment {
    return {
      ...environmentWithoutSettings(),
      ...localAwsEnvironment(this.proxy.endpoint),
      AWS_REGION: undefined,
      ...terraformEnvironment({ directory: path.join(PROJECT, ".local-aws") }),
    };
  }
}

function write({ method, operation }: Call): boolean {
  return operation === undefined
    ? method !== "GET" && method !== "HEAD"
    : !/^(Get|List|Describe)/.test(operation);
}

function stateObject(suffix = ""): RegExp {
  return new RegExp(`/account/terraform\\.tfstate${suffix}(\\?|$)`);
}

const EVERYTHING = {
  buckets: [BUCKET],
  providers: [
    "arn:aws:iam::000000000000:oidc-provider/token.actions.githubusercontent.com",
  ],
  roles: [
    "veda-auth-stack-dev-apply",
    "veda-auth-stack-dev-plan",
    "veda-auth-stack-staging-apply",
    "veda-auth-stack-staging-plan",
  ],
  policies: ["veda-auth-stack-boundary"],
};
const accounts: Account[] = [];

async function account(
  files: Readonly<Record<string, Environment>>,
): Promise<Account> {
  const started = await Account.start(files);
  accounts.push(started);
  return started;
}

afterAll(async () => {
  await Promise.all(accounts.map((one) => one.stop()));
  removeTemporaryFolders();
});

describeLocal("bootstrap of an empty account, in this order,", () => {
  let own: Account;
  let first: Promise<Run>;

  beforeAll(async () => {
    own = await account({
      ".env": ACCOUNT,
      ".env.account": GITHUB,
      ".env.dev": {},
      ".env.staging": { GITHUB_ENVIRONMENT: "live" },
    });
  }, 60_000);

  test("asks first, and makes nothing where nobody can answer", async () => {
    const { code, stdout, stderr } = await own.bootstrap([]);
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(
      /Plan: \d+ to add[^]*a plan has to be agreed to, and there is no terminal[^]*hint: --yes/,
    );
    expect(await own.holds()).toEqual({
      buckets: [],
      providers: [],
      roles: [],
      policies: [],
    });
    // S3 settles a lifecycle for most of a minute, which goes on while others are tested
    first = own.bootstrap();
    first.catch(() => undefined);
  }, 60_000);

  describe("another account's, killed", () => {
    let other: Account;
    let stderr: string;

    beforeAll(async () => {
      other = await account({
        ".env": { ...ACCOUNT, ...GITHUB, ACCOUNT_STAGES: "dev,staging" },
      });
    }, 60_000);

    test.each<[string, (call: Call) => boolean]>([
      ["when a role is made", ({ operation }) => operation === "CreateRole"],
      [
        "when the bucket's versions begin to expire",
        ({ method, url }) => method === "PUT" && url.includes("lifecycle"),
      ],
      [
        "when the state in the bucket is locked, to be moved there",
        ({ method, url }) =>
          method === "PUT" && stateObject("\\.tflock").test(url),
      ],
      [
        "when the state was moved and the local copy is still there",
        ({ method, url }) => method === "PUT" && stateObject().test(url),
      ],
      [
        "when the local copy was removed",
        ({ method, url }) =>
          method === "PUT" &&
          stateObject("\\.tflock").test(url) &&
          !existsSync(path.join(other.folder, STATE)),
      ],
    ])(
      "%s, leaves what the next goes on from",
      async (_, killAfter) => {
        const run = await other.bootstrap(["--yes"], killAfter);
        expect([run.code, run.stdout]).toEqual([null, ""]);
      },
      60_000,
    );

    test("ends with everything there once, and in the state", async () => {
      const run = await other.bootstrap();
      stderr = run.stderr;
      succeed({ ...run, code: run.code ?? -1 });
      expect(await other.holds()).toEqual(EVERYTHING);
      expect(await other.remoteState()).toEqual(other.addresses());
      expect(readdirSync(other.folder).sort()).toEqual([".env", "cdktf.out"]);
    }, 60_000);

    test("tells that it goes on, and which lock it removes", () => {
      expect(stderr).toMatch(
        /^going on from a run that was interrupted\n[^]*removing the lock that the interrupted run has left: /,
      );
    });
  });

  test("makes everything, and moves its state into the bucket it made", async () => {
    const run = await first;
    succeed({ ...run, code: run.code ?? -1 });
    expect(await own.holds()).toEqual(EVERYTHING);
    expect(await own.remoteState()).toEqual(own.addresses());
    expect(readdirSync(own.folder)).not.toContain(STATE);
  }, 120_000);

  test("prints what to set, and that alone, on standard output", async () => {
    const { stdout } = await first;
    expect(stdout.split("\n").slice(0, 7)).toEqual([
      "# In every stage's .env file, beside what the stage itself needs:",
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

  test("changes nothing when it is run again", async () => {
    const writes: string[] = [];
    const { code, stdout, stderr } = await own.bootstrap(["--yes"], (call) => {
      // reading a state locks it
      if (write(call) && !call.url.includes(".tflock"))
        writes.push(call.operation ?? `${call.method} ${call.url}`);
      return false;
    });
    expect([code, stderr.trimEnd().split("\n").at(-1)]).toEqual([
      0,
      "nothing to change",
    ]);
    expect(stdout).toBe((await first).stdout);
    expect(writes.filter((one) => one !== "GetCallerIdentity")).toEqual([]);
  }, 60_000);

  test("takes roles away with the stage that they were for, when that is agreed to", async () => {
    own.files.write(".env.account", { ...GITHUB, ACCOUNT_STAGES: "dev" });
    const { code, stderr } = await own.bootstrap();
    expect([code, stderr]).toEqual([
      0,
      expect.stringContaining("Plan: 0 to add, 0 to change, 4 to destroy."),
    ]);
    expect((await own.holds()).roles).toEqual([
      "veda-auth-stack-dev-apply",
      "veda-auth-stack-dev-plan",
    ]);
  }, 60_000);

  test("is validated by Terraform in its native syntax too", async () => {
    succeed(await own.files.synth("--hcl"));
    await own.files.init(STACK);
    succeed(await own.files.terraform(STACK, "validate"));
    succeed(await own.files.terraform(STACK, "fmt", "-check", "-diff"));
    succeed(await own.files.plan(STACK));
  }, 60_000);

  test("fails when what it made is to be destroyed: the bucket stays", async () => {
    const { code, stderr } = await own.files.destroy(STACK);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("Instance cannot be destroyed"),
    ]);
  }, 60_000);
});

describeLocal("bootstrap with a bucket that is there", () => {
  let own: Account;

  beforeAll(async () => {
    own = await account({ ".env": ACCOUNT });
    const client = own.s3();
    await makeStateBucket(own.aws, BUCKET);
    await client.send(
      new s3.PutObjectCommand({ Bucket: BUCKET, Key: "theirs", Body: "kept" }),
    );
    await client.send(
      new s3.PutBucketPolicyCommand({
        Bucket: BUCKET,
        Policy: JSON.stringify({
          Version: "2012-10-17",
          Statement: [
            {
              Sid: "Theirs",
              Effect: "Deny",
              Principal: "*",
              Action: "s3:PutObjectAcl",
              Resource: `arn:aws:s3:::${BUCKET}/*`,
            },
          ],
        }),
      }),
    );
  }, 60_000);

  test("takes it in with what it holds, and shows which rules of its own go", async () => {
    const { code, stderr } = await own.bootstrap();
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(
        /taking in aws_s3_bucket\.\S+, which is there already: our-auth-state\n[^]*will be imported[^]*- Sid +: "Theirs"|taking in aws_s3_bucket\.\S+[^]*"Theirs"[^]*-> null|taking in aws_s3_bucket\.\S+[^]*"Theirs"/,
      ),
    ]);
    const { Body } = await own
      .s3()
      .send(new s3.GetObjectCommand({ Bucket: BUCKET, Key: "theirs" }));
    expect(await Body?.transformToString()).toBe("kept");
    expect(await own.holds()).toEqual({
      buckets: [BUCKET],
      providers: [],
      roles: [],
      policies: ["veda-auth-stack-boundary"],
    });
  }, 60_000);

  test("fails when the credentials are of another account, before anything is read", async () => {
    own.files.write(".env", { ...ACCOUNT, AWS_ACCOUNT_ID: "111111111111" });
    const { code, stdout, stderr } = await own.bootstrap();
    expect([code, stdout]).toEqual([1, ""]);
    expect(stderr).toBe(
      'AWS_ACCOUNT_ID must be the account of the credentials, got "111111111111" with credentials of "000000000000"\nhint: check AWS_ACCOUNT_ID, and AWS_PROFILE or --profile\n',
    );
  }, 60_000);

  test("fails when the OIDC provider is somebody else's", async () => {
    await new iam.IAMClient(clientConfig(own.aws)).send(
      new iam.CreateOpenIDConnectProviderCommand({
        Url: "https://token.actions.githubusercontent.com",
        ClientIDList: ["sts.amazonaws.com"],
      }),
    );
    own.files.write(".env", { ...ACCOUNT, ...GITHUB, ACCOUNT_STAGES: "dev" });
    const { code, stderr } = await own.bootstrap();
    expect([code, stderr]).toEqual([
      1,
      expect.stringMatching(
        /OIDC provider "token.actions.githubusercontent.com" must be of this stack.*\nhint: OIDC_PROVIDER_EXISTS=true, with OIDC_PROVIDER_URL=/,
      ),
    ]);
  }, 60_000);
});
