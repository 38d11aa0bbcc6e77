import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { getOutputDirectory } from "../../../stacks/config/environment";
import type { StageTarget } from "../cli/options";
import { parsePlanJson, type PlanJson } from "../plan/plan-json";
import { findJson, removeWrapperLines } from "../terraform/output";
import { StackDirectory } from "../terraform/stack-directory";
import { TerraformError } from "../terraform/terraform-error";
import { parseStateLock } from "../terraform/state-lock";
import {
  parseStateFile,
  setGenerateSecret,
  type StateFile,
} from "./read/state-file";
import {
  type ResourceImport,
  TerraformConfiguration,
} from "./read/terraform-configuration";

/** Temporary files next to the stage's configuration; a synthesis removes them. */
const IMPORTS = "adoption_imports.tf.json";
const IGNORE_OVERRIDE = "adoption_ignore_override.tf.json";
const BACKEND_OVERRIDE = "adoption_backend_override.tf.json";

const CLIENT = "aws_cognito_user_pool_client";
const LOCK_TIMEOUT = "-lock-timeout=20s";

/** Runs Terraform on the stage's configuration, in a directory that no other command uses. */
export class AdoptionWorkspace {
  private readonly stack: StackDirectory;
  private planCount = 0;

  /** @param workDirectory private directory for files with secrets */
  constructor(
    private readonly stageTarget: StageTarget,
    private readonly workDirectory: string,
    private readonly log: (line: string) => void,
  ) {
    const { stage, stackName, awsTarget: target } = stageTarget;
    const outputDirectory = path.join(getOutputDirectory(), "adopt", stackName);
    const directory = { stackName, stage, outputDirectory, target, log };
    this.stack = new StackDirectory(directory);
  }

  /** Synthesizes the stage's configuration, and removes all other configuration files. */
  async synthesize(): Promise<TerraformConfiguration> {
    const { stage, stackName, settings } = this.stageTarget;
    this.log(`Synthesizing ${stackName}…`);
    await this.stack.synthesize({ ...settings, STAGE: stage });
    return new TerraformConfiguration(
      readFileSync(path.join(this.stack.directory, "cdk.tf.json"), "utf8"),
    );
  }

  /**
   * Initializes Terraform with the stage's state.
   *
   * @throws UserError when Terraform rejects the state that an earlier run could not write
   */
  async initialize(): Promise<void> {
    await this.stack.run("init", "-input=false", "-reconfigure");
    await this.pushErroredState();
  }

  /** Initializes Terraform with an empty local state until the next synthesis. */
  async initializeRehearsal(): Promise<void> {
    const file = path.join(this.workDirectory, "rehearsal.tfstate");
    rmSync(file, { force: true });
    const backend = { local: { path: file } };
    this.write(BACKEND_OVERRIDE, { terraform: { backend } });
    await this.stack.run("init", "-input=false", "-reconfigure");
  }

  /**
   * Plans a deployment together with imports, and changes nothing.
   *
   * `generate_secret` of clients is ignored: an import leaves it null, and {@link writeGenerateSecret} sets it after the
   * real import.
   */
  async planImport(imports: readonly ResourceImport[]): Promise<PlanJson> {
    const clients = imports.filter(
      ({ configured }) => configured.type === CLIENT,
    );
    const override = createIgnoreOverride(clients, ["generate_secret"]);
    return this.withImports(imports, override, async () => {
      const { json } = await this.plan();
      return json;
    });
  }

  /**
   * Imports resources into the state, and changes nothing live.
   *
   * @throws UserError when the plan contains any other change
   */
  async import(imports: readonly ResourceImport[]): Promise<void> {
    if (imports.length === 0) return;
    const override = createIgnoreOverride(imports, "all");
    await this.withImports(imports, override, async () => {
      const { file, json } = await this.runPlan(
        imports.map(({ configured }) => `-target=${configured.address}`),
      );
      requireImportOnly(json, imports);
      await this.applyPlanFile(file);
    });
  }

  /** Sets `generate_secret` of each client in the state, which an import cannot read. */
  async writeGenerateSecret(
    configuration: TerraformConfiguration,
  ): Promise<void> {
    const state = await this.pullState();
    if (state === undefined) return;
    const changed = setGenerateSecret(state, configuration);
    if (changed !== undefined) await this.pushState(changed);
  }

  /** Returns the state; `undefined` if there is none yet. */
  async pullState(): Promise<StateFile | undefined> {
    const { stdout } = await this.stack.run("state", "pull");
    return parseStateFile(findJson(stdout)?.text ?? removeWrapperLines(stdout));
  }

  /** Writes the state. Terraform rejects one of another lineage, or with an older serial. */
  async pushState(state: StateFile): Promise<void> {
    const file = path.join(this.workDirectory, "pushed.tfstate");
    writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
    try {
      await this.stack.run("state", "push", LOCK_TIMEOUT, file);
    } finally {
      rmSync(file, { force: true });
    }
  }

  /** Plans a deployment. */
  async plan(): Promise<{ readonly file: string; readonly json: PlanJson }> {
    this.log(`Planning ${this.stageTarget.stackName}…`);
    return this.runPlan();
  }

  /** Applies a plan of this workspace, and removes its file. */
  async applyPlanFile(file: string): Promise<void> {
    await this.stack.run("apply", "-input=false", LOCK_TIMEOUT, file);
    rmSync(file, { force: true });
  }

  async forceUnlock(id: string): Promise<void> {
    await this.stack.run("force-unlock", "-force", id);
  }

  private async runPlan(options: readonly string[] = []) {
    this.planCount += 1;
    const file = path.join(this.workDirectory, `${this.planCount}.tfplan`);
    await this.stack.run(
      "plan",
      "-input=false",
      LOCK_TIMEOUT,
      `-out=${file}`,
      ...options,
    );
    const { stdout } = await this.stack.run("show", "-json", file);
    return { file, json: parsePlanJson(stdout) };
  }

  /** Pushes the state that an earlier run could not write: without it, Terraform would create its resources again. */
  private async pushErroredState(): Promise<void> {
    const file = path.join(this.stack.directory, "errored.tfstate");
    if (!existsSync(file)) return;
    this.log(`Pushing the state that an earlier run could not write: ${file}`);
    try {
      await this.stack.run("state", "push", LOCK_TIMEOUT, file);
    } catch (error) {
      if (!(error instanceof TerraformError) || isLocked(error)) throw error;
      throw new UserError(
        `cannot push ${file} to the stage's state, which any other step requires: ${error.message}`,
        "compare its serial and lineage with `terraform state pull`; delete the file if the stage's state is newer",
      );
    }
    rmSync(file);
  }

  /** Adds import blocks and an override to the configuration while `job` runs. */
  private async withImports<T>(
    imports: readonly ResourceImport[],
    override: object,
    job: () => Promise<T>,
  ): Promise<T> {
    try {
      this.write(IMPORTS, {
        import: imports.map(({ configured, importId }) => ({
          to: configured.address,
          id: importId,
        })),
      });
      this.write(IGNORE_OVERRIDE, override);
      return await job();
    } finally {
      for (const name of [IMPORTS, IGNORE_OVERRIDE])
        rmSync(path.join(this.stack.directory, name), { force: true });
    }
  }

  private write(name: string, content: object): void {
    const file = path.join(this.stack.directory, name);
    writeFileSync(file, JSON.stringify(content));
  }
}

/** Returns an override that makes Terraform ignore differences of attributes. */
function createIgnoreOverride(
  imports: readonly ResourceImport[],
  attributes: readonly string[] | "all",
): object {
  const resource: Record<string, Record<string, object>> = {};
  for (const { configured } of imports)
    (resource[configured.type] ??= {})[configured.name] = {
      lifecycle: { ignore_changes: attributes },
    };
  return { resource };
}

/** @throws UserError when a plan contains more than imports, or imports another number of resources */
function requireImportOnly(
  { resource_changes: changes }: PlanJson,
  imports: readonly ResourceImport[],
): void {
  const others = changes
    .filter(
      ({ mode, change }) =>
        mode === "managed" && change.actions.join() !== "no-op",
    )
    .map(({ address, change }) => `${change.actions.join("+")} of ${address}`);
  const { length: imported } = changes.filter(
    ({ change }) => change.importing !== undefined,
  );
  if (others.length === 0 && imported === imports.length) return;
  throw new UserError(
    `the import plan must contain ${imports.length} imports and no change, got ${[`${imported} imports`, ...others].join(", ")}`,
    "nothing was changed; resolve the differences, and run the command again",
  );
}

function isLocked({ result }: TerraformError): boolean {
  return parseStateLock(`${result.stdout}\n${result.stderr}`) !== undefined;
}
