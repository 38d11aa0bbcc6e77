import type { StageTarget } from "../../cli/options";
import type { LiveResource } from "../read/live-resources";
import type { LiveStack } from "../read/live-stack";
import type { Matching } from "../read/matching";
import type { TerraformConfiguration } from "../read/terraform-configuration";

/** A setting that the stage needs for its configuration to match the live resources. */
export interface MissingSetting {
  /** Line for the stage's environment file. */
  readonly line: string;
  readonly reason: string;
}

/** Values from which missing settings are derived. */
export interface SettingsInput {
  readonly stageTarget: StageTarget;
  readonly stack: LiveStack;
  readonly resources: readonly LiveResource[];
  readonly configuration: TerraformConfiguration;
  readonly matching: Matching;
  /** Whether an apply was started, which may have created resources that the stack does not have. */
  readonly isApplyStarted: boolean;
}

/** Adds the missing settings of one kind; a setting with an empty value is not added. */
export type SettingsFinder = (
  input: SettingsInput,
  add: (name: string, value: string, reason: string) => void,
) => void | Promise<void>;
