import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config";
import type { AwsPlace } from "../aws-client";
import { ownCommand } from "../own-command";
import { runProcess, tail, type ProcessResult } from "../processes";
import { ownEnvironment } from "./own-environment";
import { lockError, stateLockOf } from "./state-lock";
import { runTerraform, terraformEnvironment } from "./terraform";

/** Longer than any step of a stack takes, and than a provider's download. */
const TIMEOUT_SECONDS = 1800;
const SYNTH_SECONDS = 120;

/** Tells, among what Terraform keeps beside a stack, what that was set up for. */
const INITIALIZED = "initialized-for.json";

/** Commands that have no colours to leave out. */
const COLOURLESS = ["force-unlock"];

/** Commands that print what a state or a plan holds, rather than what they do. */
const PRINTERS = ["show", "output", "state"];

export interface StackFolderOptions {
  readonly stackName: string;
  /** Folder that the stack is synthesized into, and nothing else is. */
  readonly outdir: string;
  readonly place: AwsPlace;
  /** Told what Terraform has done, a line at a time. */
  readonly log: (line: string) => void;
}

/** One stack synthesized into a folder of its own, and Terraform in it. */
export class StackFolder {
  readonly directory: string;

  constructor(private readonly options: StackFolderOptions) {
    const { outdir, stackName } = options;
    this.directory = path.resolve(outdir, "stacks", stackName);
  }

  /**
   * Writes the stack as these settings have it.
   *
   * @throws UserError with the problems of the settings
   */
  async synthesize(settings: Environment): Promise<void> {
    const { code, stderr } = await runProcess(
      process.execPath,
      ownCommand("app"),
      {
        environment: {
          ...ownEnvironment(this.options.place),
          ...settings,
          CDKTF_OUTDIR: this.options.outdir,
          SYNTH_HCL_OUTPUT: undefined,
        },
        timeoutSeconds: SYNTH_SECONDS,
      },
    );
    if (code !== 0) throw new UserError(tail(stderr, 40));
  }

  /** Sets Terraform up for the backend and the providers that the stack asks for; nothing is done where it is. */
  async initialize(): Promise<void> {
    const wanted = this.requirements();
    const file = path.join(this.directory, ".terraform", INITIALIZED);
    if (existsSync(file) && readFileSync(file, "utf8") === wanted) return;
    await this.terraform("init", "-input=false", "-reconfigure");
    writeFileSync(file, wanted);
  }

  /** What has to be set up anew when it changes. */
  private requirements(): string {
    const file = path.join(this.directory, "cdk.tf.json");
    const { terraform } = JSON.parse(readFileSync(file, "utf8")) as {
      readonly terraform: unknown;
    };
    return JSON.stringify(terraform);
  }

  /** @throws TerraformError when it fails; a plan with changes does not */
  async terraform(
    command: string,
    ...args: readonly string[]
  ): Promise<ProcessResult> {
    const { place, log } = this.options;
    const plain = COLOURLESS.includes(command) ? [] : ["-no-color"];
    // options of `terraform state` follow what is done with it
    const words = command === "state" ? args.slice(0, 1) : [];
    const options = [...words, ...plain, ...args.slice(words.length)];
    const own = ownEnvironment(place);
    const result = await runTerraform([command, ...options], {
      directory: this.directory,
      environment: { ...own, ...terraformEnvironment({ env: own }) },
      timeoutSeconds: TIMEOUT_SECONDS,
      ...(command === "apply" && {
        onLine: (line: string) => {
          logProgress(line, log);
        },
      }),
    });
    const isFine =
      result.code === 0 || (command === "plan" && result.code === 2);
    if (isFine) return result;
    // whatever failed, the next run begins with setting up
    rmSync(path.join(this.directory, ".terraform", INITIALIZED), {
      force: true,
    });
    throw new TerraformError(command, result);
  }
}

/** What Terraform said when it did not do what it was asked. */
export class TerraformError extends UserError {
  constructor(
    command: string,
    readonly result: ProcessResult,
  ) {
    // what is asked for as JSON has secrets in clear
    const said = PRINTERS.includes(command) ? "" : result.stdout;
    const output = `${said}\n${result.stderr}`;
    const lock = stateLockOf(output);
    const told = lock === undefined ? undefined : lockError(lock);
    super(
      told?.message ??
        `terraform ${command} failed with exit code ${result.code}\n${tail(output, 30)}`,
      told?.hint,
    );
  }
}

/** Lines that say what has been done; those between say that it goes on. */
function logProgress(line: string, log: (line: string) => void): void {
  if (/: (Creation|Modifications|Destruction|Import) complete/.test(line))
    log(`  ${line.replace(/ \[id=.*/, "")}`);
}
