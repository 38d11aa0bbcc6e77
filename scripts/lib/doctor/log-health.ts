import { fenceText } from "../cli/log-fence";
import type { StageTarget } from "../cli/options";
import { CHECKS } from "./checks";
import { createDoctorContext } from "./context";
import { formatFix } from "./format-fix";
import { renderProblems } from "./render/text";
import { runChecks } from "./run-checks";

export interface HealthOptions {
  /** Whether {@link log} shows colors. */
  readonly hasColors: boolean;
  readonly log: (line: string) => void;
}

/** Checks a stage after its deployment, and logs the problems and the counts. A problem does not fail the deployment. */
export async function logHealth(
  target: StageTarget,
  { hasColors, log }: HealthOptions,
): Promise<void> {
  log(`Checking ${target.stackName}…`);
  const context = createDoctorContext(target, log);
  try {
    const { report } = await runChecks(CHECKS, context);
    log(fenceText(renderProblems(report, { hasColors })));
    const { warning, failed } = report.counts;
    if (warning + failed > 0)
      log(`${formatFix(context, "doctor")} checks the stage again`);
  } catch {
    // the deployment has succeeded
    log(
      `the stage was not checked: ${formatFix(context, "doctor")} has an internal error`,
    );
  }
}
