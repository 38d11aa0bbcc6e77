import type { StageTarget } from "../cli/options";
import type { JsonObject } from "../system/json-object";

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

/** A managed resource in the state of the stage. */
export interface DeployedResource {
  readonly address: string;
  readonly type: string;
  readonly attributes: JsonObject;
}

/** What the checks of one run share. */
export interface DoctorContext {
  readonly target: StageTarget;
  readonly region: string;
  readonly now: Date;
  /** Text outputs of the stage. */
  readonly outputs: Readonly<Record<string, string>>;
  listResources(type: string): readonly DeployedResource[];
  /**
   * Calls AWS.
   *
   * @param action IAM action of the call, such as `secretsmanager:GetSecretValue`
   * @throws MissingPermission if AWS denies it; the check is then skipped
   */
  call<T>(action: string, send: () => Promise<T>): Promise<T>;
}

/** A read-only check of one aspect of a stage. */
export interface Check {
  /** Stable name in JSON and docs, in kebab case. */
  readonly id: string;
  readonly section: Section;
  /** Runs at the same time as all other checks. A thrown error becomes a result of this check only. */
  run(context: DoctorContext): Promise<CheckResult>;
}
