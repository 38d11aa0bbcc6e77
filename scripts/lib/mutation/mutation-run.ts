import path from "node:path";
import { runAttempts, type Attempt, type Outcome } from "./mutant-tests";
import type { Mutant } from "./mutant";
import { testRounds, type Sources } from "./test-rounds";

/** Where mutants are run. */
export interface Workplace {
  /** The project's folder, which is read and never written to. */
  readonly project: string;
  /** Folder for lists of what to run. */
  readonly folder: string;
  readonly workers: number;
}

/** How a mutant ended. */
export interface Verdict {
  readonly mutant: Mutant;
  /** Test that failed, `timeout` where none ended in time, `undefined` where all passed. */
  readonly killedBy: string | undefined;
}

/** Id of the project without a mutant. */
const UNCHANGED = "unchanged";
const ROUNDS = 4;
/** So many are told of together. */
const BATCH = 20;

/**
 * Runs each mutant against tests until one fails.
 *
 * @param tell told of each verdict, and how many there are by then
 * @throws UserError when tests cannot run
 */
export async function runMutants(
  place: Workplace,
  sources: Sources,
  mutants: readonly Mutant[],
  tell: (verdict: Verdict, done: number) => void,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const settle = (mutant: Mutant, killedBy: string | undefined): void => {
    const verdict = { mutant, killedBy };
    verdicts.push(verdict);
    tell(verdict, verdicts.length);
  };
  let left = mutants;
  for (let round = 0; round < ROUNDS; round += 1) {
    const survivors: Mutant[] = [];
    const attempts = left.map((mutant, index) => ({
      id: `m${index}`,
      mutant,
      tests: testRounds(mutant.file, sources)[round] ?? [],
    }));
    await inTurn(place, chunks(attempts), (attempt, outcome) => {
      if (outcome.test === undefined) survivors.push(attempt.mutant);
      else settle(attempt.mutant, outcome.test);
    });
    left = survivors;
  }
  for (const mutant of left) settle(mutant, undefined);
  return verdicts;
}

interface MutantAttempt extends Attempt {
  readonly mutant: Mutant;
}

/** Runs batches, as many side by side as there are workers. */
async function inTurn(
  place: Workplace,
  batches: readonly (readonly MutantAttempt[])[],
  onOutcome: (attempt: MutantAttempt, outcome: Outcome) => void,
): Promise<void> {
  const waiting = [...batches];
  const work = async (_: unknown, worker: number): Promise<void> => {
    for (;;) {
      const batch = waiting.shift();
      if (batch === undefined) return;
      const list = path.join(place.folder, `batch-${worker}.json`);
      const outcomes = await outcomesOf(place.project, list, batch);
      for (const attempt of batch) {
        const outcome = outcomes.find(({ id }) => id === attempt.id);
        if (outcome !== undefined) onOutcome(attempt, outcome);
      }
    }
  };
  await Promise.all(Array.from({ length: place.workers }, work));
}

/** How attempts ended, by the tests that pass on the project as it is: the others would tell nothing of a mutant. */
async function outcomesOf(
  project: string,
  list: string,
  batch: readonly MutantAttempt[],
): Promise<Outcome[]> {
  const unchanged: Attempt = {
    id: UNCHANGED,
    mutant: undefined,
    tests: [...new Set(batch.flatMap(({ tests }) => tests))],
  };
  const [first] = await runAttempts(project, list, [unchanged]);
  if (first?.test === undefined) return runAttempts(project, list, batch);
  return outcomesOf(
    project,
    list,
    batch.map((attempt) => ({
      ...attempt,
      tests: attempt.tests.filter((test) => test !== first.test),
    })),
  );
}

function chunks<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / BATCH) }, (_, index) =>
    items.slice(index * BATCH, (index + 1) * BATCH),
  );
}
