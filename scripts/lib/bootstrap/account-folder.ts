import {
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import type { AccountConfig } from "../../../stacks/account-config";
import type { AwsPlace } from "../aws-client";
import { planHasChanges } from "../plan/plan-effects";
import { parsePlanJson, type ResourceChange } from "../plan/plan-json";
import { parseJsonOutput } from "../terraform/json-output";
import { planText } from "../terraform/plan-text";
import { StackFolder } from "../terraform/stack-folder";

/** A Terraform whose run was killed ends with the next line that it prints, which it does every 10 s. */
const LOCK_TIMEOUT = "-lock-timeout=20s";
const IMPORTS = "imports.tf.json";

/** Where the account's stack keeps its state. */
export type Backend = "local" | "s3";

/** A plan that was kept to be applied as it is. */
export interface AccountPlan {
  readonly hasChanges: boolean;
  /** What a person reads; it holds no secret. */
  readonly text: string;
  readonly resourceChanges: readonly ResourceChange[];
}

export interface AccountFolderOptions {
  readonly account: AccountConfig;
  readonly place: AwsPlace;
  /** Directory that everything but plans is written to. */
  readonly outdir: string;
  /** Directory that only its owner may look into: a plan holds what the state does. */
  readonly plans: string;
  /** Told what Terraform has done, a line at a time. */
  readonly log: (line: string) => void;
}

/** The account's stack while it is set up: its plans, its state here or in its bucket, and what it takes in. */
export class AccountFolder {
  private readonly folder: StackFolder;
  private readonly account: AccountConfig;
  private readonly planFile: string;

  constructor({ account, plans, ...options }: AccountFolderOptions) {
    this.account = account;
    this.planFile = path.join(plans, "bootstrap.tfplan");
    this.folder = new StackFolder({ ...options, stackName: account.stackName });
  }

  /** File of the local state: where the stack itself would have it. */
  get localState(): string {
    return path.resolve(`terraform.${this.account.stackName}.tfstate`);
  }

  /** Has the state be in one place, whatever the folder knew before. */
  async open(backend: Backend): Promise<void> {
    // what Terraform remembers of the other place would have it move the state
    rmSync(path.join(this.folder.directory, ".terraform/terraform.tfstate"), {
      force: true,
    });
    await this.init(backend);
  }

  /** Copies the local state, which the folder is open on, into the bucket. */
  async moveToBucket(): Promise<void> {
    await this.init("s3", "-migrate-state", "-force-copy");
  }

  /** Has the next plan take existing things in, by address and the id that Terraform imports them by. */
  importAll(
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
    const { stdout } = await this.folder.terraform(
      "plan",
      "-input=false",
      LOCK_TIMEOUT,
      `-out=${this.planFile}`,
    );
    const shown = await this.folder.terraform("show", "-json", this.planFile);
    const json = parsePlanJson(shown.stdout);
    return {
      hasChanges: planHasChanges(json),
      text: planText(stdout),
      resourceChanges: json.resource_changes,
    };
  }

  /** Applies the plan that was made last. */
  async apply(): Promise<void> {
    await this.folder.terraform(
      "apply",
      "-input=false",
      LOCK_TIMEOUT,
      this.planFile,
    );
    this.importAll([]);
    rmSync(this.planFile, { force: true });
  }

  async forceUnlock(lockId: string): Promise<void> {
    await this.folder.terraform("force-unlock", "-force", lockId);
  }

  async outputs(): Promise<Readonly<Record<string, string>>> {
    const { stdout } = await this.folder.terraform("output", "-json");
    const outputs = parseJsonOutput(stdout, "output").value as Readonly<
      Record<string, { readonly value: string }>
    >;
    return Object.fromEntries(
      Object.entries(outputs).map(([name, { value }]) => [name, value]),
    );
  }

  /** The local state, as text; `undefined` where there is none. */
  readLocalState(): string | undefined {
    const file = this.localState;
    // where it was killed before its first write, an empty file is left; OpenTofu writes only now and then
    const isThere = existsSync(file) && statSync(file).size > 0;
    return isThere ? readFileSync(file, "utf8") : undefined;
  }

  removeLocalState(): void {
    const { dir, base } = path.parse(this.localState);
    // beside it lies the one before, and the lock of a run that was killed
    for (const name of [base, `${base}.backup`, `.${base}.lock.info`])
      rmSync(path.join(dir, name), { force: true });
  }

  /** Removes the empty file, and its lock, that a run leaves which was killed before its first write. */
  removeEmptyState(): void {
    if (this.readLocalState() !== undefined) return;
    const { dir, base } = path.parse(this.localState);
    for (const name of [base, `.${base}.lock.info`])
      rmSync(path.join(dir, name), { force: true });
  }

  private async init(
    backend: Backend,
    ...args: readonly string[]
  ): Promise<void> {
    await this.folder.synthesize({
      STAGE: this.account.stage,
      STATE_BACKEND: backend,
    });
    this.importAll([]);
    await this.folder.terraform("init", "-input=false", ...args);
  }
}
