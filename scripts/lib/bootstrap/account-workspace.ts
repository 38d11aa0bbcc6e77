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
import { hasPlanChanges } from "../plan/plan-summary";
import { parsePlanJson, type ResourceChange } from "../plan/plan-json";
import { extractPlanText, parseJsonOutput } from "../terraform/output";
import { StackDirectory } from "../terraform/stack-directory";

/** A Terraform whose run was killed ends with the next line that it prints, which it does every 10 s. */
const LOCK_TIMEOUT = "-lock-timeout=20s";
const IMPORTS = "imports.tf.json";

/** Where the account's stack keeps its state. */
export type StateBackend = "local" | "s3";

/** A plan that was kept to be applied as it is. */
export interface AccountPlan {
  readonly hasChanges: boolean;
  /** What a person reads; it holds no secret. */
  readonly text: string;
  readonly resourceChanges: readonly ResourceChange[];
}

export interface AccountWorkspaceOptions {
  readonly account: AccountConfig;
  readonly target: AwsTarget;
  /** Directory that everything but plans is written to. */
  readonly outputDirectory: string;
  /** Directory that only its owner may look into: a plan holds what the state does. */
  readonly planDirectory: string;
  /** Told what Terraform has done, a line at a time. */
  readonly log: (line: string) => void;
}

/** The account's stack while it is set up: its plans, its state here or in its bucket, and what it takes in. */
export class AccountWorkspace {
  private readonly folder: StackDirectory;
  private readonly account: AccountConfig;
  private readonly planFile: string;

  constructor({
    account,
    planDirectory: plans,
    ...options
  }: AccountWorkspaceOptions) {
    this.account = account;
    this.planFile = path.join(plans, "bootstrap.tfplan");
    this.folder = new StackDirectory({
      ...options,
      stackName: account.stackName,
    });
  }

  /** File of the local state: where the stack itself would have it. */
  get localStateFile(): string {
    return path.resolve(`terraform.${this.account.stackName}.tfstate`);
  }

  /** Has the state be in one place, whatever the folder knew before. */
  async open(backend: StateBackend): Promise<void> {
    // what Terraform remembers of the other place would have it move the state
    rmSync(path.join(this.folder.directory, ".terraform/terraform.tfstate"), {
      force: true,
    });
    await this.init(backend);
  }

  /** Copies the local state, which the folder is open on, into the bucket. */
  async migrateState(): Promise<void> {
    await this.init("s3", "-migrate-state", "-force-copy");
  }

  /** Has the next plan take existing things in, by address and the id that Terraform imports them by. */
  setImports(
    imports: readonly (readonly [address: string, id: string])[],
  ): void {
    const file = path.join(this.folder.directory, IMPORTS);
    rmSync(file, { force: true });
    if (imports.length === 0) return;
    const blocks = imports.map(([to, id]) => ({ to, id }));
    writeFileSync(file, JSON.stringify({ import: blocks }, null, 2));
  }

  async plan(): Promise<AccountPlan> {
    rmSync(this.planFile, { force: true });
    const { stdout } = await this.folder.run(
      "plan",
      "-input=false",
      LOCK_TIMEOUT,
      `-out=${this.planFile}`,
    );
    const shown = await this.folder.run("show", "-json", this.planFile);
    const json = parsePlanJson(shown.stdout);
    return {
      hasChanges: hasPlanChanges(json),
      text: extractPlanText(stdout),
      resourceChanges: json.resource_changes,
    };
  }

  /** Applies the plan that was made last. */
  async apply(): Promise<void> {
    await this.folder.run("apply", "-input=false", LOCK_TIMEOUT, this.planFile);
    this.setImports([]);
    rmSync(this.planFile, { force: true });
  }

  async forceUnlock(lockId: string): Promise<void> {
    await this.folder.run("force-unlock", "-force", lockId);
  }

  async readOutputs(): Promise<Readonly<Record<string, string>>> {
    const { stdout } = await this.folder.run("output", "-json");
    const outputs = parseJsonOutput(stdout, "output").value as Readonly<
      Record<string, { readonly value: string }>
    >;
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { value }]) => [name, value]),
    );
  }

  /** The local state, as text; `undefined` where there is none. */
  readLocalState(): string | undefined {
    const file = this.localStateFile;
    // where it was killed before its first write, an empty file is left; OpenTofu writes only now and then
    const isThere = existsSync(file) && statSync(file).size > 0;
    return isThere ? readFileSync(file, "utf8") : undefined;
  }

  removeLocalState(): void {
    const { dir, base } = path.parse(this.localStateFile);
    // beside it lies the one before, and the lock of a run that was killed
    for (const name of [base, `${base}.backup`, `.${base}.lock.info`])
      rmSync(path.join(dir, name), { force: true });
  }

  /** Removes the empty file, and its lock, that a run leaves which was killed before its first write. */
  removeEmptyState(): void {
    if (this.readLocalState() !== undefined) return;
    const { dir, base } = path.parse(this.localStateFile);
    for (const name of [base, `.${base}.lock.info`])
      rmSync(path.join(dir, name), { force: true });
  }

  private async init(
    backend: StateBackend,
    ...args: readonly string[]
  ): Promise<void> {
    await this.folder.synthesize({
      STAGE: ACCOUNT_STAGE,
      STATE_BACKEND: backend,
    });
    this.setImports([]);
    await this.folder.run("init", "-input=false", ...args);
  }
}
