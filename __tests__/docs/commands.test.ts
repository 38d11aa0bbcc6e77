import { readFileSync } from "node:fs";
import { COMMANDS } from "../../scripts/commands";
import {
  type Command,
  type CommandOption,
  listChoices,
} from "../../scripts/lib/cli/command";
import { readPages } from "../support/pages";

/** A command line in a page. */
interface Use {
  readonly file: string;
  readonly name: string;
  readonly words: readonly string[];
}

const entries = Object.values(COMMANDS).flat();
/** All pages but the one that is generated from the commands. */
const pages = readPages().filter(({ file }) => file !== "docs/commands.md");
/** Options of every command, and of the program. */
const COMMON = ["help", "version"];
/** Options of other programs that the prose names. */
const OTHER_PROGRAMS = ["--config"];

/** The rest of a command line: quoted texts, and other characters that do not end a command of a shell. */
const REST = String.raw`((?:"[^"\n]*"|'[^'\n]*'|[^|;&>)\n"'${"`"}])*)`;

describe("the commands in the documentation", () => {
  const uses = pages.flatMap(({ file, text }) => {
    const joined = text.replace(/\\\n\s*/g, " ").replace(/\s#\s.*$/gm, "");
    return [
      ...joined.matchAll(new RegExp(`(?:npx |^)veda-auth ${REST}`, "gm")),
      ...joined.matchAll(
        new RegExp(`npm (?:\\S+ \\S+ )?run (?:-s )?(?=\\S+ -- )${REST}`, "g"),
      ),
    ].map(([, rest = ""]): Use => {
      const [name = "", ...words] = rest.trim().split(/\s+/);
      return { file, name, words: words.filter((word) => word !== "--") };
    });
  });
  const commands = new Map<string, Command>();

  beforeAll(async () => {
    for (const { name, aliases = [], load } of entries) {
      const { command } = await load();
      for (const one of [name, ...aliases]) commands.set(one, command);
    }
  });

  test("are many", () => {
    expect(uses.length).toBeGreaterThan(60);
  });

  test("exist", () => {
    const unknown = uses.filter(
      ({ name }) =>
        !commands.has(name) && !COMMON.includes(name.slice(2)) && !isTool(name),
    );
    expect(unknown).toEqual([]);
  });

  test("have the options, with the values that are allowed", () => {
    const problems = uses.flatMap((use) => {
      const command = commands.get(use.name);
      return command === undefined
        ? []
        : use.words.flatMap((word, index) =>
            findProblem(use, command, word, use.words[index + 1]),
          );
    });
    expect(problems).toEqual([]);
  });

  test("have the options that the prose names", () => {
    const known = new Set([
      ...COMMON.map((name) => `--${name}`),
      ...OTHER_PROGRAMS,
      ...[...commands.values()].flatMap(({ options }) =>
        Object.keys(options).map((name) => `--${name}`),
      ),
    ]);
    const named = pages.flatMap(({ file, text }) =>
      [...text.matchAll(/`(--[a-z-]+)[^`\n]*`/g)].map(([, option = ""]) => ({
        file,
        option,
      })),
    );
    expect(named.length).toBeGreaterThan(20);
    expect(named.filter(({ option }) => !known.has(option))).toEqual([]);
  });

  test("are all shown", () => {
    const names = new Set(uses.map(({ name }) => name));
    const hidden = entries.filter(({ name }) => !names.has(name));
    expect(hidden.map(({ name }) => name)).toEqual(["deployment-stage"]);
  });
});

test("every command and older name is an npm script", () => {
  const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
    readonly scripts: object;
  };
  const names = entries.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  expect(names.filter((name) => !(name in scripts))).toEqual([]);
});

/** Whether an npm script is a tool of this repository and no command of the program. */
function isTool(name: string): boolean {
  return ["record-plans", "bench", "cdktn", "matrix"].includes(name);
}

function findProblem(
  { file, name }: Use,
  command: Command,
  word: string,
  next: string | undefined,
): readonly string[] {
  const [, long, short] = /^(?:--([a-z][a-z-]*)|-([a-z]))$/.exec(word) ?? [];
  if (long === undefined && short === undefined) return [];
  if (COMMON.includes(long ?? "")) return [];
  const option = Object.entries(command.options).find(
    ([key, value]) =>
      key === long || (short !== undefined && value.short === short),
  )?.[1];
  if (option === undefined) return [`${file}: ${name} has no option ${word}`];
  return isAllowed(option, next)
    ? []
    : [`${file}: ${name} ${word} does not allow ${next ?? "nothing"}`];
}

function isAllowed(option: CommandOption, value: string | undefined): boolean {
  const choices = listChoices(option).map(([choice]) => choice);
  return choices.length === 0 || choices.includes(value ?? "");
}
