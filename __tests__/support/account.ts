import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { text } from "node:stream/consumers";
import * as iam from "@aws-sdk/client-iam";
import * as s3 from "@aws-sdk/client-s3";
import { createClientConfig } from "../../scripts/lib/demo/account";
import type { Environment } from "../../stacks/config/environment";
import { Deployment } from "./deployment";
import { startCheckedAws, type CheckedLocalAws } from "./api-model/checked-aws";
import { killProcessTree } from "./process-tree";
import { FaultProxy, type Call } from "./fault-proxy";

const PROJECT = path.resolve(__dirname, "../..");
export const ACCOUNT_STACK = "veda-auth-stack-account";
/** File of the local state. */
export const STATE_FILE = `terraform.${ACCOUNT_STACK}.tfstate`;
export const BUCKET = "our-auth-state";
/** Minimal settings of an account. */
export const ACCOUNT_SETTINGS: Environment = {
  AWS_ACCOUNT_ID: "000000000000",
  STATE_BUCKET_NAME: BUCKET,
  OWNER: "example",
};
/** Settings of a repository that deploys stages. */
export const GITHUB_SETTINGS: Environment = {
  GITHUB_REPOSITORY: "octo/auth",
  GITHUB_OWNER_ID: "1",
  GITHUB_REPOSITORY_ID: "2",
};

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A local AWS behind a proxy, and a directory to bootstrap it from. */
export class Account {
  /** Additional environment of commands. */
  variables: Environment = {};

  private constructor(
    readonly aws: CheckedLocalAws,
    readonly proxy: FaultProxy,
    readonly files: Deployment,
  ) {}

  /** @param isKilled whether runs are killed together with their provider, which each run then starts itself */
  static async start(
    files: Readonly<Record<string, Environment>>,
    isKilled = false,
  ): Promise<Account> {
    const aws = await startCheckedAws();
    const proxy = await FaultProxy.start(aws.endpoint);
    const deployment = new Deployment(proxy.endpoint, files);
    if (!isKilled) await deployment.startProvider("bootstrap");
    return new Account(aws, proxy, deployment);
  }

  get directory(): string {
    return this.files.directory;
  }

  /** Runs `npm run bootstrap`. Kills it with its child processes after a call. */
  async bootstrap(
    args: readonly string[] = ["--yes"],
    killAfter: (call: Call) => boolean = () => false,
  ): Promise<Run> {
    const child = spawn(
      process.execPath,
      [path.join(PROJECT, "scripts", "run.mjs"), "bootstrap", ...args],
      {
        cwd: this.directory,
        env: { ...this.files.environment("bootstrap"), ...this.variables },
        stdio: ["ignore", "pipe", "pipe"],
      },
    );
    this.proxy.onAnswered = (call) => {
      if (!killAfter(call)) return;
      this.proxy.onAnswered = () => undefined;
      killProcessTree(child.pid ?? 0);
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

  /** Lists the resources of the account by kind. */
  async listResources(): Promise<Record<string, string[]>> {
    const roles = new iam.IAMClient(createClientConfig(this.aws));
    const [buckets, providers, listed, policies] = await Promise.all([
      this.createS3Client().send(new s3.ListBucketsCommand({})),
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

  /** Reads the addresses in the state in the bucket. */
  async readRemoteAddresses(): Promise<string[]> {
    const { Body } = await this.createS3Client().send(
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

  /** Lists the addresses in the synthesized stack. */
  listSynthesizedAddresses(): string[] {
    const file = path.join(
      this.directory,
      "cdktf.out/bootstrap/stacks",
      ACCOUNT_STACK,
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

  createS3Client(): s3.S3Client {
    return new s3.S3Client({
      ...createClientConfig(this.aws),
      forcePathStyle: true,
    });
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    await this.aws.stop();
  }
}

/** Resources of an account with two stages of a repository. */
export const ALL_RESOURCES = {
  buckets: [BUCKET],
  providers: [
    "arn:aws:iam::000000000000:oidc-provider/token.actions.githubusercontent.com",
  ],
  roles: [
    "veda-auth-stack-dev-apply",
    "veda-auth-stack-dev-plan",
    "veda-auth-stack-dev-rotate",
    "veda-auth-stack-staging-apply",
    "veda-auth-stack-staging-plan",
    "veda-auth-stack-staging-rotate",
  ],
  policies: ["veda-auth-stack-boundary"],
};
