import { writeFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { environment } from "../../../stacks/config";
import { runProcess } from "../processes";
import type { Mutant } from "./mutant";

/** A mutant and the test files that it is run against. */
export interface Attempt {
  readonly id: string;
  /** `undefined` for the project as it is. */
  readonly mutant: Mutant | undefined;
  readonly tests: readonly string[];
}

/** How an attempt ended: the first test that failed, if any did. */
export interface Outcome {
  readonly id: string;
  readonly test?: string;
  readonly failed?: string;
}

const MARK = "@mutant ";
/** For loading all, and for each attempt. */
const SECONDS = 180;

/**
 * Runs attempts one after another in a process of their own, and gives how each ended.
 *
 * @param project folder that is read, and never written to
 * @param list file that what is to run is written to
 */
export async function runAttempts(
  project: string,
  list: string,
  attempts: readonly Attempt[],
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  writeFileSync(list, JSON.stringify(attempts));
  const worker = ["scripts", "lib", "mutation", "mutant-worker.mjs"];
  try {
    const { stderr, code } = await runProcess(
      process.execPath,
      [path.join(project, ...worker), project, list],
      {
        directory: project,
        environment: { ...environment(), FORCE_COLOR: "0" },
        timeoutSeconds: SECONDS * (attempts.length + 1),
        onLine: (line) => {
          if (line.startsWith(MARK))
            outcomes.push(JSON.parse(line.slice(MARK.length)) as Outcome);
        },
      },
    );
    if (outcomes.length < attempts.length)
      throw new UserError(
        `tests must run to their end, got exit code ${code}: ${stderr.slice(-500)}`,
      );
  } catch (error) {
    const isOverdue =
      error instanceof UserError && error.message.includes("took longer than");
    const [overdue, ...rest] = attempts.slice(outcomes.length);
    if (!isOverdue || overdue === undefined) throw error;
    const late = { id: overdue.id, test: "timeout", failed: "timeout" };
    return [...outcomes, late, ...(await runAttempts(project, list, rest))];
  }
  return outcomes;
}
