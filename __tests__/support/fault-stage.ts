import { spawn } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as idp from "@aws-sdk/client-cognito-identity-provider";
import {
  createClientConfig,
  DEMO_ACCOUNT,
  prepareAccount,
} from "../../scripts/lib/demo/account";
import type { Orphan } from "../../scripts/lib/orphans/orphans";
import {
  runProcess,
  type ProcessResult,
} from "../../scripts/lib/system/processes";
import { runTerraform } from "../../scripts/lib/terraform/terraform";
import type { Environment } from "../../stacks/config/environment";
import { Deployment, expectSuccess } from "./deployment";
import { PersistentProvider } from "./persistent-provider";
import { startCheckedAws, type CheckedLocalAws } from "./api-model/checked-aws";
import { killProcessTree } from "./process-tree";
import { FaultProxy, type Call, type Fault } from "./fault-proxy";
import { listStackResources } from "../../scripts/lib/demo/stack-resources";

const TIMEOUT_SECONDS = 180;
const STACK = "veda-auth-stack-dev";

/** Settings of a stage with at least one resource of each type. */
const SETTINGS: Environment = {
  STATE_BUCKET_NAME: DEMO_ACCOUNT.stateBucket,
  OWNER: "example",
  DELETION_PROTECTION: "false",
  SECRET_RECOVERY_DAYS: "0",
  OIDC_PROVIDER_URL: "tokens.example",
  DATA_MANAGERS_ROLE_ARN: `arn:aws:iam::000000000000:role/${DEMO_ACCOUNT.managersRole}`,
  SECRET_ROLE_ACCESS: `arn:aws:iam::000000000000:role/${DEMO_ACCOUNT.managersRole}`,
};

/** A fault at one call of a run. */
export interface InjectedFault {
  /** Number of the call, from 1, or the operation whose first call fails. */
  readonly call: number | string;
  /** `killed`: Terraform and its child processes are killed after the call. */
  readonly fault: Fault | "killed";
}

export interface Outcome extends ProcessResult {
  /** Number of calls of the run. */
  readonly calls: number;
  /** Operation of the failed call. */
  readonly failed: string;
}

/** A stage in its own local AWS, deployed through a proxy that makes calls fail. */
export class FaultStage {
  readonly stack = STACK;

  private constructor(
    readonly aws: CheckedLocalAws,
    private readonly proxy: FaultProxy,
    private readonly deployment: Deployment,
    private readonly provider: PersistentProvider,
  ) {}

  /** @param attempts maximum attempts of a call; 1 disables the retries of the AWS SDK */
  static async start(
    attempts: number,
    settings: Environment = {},
  ): Promise<FaultStage> {
    const aws = await startCheckedAws();
    const proxy = await FaultProxy.start(aws.endpoint);
    const deployment = new Deployment(proxy.endpoint, {
      ".env.dev": { ...SETTINGS, ...settings },
    });
    await prepareAccount(aws);
    expectSuccess(await deployment.synth());
    writeFileSync(
      path.join(deployment.getStackDirectory(STACK), "override.tf.json"),
      JSON.stringify({ provider: { aws: { max_retries: attempts } } }),
    );
    await deployment.init(STACK);
    const provider = await PersistentProvider.start(
      deployment.getStackDirectory(STACK),
      deployment.environment(),
    );
    return new FaultStage(aws, proxy, deployment, provider);
  }

  async stop(): Promise<void> {
    await this.provider.stop();
    await this.proxy.stop();
    await this.aws.stop();
  }

  /** Removes everything from the account. */
  async reset(): Promise<void> {
    await fetch(`${this.aws.endpoint}/_ministack/reset`, { method: "POST" });
    await prepareAccount(this.aws);
    rmSync(this.lostStateFile, { force: true });
  }

  /** Lists the numbers of the calls of an apply or a destroy, every nth one. */
  async listCalls(every: number): Promise<number[]> {
    await this.reset();
    const { calls: applied } = await this.run("apply");
    const { calls: destroyed } = await this.run("destroy");
    const count = Math.max(applied, destroyed);
    return Array.from({ length: count }, (_, index) => index + 1).filter(
      (call) => call % every === 0,
    );
  }

  /** `terraform apply` or `destroy`. */
  async run(
    command: "apply" | "destroy",
    injected?: InjectedFault,
  ): Promise<Outcome> {
    let calls = 0;
    let hit: Call | undefined;
    const { fault } = injected ?? {};
    this.proxy.selectFault = (call) => {
      calls += 1;
      if (hit !== undefined) return undefined;
      if (![calls, call.operation].includes(injected?.call)) return undefined;
      hit = call;
      return fault === "killed" ? undefined : fault;
    };
    const args = [command, "-auto-approve", "-input=false", "-no-color"];
    const result =
      fault === "killed"
        ? await this.runKilledTerraform(
            args,
            ({ headers }) => headers === hit?.headers,
          )
        : await this.terraform(...args);
    this.proxy.selectFault = () => undefined;
    const failed = hit?.operation ?? `${hit?.method ?? ""} of the state`;
    return { ...result, calls, failed };
  }

  /**
   * Runs a command again, with the runbook's commands for a locked or unwritten state first.
   *
   * @returns the runbook's commands and the result
   */
  async retry(
    command: "apply" | "destroy",
  ): Promise<{ readonly steps: readonly string[]; readonly last: Outcome }> {
    const steps: string[] = [];
    for (;;) {
      if (existsSync(this.lostStateFile)) {
        const pushed = await this.terraform("state", "push", "errored.tfstate");
        if (pushed.code === 0) rmSync(this.lostStateFile);
        else await this.unlock(pushed);
        steps.push(pushed.code === 0 ? "state push" : "force-unlock");
        continue;
      }
      const last = await this.run(command);
      if (last.code === 0 || steps.length > 3) return { steps, last };
      if (!findLockId(last)) return { steps, last };
      await this.unlock(last);
      steps.push("force-unlock");
    }
  }

  /** Plans the stage; exit code 2 means changes. */
  async plan(): Promise<ProcessResult> {
    return this.terraform("plan", "-detailed-exitcode", "-input=false");
  }

  /** Lists the resources of the stage in AWS by kind and name, with duplicates. */
  async listResources(): Promise<string[]> {
    const users = new idp.CognitoIdentityProviderClient(
      createClientConfig(this.aws),
    );
    const { UserPools = [] } = await users.send(
      new idp.ListUserPoolsCommand({ MaxResults: 60 }),
    );
    const children = await Promise.all(
      UserPools.map(async ({ Id }) => {
        const input = { UserPoolId: Id, MaxResults: 50 };
        const [clients, servers, groups] = await Promise.all([
          users.send(new idp.ListUserPoolClientsCommand(input)),
          users.send(new idp.ListResourceServersCommand(input)),
          users.send(new idp.ListGroupsCommand({ UserPoolId: Id })),
        ]);
        return [
          ...(clients.UserPoolClients ?? []).map(
            ({ ClientName = "" }) => `client ${ClientName}`,
          ),
          ...(servers.ResourceServers ?? []).map(
            ({ Identifier = "" }) => `resource server ${Identifier}`,
          ),
          ...(groups.Groups ?? []).map(
            ({ GroupName = "" }) => `group ${GroupName}`,
          ),
        ];
      }),
    );
    return [
      ...(await listStackResources(this.aws, STACK)),
      ...children.flat(),
    ].sort();
  }

  /** Follows `npm run orphans`: imports resources of the stage with the next apply, and deletes the others. */
  async resolveOrphans(): Promise<Outcome> {
    const { stdout } = await this.deployment.runCommand(
      "orphans",
      "--stage",
      "dev",
      "--format",
      "json",
    );
    const { orphans } = JSON.parse(stdout) as {
      readonly orphans: readonly Orphan[];
    };
    for (const { deletion, address } of orphans)
      if (address === undefined)
        expectSuccess(
          await runProcess("bash", ["-c", deletion], {
            environment: addAwsCli(this.deployment.environment()),
            timeoutSeconds: TIMEOUT_SECONDS,
          }),
        );
    const blocks = orphans.flatMap(({ address, importId }) =>
      address === undefined ? [] : [{ to: address, id: importId }],
    );
    const file = path.join(
      this.deployment.getStackDirectory(STACK),
      "imports.tf.json",
    );
    writeFileSync(file, JSON.stringify({ import: blocks }));
    const outcome = await this.run("apply");
    rmSync(file);
    return outcome;
  }

  private get lostStateFile(): string {
    return path.join(
      this.deployment.getStackDirectory(STACK),
      "errored.tfstate",
    );
  }

  private async unlock(failed: ProcessResult): Promise<void> {
    const id = findLockId(failed);
    if (id === undefined) throw new Error(failed.stderr);
    expectSuccess(await this.terraform("force-unlock", "-force", id));
  }

  async terraform(...args: readonly string[]): Promise<ProcessResult> {
    return runTerraform(args, {
      directory: this.deployment.getStackDirectory(STACK),
      environment: {
        ...this.deployment.environment(),
        TF_REATTACH_PROVIDERS: this.provider.address,
      },
      timeoutSeconds: TIMEOUT_SECONDS,
    });
  }

  /** Runs Terraform with its own provider process, and kills both. */
  private async runKilledTerraform(
    args: readonly string[],
    shouldKill: (call: Call) => boolean,
  ): Promise<ProcessResult> {
    const child = spawn("terraform", args, {
      cwd: this.deployment.getStackDirectory(STACK),
      env: this.deployment.environment(),
      stdio: "ignore",
    });
    const closed = new Promise<number>((resolve) => {
      child.once("close", (code) => {
        resolve(code ?? 137);
      });
    });
    this.proxy.onAnswered = (call) => {
      if (!shouldKill(call)) return;
      this.proxy.onAnswered = () => undefined;
      killProcessTree(child.pid ?? 0);
    };
    const code = await closed;
    this.proxy.onAnswered = () => undefined;
    return { code, stdout: "", stderr: "" };
  }
}

/** Returns the id of the state lock that made a command fail. */
function findLockId({ stdout, stderr }: ProcessResult): string | undefined {
  return /Lock Info:\s+ID:\s+(\S+)/.exec(`${stdout}\n${stderr}`)?.[1];
}

/** Puts the AWS CLI of e2e-setup.ts first on the path. */
function addAwsCli(env: Environment): Environment {
  const directory = path.dirname(process.env.E2E_AWS_CLI ?? "");
  return { ...env, PATH: `${directory}${path.delimiter}${env.PATH ?? ""}` };
}
