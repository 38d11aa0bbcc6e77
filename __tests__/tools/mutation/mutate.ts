import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { UserError } from "../../../constructs/errors";
import { runCommand } from "../../../scripts/lib/cli/command";
import { EQUIVALENT_MUTANTS, findMutants } from "./mutants";
import type { Mutant } from "./mutant";
import { runMutants, type Verdict } from "./mutation-run";
import { findProjectDirectory } from "../../../scripts/lib/system/project-directory";
import { withTemporaryDirectory } from "../../../scripts/lib/system/temporary-directory";

const HELP = `Usage: npm run test:mutation [-- options]

Takes each rule that a stage is checked by out of the code in turn, its bounds one by one too, and runs the unit tests
that concern it: one has to fail. Changes nothing in the project. Takes about a quarter of an hour.

Options:
  --only <text>  only rules whose file, line or code has this text
  --list         print the rules, and run nothing
  --json         print {"rules","killed","seconds","timeouts":[…],"equivalent":[…],"survivors":[…]}
  -h, --help     show this text

Exit code: 0 each was told by a test; 3 some were not, as is told; 1 it cannot be said, for the reason that is told; 2 an
option is not accepted; 70 a defect.`;

const EXIT_SURVIVORS = 3;
/** Writes what others have checked. */
const WITHOUT_RULES = ["stacks/hcl/writer.ts"];
const log = console.error;
const shown = ({ file, line, description: what }: Mutant): string =>
  `${file}:${line} ${what}`;
const isEquivalent = ({ file, description: what }: Mutant): boolean =>
  `${file} ${what}` in EQUIVALENT_MUTANTS;

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
  const sources = {
    texts: textsOf(project, ["constructs", "stacks"]),
    tests: textsOf(
      project,
      ["constructs", "stacks", "scripts"].map((name) => `__tests__/${name}`),
    ),
  };
  const found = Object.entries(sources.texts)
    .filter(([file]) => !WITHOUT_RULES.includes(file))
    .flatMap(([file, text]) => findMutants(file, text))
    .filter((mutant) => shown(mutant).includes(values.only));
  if (found.length === 0)
    throw new UserError(
      `--only must be a part of a rule, got ${JSON.stringify(values.only)}`,
      "--list shows them",
    );
  if (values.list) {
    console.log(found.map(shown).join("\n"));
    return 0;
  }
  const equivalent = found.filter(isEquivalent);
  const mutants = found.filter((mutant) => !isEquivalent(mutant));
  const begun = Date.now();
  const verdicts = await withTemporaryDirectory((folder) =>
    runMutants(
      { project, directory: folder, workers: 2 },
      sources,
      mutants,
      (verdict, done) => {
        log(`${done} of ${mutants.length}  ${progress(verdict)}`);
      },
    ),
  );
  const seconds = Math.round((Date.now() - begun) / 1000);
  const survivors = verdicts.filter(({ killedBy }) => killedBy === undefined);
  const timeouts = verdicts.filter(({ killedBy }) => killedBy === "timeout");
  const killed = verdicts.length - survivors.length;
  const shownAll = (some: readonly Verdict[]) =>
    some.map(({ mutant }) => shown(mutant));
  console.log(
    values.json
      ? JSON.stringify({
          rules: verdicts.length,
          killed,
          seconds,
          timeouts: shownAll(timeouts),
          equivalent: equivalent.map(shown),
          survivors: shownAll(survivors),
        })
      : [
          `${killed} of ${verdicts.length} rules are told by a test when they are missing (${seconds} s)`,
          ...shownAll(timeouts).map((text) => `by its time alone: ${text}`),
          ...equivalent.map((one) => `the same without it: ${shown(one)}`),
          ...shownAll(survivors).map((text) => `told by none: ${text}`),
        ].join("\n"),
  );
  return survivors.length === 0 ? 0 : EXIT_SURVIVORS;
});

/** Files of some folders, by their path in the project. */
function textsOf(
  project: string,
  folders: readonly string[],
): Record<string, string> {
  const files = folders.flatMap((folder) =>
    readdirSync(path.join(project, folder), { recursive: true })
      .map(String)
      .filter((name) => name.endsWith(".ts"))
      .map((name) => `${folder}/${name}`),
  );
  return Object.fromEntries(
    files.map((file) => [file, readFileSync(path.join(project, file), "utf8")]),
  );
}

function progress({ mutant, killedBy }: Verdict): string {
  return killedBy === undefined
    ? `SURVIVED  ${shown(mutant)}`
    : `killed by ${killedBy}  ${shown(mutant)}`;
}
