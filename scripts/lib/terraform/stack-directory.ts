import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { devNull } from "node:os";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import {
  type Environment,
  getEnvironment,
  getSetting,
} from "../../../stacks/config/environment";
import type { AwsTarget } from "../aws/client";
import { withLogFence } from "../cli/log-fence";
import { requireRunningEndpoints } from "../http/local-endpoint";
import { requireValidNetwork } from "../http/network";
import type { ProcessResult } from "../system/processes";
import { type SynthesizedStacks, synthesizeApp } from "./app";
import { createCompletion } from "./completion";
import {
  AWS_PROVIDER_ADDRESSES,
  DEPENDENCY_LOCK_FILE,
  formatAwsProviderLock,
  parseDependencyLock,
} from "./dependency-lock";
import {
  createTerraformEnvironment,
  getTerraformEnvironment,
} from "./environment";
import {
  createProviderEnvironment,
  getTerraformBinary,
  runTerraform,
} from "./terraform";
import { ERRORED_STATE, TerraformError } from "./terraform-error";

/** Longer than any operation on a stack, including the download of a provider. */
const TIMEOUT_SECONDS = 1800;
/** Ctrl-C ends a command that changes nothing within 5 s, even if AWS does not answer. */
const GRACE_SECONDS = 3;

/** File in `.terraform` with the inputs of the last `terraform init`. */
const INIT_INPUTS = "initialized-for.json";

/** Files that a synthesis does not delete: installed and selected providers, and a state that could not be written. */
const RETAINED = [".terraform", DEPENDENCY_LOCK_FILE, ERRORED_STATE];

export interface StackDirectoryOptions {
  readonly stackName: string;
  /** @default the stack is of the account */
  readonly stage?: string;
  /** Output directory of cdktf for this stack alone. */
  readonly outputDirectory: string;
  readonly target: AwsTarget;
  /** Receives one line per completed step. */
  readonly log: (line: string) => void;
}

/** Synthesizes one stack into its own directory and runs Terraform there. */
export class StackDirectory {
  readonly directory: string;
  /** Value of `AWS_ACCOUNT_ID`, as synthesized. */
  private accountId: string | undefined;

  constructor(private readonly options: StackDirectoryOptions) {
    const { outputDirectory, stackName } = options;
    this.directory = path.resolve(outputDirectory, "stacks", stackName);
  }

  /**
   * Synthesizes the stack with settings. Deletes other files first, since Terraform reads every file in the directory.
   * Prints the notices of the app, such as a setting without effect.
   *
   * @throws UserError with the errors of the settings
   */
  async synthesize(settings: Environment): Promise<void> {
    const { outputDirectory, stackName } = this.options;
    this.deleteConfiguration();
    const environment = { ...getTerraformEnvironment(), ...settings };
    this.accountId = getSetting(environment, "AWS_ACCOUNT_ID");
    const stacks = await synthesizeApp({
      environment: {
        ...environment,
        ...getEnvFileOfApp(),
        SYNTH_HCL_OUTPUT: undefined,
      },
      outputDirectory,
    });
    if (!stacks.has(stackName)) throw createStackError(stackName, stacks);
    this.restrictLocalState();
  }

  /**
   * Runs `terraform init` if its inputs have changed. Uses the providers of the project's dependency lock file, if it has
   * one.
   *
   * @param awsVersion preferred version of the AWS provider if the project has no lock file
   * @throws UserError if an earlier run could not write the state, since a plan would create its resources again
   */
  async initialize(awsVersion?: string): Promise<void> {
    const errored = path.join(this.directory, ERRORED_STATE);
    if (existsSync(errored))
      throw new UserError(
        `an earlier run could not write the state: ${errored} has its changes`,
        `run terraform init and terraform state push ${ERRORED_STATE} in that directory, and delete the file`,
      );
    const locked = readIfExists(path.resolve(DEPENDENCY_LOCK_FILE));
    if (locked === undefined && awsVersion !== undefined)
      this.selectProvider(awsVersion);
    const file = path.join(this.directory, ".terraform", INIT_INPUTS);
    if (readIfExists(file) === this.formatInitInputs(locked)) return;
    if (locked === undefined) {
      await this.initWithoutLock(awsVersion !== undefined);
    } else {
      writeFileSync(this.lockFile, locked);
      await this.run(
        "init",
        "-input=false",
        "-reconfigure",
        "-lockfile=readonly",
      );
    }
    writeFileSync(file, this.formatInitInputs(locked));
  }

  private async initWithoutLock(isSelected: boolean): Promise<void> {
    const init = () => this.run("init", "-input=false", "-reconfigure");
    try {
      await init();
    } catch (error) {
      if (!(error instanceof TerraformError)) throw error;
      if (!isSelected && !error.isLockOutdated) throw error;
      // the selected version is not available or does not meet the constraint; with another one, the hash differs
      rmSync(this.lockFile, { force: true });
      await init();
    }
  }

  private selectProvider(awsVersion: string): void {
    const selected = parseDependencyLock(readIfExists(this.lockFile) ?? "");
    const isSelected = selected.some(
      ({ address, version }) =>
        AWS_PROVIDER_ADDRESSES.includes(address) && version === awsVersion,
    );
    if (!isSelected)
      writeFileSync(this.lockFile, formatAwsProviderLock(awsVersion));
  }

  private get lockFile(): string {
    return path.join(this.directory, DEPENDENCY_LOCK_FILE);
  }

  private deleteConfiguration(): void {
    const { directory } = this;
    const found = lstatSync(directory, { throwIfNoEntry: false });
    if (found === undefined) return;
    // do not delete files that a link leads to
    if (!found.isDirectory()) {
      rmSync(directory);
      return;
    }
    for (const name of readdirSync(directory))
      if (!RETAINED.includes(name))
        rmSync(path.join(directory, name), { recursive: true, force: true });
    // selects a workspace, which has another state
    rmSync(path.join(directory, ".terraform", "environment"), { force: true });
  }

  /** Formats the inputs of `terraform init`. */
  private formatInitInputs(locked: string | undefined): string {
    const { terraform } = this.readStack();
    const selected = readIfExists(this.lockFile);
    const binary = getTerraformBinary(getTerraformEnvironment());
    return JSON.stringify({ terraform, binary, locked, selected });
  }

  /** Lists the addresses of configured resources that Terraform refuses to destroy. */
  listProtectedResources(): readonly string[] {
    return Object.entries(this.readStack().resource ?? {}).flatMap(
      ([type, blocks]) =>
        Object.entries(blocks)
          .filter(([, { lifecycle }]) => lifecycle?.prevent_destroy === true)
          .map(([name]) => `${type}.${name}`),
    );
  }

  private readStack(): SynthesizedStack {
    const file = path.join(this.directory, "cdk.tf.json");
    return JSON.parse(readFileSync(file, "utf8")) as SynthesizedStack;
  }

  /** Removes permissions of other users from a local state and its backup, which older versions may have granted. */
  private restrictLocalState(): void {
    const { path: state } = this.readStack().terraform?.backend?.local ?? {};
    if (state === undefined) return;
    const file = path.resolve(this.directory, state);
    for (const name of [file, `${file}.backup`])
      if (lstatSync(name, { throwIfNoEntry: false })?.isFile() === true)
        chmodSync(name, 0o600);
  }

  /**
   * Runs a command of Terraform. After a signal, one that changes resources or the state ends first.
   *
   * @throws TerraformError when it fails
   */
  async run(
    command: string,
    ...args: readonly string[]
  ): Promise<ProcessResult> {
    const { outputDirectory: directory, target, log } = this.options;
    const env = await createTerraformEnvironment(target);
    const isApply = command === "apply";
    const onLine = (line: string): void => {
      logProgress(line, log);
    };
    await requireValidNetwork(env);
    await requireRunningEndpoints(env);
    const start = async (): Promise<ProcessResult> =>
      runTerraform(toArguments(command, args), {
        directory: this.directory,
        environment: {
          ...env,
          ...createProviderEnvironment({ directory, env }),
        },
        timeoutSeconds: TIMEOUT_SECONDS,
        graceSeconds: GRACE_SECONDS,
        ...(isApply && { onLine }),
        completion: isWrite(command, args)
          ? createCompletion(command, this.options)
          : undefined,
        onStop: () => {
          log(`Stopping terraform ${command}…`);
        },
      });
    const result = await (isApply ? withLogFence(log, start) : start());
    if (result.code === 0) return result;
    // initialize again after any failure
    rmSync(path.join(this.directory, ".terraform", INIT_INPUTS), {
      force: true,
    });
    const { stage } = this.options;
    throw new TerraformError(command, result, stage, this.accountId);
  }
}

function createStackError(
  stackName: string,
  stacks: SynthesizedStacks,
): UserError {
  const names = [...stacks.keys()].join(", ");
  return new UserError(
    `the app must have the stack ${stackName}, got ${names === "" ? "none" : names}`,
    "the name of a stack is {APP_NAME}-{STAGE}: set APP_NAME and STAGE, or use --stack-name-base and --stage",
  );
}

/** Returns whether a command writes the state, so that killing it can lose a change or leave a lock. */
function isWrite(command: string, args: readonly string[]): boolean {
  return (
    ["apply", "force-unlock"].includes(command) ||
    args.includes("-migrate-state") ||
    (command === "state" && args[0] === "push")
  );
}

function toArguments(
  command: string,
  args: readonly string[],
): readonly string[] {
  const options = command === "force-unlock" ? [] : ["-no-color"];
  // options of `terraform state` follow its subcommand
  const subcommands = command === "state" ? args.slice(0, 1) : [];
  return [
    command,
    ...subcommands,
    ...options,
    ...args.slice(subcommands.length),
  ];
}

interface SynthesizedStack {
  readonly terraform?: {
    readonly backend?: { readonly local?: { readonly path?: string } };
  };
  /** Resources by type and name. */
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Block>>>>;
}

interface Block {
  readonly lifecycle?: { readonly prevent_destroy?: boolean };
}

/** Returns an empty settings file for the app if this process has read a pipe, whose settings the app gets as variables. */
function getEnvFileOfApp(): Environment {
  const { ENV_FILE: file = "" } = getEnvironment();
  return statSync(file, { throwIfNoEntry: false })?.isFile() === false
    ? { ENV_FILE: devNull }
    : {};
}

/** Logs completed steps, and every half minute those in progress. */
function logProgress(line: string, log: (line: string) => void): void {
  if (
    /: (Creation|Modifications|Destruction|Import) complete/.test(line) ||
    /: Still \w+\.\.\. \[.*\b(00m30|30|\d+m[03]0)s elapsed\]/.test(line)
  )
    log(`  ${line.replace(/ \[id=[^\]]*\]$|(?<=\[)id=.*, /, "")}`);
}

function readIfExists(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
