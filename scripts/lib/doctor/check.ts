import { UserError } from "../../../constructs/errors";
import type { AwsClientConfig } from "../aws/client";
import type { StageTarget } from "../cli/options";
import type { DeployedResource, StateReading } from "./parse-state";

export type { DeployedResource } from "./parse-state";

/** Groups of checks, in the order of the report. */
export const SECTIONS = [
  "Tools and account",
  "Settings and state",
  "User pool",
  "Clients and secrets",
  "Identity pool and groups",
  "OIDC provider and roles",
  "Quotas and certificates",
  "Drift",
] as const;

export type Section = (typeof SECTIONS)[number];

/** `skipped` is neither good nor bad: the check did not run, for the reason in its message. */
export type CheckStatus = "ok" | "warning" | "failed" | "skipped";

export interface CheckResult {
  readonly status: CheckStatus;
  /** One sentence: what is well, what is wrong, or why the check was skipped. It contains no secret. */
  readonly message: string;
  /**
   * The objects with the problem, one line each.
   *
   * @default none
   */
  readonly details?: readonly string[];
  /**
   * The one command, or the one step, that fixes the problem.
   *
   * @default none
   */
  readonly fix?: string;
}

/** Thrown if AWS denies a call. The check is then skipped. */
export class MissingPermission extends UserError {
  constructor(
    /** IAM action of the call, such as `secretsmanager:GetSecretValue`. */
    readonly action: string,
  ) {
    super(`missing permission ${action}`);
  }
}

/** State, clients and settings that the checks of one run share. */
export interface DoctorContext {
  readonly target: StageTarget;
  readonly region: string;
  readonly now: Date;
  /** Receives one line per step that takes long. */
  readonly log: (line: string) => void;
  /** Result of the only read of the state. */
  readonly state: Promise<StateReading>;
  /** Text outputs of the stage. They are empty for a check that runs without the state. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Lists the managed resources of a type; none for a check that runs without the state. */
  listResources(type: string): readonly DeployedResource[];
  /** Returns the SDK client of this run, which the first call creates. */
  getClient<C>(Class: new (config: AwsClientConfig) => C): Promise<C>;
  /**
   * Calls AWS.
   *
   * @param action IAM action of the call, such as `secretsmanager:GetSecretValue`
   * @throws MissingPermission if AWS denies it; the check is then skipped
   */
  call<T>(action: string, send: () => Promise<T>): Promise<T>;
  /** Sends a request that is not of the SDK, through the proxies of the environment. */
  readonly fetch: typeof fetch;
}

/** A read-only check of one aspect of a stage. */
export interface Check {
  /** Stable name in JSON and docs, in kebab case. */
  readonly id: string;
  readonly section: Section;
  /**
   * Whether the check runs if the state is absent or cannot be read. It also starts before the state is read.
   *
   * @default false
   */
  readonly runsWithoutState?: true;
  /** Runs at the same time as all other checks. A thrown error becomes a result of this check only. */
  run(context: DoctorContext): Promise<CheckResult>;
}

/** Returns a function that creates something once in a run, such as a promise of a result, however many checks need it. */
export function createOnce<T extends object>(
  create: (context: DoctorContext) => T,
): (context: DoctorContext) => T {
  const results = new WeakMap<DoctorContext, T>();
  return (context) => {
    const result = results.get(context) ?? create(context);
    results.set(context, result);
    return result;
  };
}
