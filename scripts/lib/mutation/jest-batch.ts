import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { environment } from "../../../stacks/config";
import { UserError } from "../../../constructs/errors";
import { runProcess } from "../processes";
import type { Mutant } from "./mutant";
import type { Tests } from "./test-rounds";

/** Where mutants are run. */
export interface Workplace {
  /** The project's folder, which is read and never written to. */
  readonly project: string;
  /** Folder for what jest has to keep. */
  readonly folder: string;
  readonly workers: number;
}

/** A mutant and the tests that it is run against. */
export interface Attempt {
  readonly id: string;
  /** `undefined` for the project as it is. */
  readonly mutant: Mutant | undefined;
  readonly tests: Tests;
}

/** One test file that has run. */
export interface Outcome {
  readonly mutant: string;
  readonly test: string;
  readonly failed: number;
  readonly error: string | null;
}

/**
 * Runs mutants side by side, each as a project of one jest, which starts once for all of them.
 *
 * @throws UserError when jest cannot run, or takes too long
 */
export async function runBatch(
  place: Workplace,
  attempts: readonly Attempt[],
  timeoutSeconds: number,
  onOutcome: (outcome: Outcome) => void,
): Promise<void> {
  const { project, folder, workers } = place;
  const config = path.join(folder, "jest.config.json");
  writeFileSync(
    config,
    JSON.stringify({
      rootDir: project,
      projects: attempts.map((attempt) => projectOf(place, attempt)),
    }),
  );
  const related = attempts.flatMap(({ tests, mutant }) =>
    tests === "related" && mutant !== undefined ? [mutant.file] : [],
  );
  let ran = 0;
  const { code, stdout, stderr } = await runProcess(
    process.execPath,
    [
      path.join(project, "node_modules", "jest", "bin", "jest.js"),
      ...["--config", config, "--ci", "--maxWorkers", String(workers)],
      ...["--reporters", path.join(own(project), "mutant-reporter.mjs")],
      ...(related.length > 0
        ? ["--findRelatedTests", ...new Set(related)]
        : []),
    ],
    {
      directory: project,
      environment: { ...environment(), FORCE_COLOR: "0" },
      timeoutSeconds,
      onLine: (line) => {
        if (!line.startsWith("@mutant ")) return;
        ran += 1;
        onOutcome(JSON.parse(line.slice("@mutant ".length)) as Outcome);
      },
    },
  );
  if (ran === 0 && code !== 0)
    throw new UserError(
      `jest must run the tests, got exit code ${code}: ${(stderr || stdout).slice(-500)}`,
    );
}

function own(project: string): string {
  return path.join(project, "scripts", "lib", "mutation");
}

/** The project's unit tests as jest knows them, of one mutant. */
function projectOf(
  { project, folder }: Workplace,
  { id, mutant, tests }: Attempt,
): object {
  const { projects } = createRequire(path.join(project, "package.json"))(
    "./jest.config.js",
  ) as { readonly projects: readonly { readonly displayName: string }[] };
  return {
    ...projects.find(({ displayName }) => displayName === "unit"),
    displayName: id,
    rootDir: project,
    roots: ["constructs", "stacks", "scripts", "__tests__"].map(
      (name) => `<rootDir>/${name}`,
    ),
    ...(tests !== "related" && {
      testMatch: tests.map((test) => `<rootDir>/${test}`),
    }),
    cacheDirectory: path.join(folder, "cache"),
    transform: {
      "^.+\\.ts$": [
        path.join(own(project), "mutant-transformer.mjs"),
        mutant === undefined
          ? {}
          : { mutant: { ...mutant, path: path.join(project, mutant.file) } },
      ],
    },
  };
}
