import { writeFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { getEnvironment } from "../../../stacks/config/environment";
import { runProcess } from "../../../scripts/lib/system/processes";
import type { Mutant } from "./mutant";

/** The files of the product, and the files of their tests, by their path. */
export interface Sources {
  readonly texts: Readonly<Record<string, string>>;
  readonly tests: Readonly<Record<string, string>>;
}

/**
 * Tests for the rules of a file, in the rounds that they are run in until one fails: first those that are about it, then
 * those about what imports it, then those of whole apps, and then all of the product.
 */
export function planTestRounds(
  file: string,
  { texts, tests }: Sources,
): readonly (readonly string[])[] {
  const base = file.replace(/^.*\/|\.ts$/g, "");
  const imported = new RegExp(`from "[^"]*/${base}"`);
  const importing = (files: Readonly<Record<string, string>>): string[] =>
    Object.keys(files).filter((name) => imported.test(files[name] ?? ""));
  const named = (name: string): string =>
    `__tests__/${name.replace(/\.ts$/, ".test.ts")}`;
  const own = [named(file)].filter((test) => test in tests);
  const around = [
    ...new Set([
      ...importing(texts)
        .map(named)
        .filter((test) => test in tests),
      ...importing(tests),
    ]),
  ];
  return [
    own.length > 0 ? own : around,
    own.length > 0 ? around : [],
    ["__tests__/stacks/rules-corpus.test.ts"],
    Object.keys(tests).filter((test) =>
      /^__tests__\/(constructs|stacks)\//.test(test),
    ),
  ];
}

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
  const worker = ["__tests__", "tools", "mutation", "mutant-worker.mjs"];
  try {
    const { stderr, code } = await runProcess(
      process.execPath,
      [path.join(project, ...worker), project, list],
      {
        directory: project,
        environment: { ...getEnvironment(), FORCE_COLOR: "0" },
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

/** Where mutants are run. */
export interface MutationContext {
  /** The project's folder, which is read and never written to. */
  readonly project: string;
  /** Folder for lists of what to run. */
  readonly directory: string;
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
  place: MutationContext,
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
      tests: planTestRounds(mutant.file, sources)[round] ?? [],
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
  place: MutationContext,
  batches: readonly (readonly MutantAttempt[])[],
  onOutcome: (attempt: MutantAttempt, outcome: Outcome) => void,
): Promise<void> {
  const waiting = [...batches];
  const work = async (_: unknown, worker: number): Promise<void> => {
    for (;;) {
      const batch = waiting.shift();
      if (batch === undefined) return;
      const list = path.join(place.directory, `batch-${worker}.json`);
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
