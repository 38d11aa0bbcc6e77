import { spawn } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as idp from "@aws-sdk/client-cognito-identity-provider";
import {
  createClientConfig,
  DEMO_ACCOUNT,
  listStackResources,
  prepareAccount,
} from "../../scripts/lib/demo/account";
import {
  startLocalAws,
  type AttachedLocalAws,
} from "../../scripts/lib/local-aws/local-aws";
import type { Orphan } from "../../scripts/lib/orphans/orphans";
import {
  runProcess,
  type ProcessResult,
} from "../../scripts/lib/system/processes";
import { runTerraform } from "../../scripts/lib/terraform/terraform";
import type { Environment } from "../../stacks/config/environment";
import { Deployment, expectSuccess } from "./deployment";
import { KeptProvider } from "./kept-provider";
import { killProcessTree } from "./process-tree";
import { FaultProxy, type Call, type Fault } from "./fault-proxy";

const TIMEOUT_SECONDS = 180;
const STACK = "veda-auth-stack-dev";

/** The parts of a stage, one resource of each type at least. */
const SETTINGS: Environment = {
  STATE_BUCKET_NAME: DEMO_ACCOUNT.stateBucket,
  OWNER: "somebody",
  DELETION_PROTECTION: "false",
  SECRET_RECOVERY_DAYS: "0",
  OIDC_PROVIDER_URL: "tokens.example",
  DATA_MANAGERS_ROLE_ARN: `arn:aws:iam::000000000000:role/${DEMO_ACCOUNT.managersRole}`,
  SECRET_ROLE_ACCESS: `arn:aws:iam::000000000000:role/${DEMO_ACCOUNT.managersRole}`,
};

/** What befalls one call of a run. */
export interface InjectedFault {
  /** Its number, counted from 1, or its name where it is the first of that. */
  readonly call: number | string;
  /** `killed`: Terraform and all that it has started, once the call was answered. */
  readonly fault: Fault | "killed";
}

export interface Outcome extends ProcessResult {
  /** Calls that the run made. */
  readonly calls: number;
  /** The call that failed, as AWS names it. */
  readonly failed: string;
}

/** A stage that is deployed again and again to a local AWS of its own, through a proxy that has calls fail. */
export class FaultStage {
  readonly stack = STACK;

  private constructor(
    readonly aws: AttachedLocalAws,
    private readonly proxy: FaultProxy,
    private readonly deployment: Deployment,
    private readonly provider: KeptProvider,
  ) {}

  /** @param attempts how often a call is tried: 1 has a run fail where AWS's SDK would try again */
  static async start(
    attempts: number,
    settings: Environment = {},
  ): Promise<FaultStage> {
    const aws = await startLocalAws({ log: () => undefined });
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
    const provider = await KeptProvider.start(
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

  /** Leaves an account with nothing of the stage in it. */
  async reset(): Promise<void> {
    await fetch(`${this.aws.endpoint}/_ministack/reset`, { method: "POST" });
    await prepareAccount(this.aws);
    rmSync(this.lostState, { force: true });
  }

  /** Numbers of the calls that an apply or a destroy makes, each one or every so many. */
  async listCalls(every: number): Promise<number[]> {
    await this.reset();
    const { calls: applied } = await this.run("apply");
    const { calls: destroyed } = await this.run("destroy");
    const most = Math.max(applied, destroyed);
    return Array.from({ length: most }, (_, index) => index + 1).filter(
      (call) => call % every === 0,
    );
  }

  /** `terraform apply` or `destroy`. */
  async run(
    command: "apply" | "destroy",
    misfortune?: InjectedFault,
  ): Promise<Outcome> {
    let calls = 0;
    let struck: Call | undefined;
    const { fault } = misfortune ?? {};
    this.proxy.selectFault = (call) => {
      calls += 1;
      if (struck !== undefined) return undefined;
      if (![calls, call.operation].includes(misfortune?.call)) return undefined;
      struck = call;
      return fault === "killed" ? undefined : fault;
    };
    const args = [command, "-auto-approve", "-input=false", "-no-color"];
    const result =
      fault === "killed"
        ? await this.killedTerraform(
            args,
            ({ headers }) => headers === struck?.headers,
          )
        : await this.terraform(...args);
    this.proxy.selectFault = () => undefined;
    const failed = struck?.operation ?? `${struck?.method ?? ""} of the state`;
    return { ...result, calls, failed };
  }

  /**
   * The same command again, after what the runbook says where the state is locked or was not written.
   *
   * @returns what it took, in the runbook's words, and the command's own result
   */
  async retry(
    command: "apply" | "destroy",
  ): Promise<{ readonly took: readonly string[]; readonly last: Outcome }> {
    const took: string[] = [];
    for (;;) {
      if (existsSync(this.lostState)) {
        const pushed = await this.terraform("state", "push", "errored.tfstate");
        if (pushed.code === 0) rmSync(this.lostState);
        else await this.unlock(pushed);
        took.push(pushed.code === 0 ? "state push" : "force-unlock");
        continue;
      }
      const last = await this.run(command);
      if (last.code === 0 || took.length > 3) return { took, last };
      if (!lockIn(last)) return { took, last };
      await this.unlock(last);
      took.push("force-unlock");
    }
  }

  /** Exit code of a plan: 0 nothing to do, 2 changes. */
  async plan(): Promise<ProcessResult> {
    return this.terraform("plan", "-detailed-exitcode", "-input=false");
  }

  /** What AWS holds of the stage, by kind and name, a thing of one name as often as it is there. */
  async listResources(): Promise<string[]> {
    const users = new idp.CognitoIdentityProviderClient(
      createClientConfig(this.aws),
    );
    const { UserPools = [] } = await users.send(
      new idp.ListUserPoolsCommand({ MaxResults: 60 }),
    );
    const within = await Promise.all(
      UserPools.map(async ({ Id }) => {
        const of = { UserPoolId: Id, MaxResults: 50 };
        const [clients, servers, groups] = await Promise.all([
          users.send(new idp.ListUserPoolClientsCommand(of)),
          users.send(new idp.ListResourceServersCommand(of)),
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
      ...within.flat(),
    ].sort();
  }

  /**
   * What `npm run orphans` says, done: what is wanted is taken in by its block with the next apply, what nothing needs is
   * deleted by its command.
   */
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
            environment: withAwsCli(this.deployment.environment()),
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

  private get lostState(): string {
    return path.join(
      this.deployment.getStackDirectory(STACK),
      "errored.tfstate",
    );
  }

  private async unlock(refused: ProcessResult): Promise<void> {
    const id = lockIn(refused);
    if (id === undefined) throw new Error(refused.stderr);
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

  /** Terraform with a provider of its own, killed with it. */
  private async killedTerraform(
    args: readonly string[],
    isTime: (call: Call) => boolean,
  ): Promise<ProcessResult> {
    const child = spawn("terraform", args, {
      cwd: this.deployment.getStackDirectory(STACK),
      env: this.deployment.environment(),
      stdio: "ignore",
    });
    const ended = new Promise<number>((resolve) => {
      child.once("close", (code) => {
        resolve(code ?? 137);
      });
    });
    this.proxy.onAnswered = (call) => {
      if (!isTime(call)) return;
      this.proxy.onAnswered = () => undefined;
      killProcessTree(child.pid ?? 0);
    };
    const code = await ended;
    this.proxy.onAnswered = () => undefined;
    return { code, stdout: "", stderr: "" };
  }
}

/** Id of the lock that a command was refused by. */
function lockIn({ stdout, stderr }: ProcessResult): string | undefined {
  return /Lock Info:\s+ID:\s+(\S+)/.exec(`${stdout}\n${stderr}`)?.[1];
}

/** The environment with the AWS CLI of e2e-setup.ts first on its path. */
function withAwsCli(env: Environment): Environment {
  const folder = path.dirname(process.env.E2E_AWS_CLI ?? "");
  return { ...env, PATH: `${folder}${path.delimiter}${env.PATH ?? ""}` };
}
