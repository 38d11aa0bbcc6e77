import { getEnvironment } from "../../../stacks/config/environment";
import type { CommandEntry, CommandGroups } from "./command";
import { formatHelp, formatOverview } from "./help";
import {
  findInvocation,
  findProgram,
  type Installation,
  PROGRAM,
  removeCallVariables,
  setInvocation,
} from "./invocation";
import { EXIT_USAGE, runCommand } from "./run-command";
import { UsageError } from "./usage-error";

export interface Program {
  readonly groups: CommandGroups;
  readonly version: string;
  readonly installation?: Installation;
}

/** Runs the command that the arguments name, and sets the exit code of the process. */
export async function runProgram(
  program: Program,
  [name, ...args]: readonly string[],
): Promise<void> {
  if (name !== undefined && args.includes("--version")) {
    await runProgram(program, ["--version"]);
    return;
  }
  if (name === "help" && args[0] !== undefined) {
    await runProgram(program, [args[0], "--help"]);
    return;
  }
  const { groups, installation } = program;
  setInvocation({ program: findProgram(installation), isNpmScript: false });
  const entry = findEntry(groups, name);
  if (name === undefined || entry === undefined) {
    await runCommand(() => runGlobal(program, name));
    return;
  }
  setInvocation(
    findInvocation(entry.name, name, {
      env: getEnvironment(),
      programPath: process.argv[1] ?? "",
      directory: process.cwd(),
      installation,
    }),
  );
  removeCallVariables(getEnvironment());
  if (installation?.app !== undefined) process.chdir(installation.app);
  const { command } = await entry.load();
  const usage = command.getUsageExitCode?.(args);
  await runCommand(
    async () => {
      if (isHelpRequested(args)) {
        console.log(formatHelp(entry, command));
        return 0;
      }
      // a help needs no parser, which takes as long to load as the rest
      const { parseArguments } = await import("./parse");
      const { values, argument } = parseArguments(command, args);
      if (command.needsApp && installation && installation.app === undefined) {
        const { createAppError } = await import("../terraform/app");
        throw createAppError();
      }
      return command.run(values, argument);
    },
    { usage },
  );
}

/** Runs what is no command: the overview, the version, or the help of a command. */
async function runGlobal(
  { groups, version }: Program,
  name: string | undefined,
): Promise<number> {
  switch (name) {
    case "--version":
    case "-V":
      console.log(`${PROGRAM} ${version}`);
      return 0;
    case "help":
    case "--help":
    case "-h":
      console.log(formatOverview(groups));
      return 0;
    case undefined:
      console.error(formatOverview(groups));
      return EXIT_USAGE;
  }
  const names = Object.values(groups).flatMap((entries) =>
    entries.flatMap((entry) => [entry.name, ...(entry.aliases ?? [])]),
  );
  const { findSimilarCommand } = await import("./parse");
  const similar = findSimilarCommand(name, names);
  throw new UsageError(
    name.startsWith("-")
      ? "a command must precede the options"
      : `command ${JSON.stringify(name)} is unknown`,
    similar === undefined ? undefined : `did you mean ${similar}?`,
  );
}

function findEntry(
  groups: CommandGroups,
  name: string | undefined,
): CommandEntry | undefined {
  return Object.values(groups)
    .flat()
    .find(
      (entry) =>
        name !== undefined &&
        (entry.name === name || entry.aliases?.includes(name) === true),
    );
}

/** Returns whether `--help` is among the options; after `--`, it is an argument. */
function isHelpRequested(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  return (end === -1 ? args : args.slice(0, end)).some(
    (arg) => arg === "--help" || arg === "-h",
  );
}
