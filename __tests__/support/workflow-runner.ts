import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runProcess } from "../../scripts/lib/system/processes";
import type { Environment } from "../../stacks/config/environment";
import { readGithubFile } from "./github-file";
import { createTemporaryDirectory } from "./stage";
import {
  evaluateCondition,
  interpolate,
  type Contexts,
} from "./workflow-expressions";
import type { CompositeAction, Job, Step } from "./workflow-files";

const STEP_SECONDS = 120;

/** What an action is replaced with: given its inputs, and the job to change. */
export type ActionStub = (
  inputs: Readonly<Record<string, string>>,
  job: RunningJob,
) => void | Promise<void>;

export interface RunnerOptions {
  /** Folder of the checkout, which is there already or which a stand-in makes. */
  readonly workspace: string;
  /** All that the machine and GitHub give every step. */
  readonly environment: Environment;
  /** All but `steps`, `env` and `inputs` of an action. */
  readonly contexts: Contexts;
  /** By the action's name without its version; one that is not there fails. */
  readonly actions: Readonly<Record<string, ActionStub>>;
  /** Commands of whole `run:` texts that are not executed. */
  readonly notExecuted: readonly string[];
}

/** A job as its steps can change it. */
export interface RunningJob {
  readonly workspace: string;
  readonly environment: Record<string, string | undefined>;
}

export interface StepResult {
  readonly name: string;
  readonly outcome: "success" | "failure" | "skipped";
  readonly stdout: string;
  readonly stderr: string;
}

export interface JobResult {
  readonly outcome: StepResult["outcome"];
  readonly steps: readonly StepResult[];
  readonly outputs: Readonly<Record<string, string>>;
  /** Markdown that the steps left for the run's page. */
  readonly summary: string;
  /** All that any step printed. */
  readonly printed: string;
}

/** Runs a job's steps in their order, as GitHub's runner does, until one fails. */
export async function runJob(
  job: Job,
  options: RunnerOptions,
): Promise<JobResult> {
  if (job.if !== undefined && !evaluateCondition(job.if, options.contexts))
    return {
      outcome: "skipped",
      steps: [],
      outputs: {},
      summary: "",
      printed: "",
    };
  const run = new JobRun(options);
  await run.steps(job.steps, options.contexts, job.env);
  return run.result(job.outputs, options.contexts);
}

/** Runs a composite action's steps; an input that is not given has its default. */
export async function runAction(
  action: CompositeAction,
  given: Readonly<Record<string, string>>,
  options: RunnerOptions,
): Promise<JobResult> {
  const stray = Object.keys(given).filter((name) => !(name in action.inputs));
  if (stray.length > 0) throw new Error(`no inputs: ${stray.join(", ")}`);
  const inputs = Object.fromEntries(
    Object.entries(action.inputs).map(([name, input]) => [
      name,
      given[name] ?? input.default ?? "",
    ]),
  );
  const run = new JobRun(options);
  await run.steps(action.runs.steps, { ...options.contexts, inputs });
  return run.result({}, options.contexts);
}

class JobRun implements RunningJob {
  readonly workspace: string;
  readonly environment: Record<string, string | undefined>;
  private readonly done: StepResult[] = [];
  private readonly stepContext: Record<string, { readonly outputs: object }> =
    {};
  private readonly folder = createTemporaryDirectory();

  constructor(private readonly options: RunnerOptions) {
    this.workspace = options.workspace;
    this.environment = {
      ...options.environment,
      GITHUB_WORKSPACE: options.workspace,
      GITHUB_STEP_SUMMARY: this.file("summary.md"),
    };
  }

  async steps(
    steps: readonly Step[],
    contexts: Contexts,
    jobEnv: Step["env"] = {},
  ): Promise<void> {
    for (const step of steps) {
      const name = step.name ?? step.uses ?? step.run ?? "";
      const all = { ...contexts, steps: this.stepContext };
      const hasFailed = this.done.some(({ outcome }) => outcome === "failure");
      if (
        hasFailed ||
        (step.if !== undefined && !evaluateCondition(step.if, all))
      ) {
        const nothing = { stdout: "", stderr: "" };
        this.done.push({ name, outcome: "skipped", ...nothing });
        continue;
      }
      const env = values({ ...jobEnv, ...step.env }, all);
      const result =
        step.run === undefined
          ? await this.use(step, all)
          : await this.execute(step, step.run, env, all);
      this.done.push({ name, ...result });
    }
  }

  result(outputs: Job["outputs"], contexts: Contexts): JobResult {
    const all = { ...contexts, steps: this.stepContext };
    const hasFailed = this.done.some(({ outcome }) => outcome === "failure");
    return {
      outcome: hasFailed ? "failure" : "success",
      steps: this.done,
      outputs: values(outputs ?? {}, all),
      summary: readFileSync(this.file("summary.md"), "utf8"),
      printed: this.done.map((step) => step.stdout + step.stderr).join(""),
    };
  }

  private async use(
    step: Step,
    contexts: Contexts,
  ): Promise<Omit<StepResult, "name">> {
    const [action = ""] = step.uses?.split("@") ?? [];
    const standIn = this.options.actions[action];
    if (standIn === undefined) throw new Error(`no stand-in for ${action}`);
    const inputs = Object.entries(step.with ?? {}).map(([name, value]) => [
      name,
      interpolate(String(value), contexts),
    ]);
    await standIn(Object.fromEntries(inputs) as Record<string, string>, this);
    return { outcome: "success", stdout: "", stderr: "" };
  }

  private async execute(
    step: Step,
    run: string,
    env: Environment,
    contexts: Contexts,
  ): Promise<Omit<StepResult, "name">> {
    if (run.includes("${{"))
      throw new Error(`an expression in a run text: ${run}`);
    if (this.options.notExecuted.includes(run.trim()))
      return { outcome: "success", stdout: "", stderr: "" };
    const script = this.file("step.sh", run);
    const directory = interpolate(step["working-directory"] ?? ".", contexts);
    const { code, stdout, stderr } = await runProcess(
      "bash",
      step.shell === "bash"
        ? ["--noprofile", "--norc", "-eo", "pipefail", script]
        : ["-e", script],
      {
        directory: path.resolve(this.workspace, directory),
        environment: {
          ...this.environment,
          ...env,
          GITHUB_OUTPUT: this.file("output", ""),
          GITHUB_ENV: this.file("env", ""),
        },
        timeoutSeconds: STEP_SECONDS,
      },
    );
    const read = (name: string) =>
      readGithubFile(readFileSync(this.file(name), "utf8"));
    Object.assign(this.environment, read("env"));
    if (step.id !== undefined)
      this.stepContext[step.id] = { outputs: read("output") };
    return { outcome: code === 0 ? "success" : "failure", stdout, stderr };
  }

  /** A file of the runner's, made or with this text. */
  private file(name: string, text?: string): string {
    const file = path.join(this.folder, name);
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(file, text ?? "", { flag: text === undefined ? "a" : "w" });
    return file;
  }
}

function values(
  texts: Readonly<Record<string, string>>,
  contexts: Contexts,
): Record<string, string> {
  const pairs = Object.entries(texts).map(([name, text]) => [
    name,
    interpolate(text, contexts),
  ]);
  return Object.fromEntries(pairs) as Record<string, string>;
}
