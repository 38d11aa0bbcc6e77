import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { UserError } from "../../../constructs/errors";
import { runCommand } from "../../../scripts/lib/cli/run-command";
import { findProjectDirectory } from "../../../scripts/lib/system/project-directory";
import { withTemporaryDirectory } from "../../../scripts/lib/system/temporary-directory";
import type { Mutant } from "./mutant";
import { EQUIVALENT_MUTANTS, findMutants } from "./mutants";
import { NO_RESULT, runMutants, type Verdict } from "./mutation-run";

const HELP = `Usage: npm run test:mutation [-- options]

Remove each validation rule from the code in turn, loosen each of its bounds, and run unit tests until one fails. Does not
change the project. Takes about a quarter of an hour.

Options:
  --only <text>  only rules whose file, line or code contains this text
  --list         print the rules without running tests
  --json         print {"rules","killed","seconds","timeouts":[…],"equivalent":[…],"survivors":[…]}
  -h, --help     print this help

Example:
  npm run test:mutation -- --only "limit roleName"

Exit code 3: no test fails for some rules, or their tests do not end.`;

const EXIT_SURVIVORS = 3;
const log = console.error;

void runCommand(async () => {
  const { values } = parseArgs({
    options: {
      only: { type: "string", default: "" },
      list: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const project = findProjectDirectory();
  const found = findMutants(
    readSources(project, ["constructs", "stacks"]),
  ).filter((mutant) => format(mutant).includes(values.only));
  if (found.length === 0)
    throw new UserError(
      `--only must be part of a rule, got ${JSON.stringify(values.only)}`,
      "use --list to print the rules",
    );
  if (values.list) {
    console.log(found.map(format).join("\n"));
    return 0;
  }
  const equivalent = found.filter(isEquivalent);
  const mutants = found.filter((mutant) => !isEquivalent(mutant));
  const tests = readSources(
    project,
    ["constructs", "stacks", "scripts"].map((name) => `__tests__/${name}`),
  );
  const startedMs = Date.now();
  const verdicts = await withTemporaryDirectory((directory) =>
    runMutants(
      { project, directory, workers: 2, tests },
      mutants,
      (verdict, count) => {
        log(`${count} of ${mutants.length}  ${formatVerdict(verdict)}`);
      },
    ),
  );
  const seconds = Math.round((Date.now() - startedMs) / 1000);
  const select = (killedBy: string | undefined): string[] =>
    verdicts
      .filter((verdict) => verdict.killedBy === killedBy)
      .map(({ mutant }) => format(mutant));
  const [survivors, timeouts] = [select(undefined), select(NO_RESULT)];
  const killed = verdicts.length - survivors.length - timeouts.length;
  console.log(
    values.json
      ? JSON.stringify({
          rules: verdicts.length,
          killed,
          seconds,
          timeouts,
          equivalent: equivalent.map(format),
          survivors,
        })
      : [
          `a test fails for ${killed} of ${verdicts.length} rules (${seconds} s)`,
          ...timeouts.map((text) => `no result: ${text}`),
          ...equivalent.map((mutant) => `equivalent: ${format(mutant)}`),
          ...survivors.map((text) => `survived: ${text}`),
        ].join("\n"),
  );
  return killed === verdicts.length ? 0 : EXIT_SURVIVORS;
});

function format({ file, line, description }: Mutant): string {
  return `${file}:${line} ${description}`;
}

function formatVerdict({ mutant, killedBy }: Verdict): string {
  if (killedBy === undefined) return `SURVIVED  ${format(mutant)}`;
  return killedBy === NO_RESULT
    ? `NO RESULT  ${format(mutant)}`
    : `killed by ${killedBy}  ${format(mutant)}`;
}

function isEquivalent({ file, description }: Mutant): boolean {
  return `${file} ${description}` in EQUIVALENT_MUTANTS;
}

/** Reads the TypeScript files of directories by path. */
function readSources(
  project: string,
  directories: readonly string[],
): Record<string, string> {
  const files = directories.flatMap((directory) =>
    readdirSync(path.join(project, directory), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith(".ts"))
      .map((name) => `${directory}/${name}`),
  );
  return Object.fromEntries(
    files.map((file) => [file, readFileSync(path.join(project, file), "utf8")]),
  );
}
