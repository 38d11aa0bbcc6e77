import { formatCommand } from "../cli/invocation";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { getDefaultStateKey, getStackName } from "../../../stacks/naming";
import { readAppSettings } from "../../../stacks/config/app-settings";
import {
  type Environment,
  getOutputDirectory,
} from "../../../stacks/config/environment";
import type { SettingName } from "../../../stacks/config/settings";
import { ACCOUNT_ID, DEMO_ACCOUNT, hasState } from "./account";
import { listStackResources } from "./stack-resources";
import { LOCAL_AWS_DIRECTORY, type LocalAws } from "../local-aws/local-aws";
import { getPlanDirectory } from "../plan/plan-directory";
import { getEnvironmentWithoutSettings } from "../terraform/environment";
import {
  runProcess,
  getLastLines,
  type ProcessResult,
} from "../system/processes";
import {
  getProgramArguments,
  StageCommands,
  type StageOutputs,
} from "./stage-commands";
import { findStageUses, type StageUses } from "./stage-uses";
import {
  runTerraform,
  createProviderEnvironment,
} from "../terraform/terraform";

const role = `arn:aws:iam::${ACCOUNT_ID}:role/${DEMO_ACCOUNT.managersRole}`;

/** Settings of a complete stage. */
export const DEMO_SETTINGS = {
  APP_NAME: "veda-auth-stack",
  // users deploy other names to the same local AWS
  STAGE: "demo",
  OWNER: "demo",
  AWS_REGION: "us-west-2",
  AWS_ACCOUNT_ID: ACCOUNT_ID,
  STATE_BACKEND: "s3",
  STATE_BUCKET_NAME: DEMO_ACCOUNT.stateBucket,
  COGNITO_GROUPS: "true",
  DATA_MANAGERS_ROLE_ARN: role,
  // an account has one provider for each URL, and GitHub's can be of another stage
  OIDC_PROVIDER_URL: "token.demo.example",
  PERMISSIONS_BOUNDARY_POLICY_NAME: DEMO_ACCOUNT.boundaryPolicy,
  DASHBOARD_CALLBACK_URLS: "http://localhost:3000/signed-in",
  DASHBOARD_LOGOUT_URLS: "http://localhost:3000/",
  PROGRAMMATIC_CALLBACK_URLS: "http://localhost:8000/signed-in",
  SECRET_ROLE_ACCESS: role,
  // the name of a secret in its recovery window cannot be used again
  SECRET_RECOVERY_DAYS: "0",
  // an app can require MFA, but the user of the demo signs in with a password alone
  MFA: "off",
} as const satisfies Partial<Record<SettingName, string>>;

/** Limit of each command. All commands together take less than a minute. */
const TIMEOUT_SECONDS = 300;

/** A stage in a local AWS, deployed with the commands of a user from the main.ts of the working directory. */
export class DemoStage {
  private readonly appName =
    readAppSettings(process.cwd()).values.APP_NAME ?? DEMO_SETTINGS.APP_NAME;
  readonly name = DEMO_SETTINGS.STAGE;
  readonly stackName = getStackName(this.appName, DEMO_SETTINGS.STAGE);

  /** File with all settings of the stage, used as ENV_FILE. */
  readonly envFile: string;
  private readonly directory: string;

  /** @param onLine receives the output of cdktf, one line per call */
  constructor(
    private readonly aws: LocalAws,
    private readonly onLine: (line: string) => void,
  ) {
    this.directory = path.join(aws.directory, "demo");
    mkdirSync(this.directory, { recursive: true });
    this.envFile = path.join(this.directory, "demo.env");
    const settings = { ...DEMO_SETTINGS, APP_NAME: this.appName };
    const lines = Object.entries(settings).map(
      ([name, value]) => `${name}=${value}\n`,
    );
    writeFileSync(this.envFile, lines.join(""));
  }

  /**
   * Fails if the account has a stage of this name with another state. A deployment would fail at its first existing name.
   *
   * @throws UserError
   */
  async requireOwn(): Promise<void> {
    const { STAGE } = DEMO_SETTINGS;
    const { appName, stackName } = this;
    if (await hasState(this.aws, getDefaultStateKey(appName, STAGE))) return;
    const resources = await listStackResources(this.aws, stackName);
    // the name of another stack can begin with that of this one
    const found = resources.find(
      (resource) =>
        resource === `user pool ${stackName}` ||
        resource.startsWith(`secret ${stackName}/`),
    );
    if (found === undefined) return;
    throw new UserError(
      `stage ${STAGE} must not exist in the local AWS at ${this.aws.endpoint}, got the ${found} of another deployment`,
      `destroy that stage, or run ${formatCommand("local", "down")} to remove all stages, and run the demo again`,
    );
  }

  /** Deploys the stage and returns the outputs. */
  async deploy(settings: Environment = {}): Promise<StageOutputs> {
    const file = path.join(this.directory, "outputs.json");
    const options = ["--auto-approve", "--no-doctor", "--outputs-file", file];
    await this.run(settings, "deploy", ...options);
    const outputs = JSON.parse(readFileSync(file, "utf8")) as Record<
      string,
      StageOutputs
    >;
    return outputs[this.stackName] ?? {};
  }

  /** Returns the commands of the deployed stage. */
  createCommands(onCommand: (line: string) => void): StageCommands {
    return new StageCommands({
      stage: DEMO_SETTINGS.STAGE,
      environment: this.createEnvironment({}),
      directory: this.directory,
      onCommand,
    });
  }

  /** Initialized Terraform directory of the stage. */
  get stackDirectory(): string {
    const { stackName } = this;
    return path.join(
      this.outputDirectory,
      path.relative(getOutputDirectory(), getPlanDirectory(stackName)),
      "stacks",
      stackName,
    );
  }

  /** Finds what the deployed stage can be used for. */
  findUses(): StageUses {
    const file = path.join(this.stackDirectory, "cdk.tf.json");
    return findStageUses(readFileSync(file, "utf8"), role);
  }

  /** Returns whether a plan has no changes. */
  async isUpToDate(): Promise<boolean> {
    return (await this.run({}, "plan", "--detailed-exitcode")) === 0;
  }

  /** Destroys the stage. Fails with deletion protection. */
  async destroy(settings: Environment = {}): Promise<void> {
    await this.run(settings, "destroy", "--auto-approve");
  }

  /** Lists the addresses in the state. */
  async listResources(): Promise<string[]> {
    const { stdout } = await this.terraform("state", "list");
    return stdout.split("\n").filter((line) => line !== "");
  }

  private get outputDirectory(): string {
    return path.join(this.directory, "cdktf.out");
  }

  /** Runs a command of this program in the app, and returns its exit code: 0, or 2 for changes. */
  private async run(
    settings: Environment,
    command: "deploy" | "plan" | "destroy",
    ...args: readonly string[]
  ): Promise<number> {
    const stage = ["--stage", DEMO_SETTINGS.STAGE];
    const result = await runProcess(
      process.execPath,
      [...getProgramArguments(), command, ...stage, ...args],
      {
        environment: this.createEnvironment(settings),
        timeoutSeconds: TIMEOUT_SECONDS,
        onLine: this.onLine,
      },
    );
    requireSuccess(command, result);
    return result.code;
  }

  private async terraform(...args: readonly string[]): Promise<ProcessResult> {
    const result = await runTerraform(args, {
      directory: this.stackDirectory,
      environment: this.createEnvironment({}),
      timeoutSeconds: TIMEOUT_SECONDS,
    });
    requireSuccess(`terraform ${args[0] ?? ""}`, result);
    return result;
  }

  private createEnvironment(settings: Environment): Environment {
    return {
      ...getEnvironmentWithoutSettings(),
      ...this.aws.environment,
      ...createProviderEnvironment({ directory: LOCAL_AWS_DIRECTORY }),
      ...settings,
      ENV_FILE: this.envFile,
      CDKTF_OUTDIR: this.outputDirectory,
    };
  }
}

function requireSuccess(command: string, result: ProcessResult): void {
  // a plan with changes exits 2
  if (result.code === 0 || (command === "plan" && result.code === 2)) return;
  const output = getLastLines(`${result.stdout}\n${result.stderr}`, 30);
  throw new UserError(
    `${command} failed with exit code ${result.code}\n${output}`,
  );
}
