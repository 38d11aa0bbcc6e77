import type { Check } from "../../../scripts/lib/doctor/check";
import type { DoctorStage } from "./doctor-stage";

/** A problem of a stage, and what the check reports. */
export interface BrokenCase {
  readonly problem: string;
  /** Causes the problem in a well stage. */
  readonly change: (stage: DoctorStage) => void;
  readonly status: "warning" | "failed";
  /** Part of the message. */
  readonly message: string;
  /** Part of a detail. @default not compared */
  readonly detail?: string;
  /** Part of the fix. */
  readonly fix: string;
}

/** A check with a well stage, with each problem, and without permission. */
export interface CheckCases {
  readonly check: Check;
  /** Completes the well stage. @default nothing */
  readonly prepare?: (stage: DoctorStage) => void;
  /** Part of the message for a well stage. */
  readonly well: string;
  readonly broken: readonly BrokenCase[];
  /** All IAM actions that the check needs in a well stage, sorted; without any of them, it is skipped. */
  readonly actions: readonly string[];
}
