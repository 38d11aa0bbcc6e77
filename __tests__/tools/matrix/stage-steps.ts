import { randomBytes } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";
import { createUser } from "../../../scripts/lib/auth/create-user";
import { connectToAdminApi } from "../../../scripts/lib/auth/user-pool-admin";
import { listUserPoolChildren } from "../../../scripts/lib/aws/listings";
import {
  StageCommands,
  type StageOutputs,
} from "../../../scripts/lib/demo/stage-commands";
import { listStageResources } from "../../../scripts/lib/orphans/stage-resources";
import {
  type Completion,
  type ProcessResult,
  runProcess,
} from "../../../scripts/lib/system/processes";
import {
  isJsonObject,
  parseJsonObject,
} from "../../../scripts/lib/system/json-object";
import { getEnvironmentWithoutSettings } from "../../../scripts/lib/terraform/environment";
import {
  createProviderEnvironment,
  runTerraform,
} from "../../../scripts/lib/terraform/terraform";
import { getStackName } from "../../../stacks/naming";
import type { Environment } from "../../../stacks/config/environment";
import type { Configuration } from "../../support/configurations";
import {
  findErrorLine,
  listDiagnostics,
  listPlannedChanges,
  StepError,
} from "./reasons";
import type { Step, Steps } from "./steps";
import type { MatrixTarget } from "./target";

/** More than AWS needs for any step. */
const TIMEOUT_SECONDS = 600;
/** By default, the provider repeats a call 25 times, which takes an hour if a local AWS does not have its operation. */
const MAX_RETRIES = 2;
const WITHOUT_QUESTIONS = ["-auto-approve", "-input=false"];
const SERVICE = "workflows-client";
const SERVICE_SCOPE = "veda-stac-ingestion-registry-server/stac:register";
/** Credentials of a role begin with these letters. */
const TEMPORARY_KEY = "ASIA";

export interface StageOptions {
  /** Name of the stage. */
  readonly stage: string;
  /** First part of the names of all resources. */
  readonly appName: string;
  readonly configuration: Configuration;
  readonly target: MatrixTarget;
  /** Directory of the project. */
  readonly project: string;
  /** Empty directory, in which the commands run. */
  readonly directory: string;
  readonly log: (line: string) => void;
}

/** Runs the steps of one stage with the commands of a user. */
export class StageSteps {
  /** Whether an apply has begun, and no destroy has deleted everything. */
  isDeployed = false;
  private readonly stackName: string;
  private readonly environment: Environment;

  constructor(private readonly options: StageOptions) {
    const { stage, appName, configuration, target, directory } = options;
    this.stackName = getStackName(appName, stage);
    mkdirSync(directory, { recursive: true });
    const settings = {
      APP_NAME: appName,
      OWNER: "matrix",
      ...configuration.settings,
    };
    writeFileSync(
      path.join(directory, `.env.${stage}`),
      Object.entries(settings)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(""),
    );
    this.environment = {
      ...getEnvironmentWithoutSettings(),
      ...target.environment,
      ...createProviderEnvironment({ directory }),
      CDKTF_OUTDIR: undefined,
      XDG_CACHE_HOME: path.join(directory, "cache"),
    };
  }

  /** @param account checks the existing resources of the account */
  createSteps(account: Step): Steps {
    const { group } = this.options.configuration;
    return {
      account,
      synth: () => this.synthesize(),
      init: () => this.initialize(),
      apply: () => this.apply(),
      plan: () => this.plan(),
      outputs: () => this.compareOutputs(),
      token: () => this.getToken(),
      "sign-in": group === undefined ? undefined : () => this.signIn(group),
      destroy: () => this.destroy(),
    };
  }

  /** Lists the resources with the name of the stage, with the command that deletes each. */
  async listResources(): Promise<readonly string[]> {
    const { stage, target } = this.options;
    const awsTarget = { region: target.region };
    const resources = await listStageResources(
      { stage, stackName: this.stackName, settings: {}, awsTarget },
      () => undefined,
    );
    return resources.map(
      ({ type, name, deletion }) => `${type} ${name} (${deletion})`,
    );
  }

  /** Lists the clients, groups and resource servers in an existing user pool. */
  private async listChildren(): Promise<readonly string[]> {
    const { configuration, target } = this.options;
    const { USER_POOL_ID: pool } = configuration.settings;
    if (pool === undefined) return [];
    const { region } = target;
    const { sdk, client } = await connectToAdminApi(pool, { region });
    const children = await listUserPoolChildren(sdk, client, pool);
    return children.map(({ type, name }) => `${type} ${name} in ${pool}`);
  }

  private async synthesize(): Promise<readonly string[]> {
    const { project, directory } = this.options;
    const { code, stderr } = await runProcess(
      process.execPath,
      [path.join(project, "scripts", "run.mjs"), "synth"],
      {
        directory,
        environment: this.environment,
        timeoutSeconds: TIMEOUT_SECONDS,
      },
    );
    if (code !== 0) throw new StepError([findErrorLine(stderr)]);
    if (this.options.target.isEndpoint)
      writeFileSync(
        path.join(this.stackDirectory, "matrix_override.tf.json"),
        JSON.stringify({ provider: { aws: { max_retries: MAX_RETRIES } } }),
      );
    return [];
  }

  private async initialize(): Promise<readonly string[]> {
    requireSuccess(await this.terraform("init", "-input=false"));
    return [];
  }

  private async apply(): Promise<readonly string[]> {
    this.isDeployed = true;
    requireSuccess(await this.terraform("apply", ...WITHOUT_QUESTIONS));
    return [];
  }

  private async plan(): Promise<readonly string[]> {
    const result = await this.terraform(
      "plan",
      "-detailed-exitcode",
      "-input=false",
    );
    if (result.code !== 2) requireSuccess(result);
    return result.code === 0 ? [] : listPlannedChanges(result.stdout);
  }

  private async compareOutputs(): Promise<readonly string[]> {
    const printed = await this.commands.readOutputs();
    const stored = await this.readStoredOutputs();
    return isDeepStrictEqual(printed, stored)
      ? []
      : ["outputs and terraform output must print the same"];
  }

  private async readStoredOutputs(): Promise<StageOutputs> {
    const { stdout } = await this.runTerraform("output", "-json");
    return Object.fromEntries(
      Object.entries(parseJsonObject(stdout)).map(([name, output]) => [
        name,
        isJsonObject(output) ? String(output.value) : "",
      ]),
    );
  }

  private async getToken(): Promise<readonly string[]> {
    const { scope } = await this.commands.getServiceToken(SERVICE);
    return scope === SERVICE_SCOPE
      ? []
      : [`the scope of the token must be ${SERVICE_SCOPE}, got ${scope}`];
  }

  private async signIn(group: string): Promise<readonly string[]> {
    const { userpool_id: userPoolId = "" } = await this.commands.readOutputs();
    const { region } = this.options.target;
    const userName = `matrix-${randomBytes(4).toString("hex")}`;
    const password = `Aa1!${randomBytes(12).toString("hex")}`;
    await createUser(
      await connectToAdminApi(userPoolId, { region }),
      {
        userName,
        email: `${userName}@example.com`,
        groups: [group],
        choosePassword: () => Promise.resolve(password),
      },
      () => undefined,
    );
    const { AccessKeyId } = await this.commands.getCredentials(
      userName,
      password,
    );
    return AccessKeyId.startsWith(TEMPORARY_KEY)
      ? []
      : ["the access key id must be one of temporary credentials, ASIA…"];
  }

  async destroy(): Promise<readonly string[]> {
    const result = await this.terraform("destroy", ...WITHOUT_QUESTIONS);
    const remaining = [
      ...(await this.listResources()),
      ...(await this.listChildren()),
    ];
    if (remaining.length === 0) this.isDeployed = false;
    requireSuccess(result);
    const { stdout } = await this.runTerraform("state", "list");
    const addresses = stdout.split("\n").filter((line) => line !== "");
    return [
      ...addresses.map((address) => `${address} remains in the state`),
      ...remaining.map((resource) => `${resource} remains`),
    ];
  }

  private get stackDirectory(): string {
    const { directory } = this.options;
    return path.join(directory, "cdktf.out", "stacks", this.stackName);
  }

  private get commands(): StageCommands {
    return new StageCommands({
      stage: this.options.stage,
      environment: this.environment,
      directory: this.options.directory,
      onCommand: () => undefined,
    });
  }

  /** Runs Terraform with its machine-readable output. After a signal, an apply or destroy ends first. */
  private async terraform(
    command: string,
    ...args: readonly string[]
  ): Promise<ProcessResult> {
    const isWrite = command === "apply" || command === "destroy";
    return this.runTerraformWith(
      [command, "-json", ...args],
      isWrite ? this.createCompletion(command) : undefined,
    );
  }

  private async runTerraform(
    ...args: readonly string[]
  ): Promise<ProcessResult> {
    const result = await this.runTerraformWith(args);
    if (result.code !== 0) throw new StepError([findErrorLine(result.stderr)]);
    return result;
  }

  private async runTerraformWith(
    args: readonly string[],
    completion?: Completion,
  ): Promise<ProcessResult> {
    return runTerraform(args, {
      directory: this.stackDirectory,
      environment: this.environment,
      timeoutSeconds: TIMEOUT_SECONDS,
      completion,
    });
  }

  private createCompletion(command: string): Completion {
    const { log } = this.options;
    return {
      onWait: () => {
        log(
          `Waiting for terraform ${command}… Press Ctrl-C again to interrupt it.`,
        );
      },
      onInterrupt: () => {
        log(`Interrupting terraform ${command}…`);
      },
      onEnd: () => undefined,
    };
  }
}

/** @throws StepError with the errors of Terraform */
function requireSuccess({ code, stdout, stderr }: ProcessResult): void {
  if (code === 0) return;
  const errors = listDiagnostics(stdout);
  throw new StepError(errors.length > 0 ? errors : [findErrorLine(stderr)]);
}
