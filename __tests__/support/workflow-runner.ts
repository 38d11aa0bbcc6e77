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

/** Replaces an action: receives its inputs, and can change the job. */
export type ActionStub = (
  inputs: Readonly<Record<string, string>>,
  job: RunningJob,
) => void | Promise<void>;

export interface RunnerOptions {
  /** Directory of the checkout, which exists or which a stub creates. */
  readonly workspace: string;
  /** Environment of every step. */
  readonly environment: Environment;
  /** Contexts other than `steps`, `env` and the `inputs` of an action. */
  readonly contexts: Contexts;
  /** Stubs by the name of the action, without its version. */
  readonly actions: Readonly<Record<string, ActionStub>>;
  /** `run:` texts that are not executed. */
  readonly notExecuted: readonly string[];
}

/** The parts of a job that its steps can change. */
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
  /** Markdown in the summary of the run. */
  readonly summary: string;
  /** Output of all steps. */
  readonly printed: string;
}

/** Runs the steps of a job in order until one fails. */
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

/** Runs the steps of a composite action. A missing input has its default. */
export async function runAction(
  action: CompositeAction,
  values: Readonly<Record<string, string>>,
  options: RunnerOptions,
): Promise<JobResult> {
  const unknown = Object.keys(values).filter(
    (name) => !(name in action.inputs),
  );
  if (unknown.length > 0)
    throw new Error(`unknown inputs: ${unknown.join(", ")}`);
  const inputs = Object.fromEntries(
    Object.entries(action.inputs).map(([name, input]) => [
      name,
      values[name] ?? input.default ?? "",
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
  private readonly directory = createTemporaryDirectory();

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
      const allContexts = { ...contexts, steps: this.stepContext };
      const hasFailed = this.done.some(({ outcome }) => outcome === "failure");
      if (
        hasFailed ||
        (step.if !== undefined && !evaluateCondition(step.if, allContexts))
      ) {
        const nothing = { stdout: "", stderr: "" };
        this.done.push({ name, outcome: "skipped", ...nothing });
        continue;
      }
      const env = interpolateAll({ ...jobEnv, ...step.env }, allContexts);
      const result =
        step.run === undefined
          ? await this.use(step, allContexts)
          : await this.execute(step, step.run, env, allContexts);
      this.done.push({ name, ...result });
    }
  }

  result(outputs: Job["outputs"], contexts: Contexts): JobResult {
    const allContexts = { ...contexts, steps: this.stepContext };
    const hasFailed = this.done.some(({ outcome }) => outcome === "failure");
    return {
      outcome: hasFailed ? "failure" : "success",
      steps: this.done,
      outputs: interpolateAll(outputs ?? {}, allContexts),
      summary: readFileSync(this.file("summary.md"), "utf8"),
      printed: this.done.map((step) => step.stdout + step.stderr).join(""),
    };
  }

  private async use(
    step: Step,
    contexts: Contexts,
  ): Promise<Omit<StepResult, "name">> {
    const [action = ""] = step.uses?.split("@") ?? [];
    const stub = this.options.actions[action];
    if (stub === undefined) throw new Error(`no stub of ${action}`);
    const inputs = Object.entries(step.with ?? {}).map(([name, value]) => [
      name,
      interpolate(String(value), contexts),
    ]);
    await stub(Object.fromEntries(inputs) as Record<string, string>, this);
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

  /** Returns a file of the runner, and writes a text to it. */
  private file(name: string, text?: string): string {
    const file = path.join(this.directory, name);
    mkdirSync(this.directory, { recursive: true });
    writeFileSync(file, text ?? "", { flag: text === undefined ? "a" : "w" });
    return file;
  }
}

function interpolateAll(
  texts: Readonly<Record<string, string>>,
  contexts: Contexts,
): Record<string, string> {
  const pairs = Object.entries(texts).map(([name, text]) => [
    name,
    interpolate(text, contexts),
  ]);
  return Object.fromEntries(pairs) as Record<string, string>;
}
