import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { outputFolder } from "../../../stacks/config";
import type { StageChoice } from "../arguments";
import { beforeEnding } from "../interrupts";
import { parsePlanJson, type PlanJson } from "../plan/plan-json";
import { findJson, withoutWrapperLines } from "../terraform/json-output";
import { StackFolder } from "../terraform/stack-folder";
import { pushErrored } from "./errored-state";
import { ignoring, requireStateOnly, type Import } from "./import-plan";
import { StageCode } from "./stage-code";
import { parseState, withGenerateSecret, type StateFile } from "./state-file";

/** What is written beside the stage's configuration for a moment, and never outlasts the command that needs it. */
const IMPORTS = "adoption_imports.tf.json";
const IGNORING = "adoption_ignoring_override.tf.json";
const REHEARSAL = "adoption_rehearsal_override.tf.json";
/** What has a secret or none for ever. */
const CLIENT = "aws_cognito_user_pool_client";
const LOCK_TIMEOUT = "-lock-timeout=20s";

/** The stage's own state, or one that is thrown away after the plan. */
export type StateChoice = "stage" | "rehearsal";

/** Terraform on the stage's configuration, in a folder that no other command reads. */
export class AdoptionFolder {
  private readonly folder: StackFolder;
  private plans = 0;

  /** @param work folder that nobody else may look into, for what holds secrets */
  constructor(
    private readonly choice: StageChoice,
    private readonly work: string,
    private readonly log: (line: string) => void,
  ) {
    this.folder = new StackFolder({
      stackName: choice.stackName,
      outdir: path.join(outputFolder(), "adopt", choice.stackName),
      place: choice.place,
      log,
    });
  }

  /** Writes the stage's configuration anew, without anything that a run which was killed has left beside it. */
  async synthesize(): Promise<StageCode> {
    const { stage, stackName, settings } = this.choice;
    this.log(`synthesizing ${stackName}`);
    await this.folder.synthesize({ ...settings, STAGE: stage });
    this.remove(IMPORTS, IGNORING, REHEARSAL);
    return new StageCode(
      readFileSync(path.join(this.folder.directory, "cdk.tf.json"), "utf8"),
    );
  }

  /** Sets Terraform up on one of the states. */
  async open(state: StateChoice): Promise<void> {
    this.remove(REHEARSAL);
    if (state === "rehearsal") {
      const file = path.join(this.work, "rehearsal.tfstate");
      rmSync(file, { force: true });
      const local = { path: file };
      this.write(REHEARSAL, { terraform: { backend: { local } } });
    }
    await this.folder.terraform("init", "-input=false", "-reconfigure");
    if (state === "stage") await pushErrored(this.folder, this.log);
  }

  /**
   * What a deployment would change once everything is imported; nothing is, and nothing is written.
   *
   * An import leaves `generate_secret` null, for which every client would be replaced: it is left out here, and
   * {@link writeGenerateSecret} writes it where the import is done.
   */
  async rehearse(imports: readonly Import[]): Promise<PlanJson> {
    const clients = imports.filter(({ code }) => code.type === CLIENT);
    return this.withImports(
      imports,
      ignoring(clients, ["generate_secret"]),
      async () => (await this.plan()).json,
    );
  }

  /**
   * Takes resources into the state, and changes nothing live.
   *
   * @throws UserError when Terraform would do anything else
   */
  async import(imports: readonly Import[]): Promise<void> {
    if (imports.length === 0) return;
    await this.withImports(imports, ignoring(imports, "all"), async () => {
      const targets = imports.map(({ code }) => `-target=${code.address}`);
      const { file, json } = await this.planWith(...targets);
      requireStateOnly(json, imports);
      await this.applyFile(file);
    });
  }

  /** Has the state say what an import cannot: whether each client was made with a secret. */
  async writeGenerateSecret(code: StageCode): Promise<void> {
    const state = await this.pull();
    const changed =
      state === undefined ? undefined : withGenerateSecret(state, code);
    if (changed !== undefined) await this.push(changed);
  }

  /** The state; `undefined` where there is none yet. */
  async pull(): Promise<StateFile | undefined> {
    const { stdout } = await this.folder.terraform("state", "pull");
    return parseState(findJson(stdout)?.text ?? withoutWrapperLines(stdout));
  }

  /** Writes the state under its lock; Terraform refuses one of another lineage, or that is not newer than what is there. */
  async push(state: StateFile): Promise<void> {
    const file = path.join(this.work, "pushed.tfstate");
    writeFileSync(file, JSON.stringify(state), { mode: 0o600 });
    try {
      await this.folder.terraform("state", "push", LOCK_TIMEOUT, file);
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
    await this.folder.terraform("apply", "-input=false", LOCK_TIMEOUT, file);
    rmSync(file, { force: true });
  }

  async forceUnlock(id: string): Promise<void> {
    await this.folder.terraform("force-unlock", "-force", id);
  }

  private async planWith(...args: readonly string[]) {
    this.plans += 1;
    const file = path.join(this.work, `${this.plans}.tfplan`);
    await this.folder.terraform(
      "plan",
      "-input=false",
      LOCK_TIMEOUT,
      `-out=${file}`,
      ...args,
    );
    const { stdout } = await this.folder.terraform("show", "-json", file);
    return { file, json: parsePlanJson(stdout) };
  }

  /** Import blocks and an override beside the configuration, for as long as `job` takes. */
  private async withImports<T>(
    imports: readonly Import[],
    override: object,
    job: () => Promise<T>,
  ): Promise<T> {
    const remove = (): void => {
      this.remove(IMPORTS, IGNORING);
    };
    const settle = beforeEnding(remove);
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
