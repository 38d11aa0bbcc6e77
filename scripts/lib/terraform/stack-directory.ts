import {
  chmodSync,
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config/environment";
import type { AwsTarget } from "../aws/client";
import { getCommandArguments } from "../system/project-directory";
import {
  runProcess,
  getLastLines,
  type ProcessResult,
} from "../system/processes";
import {
  AWS_PROVIDER_ADDRESSES,
  DEPENDENCY_LOCK_FILE,
  parseDependencyLock,
  formatAwsProviderLock,
} from "./dependency-lock";
import { withLogFence } from "../cli/log-fence";
import { getTerraformEnvironment } from "./environment";
import { toLockError, parseStateLock } from "./state-lock";
import {
  getTerraformBinary,
  runTerraform,
  createProviderEnvironment,
} from "./terraform";

/** Longer than any step of a stack takes, and than a provider's download. */
const TIMEOUT_SECONDS = 1800;
const SYNTH_SECONDS = 120;

/** Tells, among what Terraform keeps beside a stack, what that was set up for. */
const INITIALIZED = "initialized-for.json";

/** Commands that have no colours to leave out. */
const COLOURLESS = ["force-unlock"];

/** Commands that print what a state or a plan holds, rather than what they do. */
const PRINTERS = ["show", "output", "state"];

/**
 * What a synthesis leaves in a stack's directory, none of it configuration: what Terraform has installed, the providers
 * that it has selected, and a state that it could not write.
 */
const RETAINED = [".terraform", DEPENDENCY_LOCK_FILE, "errored.tfstate"];

export interface StackDirectoryOptions {
  readonly stackName: string;
  /** Folder that the stack is synthesized into, and nothing else is. */
  readonly outputDirectory: string;
  readonly target: AwsTarget;
  /** Told what Terraform has done, a line at a time. */
  readonly log: (line: string) => void;
}

/** One stack synthesized into a folder of its own, and Terraform in it. */
export class StackDirectory {
  readonly directory: string;

  constructor(private readonly options: StackDirectoryOptions) {
    const { outputDirectory, stackName } = options;
    this.directory = path.resolve(outputDirectory, "stacks", stackName);
  }

  /**
   * Writes the stack as these settings have it. The directory is emptied before: Terraform reads every file there, so
   * that one that was left would run without being part of the code.
   *
   * @throws UserError with the problems of the settings
   */
  async synthesize(settings: Environment): Promise<void> {
    this.empty();
    const { code, stderr } = await runProcess(
      process.execPath,
      getCommandArguments("app"),
      {
        environment: {
          ...getTerraformEnvironment(this.options.target),
          ...settings,
          CDKTF_OUTDIR: this.options.outputDirectory,
          SYNTH_HCL_OUTPUT: undefined,
        },
        timeoutSeconds: SYNTH_SECONDS,
      },
    );
    if (code !== 0) throw new UserError(getLastLines(stderr, 40));
    this.restrictLocalState();
  }

  /**
   * Sets Terraform up for the backend and the providers that the stack requires; does nothing if it is set up. If the
   * project has a dependency lock file, its providers are used, and no others.
   *
   * @param awsVersion version of the AWS provider to use, if the project has no lock file and the version can be had
   */
  async initialize(awsVersion?: string): Promise<void> {
    const own = path.resolve(DEPENDENCY_LOCK_FILE);
    const locked = existsSync(own) ? readFileSync(own, "utf8") : undefined;
    if (locked === undefined && awsVersion !== undefined)
      this.select(awsVersion);
    const file = path.join(this.directory, ".terraform", INITIALIZED);
    const isSetUp =
      existsSync(file) &&
      readFileSync(file, "utf8") === this.requirements(locked);
    if (isSetUp) return;
    if (locked === undefined) {
      await this.init(awsVersion !== undefined);
    } else {
      writeFileSync(this.lockFile, locked);
      await this.run(
        "init",
        "-input=false",
        "-reconfigure",
        "-lockfile=readonly",
      );
    }
    writeFileSync(file, this.requirements(locked));
  }

  private async init(isSelected: boolean): Promise<void> {
    const init = async (): Promise<void> => {
      await this.run("init", "-input=false", "-reconfigure");
    };
    if (!isSelected) {
      await init();
      return;
    }
    try {
      await init();
    } catch (error) {
      if (!(error instanceof TerraformError)) throw error;
      // the version may be gone, or not what the stack accepts: its plan then shows to be another
      rmSync(this.lockFile, { force: true });
      await init();
    }
  }

  private select(awsVersion: string): void {
    const selected = parseDependencyLock(this.readLock() ?? "");
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

  private readLock(): string | undefined {
    return existsSync(this.lockFile)
      ? readFileSync(this.lockFile, "utf8")
      : undefined;
  }

  private empty(): void {
    const { directory } = this;
    const found = lstatSync(directory, { throwIfNoEntry: false });
    if (found === undefined) return;
    // what a link leads to is not ours to empty
    if (!found.isDirectory()) {
      rmSync(directory);
      return;
    }
    for (const name of readdirSync(directory))
      if (!RETAINED.includes(name))
        rmSync(path.join(directory, name), { recursive: true, force: true });
    // names a workspace, and with it another state
    rmSync(path.join(directory, ".terraform", "environment"), { force: true });
  }

  /** What has to be set up again when it changes. */
  private requirements(locked: string | undefined): string {
    const { terraform: execute } = this.stack();
    const selected = this.readLock();
    const binary = getTerraformBinary(
      getTerraformEnvironment(this.options.target),
    );
    return JSON.stringify({ terraform: execute, binary, locked, selected });
  }

  private stack(): SynthesizedStack {
    const file = path.join(this.directory, "cdk.tf.json");
    return JSON.parse(readFileSync(file, "utf8")) as SynthesizedStack;
  }

  /** A local state, and the one before it, may be from a time when others could read it. */
  private restrictLocalState(): void {
    const { path: state } = this.stack().terraform?.backend?.local ?? {};
    if (state === undefined) return;
    const file = path.resolve(this.directory, state);
    for (const name of [file, `${file}.backup`])
      if (lstatSync(name, { throwIfNoEntry: false })?.isFile() === true)
        chmodSync(name, 0o600);
  }

  /** @throws TerraformError when it fails */
  async run(
    command: string,
    ...args: readonly string[]
  ): Promise<ProcessResult> {
    const { log } = this.options;
    const result =
      command === "apply"
        ? await withLogFence(log, async () =>
            this.runProcess_(command, args, (line) => {
              logProgress(line, log);
            }),
          )
        : await this.runProcess_(command, args);
    if (result.code === 0) return result;
    // whatever failed, the next run begins with setting up
    rmSync(path.join(this.directory, ".terraform", INITIALIZED), {
      force: true,
    });
    throw new TerraformError(command, result);
  }

  private async runProcess_(
    command: string,
    args: readonly string[],
    onLine?: (line: string) => void,
  ): Promise<ProcessResult> {
    const plain = COLOURLESS.includes(command) ? [] : ["-no-color"];
    // options of `terraform state` follow what is done with it
    const words = command === "state" ? args.slice(0, 1) : [];
    const options = [...words, ...plain, ...args.slice(words.length)];
    const own = getTerraformEnvironment(this.options.target);
    return runTerraform([command, ...options], {
      directory: this.directory,
      environment: { ...own, ...createProviderEnvironment({ env: own }) },
      timeoutSeconds: TIMEOUT_SECONDS,
      ...(onLine !== undefined && { onLine }),
    });
  }
}

interface SynthesizedStack {
  readonly terraform?: {
    readonly backend?: { readonly local?: { readonly path?: string } };
  };
}

/** What Terraform said when it did not do what it was asked. */
export class TerraformError extends UserError {
  constructor(
    command: string,
    readonly result: ProcessResult,
  ) {
    // what is asked for as JSON has secrets in plaintext
    const said = PRINTERS.includes(command) ? "" : result.stdout;
    const output = `${said}\n${result.stderr}`;
    const lock = parseStateLock(output);
    const told = lock === undefined ? undefined : toLockError(lock);
    super(
      told?.message ??
        `terraform ${command} failed with exit code ${result.code}\n${getLastLines(output, 30)}`,
      told?.hint,
    );
  }
}

/** Lines that say what has been done; those between say that it goes on. */
function logProgress(line: string, log: (line: string) => void): void {
  if (/: (Creation|Modifications|Destruction|Import) complete/.test(line))
    log(`  ${line.replace(/ \[id=.*/, "")}`);
}
