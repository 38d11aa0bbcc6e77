import type { StageChoice } from "../arguments";
import type { LiveResource } from "./live-resources";
import type { LiveStack } from "./live-stack";
import type { Matching } from "./matching";
import type { StageCode } from "./stage-code";

/** A setting that the stage's environment lacks for its code to be what is live. */
export interface MissingSetting {
  /** Line for the stage's environment file. */
  readonly line: string;
  readonly why: string;
}

/** What settings that are missing are found in. */
export interface SettingsSurvey {
  readonly choice: StageChoice;
  readonly stack: LiveStack;
  readonly resources: readonly LiveResource[];
  readonly code: StageCode;
  readonly matching: Matching;
  /** Whether the stage was begun to be applied, which may have made what the stack has not. */
  readonly isApplied: boolean;
}
