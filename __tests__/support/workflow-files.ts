import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parse } from "yaml";

const DIRECTORY = path.resolve(__dirname, "../../.github");

/** A step of a job or of a composite action. */
export interface Step {
  readonly id?: string;
  readonly name?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly run?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly "working-directory"?: string;
}

export interface Job {
  readonly name?: string;
  readonly needs?: readonly string[];
  readonly if?: string;
  readonly "timeout-minutes"?: number;
  readonly environment?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: Concurrency;
  readonly strategy?: {
    readonly "fail-fast": boolean;
    readonly matrix: {
      readonly include?: readonly Readonly<Record<string, string>>[];
      readonly node?: readonly string[];
    };
  };
  readonly env?: Readonly<Record<string, string>>;
  readonly outputs?: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

export interface Concurrency {
  readonly group: string;
  readonly "cancel-in-progress": boolean | string;
}

export interface Workflow {
  readonly on: Readonly<
    Record<
      string,
      {
        readonly branches?: readonly string[];
        readonly types?: readonly string[];
      } | null
    >
  >;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly concurrency?: Concurrency;
  readonly jobs: Readonly<Record<string, Job>>;
}

export interface CompositeAction {
  readonly inputs: Readonly<
    Record<string, { readonly required: boolean; readonly default?: string }>
  >;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

export const WORKFLOW_NAMES = readdirSync(path.join(DIRECTORY, "workflows"));

export function getWorkflowPath(name: string): string {
  return path.join(DIRECTORY, "workflows", name);
}

export function readWorkflow(name: string): Workflow {
  return parse(readFileSync(getWorkflowPath(name), "utf8")) as Workflow;
}

export function readCompositeAction(name: string): CompositeAction {
  const file = path.join(DIRECTORY, "actions", name, "action.yml");
  return parse(readFileSync(file, "utf8")) as CompositeAction;
}

/** Returns a job of a workflow; throws if there is none. */
export function getJob(name: string, id: string): Job {
  const job = readWorkflow(name).jobs[id];
  if (job === undefined) throw new Error(`${name} has no job ${id}`);
  return job;
}
