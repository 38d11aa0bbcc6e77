import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { outputFolder } from "../../../stacks/config";
import type { StageChoice } from "../arguments";
import { withLock } from "../file-lock";
import { withTemporaryFolder } from "../temporary-folder";
import { ownEnvironment } from "../terraform/own-environment";
import { planText } from "../terraform/plan-text";
import { StackFolder } from "../terraform/stack-folder";
import { terraformProblem } from "../terraform/terraform";
import { planHash } from "./plan-hash";
import { parsePlanJson, type PlanJson } from "./plan-json";

/** Another run, of a person or in CI, may be at work on the stage. */
const LOCK_SECONDS = 300;

/** A plan of a stage, kept to be applied as it is. */
export interface StagePlan {
  /** What a person reads, as Terraform prints it; it holds no secret. */
  readonly text: string;
  /** Everything; it holds secrets in clear. */
  readonly json: PlanJson;
  /** `sha256:` and what {@link planHash} makes of it. */
  readonly hash: string;
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
 * @param options.log told what is done, a line at a time
 * @throws UserError when there is no Terraform, or the stage cannot be synthesized or its state not be reached
 */
export async function withStageWorkspace<T>(
  choice: StageChoice,
  { log }: { readonly log: (line: string) => void },
  job: (workspace: StageWorkspace) => Promise<T>,
): Promise<T> {
  const { stage, stackName, settings, place } = choice;
  const outdir = path.join(outputFolder(), "plan", stackName);
  const lock = `${outdir}.lock`;
  return withLock(lock, { log, waitSeconds: LOCK_SECONDS }, () =>
    withTemporaryFolder(async (plans) => {
      const folder = new StackFolder({ stackName, outdir, place, log });
      log(`synthesizing ${stackName}`);
      const [problem] = await Promise.all([
        terraformProblem(ownEnvironment(place)),
        folder.synthesize({ ...settings, STAGE: stage }),
      ]);
      if (problem !== undefined) throw new UserError(problem);
      await folder.initialize();
      return job(new StageWorkspace(stackName, folder, plans, log));
    }),
  );
}

/** Terraform in a stage's folder. */
export class StageWorkspace {
  private readonly files = new Map<StagePlan, string>();

  constructor(
    readonly stackName: string,
    private readonly folder: StackFolder,
    /** Folder that nobody else may look into. */
    private readonly plans: string,
    private readonly log: (line: string) => void,
  ) {}

  /** What would be changed, and with what. */
  async plan(): Promise<StagePlan> {
    this.log(`planning ${this.stackName}`);
    const { file, text, hasChanges } = await this.terraformPlan();
    const json = await this.show(file);
    const plan = {
      text,
      json,
      hash: planHash(json),
      hasChanges,
      counts: countsOf(json),
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
      this.files.get(plan) ?? "",
    );
  }

  /** Outputs that are no secret. */
  async outputs(): Promise<Record<string, unknown>> {
    const { stdout } = await this.folder.terraform("output", "-json");
    const outputs = JSON.parse(stdout) as Record<
      string,
      { readonly value: unknown; readonly sensitive: boolean }
    >;
    return Object.fromEntries(
      Object.entries(outputs)
        .filter(([, { sensitive }]) => !sensitive)
        .map(([name, { value }]) => [name, value]),
    );
  }

  private async terraformPlan(...args: readonly string[]) {
    const file = path.join(this.plans, `${this.files.size}.tfplan`);
    const { code, stdout } = await this.folder.terraform(
      "plan",
      "-input=false",
      "-detailed-exitcode",
      `-lock-timeout=${LOCK_SECONDS}s`,
      `-out=${file}`,
      ...args,
    );
    return { file, text: planText(stdout), hasChanges: code === 2 };
  }

  private async show(file: string): Promise<PlanJson> {
    const { stdout } = await this.folder.terraform("show", "-json", file);
    return parsePlanJson(stdout);
  }
}

/** What Terraform counts of a plan. */
export function countsOf({ resource_changes }: PlanJson): StagePlan["counts"] {
  const count = (action: string): number =>
    resource_changes.filter(({ change }) => change.actions.includes(action))
      .length;
  return {
    add: count("create"),
    change: count("update"),
    destroy: count("delete"),
  };
}
