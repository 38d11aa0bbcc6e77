import { describeLocal, useResource } from "./deployment";
import { FaultStage, type InjectedFault } from "./fault-stage";

/** Results of the runs with one fault at each call. */
interface FaultTally {
  /** Number of runs that ended at their fault. */
  interrupted: number;
  /** Number of runs by the runbook's command that they required in addition to a retry. */
  readonly recoverySteps: Record<string, number>;
  readonly failures: string[];
}

/** Describes a stage that converges whichever call fails with one of the faults. */
export function describeFaults(
  faults: readonly InjectedFault["fault"][],
  expected: {
    /** Minimum number of interrupted runs, so that the faults take effect. */
    readonly atLeast: number;
    /** Whether `orphans` may be required. */
    readonly canLeaveOrphans?: boolean;
    /** Injects the fault only at every nth call. @default 1 */
    readonly every?: number;
  },
): void {
  const stage = useResource(() => FaultStage.start(1));

  describeLocal("a stage", () => {
    test.each(faults)(
      "converges to one of each resource and an empty plan, whichever call of apply and destroy is %s",
      async (fault) => {
        const calls = await stage().listCalls(expected.every ?? 1);
        const tally = await failEachCall(stage(), fault, calls);
        logProgress(`${fault}: ${JSON.stringify(tally)}`);
        expect(tally.failures).toEqual([]);
        if (expected.canLeaveOrphans !== true)
          expect(tally.recoverySteps.orphans).toBeUndefined();
        expect(tally.interrupted).toBeGreaterThan(expected.atLeast);
      },
      7_200_000,
    );
  });
}

/** Runs an apply and a destroy with a fault at each call, and retries each until it succeeds. */
async function failEachCall(
  stage: FaultStage,
  fault: InjectedFault["fault"],
  calls: readonly number[],
): Promise<FaultTally> {
  const tally: FaultTally = { interrupted: 0, recoverySteps: {}, failures: [] };
  const allResources = await deployWithoutFault(stage);
  for (const [index, call] of calls.entries()) {
    await stage.reset();
    const results: string[] = [];
    for (const command of ["apply", "destroy"] as const) {
      const run = await stage.run(command, { call, fault });
      const { steps, problem } = await recover(stage, command, allResources);
      if (run.code !== 0) tally.interrupted += 1;
      for (const step of steps)
        tally.recoverySteps[step] = (tally.recoverySteps[step] ?? 0) + 1;
      const name = `${fault} at call ${call} of ${command}, ${run.failed}`;
      const continued = run.code === 0 ? [" (continued)"] : [];
      results.push(
        `${command}: ${[run.failed + continued.join(""), ...steps].join(", ")}`,
      );
      if (problem !== undefined) tally.failures.push(`${name}: ${problem}`);
    }
    logProgress(
      `${fault} ${index + 1} of ${calls.length}, call ${call}: ${results.join("; ")}`,
    );
  }
  return tally;
}

/** Deploys a stage without a fault and returns its resources. */
export async function deployWithoutFault(stage: FaultStage): Promise<string[]> {
  await stage.reset();
  const { code, stderr } = await stage.run("apply");
  if (code !== 0) throw new Error(stderr);
  return stage.listResources();
}

/** Retries a command until it succeeds, and returns the problem that remains. */
async function recover(
  stage: FaultStage,
  command: "apply" | "destroy",
  allResources: readonly string[],
): Promise<{ readonly steps: readonly string[]; readonly problem?: string }> {
  const { steps: retrySteps, last } = await stage.retry(command);
  const expected = command === "apply" ? allResources : [];
  const steps = [...retrySteps];
  let { code, stderr } = last;
  let actual = await stage.listResources();
  const hasConverged = (): boolean =>
    code === 0 && actual.join("\n") === expected.join("\n");
  if (!hasConverged() && command === "apply") {
    // a lost response or a kill can leave orphans
    ({ code, stderr } = await stage.resolveOrphans());
    actual = await stage.listResources();
    steps.push("orphans");
  }
  if (code !== 0) return { steps, problem: stderr };
  if (!hasConverged())
    return { steps, problem: `AWS has ${actual.join(", ") || "nothing"}` };
  // an apply without changes was an empty plan
  const isPlanned =
    command === "destroy" || last.stdout.includes("\nNo changes.");
  const plan = isPlanned ? undefined : await stage.plan();
  return plan === undefined || plan.code === 0
    ? { steps }
    : { steps, problem: `second plan: ${plan.stdout}` };
}

/** Writes a progress line. The console of jest would add a stack trace. */
function logProgress(line: string): void {
  process.stderr.write(`${line}\n`);
}
