import { writeFileSync } from "node:fs";
import path from "node:path";
import { createLocalAwsEnvironment } from "../../scripts/lib/local-aws/local-aws";
import { getEnvironmentWithoutSettings } from "../../scripts/lib/terraform/environment";
import { prepareAccount } from "../../scripts/lib/demo/account";
import {
  type ProcessResult,
  runProcess,
} from "../../scripts/lib/system/processes";
import { StageCommands } from "../../scripts/lib/demo/stage-commands";
import {
  createProviderEnvironment,
  runTerraform,
} from "../../scripts/lib/terraform/terraform";
import {
  type Environment,
  getEnvironment,
} from "../../stacks/config/environment";
import { startCheckedAws, type CheckedLocalAws } from "./api-model/checked-aws";
import { PersistentProvider } from "./persistent-provider";
import { createTemporaryDirectory, removeTemporaryDirectories } from "./stage";

const PROJECT = path.resolve(__dirname, "../..");
const TIMEOUT_SECONDS = 120;

/** `describe`, or `describe.skip` if a prerequisite is missing; see e2e-setup.ts. */
export const describeLocal =
  getEnvironment().E2E_MISSING === undefined ? describe : describe.skip;

/**
 * Starts a resource before the tests of a file, and ends it after them. Skips both if a prerequisite is missing. Removes
 * temporary directories at the end.
 *
 * @returns a function that returns the started resource
 */
export function useResource<T extends { stop: () => Promise<void> }>(
  start: () => Promise<T>,
): () => T {
  let resource: T | undefined;
  beforeAll(async () => {
    if (describeLocal === describe) resource = await start();
  }, 120_000);
  afterAll(async () => {
    await resource?.stop();
    removeTemporaryDirectories();
  });
  return () => {
    if (resource === undefined) throw new Error("beforeAll has not run");
    return resource;
  };
}

/**
 * Starts a local AWS with an account that is ready for a stage, and checks all requests to it.
 *
 * @param variables additional environment of the local AWS
 */
export async function startLocalAccount(
  variables: Environment = {},
): Promise<CheckedLocalAws> {
  const aws = await startCheckedAws(undefined, variables);
  await prepareAccount(aws);
  return aws;
}

/** Expects exit code 0, and shows the output otherwise: the errors first, since a log may be shortened. */
export function expectSuccess({ code, stdout, stderr }: ProcessResult): void {
  expect(
    code === 0 ? "" : `exit code ${code}\n${stderr}\n${stdout.slice(-3000)}`,
  ).toBe("");
}

/** A directory with settings files, in which commands and Terraform run. */
export class Deployment {
  readonly directory = createTemporaryDirectory();
  /** Output of all commands. */
  readonly printed: string[] = [];
  /** Additional environment of commands, such as the credentials of another role. */
  variables: Environment = {};
  private providerVariables: Environment = {};

  constructor(
    private readonly endpoint: string,
    files: Readonly<Record<string, Environment>>,
  ) {
    for (const [name, settings] of Object.entries(files))
      this.write(name, settings);
  }

  write(name: string, settings: Environment): void {
    const lines = Object.entries(settings).map(
      ([key, value]) => `${key}=${value ?? ""}\n`,
    );
    writeFileSync(path.join(this.directory, name), lines.join(""));
  }

  /**
   * Starts one provider process for all commands of this directory, which run one at a time and with the same credentials.
   * The end of the local AWS ends it. The hash of a plan differs, since the directory has no version of the provider.
   *
   * @param command that the provider adds to its user agent
   */
  async startProvider(command?: string): Promise<void> {
    const provider = await PersistentProvider.startFromMirror(
      this.environment(command),
    );
    this.providerVariables = provider?.createCommandVariables() ?? {};
  }

  /** Creates a stage by Terraform, for tests of what uses it. */
  async createStage(stack: string): Promise<void> {
    await this.startProvider();
    expectSuccess(await this.synth());
    await this.init(stack);
    expectSuccess(await this.apply(stack));
  }

  getStackDirectory(stack: string): string {
    return path.join(this.directory, "cdktf.out", "stacks", stack);
  }

  /** Runs `npm run synth` in this directory. */
  async synth(...args: readonly string[]): Promise<ProcessResult> {
    return this.runCommand("synth", ...args);
  }

  /** Runs `npm run <command>` in this directory. */
  async runCommand(
    name: string,
    ...args: readonly string[]
  ): Promise<ProcessResult> {
    return this.run(
      process.execPath,
      [path.join(PROJECT, "scripts", "run.mjs"), name, ...args],
      this.environment(name),
    );
  }

  /** Runs Terraform in the directory of a stack. */
  async terraform(
    stack: string,
    ...args: readonly string[]
  ): Promise<ProcessResult> {
    const result = await runTerraform([...args, "-no-color"], {
      directory: this.getStackDirectory(stack),
      environment: this.environment(),
      timeoutSeconds: TIMEOUT_SECONDS,
    });
    this.printed.push(result.stdout, result.stderr);
    return result;
  }

  async init(stack: string): Promise<void> {
    expectSuccess(await this.terraform(stack, "init", "-input=false"));
  }

  async apply(stack: string): Promise<ProcessResult> {
    return this.terraform(stack, "apply", "-auto-approve", "-input=false");
  }

  async destroy(stack: string): Promise<ProcessResult> {
    return this.terraform(stack, "destroy", "-auto-approve", "-input=false");
  }

  /** Plans a stack; exit code 2 means changes. */
  async plan(
    stack: string,
    ...args: readonly string[]
  ): Promise<ProcessResult> {
    return this.terraform(
      stack,
      "plan",
      "-detailed-exitcode",
      "-input=false",
      ...args,
    );
  }

  /** Returns the commands of a deployed stage. */
  createCommands(stage: string): StageCommands {
    return new StageCommands({
      stage,
      environment: this.environment(),
      directory: this.directory,
      onCommand: () => undefined,
    });
  }

  async readOutputs(stack: string): Promise<Record<string, string>> {
    const { stdout } = await this.terraform(stack, "output", "-json");
    const outputs = JSON.parse(stdout) as Record<
      string,
      { readonly value: string }
    >;
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { value }]) => [name, value]),
    );
  }

  private async run(
    command: string,
    args: readonly string[],
    environment: Environment,
  ): Promise<ProcessResult> {
    const result = await runProcess(command, args, {
      directory: this.directory,
      environment,
      timeoutSeconds: TIMEOUT_SECONDS,
    });
    this.printed.push(result.stdout, result.stderr);
    return result;
  }

  /** Returns the environment of a command. The SDK and Terraform add its name to their user agent. */
  environment(command?: string): Environment {
    return {
      ...getEnvironmentWithoutSettings(),
      ...createLocalAwsEnvironment(this.endpoint),
      AWS_REGION: undefined,
      ...createProviderEnvironment({
        directory: path.join(PROJECT, ".local-aws"),
      }),
      AWS_SDK_UA_APP_ID: command,
      ...this.providerVariables,
      ...this.variables,
    };
  }
}
