import type { FaultStage, InjectedFault } from "./fault-stage";

/** How the runs with one fault at each call ended. */
export interface FaultTally {
  /** Runs that stopped at their fault. */
  stopped: number;
  /** Runs that had to be followed by a command of the runbook beside the same one again, by that command. */
  readonly recoverySteps: Record<string, number>;
  /** What did not end as it should, by the run. */
  readonly failures: string[];
}

/**
 * For each call of an apply and each of a destroy: an apply in which it fails, and again until it is done; then a destroy in
 * which it fails, and again. Each ends with what a run without a fault ends with, or is told in the tally.
 */
export async function failEachCall(
  stage: FaultStage,
  fault: InjectedFault["fault"],
  calls: readonly number[],
): Promise<FaultTally> {
  const tally: FaultTally = { stopped: 0, recoverySteps: {}, failures: [] };
  const whole = await deployWithoutFault(stage);
  for (const [index, call] of calls.entries()) {
    await stage.reset();
    const said: string[] = [];
    for (const command of ["apply", "destroy"] as const) {
      const struck = await stage.run(command, { call, fault });
      const { took, problem } = await goneOn(stage, command, whole);
      if (struck.code !== 0) tally.stopped += 1;
      for (const one of took)
        tally.recoverySteps[one] = (tally.recoverySteps[one] ?? 0) + 1;
      const name = `${fault} at call ${call} of ${command}, ${struck.failed}`;
      said.push(
        `${command}: ${struck.failed}${struck.code === 0 ? " (went on by itself)" : ""}${took.map((one) => `, ${one}`).join("")}`,
      );
      if (problem !== undefined) tally.failures.push(`${name}: ${problem}`);
    }
    logProgress(
      `${fault} ${index + 1} of ${calls.length}, call ${call}: ${said.join("; ")}`,
    );
  }
  return tally;
}

/** What a stage has when nothing fails, and how many calls that took. */
export async function deployWithoutFault(stage: FaultStage): Promise<string[]> {
  await stage.reset();
  const { code, stderr } = await stage.run("apply");
  if (code !== 0) throw new Error(stderr);
  return stage.listResources();
}

/** The command again until it is done, and what is not as it should be then. */
async function goneOn(
  stage: FaultStage,
  command: "apply" | "destroy",
  whole: readonly string[],
): Promise<{ readonly took: readonly string[]; readonly problem?: string }> {
  const { took, last } = await stage.retry(command);
  const wanted = command === "apply" ? whole : [];
  const steps = [...took];
  let { code, stderr } = last;
  let holds = await stage.listResources();
  const isOff = (): boolean =>
    code !== 0 || holds.join("\n") !== wanted.join("\n");
  if (isOff() && command === "apply") {
    // what a lost answer or a kill has left
    ({ code, stderr } = await stage.resolveOrphans());
    holds = await stage.listResources();
    steps.push("orphans");
  }
  if (code !== 0) return { took: steps, problem: stderr };
  if (isOff())
    return {
      took: steps,
      problem: `AWS holds ${holds.join(", ") || "nothing"}`,
    };
  // an apply that had nothing to do was a plan that is empty
  const isPlanned =
    command === "destroy" || last.stdout.includes("\nNo changes.");
  const plan = isPlanned ? undefined : await stage.plan();
  return plan === undefined || plan.code === 0
    ? { took: steps }
    : { took: steps, problem: `second plan: ${plan.stdout}` };
}

/** A line of progress: jest prints its own console only with the place it came from. */
export function logProgress(line: string): void {
  process.stderr.write(`${line}\n`);
}
