import { UsageError } from "../cli/command";
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
import { isJsonObject } from "../system/json-object";
import type { Baseline } from "./checks/baseline";
import type { LiveStack } from "./read/live-stack";

/** What CloudFormation takes for a name; nothing in it leads to another folder. */
const NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;
const ARN =
  /^arn:aws[a-z-]*:cloudformation:[a-z0-9-]+:\d{12}:stack\/([^/]+)\/[\w-]+$/;

/**
 * Name of a stack.
 *
 * @param nameOrArn as CloudFormation takes it
 * @throws UsageError when it is neither
 */
export function parseStackName(nameOrArn: string): string {
  const name = ARN.exec(nameOrArn)?.[1] ?? nameOrArn;
  if (NAME.test(name)) return name;
  throw new UsageError(
    `--stack-name must be a stack's name (letters, digits and hyphens, a letter first, 128 at most) or its ARN, got ${JSON.stringify(nameOrArn)}`,
  );
}

/** Folder of this project that records of adoptions are kept in. */
export const RECORDS_DIRECTORY = ".adoption";
const VERSION = 2;
const PRIVATE_FOLDER = 0o700;
const PRIVATE_FILE = 0o600;

/** What an adoption has to remember between its steps. */
export interface AdoptionState {
  readonly version: typeof VERSION;
  readonly stage: string;
  /** ARN of the stack, which tells it from a later one of its name. */
  readonly stackId: string;
  /** Logical ids of everything that is kept when the stack goes. */
  readonly kept: readonly string[];
  /** Where the stage's state is, which must stay the same one. */
  readonly state: string;
  /** Options that the adoption was begun with, so that no later step has to be given them again. */
  readonly leaves: readonly string[];
  readonly mayCreate: readonly string[];
  /** Whether the stage was begun to be applied: from then on its state is the one that counts. */
  readonly isApplied: boolean;
}

/** Files of one adoption, in a folder that nobody else may look into, until it is finished. */
export class AdoptionRecord {
  /** Removes the folder of all records where there is none. */
  static removeEmpty(): void {
    const folder = path.resolve(RECORDS_DIRECTORY);
    if (existsSync(folder) && readdirSync(folder).length === 0)
      rmdirSync(folder);
  }

  readonly folder: string;

  readonly stackName: string;

  /**
   * @param stack name or ARN
   * @throws UsageError when it is neither, and might lead to another folder
   */
  constructor(stack: string) {
    this.stackName = parseStackName(stack);
    this.folder = path.resolve(RECORDS_DIRECTORY, this.stackName);
  }

  /** Has the folder be there, and gives the one within for what holds secrets. */
  work(): string {
    const work = path.join(this.folder, "work");
    mkdirSync(work, { recursive: true, mode: PRIVATE_FOLDER });
    return work;
  }

  /** Removes what only one run needs, and the folder where no adoption has begun. */
  clean(): void {
    rmSync(path.join(this.folder, "work"), { recursive: true, force: true });
    if (this.journey() === undefined) this.remove();
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** How far it has come; `undefined` where it has not begun. */
  journey(): AdoptionState | undefined {
    const text = this.read("journey.json");
    if (text === undefined) return undefined;
    const journey: unknown = JSON.parse(text);
    if (isJsonObject(journey) && journey.version === VERSION)
      return journey as unknown as AdoptionState;
    throw new UserError(
      `${this.folder} must be of this version of the command, got another's`,
      "finish with the version that began, or undo with it",
    );
  }

  write(journey: Omit<AdoptionState, "version">): void {
    this.save(
      "journey.json",
      JSON.stringify({ version: VERSION, ...journey }, null, 2),
    );
  }

  /** The stack's template as it was. */
  get template(): string | undefined {
    return this.read("template-before");
  }

  keepTemplate(text: string): void {
    this.save("template-before", text);
  }

  /** The stage's state as it was; empty where there was none. */
  get state(): string | undefined {
    return this.read("state-before.json");
  }

  keepState(text: string): void {
    if (this.state === undefined) this.save("state-before.json", text);
  }

  /** What users rely on, as it was. */
  get facts(): Baseline | undefined {
    const text = this.read("facts-before.json");
    return text === undefined ? undefined : (JSON.parse(text) as Baseline);
  }

  keepFacts(facts: Baseline): void {
    this.save("facts-before.json", JSON.stringify(facts, null, 2));
  }

  /** The stack as it was when the adoption began. @throws UserError when that is not there */
  get stack(): LiveStack {
    const text = this.read("stack-before.json");
    if (text === undefined)
      throw new UserError(
        `${this.folder} must hold the stack as it was, got no stack-before.json`,
        "run the step retain",
      );
    return JSON.parse(text) as LiveStack;
  }

  keepStack(stack: LiveStack): void {
    this.save("stack-before.json", JSON.stringify(stack));
  }

  private read(name: string): string | undefined {
    const file = path.join(this.folder, name);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  }

  private save(name: string, text: string): void {
    mkdirSync(this.folder, { recursive: true, mode: PRIVATE_FOLDER });
    writeFileAtomic(path.join(this.folder, name), text, PRIVATE_FILE);
  }
}
