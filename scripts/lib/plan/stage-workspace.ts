import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { writeFileAtomic } from "../../../stacks/write-file-atomic";
import { requireAccount } from "../aws/caller";
import type { StageTarget } from "../cli/options";
import { withLock } from "../system/file-lock";
import { getLastLines } from "../system/processes";
import { retry } from "../system/retry";
import { withTemporaryDirectory } from "../system/temporary-directory";
import { requireReleasedProviders } from "../terraform/dependency-lock";
import { getTerraformEnvironment } from "../terraform/environment";
import {
  extractPlanText,
  parseJsonOutput,
  removeWrapperLines,
} from "../terraform/output";
import { StackDirectory } from "../terraform/stack-directory";
import { TerraformError } from "../terraform/terraform-error";
import { findTerraformProblem } from "../terraform/terraform";
import { destroysMovedLabels } from "./moved-labels";
import { getPlanDirectory } from "./plan-directory";
import { requireWritablePlanFile } from "./plan-file";
import { hashPlan } from "./plan-hash";
import { parsePlanJson, type PlanJson } from "./plan-json";
import { readPlanProvenance } from "./plan-provenance";
import { countActions, hasPlanChanges, type PlanSummary } from "./plan-summary";
import { validateSettings } from "./validate-settings";

const OWNER_ONLY = 0o600;
/** Time to wait for another run on the stage, of a user or in CI. */
const LOCK_SECONDS = 300;

/** Outputs of stacks by name, by the names of the stacks. */
export type StackOutputs = Readonly<
  Record<string, Readonly<Record<string, unknown>>>
>;

/** A plan of a stage that can be applied exactly as it is. Its `text` contains no secret. */
export interface StagePlan extends PlanSummary {
  /** Contains secrets in plaintext. */
  readonly json: PlanJson;
}

export interface WorkspaceOptions {
  /** Receives one line per step. */
  readonly log: (line: string) => void;
  /** Version of the AWS provider that a reviewed plan was made with. */
  readonly awsVersion?: string | undefined;
  /** Whether the job changes the stage: then the credentials must be of its account. */
  readonly willChange?: boolean;
}

/**
 * Synthesizes a stage into its own directory, initializes Terraform there and runs `job`. Plans contain secrets, so they
 * are deleted when the process ends, however it ends.
 *
 * @throws UserError if Terraform is missing, the stage cannot be synthesized, or its state cannot be reached
 */
export async function withStageWorkspace<T>(
  stageTarget: StageTarget,
  { log, awsVersion, willChange = false }: WorkspaceOptions,
  job: (workspace: StageWorkspace) => Promise<T>,
): Promise<T> {
  const { stage, stackName, settings, awsTarget } = stageTarget;
  const outputDirectory = getPlanDirectory(stackName);
  const lock = `${outputDirectory}.lock`;
  return withLock(lock, { log, waitSeconds: LOCK_SECONDS }, () =>
    withTemporaryDirectory(async (plans) => {
      const directory = new StackDirectory({
        stackName,
        stage,
        outputDirectory,
        target: awsTarget,
        log,
      });
      const ownSettings = { ...settings, STAGE: stage };
      // reports invalid settings before a step is logged
      validateSettings(stageTarget);
      if (willChange) await requireAccount(stageTarget, log);
      log(`Synthesizing ${stackName}…`);
      const [problem] = await Promise.all([
        findTerraformProblem(getTerraformEnvironment()),
        directory.synthesize(ownSettings),
      ]);
      if (problem !== undefined) throw new UserError(problem);
      await directory.initialize(awsVersion);
      return job(new StageWorkspace(stackName, directory, plans, log));
    }),
  );
}

/** Runs Terraform in the directory of a stage. */
export class StageWorkspace {
  private readonly created = new Map<
    StagePlan,
    { readonly file: string; readonly args: readonly string[] }
  >();
  private planCount = 0;

  constructor(
    readonly stackName: string,
    private readonly directory: StackDirectory,
    /** Directory for plan files, readable by its owner only. */
    private readonly plans: string,
    private readonly log: (line: string) => void,
  ) {}

  /** Plans the changes that the code makes. */
  async plan(): Promise<StagePlan> {
    this.log(`Planning ${this.stackName}…`);
    return this.planChanges();
  }

  /** Plans the destruction of the stage. */
  async planDestroy(): Promise<StagePlan> {
    this.log(`Planning the destruction of ${this.stackName}…`);
    return this.planChanges("-destroy");
  }

  private async planChanges(...args: readonly string[]): Promise<StagePlan> {
    const { file, text } = await this.createPlan(...args);
    const json = await this.readPlan(file);
    const plan = {
      text,
      json,
      hash: hashPlan(json),
      hasChanges: hasPlanChanges(json),
      counts: countActions(json),
    };
    this.created.set(plan, { file, args });
    return plan;
  }

  /** Plans the drift alone: what AWS has and the state does not. */
  async refresh(): Promise<PlanJson> {
    this.log(`Comparing ${this.stackName} with its state…`);
    const { file } = await this.createPlan("-refresh-only");
    return this.readPlan(file);
  }

  /**
   * Applies a plan of this workspace, without planning again. Waits for another run that has locked the state.
   *
   * @throws UserError if the state has changed since the plan
   */
  async apply(plan: StagePlan): Promise<void> {
    this.log(`Applying the plan of ${this.stackName}…`);
    const current = destroysMovedLabels(plan.json)
      ? await this.updateLabels(plan)
      : plan;
    try {
      await this.runApply(this.getCreated(current).file);
    } catch (error) {
      throw error instanceof TerraformError && error.isPlanStale
        ? this.createStaleError()
        : error;
    }
  }

  /** Writes what AWS has into the state, and plans again. */
  private async updateLabels(plan: StagePlan): Promise<StagePlan> {
    this.log("Updating labels of secrets in the state…");
    await this.runApply("-refresh-only", "-auto-approve");
    const current = await this.planChanges(...this.getCreated(plan).args);
    if (hashResources(current) !== hashResources(plan))
      throw this.createStaleError();
    return current;
  }

  private async runApply(...args: readonly string[]): Promise<void> {
    await retry(
      (attempt) =>
        this.directory.run(
          "apply",
          "-input=false",
          `-lock-timeout=${attempt > 1 ? LOCK_SECONDS : 0}s`,
          ...args,
        ),
      {
        attempts: 2,
        recover: (error) => {
          if (!(error instanceof TerraformError) || error.lock === undefined)
            return false;
          this.log(`${error.message}: waiting for at most ${LOCK_SECONDS} s…`);
          return true;
        },
      },
    );
  }

  private createStaleError(): UserError {
    return new UserError(
      `nothing was applied: the state of ${this.stackName} has changed since it was planned`,
      "another run changed the stage: run the command again",
    );
  }

  /**
   * Saves a plan of this workspace as a file that only its owner can read.
   *
   * @throws UserError if the path exists and is not a regular file
   */
  save(plan: StagePlan, file: string): void {
    requireWritablePlanFile(file);
    writeFileAtomic(file, readFileSync(this.getCreated(plan).file), OWNER_ONLY);
  }

  /** Directory in which Terraform can read a saved plan, relative to the working directory. */
  get planDirectory(): string {
    return path.relative(process.cwd(), this.directory.directory);
  }

  /**
   * Reads the outputs.
   *
   * @param sensitive replaces sensitive values; without it, sensitive outputs are left out
   */
  async readOutputs(sensitive?: string): Promise<Record<string, unknown>> {
    const { stdout } = await this.directory.run("output", "-json");
    const outputs = parseJsonOutput(stdout, "output").value as Readonly<
      Record<string, { readonly value: unknown; readonly sensitive: boolean }>
    >;
    return Object.fromEntries(
      Object.entries(outputs).flatMap(([name, output]) => {
        const value = output.sensitive ? sensitive : output.value;
        return value === undefined ? [] : [[name, value]];
      }),
    );
  }

  /**
   * Writes the outputs that are not sensitive as `{"<stack>": {"<name>": value}}`, the format of
   * `cdktf deploy --outputs-file`.
   *
   * @param others outputs of other stacks by their names, which the file repeats
   * @returns the content of the file
   */
  async writeOutputs(
    file: string,
    others: StackOutputs = {},
  ): Promise<StackOutputs> {
    const outputs = { ...others, [this.stackName]: await this.readOutputs() };
    writeFileAtomic(file, `${JSON.stringify(outputs, null, 2)}\n`);
    return outputs;
  }

  /** Lists the addresses of resources in the state; returns none if there is no state. */
  async listResources(): Promise<readonly string[]> {
    try {
      const { stdout } = await this.directory.run("state", "list");
      return removeWrapperLines(stdout)
        .split("\n")
        .filter((address) => /^(?!data\.|.*\.data\.)\S/.test(address));
    } catch (error) {
      if (
        error instanceof TerraformError &&
        error.result.stderr.includes("No state file was found")
      )
        return [];
      throw error;
    }
  }

  /** Lists the addresses of configured resources that Terraform refuses to destroy. */
  listProtectedResources(): readonly string[] {
    return this.directory.listProtectedResources();
  }

  private getCreated(plan: StagePlan) {
    const created = this.created.get(plan);
    if (created === undefined)
      throw new Error("the plan is not of this workspace");
    return created;
  }

  /**
   * Plans without locking the state, since a role that can only plan cannot write the lock. The apply locks it, and
   * Terraform rejects a plan whose state has changed since.
   */
  private async createPlan(...args: readonly string[]) {
    this.planCount += 1;
    const file = path.join(this.plans, `${this.planCount}.tfplan`);
    const { stdout, stderr } = await this.directory.run(
      "plan",
      "-input=false",
      "-lock=false",
      `-out=${file}`,
      ...args,
    );
    if (!existsSync(file))
      throw new UserError(
        `terraform plan must write a plan file, got none\n${getLastLines(`${stdout}\n${stderr}`, 30)}`,
        "a wrapper around Terraform may hide that it failed: set TERRAFORM_BINARY_NAME to the binary itself",
      );
    requireReleasedProviders(`${stdout}\n${stderr}`);
    return { file, text: extractPlanText(stdout) };
  }

  private async readPlan(file: string): Promise<PlanJson> {
    const { stdout } = await this.directory.run("show", "-json", file);
    const provenance = readPlanProvenance(this.directory.directory);
    return {
      ...parsePlanJson(stdout),
      ...(provenance !== undefined && { provenance }),
    };
  }
}

/** Hashes a plan without its outputs: a refresh removes those that the code no longer has from the state. */
function hashResources({ json }: StagePlan): string {
  const { exact = json } = json;
  return hashPlan({ ...json, exact: { ...exact, output_changes: {} } });
}
