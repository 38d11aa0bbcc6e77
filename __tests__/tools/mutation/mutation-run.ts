import { writeFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { runProcess } from "../../../scripts/lib/system/processes";
import { getEnvironment } from "../../../stacks/config/environment";
import type { Mutant } from "./mutant";

export interface MutationContext {
  /** Directory of the project, which is only read. */
  readonly project: string;
  /** Directory for temporary files. */
  readonly directory: string;
  readonly workers: number;
  /** Contents of test files by path. */
  readonly tests: Readonly<Record<string, string>>;
}

/** The result of a mutant. */
export interface Verdict {
  readonly mutant: Mutant;
  /** Test that failed, {@link NO_RESULT}, or `undefined` if all tests passed. */
  readonly killedBy: string | undefined;
}

/** Marks a mutant whose tests did not end. */
export const NO_RESULT = "no result";
const WORKER = "__tests__/tools/mutation/mutant-worker.mjs";
const RESULT_PREFIX = "@mutant ";
const CORPUS = "__tests__/stacks/rules-corpus.test.ts";
/** For the start of a worker, and for each mutant. */
const TIMEOUT_SECONDS = 180;
const BATCH_SIZE = 30;

/**
 * Runs tests on each mutant until one fails.
 *
 * @param onVerdict receives each verdict with the number of verdicts
 * @throws UserError if the tests cannot run
 */
export async function runMutants(
  context: MutationContext,
  mutants: readonly Mutant[],
  onVerdict: (verdict: Verdict, count: number) => void,
): Promise<Verdict[]> {
  const verdicts: Verdict[] = [];
  const queue = Array.from(
    { length: Math.ceil(mutants.length / BATCH_SIZE) },
    (_, index) => mutants.slice(index * BATCH_SIZE, (index + 1) * BATCH_SIZE),
  );
  const work = async (_: unknown, worker: number): Promise<void> => {
    const file = path.join(context.directory, `batch-${worker}.json`);
    for (let batch = queue.shift(); batch; batch = queue.shift())
      await runBatch(context, file, batch, (verdict) => {
        verdicts.push(verdict);
        onVerdict(verdict, verdicts.length);
      });
  };
  await Promise.all(Array.from({ length: context.workers }, work));
  return verdicts;
}

/** Runs mutants in one process. Continues with another process after a mutant that makes it fail or time out. */
async function runBatch(
  context: MutationContext,
  file: string,
  batch: readonly Mutant[],
  onVerdict: (verdict: Verdict) => void,
): Promise<void> {
  const { project, tests } = context;
  const attempts = batch.map((mutant) => ({
    mutant,
    tests: planTests(mutant.file, tests),
  }));
  writeFileSync(file, JSON.stringify(attempts));
  let count = 0;
  let problem: string;
  try {
    const { stderr } = await runProcess(
      process.execPath,
      [path.join(project, WORKER), project, file],
      {
        directory: project,
        environment: { ...getEnvironment(), FORCE_COLOR: "0" },
        timeoutSeconds: TIMEOUT_SECONDS * (batch.length + 1),
        onLine: (line) => {
          const mutant = batch[count];
          if (!line.startsWith(RESULT_PREFIX) || mutant === undefined) return;
          count += 1;
          const { killedBy } = JSON.parse(
            line.slice(RESULT_PREFIX.length),
          ) as Pick<Verdict, "killedBy">;
          onVerdict({ mutant, killedBy });
        },
      },
    );
    problem = stderr.slice(-500);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problem = error.message;
  }
  const [mutant, ...rest] = batch.slice(count);
  if (mutant === undefined) return;
  if (count === 0 && rest.length === 0)
    throw new UserError(`cannot run tests: ${problem}`);
  onVerdict({ mutant, killedBy: NO_RESULT });
  await runBatch(context, file, rest, onVerdict);
}

/** Lists the tests for a file in order: its own, those that import it, the corpus of rules, and all others. */
export function planTests(
  file: string,
  tests: Readonly<Record<string, string>>,
): readonly string[] {
  const own = `__tests__/${file.replace(/\.ts$/, ".test.ts")}`;
  const { dir, name } = path.parse(file);
  // a directory can be imported by its index
  const imported = new RegExp(`from "[^"]*/(${name}|${path.basename(dir)})"`);
  const files = Object.keys(tests);
  return [
    ...new Set([
      ...files.filter((test) => test === own),
      ...files.filter((test) => imported.test(tests[test] ?? "")),
      ...files.filter((test) => test === CORPUS),
      ...files.filter((test) => /^__tests__\/(constructs|stacks)\//.test(test)),
    ]),
  ];
}
