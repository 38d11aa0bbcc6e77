import { readFileSync } from "node:fs";
import { COMMANDS } from "../../scripts/commands";
import type { Command, CommandEntry } from "../../scripts/lib/cli/command";
import { formatHelp, formatOverview } from "../../scripts/lib/cli/help";
import { setInvocation } from "../../scripts/lib/cli/invocation";
import { parseArguments } from "../../scripts/lib/cli/parse";
import { scripts } from "../../package.json";

import { COMMANDS_PAGE, formatCommandsPage } from "../support/commands-docs";

const ENTRIES = Object.values(COMMANDS).flat();
const NAMES = ENTRIES.flatMap(({ name, aliases = [] }) => [name, ...aliases]);

let commands: readonly (readonly [CommandEntry, Command])[];

beforeAll(async () => {
  commands = await Promise.all(
    ENTRIES.map(
      async (entry) => [entry, (await entry.load()).command] as const,
    ),
  );
});

beforeEach(() => {
  setInvocation({ program: "veda-auth", isNpmScript: false });
});

test("the overview names every command with its summary", () => {
  const overview = formatOverview(COMMANDS);
  for (const { name, summary } of ENTRIES)
    expect(overview).toMatch(
      new RegExp(`^  ${name} +${summary.replace(/[.<>]/g, "\\$&")}$`, "m"),
    );
});

test("names and aliases are unique, and summaries are short sentences", () => {
  expect(new Set(NAMES).size).toBe(NAMES.length);
  for (const { summary } of ENTRIES) {
    expect(summary).toMatch(/^[A-Z][a-z]+ .*\.$/);
    expect(summary.length).toBeLessThan(80);
  }
});

test("every npm script of the program runs a command under its name", () => {
  const called = Object.entries(scripts).flatMap(([script, text]) => {
    const [, name] = /^node -- scripts\/run\.mjs (\w[\w-]*)$/.exec(text) ?? [];
    return name === undefined ? [] : [[script, name]];
  });
  expect(called.length).toBeGreaterThan(15);
  for (const [script, name] of called) {
    expect(name).toBe(script);
    expect(NAMES).toContain(name);
  }
});

test("options refer to options of their command", () => {
  for (const [{ name }, { options, argument }] of commands)
    for (const [option, { conflicts = [], requires = [] }] of Object.entries(
      options,
    ))
      for (const other of [...conflicts, ...requires])
        expect([
          name,
          option,
          [...Object.keys(options), argument?.name],
        ]).toEqual([name, option, expect.arrayContaining([other]) as unknown]);
});

test("defaults are choices, and descriptions do not repeat them", () => {
  for (const [, { options }] of commands)
    for (const [name, option] of Object.entries(options)) {
      expect([name, option.description]).toEqual([
        name,
        expect.not.stringContaining("(default"),
      ]);
      if (option.default !== undefined && option.choices !== undefined)
        expect(() =>
          parseArguments(
            {
              options: { [name]: option },
              examples: [],
              run: () => Promise.resolve(0),
            },
            [`--${name}`, option.default ?? ""],
          ),
        ).not.toThrow();
    }
});

test("examples call commands with options that these have", () => {
  let count = 0;
  for (const [, { examples }] of commands)
    for (const example of examples) {
      const calls = [...example.matchAll(/veda-auth ([\w-]+)([^|>)&]*)/g)];
      expect([example, calls.length]).not.toEqual([example, 0]);
      for (const [, name = "", rest = ""] of calls) {
        const [, command] =
          commands.find(([entry]) => entry.name === name) ?? [];
        if (command === undefined) throw new Error(`${name} in ${example}`);
        const args = (rest.match(/"[^"]*"|\S+/g) ?? []).map((arg) =>
          arg.replaceAll('"', ""),
        );
        expect(() => parseArguments(command, args)).not.toThrow();
        count += 1;
      }
    }
  expect(count).toBeGreaterThanOrEqual(ENTRIES.length);
});

test("the help of a command has its usage, options, choices, defaults and exit codes", () => {
  const find = (name: string): string => {
    const [entry, command] = commands.find(([one]) => one.name === name) ?? [];
    return entry === undefined || command === undefined
      ? ""
      : formatHelp(entry, command);
  };
  const drift = find("drift");
  expect(drift).toMatch(/^Usage: veda-auth drift \[options\]\n\nReport /);
  expect(drift).toMatch(/^ {2}--format <format> .*\(default: text\)$/m);
  expect(drift).toMatch(/^ {8}json +\{"stage","stack","drift":\[…\]\}$/m);
  expect(drift).toMatch(/^ {2}-s, --stage <stage> /m);
  expect(drift).toMatch(/^ {2}-h, --help /m);
  expect(drift).toMatch(
    /^Exit codes: 0 no drift; 1 error or invalid option; 2 drift; 70 internal error\.$/m,
  );
  expect(find("local")).toMatch(/^Usage: veda-auth local <action> \[options\]/);
  expect(find("adopt")).toMatch(
    /^Usage: veda-auth adopt \[<step>\] \[options\]/,
  );
  expect(find("verify")).toContain("(one of access, id) (default: access)");
});

test("lines of every help fit a wide terminal", () => {
  for (const [entry, command] of commands)
    for (const line of formatHelp(entry, command).split("\n"))
      // examples and profiles stay in one line, to copy them
      if (!/^( {2}|Usage: )/.test(line))
        expect(line.length).toBeLessThanOrEqual(110);
});

test("docs/commands.md has the help of every command; write it by: npm run record-plans -- commands", async () => {
  expect(readFileSync(COMMANDS_PAGE, "utf8")).toBe(await formatCommandsPage());
});
