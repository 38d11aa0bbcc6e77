import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
} from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { writeFileAtomic } from "../../../stacks/write-file-atomic";
import { UsageError } from "../cli/usage-error";
import { isJsonObject } from "../system/json-object";
import type { Baseline } from "./checks/baseline";
import type { LiveStack } from "./read/live-stack";

/** Directory of the project that contains the records of all adoptions. */
const RECORDS_DIRECTORY = ".adoption";
const VERSION = 3;
const PRIVATE_DIRECTORY = 0o700;
const PRIVATE_FILE = 0o600;

const FILES = {
  state: "adoption.json",
  /** The stack at the start of the adoption. */
  stack: "stack-before.json",
  /** The stack's original template. */
  template: "template-before",
  /** The stage's original Terraform state; empty if there was none. */
  terraformState: "state-before.json",
  baseline: "baseline.json",
} as const;
type RecordFile = keyof typeof FILES;
const FILE_NAMES: readonly string[] = Object.values(FILES);

/** Options that `retain` records for later steps. */
export interface RecordedOptions {
  /** Addresses that may be created, because the live resource was deleted manually. */
  readonly createAddresses: readonly string[];
  /** Logical ids of resources that stay in AWS, unmanaged. */
  readonly unmanagedIds: readonly string[];
}

/** Progress and options of an adoption, for its later steps. */
export interface AdoptionState extends RecordedOptions {
  readonly version: typeof VERSION;
  readonly stage: string;
  /** ARN of the stack, which differs from that of a later stack of the same name. */
  readonly stackId: string;
  /** Logical ids of the resources that the deletion of the stack must retain. */
  readonly retainedIds: readonly string[];
  /** Location of the stage's Terraform state, which must stay the same. */
  readonly stateLocation: string;
  /** Whether an apply was started: `undo` is impossible from then on. */
  readonly isApplyStarted: boolean;
}

/** Files of one adoption, in a directory that only the user may read. */
export class AdoptionRecord {
  /** Removes the directory of all records if it is empty. */
  static removeEmptyParent(): void {
    const directory = path.resolve(RECORDS_DIRECTORY);
    if (existsSync(directory) && readdirSync(directory).length === 0)
      rmdirSync(directory);
  }

  readonly directory: string;
  readonly stackName: string;

  /**
   * @param stack name or ARN
   * @throws UsageError when it is neither
   */
  constructor(stack: string) {
    this.stackName = parseStackName(stack);
    this.directory = path.resolve(RECORDS_DIRECTORY, this.stackName);
  }

  /** Creates the directory for files with secrets, and returns its path. */
  createWorkDirectory(): string {
    const directory = path.join(this.directory, "work");
    mkdirSync(directory, { recursive: true, mode: PRIVATE_DIRECTORY });
    return directory;
  }

  /** Removes files with secrets, and the whole record if no adoption has started. */
  removeWorkFiles(): void {
    rmSync(path.join(this.directory, "work"), { recursive: true, force: true });
    if (this.isUnused()) this.remove();
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /**
   * Returns the state of the adoption; `undefined` if none has started.
   *
   * @throws UserError when another version of the command wrote the record
   */
  readState(): AdoptionState | undefined {
    if (this.isUnused()) return undefined;
    const state: unknown = JSON.parse(this.read("state") ?? "null");
    if (isJsonObject(state) && state.version === VERSION)
      return state as unknown as AdoptionState;
    throw new UserError(
      `${this.directory} must be a record of this version of the command, got one of another version`,
      "finish or undo the adoption with the version that started it",
    );
  }

  writeState(state: Omit<AdoptionState, "version">): void {
    const text = JSON.stringify({ version: VERSION, ...state }, null, 2);
    this.save("state", text);
  }

  get baseline(): Baseline | undefined {
    const text = this.read("baseline");
    return text === undefined ? undefined : (JSON.parse(text) as Baseline);
  }

  /** The stack at the start of the adoption. @throws UserError when it was not recorded */
  get stack(): LiveStack {
    const text = this.read("stack");
    if (text !== undefined) return JSON.parse(text) as LiveStack;
    throw new UserError(
      `${path.join(this.directory, FILES.stack)} is required, got no such file`,
      "run the step retain",
    );
  }

  read(file: RecordFile): string | undefined {
    const name = path.join(this.directory, FILES[file]);
    return existsSync(name) ? readFileSync(name, "utf8") : undefined;
  }

  save(file: RecordFile, text: string): void {
    mkdirSync(this.directory, { recursive: true, mode: PRIVATE_DIRECTORY });
    writeFileAtomic(path.join(this.directory, FILES[file]), text, PRIVATE_FILE);
  }

  /** Whether no adoption has started here, in this version of the command or another. */
  private isUnused(): boolean {
    if (!existsSync(this.directory)) return true;
    const names = readdirSync(this.directory);
    const isOfOtherVersion = names.some(
      (name) => name.endsWith(".json") && !FILE_NAMES.includes(name),
    );
    return !names.includes(FILES.state) && !isOfOtherVersion;
  }
}

/** A name without path separators, which can be the name of a directory. */
const NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;
const ARN =
  /^arn:aws[a-z-]*:cloudformation:[a-z0-9-]+:\d{12}:stack\/([^/]+)\/[\w-]+$/;

/** Returns the name of a stack. @throws UsageError when the text is neither a name nor an ARN */
function parseStackName(nameOrArn: string): string {
  const name = ARN.exec(nameOrArn)?.[1] ?? nameOrArn;
  if (NAME.test(name)) return name;
  throw new UsageError(
    `--stack-name must be the name of a stack (a letter, then up to 127 letters, digits and hyphens) or its ARN, got ${JSON.stringify(nameOrArn)}`,
  );
}
