import { existsSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { runBatch, type Attempt, type Workplace } from "./jest-batch";
import type { Mutant } from "./mutant";
import { testRounds, type Sources, type Tests } from "./test-rounds";

/** How a mutant ended. */
export interface Verdict {
  readonly mutant: Mutant;
  /** Test that failed, `timeout` where none ended in time, `undefined` where all passed. */
  readonly killedBy: string | undefined;
}

/** Name of the project without a mutant. */
const UNCHANGED = "unchanged";
const ROUNDS = 4;
const BATCH = 30;
/** For one mutant's tests, alone; a batch has so much for each. */
const SECONDS = 120;

/**
 * Runs each mutant against tests until one fails.
 *
 * @param texts the files of the product
 * @param tell told of each verdict, and how many there are by then
 * @param onRound told how many a round of tests has left
 * @throws UserError when a test fails without any mutant
 */
export async function runMutants(
  place: Workplace,
  texts: Sources["texts"],
  mutants: readonly Mutant[],
  tell: (verdict: Verdict, done: number) => void,
  onRound: (round: number, left: number) => void,
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
    const groups = batchesOf(place, texts, left, round);
    // those that have no test of this round
    const tried = new Set(groups.flat().map(({ mutant }) => mutant));
    survivors.push(...left.filter((mutant) => !tried.has(mutant)));
    for (const attempts of groups) {
      const killed = await killedOf(place, attempts);
      for (const { id, mutant } of attempts) {
        if (mutant === undefined) continue;
        const killer = killed.get(id);
        if (killer === undefined) survivors.push(mutant);
        else settle(mutant, killer);
      }
    }
    left = survivors;
    onRound(round + 1, left.length);
  }
  for (const mutant of left) settle(mutant, undefined);
  return verdicts;
}

/** The attempts of a round, in batches that each have the unchanged project beside them. */
function batchesOf(
  { project }: Workplace,
  texts: Sources["texts"],
  mutants: readonly Mutant[],
  round: number,
): Attempt[][] {
  const sources = {
    texts,
    hasTest: (test: string) => existsSync(path.join(project, test)),
  };
  const testsOf = (mutant: Mutant): Tests =>
    testRounds(mutant.file, sources)[round] ?? [];
  const attempts = mutants.map((mutant, index) => ({
    id: `m${index}`,
    mutant,
    tests: testsOf(mutant),
  }));
  const related = attempts.filter(({ tests }) => tests === "related");
  const named = attempts.filter(
    ({ tests }) => tests.length > 0 && tests !== "related",
  );
  // jest finds what is related to any file of a batch
  const files = [...new Set(related.map(({ mutant }) => mutant.file))];
  return [
    ...chunks(named),
    ...files.flatMap((file) =>
      chunks(related.filter(({ mutant }) => mutant.file === file)),
    ),
  ].map((batch) => [
    {
      id: UNCHANGED,
      mutant: undefined,
      tests: batch.some(({ tests }) => tests === "related")
        ? "related"
        : [...new Set(batch.flatMap(({ tests }) => tests))],
    },
    ...batch,
  ]);
}

function chunks<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / BATCH) }, (_, index) =>
    items.slice(index * BATCH, (index + 1) * BATCH),
  );
}

/** By its id, which test told each mutant apart. */
async function killedOf(
  place: Workplace,
  attempts: readonly Attempt[],
): Promise<Map<string, string>> {
  const killed = new Map<string, string>();
  const broken: string[] = [];
  const run = (some: readonly Attempt[]): Promise<void> =>
    runBatch(
      place,
      some,
      SECONDS * some.length,
      ({ mutant, test, failed, error }) => {
        const name = path.relative(place.project, test);
        if (failed === 0 && error === null) return;
        if (mutant === UNCHANGED) broken.push(name);
        else killed.set(mutant, name);
      },
    );
  try {
    await run(attempts);
  } catch (error) {
    if (!isTimeout(error)) throw error;
    for (const attempt of attempts.filter(({ id }) => !killed.has(id)))
      await run([attempt]).catch((alone: unknown) => {
        if (!isTimeout(alone)) throw alone;
        killed.set(attempt.id, "timeout");
      });
  }
  if (broken.length > 0)
    throw new UserError(
      `tests must pass before a rule is taken out, got failures in ${broken.join(", ")}`,
    );
  return killed;
}

function isTimeout(error: unknown): boolean {
  return (
    error instanceof UserError && error.message.includes(" took longer than ")
  );
}
