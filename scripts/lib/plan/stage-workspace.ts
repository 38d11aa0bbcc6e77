import { existsSync, lstatSync, readFileSync } from "node:fs";
import { UserError } from "../../../constructs/errors";
import { writeFileAtomic } from "../../../stacks/write-file-atomic";
import path from "node:path";
import { getOutputDirectory } from "../../../stacks/config/environment";
import type { StageTarget } from "../cli/options";
import { withLock } from "../system/file-lock";
import { getLastLines } from "../system/processes";
import { withTemporaryDirectory } from "../system/temporary-directory";
import { getTerraformEnvironment } from "../terraform/environment";
import { extractPlanText, parseJsonOutput } from "../terraform/output";
import { StackDirectory } from "../terraform/stack-directory";
import { findTerraformProblem } from "../terraform/terraform";
import { hasPlanChanges } from "./plan-summary";
import { hashPlan } from "./plan-hash";
import { parsePlanJson, type PlanJson } from "./plan-json";
import { readPlanProvenance } from "./plan-provenance";

const OWNER_ALONE = 0o600;

/**
 * Fails unless a plan can be saved as this file: a directory, a link or a device is not overwritten.
 *
 * @throws UserError when something else than a file is there
 */
export function validatePlanFile(file: string): void {
  const found = lstatSync(file, { throwIfNoEntry: false });
  if (found === undefined ? /[^/\\]$/.test(file) : found.isFile()) return;
  throw new UserError(
    `the file of a plan must be a regular file or a new one, got ${JSON.stringify(file)}`,
    "name another file",
  );
}

/** Saves a plan file, which holds secrets in plaintext, so that only its owner can read it. */
export function savePlan(from: string, to: string): void {
  validatePlanFile(to);
  writeFileAtomic(to, readFileSync(from), OWNER_ALONE);
}

/** Another run, of a person or in CI, may be at work on the stage. */
const LOCK_SECONDS = 300;

/** A plan of a stage, kept to be applied as it is. */
export interface StagePlan {
  /** What a person reads, as Terraform prints it; it holds no secret. */
  readonly text: string;
  /** Everything; it holds secrets in clear. */
  readonly json: PlanJson;
  /** `sha256:` and what {@link hashPlan} makes of it. */
  readonly hash: string;
  /** Read from the JSON: a wrapper around Terraform can change an exit code. */
  readonly hasChanges: boolean;
  readonly counts: {
    readonly add: number;
    readonly change: number;
    readonly destroy: number;
  };
}

/**
 * Gives `job` a stage synthesized into a folder of its own, with Terraform set up there. Plans are gone afterwards,
 * however the process ends, since they hold secrets.
 *
 * @param options.log receives what is done, a line at a time
 * @param options.awsVersion version of the AWS provider that a reviewed plan was made with
 * @throws UserError when there is no Terraform, or the stage cannot be synthesized or its state not be reached
 */
export async function withStageWorkspace<T>(
  choice: StageTarget,
  {
    log,
    awsVersion,
  }: {
    readonly log: (line: string) => void;
    readonly awsVersion?: string | undefined;
  },
  job: (workspace: StageWorkspace) => Promise<T>,
): Promise<T> {
  const { stage, stackName, settings, awsTarget: place } = choice;
  const outdir = path.join(getOutputDirectory(), "plan", stackName);
  const lock = `${outdir}.lock`;
  return withLock(lock, { log, waitSeconds: LOCK_SECONDS }, () =>
    withTemporaryDirectory(async (plans) => {
      const folder = new StackDirectory({
        stackName,
        outputDirectory: outdir,
        target: place,
        log,
      });
      log(`synthesizing ${stackName}`);
      const [problem] = await Promise.all([
        findTerraformProblem(getTerraformEnvironment(place)),
        folder.synthesize({ ...settings, STAGE: stage }),
      ]);
      if (problem !== undefined) throw new UserError(problem);
      await folder.initialize(awsVersion);
      return job(new StageWorkspace(stackName, folder, plans, log));
    }),
  );
}

/** Terraform in a stage's folder. */
export class StageWorkspace {
  private readonly files = new Map<StagePlan, string>();
  private planned = 0;

  constructor(
    readonly stackName: string,
    private readonly folder: StackDirectory,
    /** Folder that only its owner can read. */
    private readonly plans: string,
    private readonly log: (line: string) => void,
  ) {}

  /** What would be changed, and with what. */
  async plan(): Promise<StagePlan> {
    this.log(`planning ${this.stackName}`);
    const { file, text } = await this.terraformPlan();
    const json = await this.show(file);
    const plan = {
      text,
      json,
      hash: hashPlan(json),
      hasChanges: hasPlanChanges(json),
      counts: countActions(json),
    };
    this.files.set(plan, file);
    return plan;
  }

  /** What is in AWS as the state does not have it, and nothing of what the code would change. */
  async refresh(): Promise<PlanJson> {
    this.log(`comparing ${this.stackName} with its state`);
    const { file } = await this.terraformPlan("-refresh-only");
    return this.show(file);
  }

  /** Applies exactly a plan that was made here. */
  async apply(plan: StagePlan): Promise<void> {
    this.log(`applying the plan of ${this.stackName}`);
    await this.folder.terraform(
      "apply",
      "-input=false",
      `-lock-timeout=${LOCK_SECONDS}s`,
      this.fileOf(plan),
    );
  }

  /**
   * Saves a plan that was made here as a file that only its owner can read.
   *
   * @throws UserError when something else than a file is there
   */
  save(plan: StagePlan, file: string): void {
    savePlan(this.fileOf(plan), file);
  }

  /** Outputs that are no secret. */
  async readOutputs(): Promise<Record<string, unknown>> {
    const { stdout } = await this.folder.terraform("output", "-json");
    const outputs = parseJsonOutput(stdout, "output").value as Readonly<
      Record<string, { readonly value: unknown; readonly sensitive: boolean }>
    >;
    return Object.fromEntries(
      Object.entries(outputs)
        .filter(([, { sensitive }]) => !sensitive)
        .map(([name, { value }]) => [name, value]),
    );
  }

  private fileOf(plan: StagePlan): string {
    const file = this.files.get(plan);
    if (file === undefined) throw new Error("the plan was not made here");
    return file;
  }

  /**
   * Plans without the state's lock: a plan changes nothing, and who may only plan cannot write the lock. An apply has it,
   * and Terraform refuses a plan there that the state has moved on from.
   */
  private async terraformPlan(...args: readonly string[]) {
    this.planned += 1;
    const file = path.join(this.plans, `${this.planned}.tfplan`);
    const { stdout, stderr } = await this.folder.terraform(
      "plan",
      "-input=false",
      "-lock=false",
      `-out=${file}`,
      ...args,
    );
    if (!existsSync(file))
      throw new UserError(
        `terraform plan must leave a plan, got none\n${getLastLines(`${stdout}\n${stderr}`, 30)}`,
        "a wrapper around Terraform may hide that it failed: set TERRAFORM_BINARY_NAME to the binary itself",
      );
    requireReleasedProviders(`${stdout}\n${stderr}`);
    return { file, text: extractPlanText(stdout) };
  }

  private async show(file: string): Promise<PlanJson> {
    const { stdout } = await this.folder.terraform("show", "-json", file);
    const provenance = readPlanProvenance(this.folder.directory);
    return {
      ...parsePlanJson(stdout),
      ...(provenance !== undefined && { provenance }),
    };
  }
}

/** A provider that a CLI configuration puts in place of the selected one has no version, and no checksum. */
function requireReleasedProviders(output: string): void {
  if (!/development overrides are in effect/i.test(output)) return;
  throw new UserError(
    "providers must be those of the dependency lock file, got a development override",
    "remove dev_overrides from the CLI configuration of Terraform",
  );
}

/** What Terraform counts of a plan. */
export function countActions({
  resource_changes,
}: PlanJson): StagePlan["counts"] {
  const count = (action: string): number =>
    resource_changes.filter(({ change }) => change.actions.includes(action))
      .length;
  return {
    add: count("create"),
    change: count("update"),
    destroy: count("delete"),
  };
}
