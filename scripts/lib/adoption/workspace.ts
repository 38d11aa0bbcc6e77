import { UserError } from "../../../constructs/errors";
import { parsePlanJson, type PlanJson } from "../plan/plan-json";
import {
  type ConfiguredResource,
  TerraformConfiguration,
} from "./read/terraform-configuration";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { StackDirectory, TerraformError } from "../terraform/stack-directory";
import { parseStateLock } from "../terraform/state-lock";
import { getOutputDirectory } from "../../../stacks/config/environment";
import type { StageTarget } from "../cli/options";
import { onExit } from "../system/exit-hooks";
import { findJson, removeWrapperLines } from "../terraform/output";
import {
  parseStateFile,
  setGenerateSecret,
  type StateFile,
} from "./read/state-file";

/** A resource and what Terraform imports it by. */
export interface ResourceImport {
  readonly code: ConfiguredResource;
  readonly importId: string;
}

/** An override that has Terraform not look at attributes of resources. */
export function buildIgnoreChangesOverride(
  imports: readonly ResourceImport[],
  attributes: readonly string[] | "all",
): object {
  const types: Record<string, Record<string, object>> = {};
  for (const { code } of imports)
    (types[code.type] ??= {})[code.name] = {
      lifecycle: { ignore_changes: attributes },
    };
  return types;
}

/** @throws UserError when a plan does more than import, or imports something else */
export function requireImportOnly(
  { resource_changes: changes }: PlanJson,
  imports: readonly ResourceImport[],
): void {
  const doing = changes.filter(
    ({ mode, change }) =>
      mode === "managed" && change.actions.join() !== "no-op",
  );
  const imported = changes.filter(
    ({ change }) => change.importing !== undefined,
  );
  if (doing.length === 0 && imported.length === imports.length) return;
  throw new UserError(
    `the import must be ${imports.length} to import and nothing else, got ${imported.length} to import and ${doing.length === 0 ? "no change" : doing.map(({ address, change }) => `${change.actions.join(" and ")} of ${address}`).join(", ")}`,
    "nothing was changed; look at what differs, and run the command again",
  );
}

/**
 * Writes the state that Terraform has left in its folder where it could not write it: without that one it would make
 * again what it knows.
 *
 * @throws UserError when the state that is there is another, or the newer one
 */
export async function pushErroredState(
  folder: StackDirectory,
  log: (line: string) => void,
): Promise<void> {
  const file = path.join(folder.directory, "errored.tfstate");
  if (!existsSync(file)) return;
  log(`pushing the state that an earlier run could not write: ${file}`);
  try {
    await folder.run("state", "push", "-lock-timeout=20s", file);
  } catch (error) {
    if (!(error instanceof TerraformError) || isLocked(error)) throw error;
    throw new UserError(
      `${file} must go into the stage's state before anything else is done, and Terraform refuses it: ${error.message}`,
      "compare its serial and lineage with `terraform state pull`; remove it where the state is the newer one",
    );
  }
  rmSync(file);
}

function isLocked({ result }: TerraformError): boolean {
  return parseStateLock(`${result.stdout}\n${result.stderr}`) !== undefined;
}

/** What is written beside the stage's configuration for a moment, and never outlasts the command that needs it. */
const IMPORTS = "adoption_imports.tf.json";
const IGNORING = "adoption_ignoring_override.tf.json";
const REHEARSAL = "adoption_rehearsal_override.tf.json";
/** What has a secret or none for ever. */
const CLIENT = "aws_cognito_user_pool_client";
const LOCK_TIMEOUT = "-lock-timeout=20s";

/** The stage's own state, or one that is thrown away after the plan. */
export type StateKind = "stage" | "rehearsal";

/** Terraform on the stage's configuration, in a folder that no other command reads. */
export class AdoptionWorkspace {
  private readonly folder: StackDirectory;
  private plans = 0;

  /** @param work folder that nobody else may look into, for what holds secrets */
  constructor(
    private readonly choice: StageTarget,
    private readonly work: string,
    private readonly log: (line: string) => void,
  ) {
    this.folder = new StackDirectory({
      stackName: choice.stackName,
      outputDirectory: path.join(
        getOutputDirectory(),
        "adopt",
        choice.stackName,
      ),
      target: choice.awsTarget,
      log,
    });
  }

  /** Writes the stage's configuration anew, without anything that a run which was killed has left beside it. */
  async synthesize(): Promise<TerraformConfiguration> {
    const { stage, stackName, settings } = this.choice;
    this.log(`synthesizing ${stackName}`);
    await this.folder.synthesize({ ...settings, STAGE: stage });
    this.remove(IMPORTS, IGNORING, REHEARSAL);
    return new TerraformConfiguration(
      readFileSync(path.join(this.folder.directory, "cdk.tf.json"), "utf8"),
    );
  }

  /** Sets Terraform up on one of the states. */
  async open(state: StateKind): Promise<void> {
    this.remove(REHEARSAL);
    if (state === "rehearsal") {
      const file = path.join(this.work, "rehearsal.tfstate");
      rmSync(file, { force: true });
      const local = { path: file };
      this.write(REHEARSAL, { terraform: { backend: { local } } });
    }
    await this.folder.run("init", "-input=false", "-reconfigure");
    if (state === "stage") await pushErroredState(this.folder, this.log);
  }

  /**
   * What a deployment would change once everything is imported; nothing is, and nothing is written.
   *
   * An import leaves `generate_secret` null, for which every client would be replaced: it is left out here, and
   * {@link writeGenerateSecret} writes it where the import is done.
   */
  async rehearse(imports: readonly ResourceImport[]): Promise<PlanJson> {
    const clients = imports.filter(({ code }) => code.type === CLIENT);
    return this.withImports(
      imports,
      buildIgnoreChangesOverride(clients, ["generate_secret"]),
      async () => (await this.plan()).json,
    );
  }

  /**
   * Takes resources into the state, and changes nothing live.
   *
   * @throws UserError when Terraform would do anything else
   */
  async import(imports: readonly ResourceImport[]): Promise<void> {
    if (imports.length === 0) return;
    await this.withImports(
      imports,
      buildIgnoreChangesOverride(imports, "all"),
      async () => {
        const targets = imports.map(({ code }) => `-target=${code.address}`);
        const { file, json } = await this.planWith(...targets);
        requireImportOnly(json, imports);
        await this.applyFile(file);
      },
    );
  }

  /** Has the state say what an import cannot: whether each client was made with a secret. */
  async writeGenerateSecret(code: TerraformConfiguration): Promise<void> {
    const state = await this.pull();
    const changed =
      state === undefined ? undefined : setGenerateSecret(state, code);
    if (changed !== undefined) await this.push(changed);
  }

  /** The state; `undefined` where there is none yet. */
  async pull(): Promise<StateFile | undefined> {
    const { stdout } = await this.folder.run("state", "pull");
    return parseStateFile(findJson(stdout)?.text ?? removeWrapperLines(stdout));
  }

  /** Writes the state under its lock; Terraform refuses one of another lineage, or that is not newer than what is there. */
  async push(state: StateFile): Promise<void> {
    const file = path.join(this.work, "pushed.tfstate");
    writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
    try {
      await this.folder.run("state", "push", LOCK_TIMEOUT, file);
    } finally {
      rmSync(file, { force: true });
    }
  }

  /** What a deployment would change. */
  async plan(): Promise<{ readonly file: string; readonly json: PlanJson }> {
    this.log(`planning ${this.choice.stackName}`);
    return this.planWith();
  }

  /** Applies exactly a plan that was made here. */
  async applyFile(file: string): Promise<void> {
    await this.folder.run("apply", "-input=false", LOCK_TIMEOUT, file);
    rmSync(file, { force: true });
  }

  async forceUnlock(id: string): Promise<void> {
    await this.folder.run("force-unlock", "-force", id);
  }

  private async planWith(...args: readonly string[]) {
    this.plans += 1;
    const file = path.join(this.work, `${this.plans}.tfplan`);
    await this.folder.run(
      "plan",
      "-input=false",
      LOCK_TIMEOUT,
      `-out=${file}`,
      ...args,
    );
    const { stdout } = await this.folder.run("show", "-json", file);
    return { file, json: parsePlanJson(stdout) };
  }

  /** Import blocks and an override beside the configuration, for as long as `job` takes. */
  private async withImports<T>(
    imports: readonly ResourceImport[],
    override: object,
    job: () => Promise<T>,
  ): Promise<T> {
    const remove = (): void => {
      this.remove(IMPORTS, IGNORING);
    };
    const settle = onExit(remove);
    try {
      this.write(IMPORTS, {
        import: imports.map(({ code, importId }) => ({
          to: code.address,
          id: importId,
        })),
      });
      this.write(IGNORING, { resource: override });
      return await job();
    } finally {
      remove();
      settle();
    }
  }

  private write(name: string, content: object): void {
    const file = path.join(this.folder.directory, name);
    writeFileSync(file, JSON.stringify(content));
  }

  private remove(...names: readonly string[]): void {
    for (const name of names)
      rmSync(path.join(this.folder.directory, name), { force: true });
  }
}
