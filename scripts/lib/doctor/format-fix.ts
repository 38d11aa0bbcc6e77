import { formatCommand } from "../cli/invocation";
import { formatStageOptions } from "../cli/options";
import type { DoctorContext } from "./check";

/** Formats the command of this program that fixes a problem of the stage. */
export function formatFix(
  { target }: DoctorContext,
  name: string,
  ...args: readonly string[]
): string {
  return formatCommand(name, formatStageOptions(target), ...args);
}
