import { randomBytes } from "node:crypto";
import path from "node:path";
import { onExit } from "../../../scripts/lib/system/exit-hooks";
import { withTemporaryDirectory } from "../../../scripts/lib/system/temporary-directory";
import {
  type Configuration,
  type ConfigurationName,
  createConfiguration,
} from "../../support/configurations";
import { ExistingResourceSet } from "../../support/existing-resources";
import { explainStepError, redact, StepError } from "./reasons";
import type { ConfigurationResult, MatrixResult } from "./report";
import { StageSteps } from "./stage-steps";
import { runSteps, type StepName } from "./steps";
import type { MatrixTarget } from "./target";

export interface MatrixOptions {
  readonly target: MatrixTarget;
  readonly configurations: readonly ConfigurationName[];
  /** Directory of the project. */
  readonly project: string;
  readonly log: (line: string) => void;
}

/** Runs configurations one after the other, and deletes everything that the run creates, also after a signal. */
export async function runMatrix(options: MatrixOptions): Promise<MatrixResult> {
  return withTemporaryDirectory((directory) =>
    new MatrixRun(options, directory).run(),
  );
}

class MatrixRun {
  private readonly prefix = `veda-matrix-${randomBytes(4).toString("hex")}`;
  private readonly existing: ExistingResourceSet;
  private readonly stages: StageSteps[] = [];
  private isStopped = false;

  constructor(
    private readonly options: MatrixOptions,
    private readonly directory: string,
  ) {
    this.existing = new ExistingResourceSet(options.target, this.prefix);
  }

  async run(): Promise<MatrixResult> {
    const { target, log } = this.options;
    log(
      `Running in ${target.name}, with names that begin with ${this.prefix}…`,
    );
    const dispose = onExit(async (reason) => {
      this.isStopped = true;
      if (reason === "exit")
        log(`Not deleted: resources whose names begin with ${this.prefix}`);
      else await this.stop();
    });
    try {
      const configurations = await this.runConfigurations();
      const remaining = await this.cleanUp();
      return {
        target: target.name,
        account: target.accountId,
        prefix: this.prefix,
        configurations,
        remaining,
      };
    } finally {
      dispose();
    }
  }

  private async runConfigurations(): Promise<readonly ConfigurationResult[]> {
    await this.existing.create();
    const results: ConfigurationResult[] = [];
    for (const name of this.options.configurations) {
      const configuration = createConfiguration(name, this.existing.ids);
      const stage = new StageSteps({
        ...this.options,
        stage: name,
        appName: this.prefix,
        configuration,
        directory: path.join(this.directory, name),
      });
      this.stages.push(stage);
      const steps = await runSteps(
        stage.createSteps(() => this.requireExisting(configuration)),
        (error) => this.explain(error),
        (step) => this.startStep(name, step),
      );
      results.push({ name, steps });
    }
    return results;
  }

  /** Never returns after a signal, since the process exits. */
  private async startStep(name: string, step: StepName): Promise<void> {
    if (this.isStopped) await new Promise<never>(() => undefined);
    this.options.log(`${name}: ${step}…`);
  }

  private requireExisting({
    missing,
  }: Configuration): Promise<readonly string[]> {
    const failures = this.existing.failures.filter(({ resource }) =>
      missing.includes(resource),
    );
    return missing.length === 0
      ? Promise.resolve([])
      : Promise.reject(
          new StepError(failures.flatMap((one) => this.explainFailure(one))),
        );
  }

  /** Deletes everything after a signal. */
  private async stop(): Promise<void> {
    const { log } = this.options;
    log("Deleting the resources of this run…");
    const deployed = this.stages.at(-1);
    if (deployed?.isDeployed === true)
      await deployed.destroy().catch((error: unknown) => {
        for (const line of this.explain(error)) log(`destroy: ${line}`);
      });
    const remaining = await this.cleanUp();
    for (const line of remaining) log(`Not deleted: ${line}`);
    if (remaining.length === 0) log("Deleted the resources of this run");
  }

  /** Deletes the existing resources, and returns what remains of the run. */
  private async cleanUp(): Promise<readonly string[]> {
    const remaining: string[] = [];
    for (const failure of await this.existing.remove())
      remaining.push(...this.explainFailure(failure));
    for (const stage of this.stages)
      if (stage.isDeployed)
        remaining.push(
          ...(await stage
            .listResources()
            .catch((error: unknown) => this.explain(error))),
        );
    return remaining;
  }

  private explainFailure({
    name,
    error,
  }: {
    readonly name: string;
    readonly error: unknown;
  }): readonly string[] {
    return this.explain(error).map((line) => `${name}: ${line}`);
  }

  private explain(error: unknown): readonly string[] {
    const { redacted } = this.options.target;
    return explainStepError(error).map((line) => redact(line, redacted));
  }
}
