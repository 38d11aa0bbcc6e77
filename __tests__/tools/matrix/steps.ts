/** Steps of a configuration, in order, and the step that each needs. */
const STEPS = {
  account: undefined,
  synth: "account",
  init: "synth",
  apply: "init",
  plan: "apply",
  outputs: "apply",
  token: "apply",
  "sign-in": "apply",
  // a failed apply can leave resources
  destroy: "init",
} as const;

export type StepName = keyof typeof STEPS;

export const STEP_NAMES = Object.keys(STEPS) as readonly StepName[];

/** A step returns what differs from the local AWS of this project, and throws if it fails. */
export type Step = () => Promise<readonly string[]>;

/** The steps of a configuration. A configuration without users has no sign-in. */
export type Steps = Readonly<
  Record<Exclude<StepName, "sign-in">, Step> & { "sign-in"?: Step | undefined }
>;

/** `differs`: the step ended, with another result; `skipped`: a step that it needs did not end. */
export type StepStatus = "ok" | "differs" | "failed" | "skipped";

export interface StepResult {
  readonly step: StepName;
  readonly status: StepStatus;
  /** The differences, the first lines of the errors, or the step that failed. */
  readonly reasons: readonly string[];
}

/**
 * Runs the steps of a configuration. Continues after a failure with the steps that do not need the failed one.
 *
 * @param explain returns the lines of an error
 */
export async function runSteps(
  steps: Steps,
  explain: (error: unknown) => readonly string[],
  onStep: (step: StepName) => Promise<void>,
): Promise<readonly StepResult[]> {
  const results: StepResult[] = [];
  for (const step of STEP_NAMES) {
    const run = steps[step];
    if (run === undefined) continue;
    const failed = findFailedStep(results, step);
    if (failed !== undefined) {
      const reasons = [`${failed} failed`];
      results.push({ step, status: "skipped", reasons });
      continue;
    }
    await onStep(step);
    const outcome = await run().then(
      (differences) => ({
        status:
          differences.length === 0 ? ("ok" as const) : ("differs" as const),
        reasons: differences,
      }),
      (error: unknown) => ({
        status: "failed" as const,
        reasons: explain(error),
      }),
    );
    results.push({ step, ...outcome });
  }
  return results;
}

/** Returns the failed step that a step needs, directly or not. */
function findFailedStep(
  results: readonly StepResult[],
  step: StepName,
): StepName | undefined {
  const needed = STEPS[step];
  if (needed === undefined) return undefined;
  const isFailed = results.some(
    (result) => result.step === needed && result.status === "failed",
  );
  return isFailed ? needed : findFailedStep(results, needed);
}
