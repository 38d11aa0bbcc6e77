import { writeFileSync } from "node:fs";
import path from "node:path";
import {
  localAwsEnvironment,
  startLocalAws,
  type AttachedLocalAws,
} from "../../scripts/lib/local-aws/local-aws";
import { environmentWithoutSettings } from "../../scripts/lib/terraform/own-settings";
import { prepareAccount } from "../../scripts/lib/demo/demo-account";
import type { ProcessResult } from "../../scripts/lib/processes";
import { runProcess } from "../../scripts/lib/processes";
import { StageUse } from "../../scripts/lib/demo/stage-use";
import {
  runTerraform,
  terraformEnvironment,
} from "../../scripts/lib/terraform/terraform";
import { environment, type Environment } from "../../stacks/config";
import { temporaryFolder } from "./stage";

const PROJECT = path.resolve(__dirname, "../..");
const TIMEOUT_SECONDS = 120;

/** `describe`, or its skipping form where a prerequisite is missing; see e2e-setup.ts. */
export const describeLocal =
  environment().E2E_MISSING === undefined ? describe : describe.skip;

/** A local AWS with an account that is ready for a stage. */
export async function startAccount(): Promise<AttachedLocalAws> {
  const aws = await startLocalAws({ log: () => undefined });
  await prepareAccount(aws);
  return aws;
}

/** Shows what a command said when it failed. */
export function succeed({ code, stdout, stderr }: ProcessResult): void {
  expect(
    code === 0 ? "" : `exit code ${code}\n${stdout.slice(-3000)}\n${stderr}`,
  ).toBe("");
}

/** A folder of environment files, what is synthesized from them, and Terraform run on that. */
export class Deployment {
  readonly folder = temporaryFolder();
  /** All that any command printed. */
  readonly printed: string[] = [];
  /** What commands run with beside the local AWS's own, such as another role's credentials. */
  variables: Environment = {};

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
    writeFileSync(path.join(this.folder, name), lines.join(""));
  }

  stackFolder(stack: string): string {
    return path.join(this.folder, "cdktf.out", "stacks", stack);
  }

  /** `npm run synth` of this folder. */
  async synth(...args: readonly string[]): Promise<ProcessResult> {
    return this.command("synth", ...args);
  }

  /** `npm run <command>` in this folder. */
  async command(
    name: string,
    ...args: readonly string[]
  ): Promise<ProcessResult> {
    return this.run(process.execPath, [
      path.join(PROJECT, "scripts", "run.mjs"),
      name,
      ...args,
    ]);
  }

  /** Terraform in a stack's folder, which is set up first where needed. */
  async terraform(
    stack: string,
    ...args: readonly string[]
  ): Promise<ProcessResult> {
    const result = await runTerraform([...args, "-no-color"], {
      directory: this.stackFolder(stack),
      environment: this.environment(),
      timeoutSeconds: TIMEOUT_SECONDS,
    });
    this.printed.push(result.stdout, result.stderr);
    return result;
  }

  async init(stack: string): Promise<void> {
    succeed(await this.terraform(stack, "init", "-input=false"));
  }

  async apply(stack: string): Promise<ProcessResult> {
    return this.terraform(stack, "apply", "-auto-approve", "-input=false");
  }

  async destroy(stack: string): Promise<ProcessResult> {
    return this.terraform(stack, "destroy", "-auto-approve", "-input=false");
  }

  /** Exit code of a plan: 0 nothing to do, 2 changes. */
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

  /** The deployed stage, as its users have it. */
  use(stage: string): StageUse {
    return new StageUse({
      stage,
      environment: this.environment(),
      directory: this.folder,
      onCommand: () => undefined,
    });
  }

  async outputs(stack: string): Promise<Record<string, string>> {
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
  ): Promise<ProcessResult> {
    const result = await runProcess(command, args, {
      directory: this.folder,
      environment: this.environment(),
      timeoutSeconds: TIMEOUT_SECONDS,
    });
    this.printed.push(result.stdout, result.stderr);
    return result;
  }

  /** What every command runs with. */
  environment(): Environment {
    return {
      ...environmentWithoutSettings(),
      ...localAwsEnvironment(this.endpoint),
      AWS_REGION: undefined,
      ...terraformEnvironment({ directory: path.join(PROJECT, ".local-aws") }),
      ...this.variables,
    };
  }
}
