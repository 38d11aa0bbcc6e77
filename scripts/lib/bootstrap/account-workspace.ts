import {
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { ACCOUNT_STAGE } from "../../../stacks/naming";
import type { AccountConfig } from "../../../stacks/config/config";
import type { AwsTarget } from "../aws/client";
import { countActions, hasPlanChanges } from "../plan/plan-summary";
import { parsePlanJson } from "../plan/plan-json";
import { extractPlanText, parseJsonOutput } from "../terraform/output";
import type { AccountPlan } from "./account-plan";
import type { ExistingResource } from "./existing-resources";
import { StackDirectory } from "../terraform/stack-directory";

/** Terraform of a killed run ends with its next line of output, which it prints every 10 s. */
const LOCK_TIMEOUT = "-lock-timeout=20s";
const IMPORTS = "imports.tf.json";

/** Location of the state of the account's stack. */
export type StateBackend = "local" | "s3";

export interface AccountWorkspaceOptions {
  readonly account: AccountConfig;
  readonly target: AwsTarget;
  /** Directory for everything but plans. */
  readonly outputDirectory: string;
  /** Directory that only its owner can read: a plan contains the secrets of the state. */
  readonly planDirectory: string;
  readonly log: (line: string) => void;
}

/** Plans and applies the account's stack, and moves its state between a local file and the bucket. */
export class AccountWorkspace {
  private readonly stack: StackDirectory;
  private readonly account: AccountConfig;
  private readonly planFile: string;

  constructor({ account, planDirectory, ...options }: AccountWorkspaceOptions) {
    this.account = account;
    this.planFile = path.join(planDirectory, "bootstrap.tfplan");
    this.stack = new StackDirectory({
      ...options,
      stackName: account.stackName,
    });
  }

  /** File of the local state, the same as for a deployment with STATE_BACKEND=local. */
  get localStateFile(): string {
    return path.resolve(`terraform.${this.account.stackName}.tfstate`);
  }

  /** Initializes the stack with a backend, without a migration. */
  async open(backend: StateBackend): Promise<void> {
    // Terraform remembers the other backend here and would migrate the state
    rmSync(path.join(this.stack.directory, ".terraform/terraform.tfstate"), {
      force: true,
    });
    await this.init(backend);
  }

  /** Copies the local state into the bucket. */
  async migrateState(): Promise<void> {
    await this.init("s3", "-migrate-state", "-force-copy");
  }

  /** Sets the addresses and import ids that the next plan imports. */
  setImports(imports: readonly ExistingResource[]): void {
    const file = path.join(this.stack.directory, IMPORTS);
    rmSync(file, { force: true });
    if (imports.length === 0) return;
    const blocks = imports.map(([to, id]) => ({ to, id }));
    writeFileSync(file, JSON.stringify({ import: blocks }, null, 2));
  }

  async plan(): Promise<AccountPlan> {
    rmSync(this.planFile, { force: true });
    const { stdout } = await this.stack.run(
      "plan",
      "-input=false",
      LOCK_TIMEOUT,
      `-out=${this.planFile}`,
    );
    const shown = await this.stack.run("show", "-json", this.planFile);
    const json = parsePlanJson(shown.stdout);
    return {
      hasChanges: hasPlanChanges(json),
      counts: countActions(json),
      text: extractPlanText(stdout),
      resourceChanges: json.resource_changes,
    };
  }

  /** Applies the last plan. */
  async apply(): Promise<void> {
    await this.stack.run("apply", "-input=false", LOCK_TIMEOUT, this.planFile);
    this.setImports([]);
    rmSync(this.planFile, { force: true });
  }

  async forceUnlock(lockId: string): Promise<void> {
    await this.stack.run("force-unlock", "-force", lockId);
  }

  async readOutputs(): Promise<Readonly<Record<string, string>>> {
    const { stdout } = await this.stack.run("output", "-json");
    const outputs = parseJsonOutput(stdout, "output").value as Readonly<
      Record<string, { readonly value: string }>
    >;
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { value }]) => [name, value]),
    );
  }

  /** Returns the text of the local state, if there is one. */
  readLocalState(): string | undefined {
    const file = this.localStateFile;
    // a run that was killed before its first write leaves an empty file
    const hasState = existsSync(file) && statSync(file).size > 0;
    return hasState ? readFileSync(file, "utf8") : undefined;
  }

  /** Removes the local state with its backup, and the lock of a killed run. */
  removeLocalState(): void {
    rmSync(`${this.localStateFile}.backup`, { force: true });
    this.removeStateFile();
  }

  /** Removes the empty file and the lock of a run that was killed before its first write. */
  removeEmptyState(): void {
    if (this.readLocalState() === undefined) this.removeStateFile();
  }

  private removeStateFile(): void {
    const { dir, base } = path.parse(this.localStateFile);
    for (const name of [base, `.${base}.lock.info`])
      rmSync(path.join(dir, name), { force: true });
  }

  private async init(
    backend: StateBackend,
    ...args: readonly string[]
  ): Promise<void> {
    await this.stack.synthesize({
      STAGE: ACCOUNT_STAGE,
      STATE_BACKEND: backend,
    });
    this.setImports([]);
    await this.stack.run("init", "-input=false", ...args);
  }
}
