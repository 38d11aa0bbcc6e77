import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { getStackName } from "../../../stacks/naming";
import type { Environment } from "../../../stacks/config/environment";
import type { SettingName } from "../../../stacks/config/settings";
import { ACCOUNT_ID, DEMO_ACCOUNT } from "./account";
import { LOCAL_AWS_DIRECTORY, type LocalAws } from "../local-aws/local-aws";
import { getEnvironmentWithoutSettings } from "../terraform/environment";
import {
  runProcess,
  getLastLines,
  type ProcessResult,
} from "../system/processes";
import { StageCommands, type StageOutputs } from "./stage-commands";
import {
  runTerraform,
  createProviderEnvironment,
} from "../terraform/terraform";

const role = `arn:aws:iam::${ACCOUNT_ID}:role/${DEMO_ACCOUNT.managersRole}`;

/** Settings of a stage that has every part. */
export const DEMO_SETTINGS = {
  APP_NAME: "veda-auth-stack",
  STAGE: "dev",
  OWNER: "demo",
  AWS_REGION: "us-west-2",
  AWS_ACCOUNT_ID: ACCOUNT_ID,
  STATE_BACKEND: "s3",
  STATE_BUCKET_NAME: DEMO_ACCOUNT.stateBucket,
  COGNITO_GROUPS: "true",
  DATA_MANAGERS_ROLE_ARN: role,
  OIDC_PROVIDER_URL: "token.actions.githubusercontent.com",
  PERMISSIONS_BOUNDARY_POLICY_NAME: DEMO_ACCOUNT.boundaryPolicy,
  DASHBOARD_CALLBACK_URLS: "https://dashboard.example.com/signed-in",
  DASHBOARD_LOGOUT_URLS: "https://dashboard.example.com/",
  PROGRAMMATIC_CALLBACK_URLS: "http://localhost:8000/signed-in",
  SECRET_ROLE_ACCESS: role,
  // a name in its recovery window could not be used again
  SECRET_RECOVERY_DAYS: "0",
} as const satisfies Partial<Record<SettingName, string>>;

/** Bound of each command; all of them together take well under a minute. */
const TIMEOUT_SECONDS = 300;

/** One stage deployed to a local AWS by the commands that people run. */
export class DemoStage {
  readonly stackName = getStackName(
    DEMO_SETTINGS.APP_NAME,
    DEMO_SETTINGS.STAGE,
  );

  /** File with all settings of the stage; those of this folder's own files do not count then. */
  readonly envFile: string;
  private readonly folder: string;

  /**
   * @param onLine told what the commands say, a line at a time
   */
  constructor(
    private readonly aws: LocalAws,
    private readonly onLine: (line: string) => void,
  ) {
    this.folder = path.join(aws.directory, "demo");
    mkdirSync(this.folder, { recursive: true });
    this.envFile = path.join(this.folder, "demo.env");
    const lines = Object.entries(DEMO_SETTINGS).map(
      ([name, value]) => `${name}=${value}\n`,
    );
    writeFileSync(this.envFile, lines.join(""));
  }

  /** `cdktf deploy`, which writes the outputs. */
  async deploy(settings: Environment = {}): Promise<StageOutputs> {
    const file = path.join(this.folder, "outputs.json");
    await this.cdktf("deploy", settings, "--outputs-file", file);
    const outputs = JSON.parse(readFileSync(file, "utf8")) as Record<
      string,
      StageOutputs
    >;
    return outputs[this.stackName] ?? {};
  }

  /** The deployed stage, as its users have it. */
  createCommands(onCommand: (line: string) => void): StageCommands {
    return new StageCommands({
      stage: DEMO_SETTINGS.STAGE,
      environment: this.environment({}),
      directory: this.folder,
      onCommand,
    });
  }

  /** Where Terraform was set up for the stage. */
  get stackDirectory(): string {
    return path.join(this.folder, "cdktf.out", "stacks", this.stackName);
  }

  /** Whether `terraform plan` finds nothing to do. */
  async isUpToDate(): Promise<boolean> {
    const { code } = await this.terraform(
      "plan",
      "-detailed-exitcode",
      "-input=false",
      "-no-color",
    );
    return code === 0;
  }

  /** `cdktf destroy`, which a protected user pool refuses. */
  async destroy(settings: Environment = {}): Promise<void> {
    await this.cdktf("destroy", settings);
  }

  /** Addresses of everything in the state. */
  async listResources(): Promise<string[]> {
    const { stdout } = await this.terraform("state", "list");
    return stdout.split("\n").filter((line) => line !== "");
  }

  private async cdktf(
    command: "deploy" | "destroy",
    settings: Environment,
    ...args: readonly string[]
  ): Promise<void> {
    const result = await runProcess(
      process.execPath,
      [
        path.join("node_modules", "cdktf-cli", "bundle", "bin", "cdktf.js"),
        command,
        this.stackName,
        "--auto-approve",
        "--no-color",
        "--output",
        path.join(this.folder, "cdktf.out"),
        ...args,
      ],
      {
        environment: this.environment(settings),
        timeoutSeconds: TIMEOUT_SECONDS,
        onLine: this.onLine,
      },
    );
    requireSuccess(`cdktf ${command}`, result);
  }

  private async terraform(...args: readonly string[]): Promise<ProcessResult> {
    const result = await runTerraform(args, {
      directory: this.stackDirectory,
      environment: this.environment({}),
      timeoutSeconds: TIMEOUT_SECONDS,
    });
    // a plan with changes exits 2
    if (result.code !== 2) requireSuccess(`terraform ${args[0] ?? ""}`, result);
    return result;
  }

  private environment(settings: Environment): Environment {
    return {
      ...getEnvironmentWithoutSettings(),
      ...this.aws.environment,
      ...createProviderEnvironment({ directory: LOCAL_AWS_DIRECTORY }),
      ...settings,
      ENV_FILE: this.envFile,
      // has cdktf write lines instead of redrawing a screen
      CI: "true",
    };
  }
}

function requireSuccess(command: string, result: ProcessResult): void {
  if (result.code === 0) return;
  const said = getLastLines(`${result.stdout}\n${result.stderr}`, 30);
  throw new UserError(
    `${command} failed with exit code ${result.code}\n${said}`,
  );
}
