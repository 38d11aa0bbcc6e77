import {
  type Command,
  type CommandEntry,
  type CommandGroups,
  type CommandOption,
  listChoices,
} from "./command";
import { formatCommand, formatCommands, getInvocation } from "./invocation";

const WIDTH = 110;
/** Width of the names of options, unless one is longer. */
const NAME_WIDTH = 26;

const HELP: CommandOption = {
  type: "flag",
  short: "h",
  description: "print this help",
};

/** Meanings of the exit codes of every command. */
export const EXIT_CODES: Readonly<Record<number, string>> = {
  0: "success",
  1: "error",
  2: "invalid option",
  70: "internal error",
};

/** Formats the commands of the program. */
export function formatOverview(groups: CommandGroups): string {
  const { program } = getInvocation();
  const width = Math.max(
    ...Object.values(groups).flatMap((entries) =>
      entries.map(({ name }) => name.length),
    ),
  );
  const sections = Object.entries(groups).map(([heading, entries]) =>
    [
      `${heading}:`,
      ...entries.map(
        ({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`,
      ),
    ].join("\n"),
  );
  return [
    `Usage: ${program} <command> [options]`,
    "Manage the auth system of a data platform: Amazon Cognito user pools, clients, groups and roles, as Terraform.",
    ...sections,
    `Options:\n${formatTerms([
      ["-h, --help", "print this help, or the help of a command"],
      ["    --version", "print the version"],
    ])}`,
    `Exit codes: ${formatExitCodes(EXIT_CODES)}. The help of a command lists its other exit codes.`,
    `Run ${program} <command> --help for the options of a command.`,
  ].join("\n\n");
}

/** Formats the help of a command. */
export function formatHelp(entry: CommandEntry, command: Command): string {
  const { argument, description, notes, examples, exitCodes } = command;
  const usage = [
    formatCommand(entry.name),
    ...(argument === undefined ? [] : [formatArgumentUsage(argument)]),
    "[options]",
  ].join(" ");
  return [
    `Usage: ${usage}`,
    entry.summary,
    ...(description === undefined ? [] : [wrapText(description)]),
    ...(command.needsApp ? ["Requires the directory of an app."] : []),
    ...(argument === undefined
      ? []
      : [
          `Argument:\n${formatTerms([
            [argument.name, argument.description],
            ...listChoices(argument).map(
              ([choice, text]) => [`  ${choice}`, text] as const,
            ),
          ])}`,
        ]),
    ...groupOptions(command).map(
      ([heading, options]) =>
        `${heading}:\n${formatTerms(options.flatMap(([name, option]) => formatOption(name, option)))}`,
    ),
    `${examples.length === 1 ? "Example" : "Examples"}:\n${examples.map((line) => `  ${formatCommands(line)}`).join("\n")}`,
    ...(notes === undefined ? [] : [wrapText(notes)]),
    ...(exitCodes === undefined
      ? []
      : [
          wrapText(
            `Exit codes: ${formatExitCodes({ ...EXIT_CODES, ...exitCodes })}.`,
          ),
        ]),
  ].join("\n\n");
}

/** Returns the options by their headings. */
function groupOptions({
  options,
}: Pick<Command, "options">): readonly (readonly [
  string,
  readonly (readonly [string, CommandOption])[],
])[] {
  const groups = new Map<string, (readonly [string, CommandOption])[]>();
  for (const entry of Object.entries({ ...options, help: HELP })) {
    const heading = entry[1].heading ?? "Options";
    groups.set(heading, [...(groups.get(heading) ?? []), entry]);
  }
  return [...groups];
}

/** Formats an option and its value, such as `-s, --stage <stage>`. */
function formatOptionName(name: string, option: CommandOption): string {
  const { short, type } = option;
  const value = option.value ?? `<${name}>`;
  return [
    short === undefined ? "" : `-${short}, `,
    `--${name}`,
    type === "flag" ? "" : ` ${value}`,
  ].join("");
}

/** Describes an option with its default and its choices, if these have no descriptions. */
function describeOption(option: CommandOption): string {
  const choices = listChoices(option);
  const names = choices.every(([, text]) => text === "")
    ? choices.map(([choice]) => choice)
    : [];
  const fallback = option.default ?? option.defaultText;
  return [
    option.description,
    ...(option.type === "list" ? ["(repeatable)"] : []),
    ...(names.length === 0 ? [] : [`(one of ${names.join(", ")})`]),
    ...(fallback === undefined ? [] : [`(default: ${fallback})`]),
  ].join(" ");
}

export function formatExitCodes(
  codes: Readonly<Record<number, string>>,
): string {
  return Object.entries(codes)
    .map(([code, meaning]) => `${code} ${meaning}`)
    .join("; ");
}

function formatArgumentUsage({
  name,
  isRequired,
}: NonNullable<Command["argument"]>): string {
  return isRequired === true ? name : `[${name}]`;
}

function formatOption(
  name: string,
  option: CommandOption,
): readonly (readonly [string, string])[] {
  const choices = listChoices(option);
  return [
    [formatOptionName(name, option), describeOption(option)],
    ...(choices.every(([, text]) => text === "")
      ? []
      : choices.map(([choice, text]) => [`      ${choice}`, text] as const)),
  ];
}

function formatTerms(terms: readonly (readonly [string, string])[]): string {
  const width = Math.max(
    NAME_WIDTH,
    ...terms.map(([term]) => term.length).filter((length) => length < 34),
  );
  return terms
    .map(([term, text]) => {
      const indent = " ".repeat(width + 4);
      const lines = wrapText(text, WIDTH - indent.length);
      const body = lines.split("\n").join(`\n${indent}`);
      return term.length > width
        ? `  ${term}\n${indent}${body}`
        : `  ${term.padEnd(width)}  ${body}`;
    })
    .join("\n");
}

/** Wraps paragraphs; lines that begin with a space stay as they are. */
function wrapText(text: string, width = WIDTH): string {
  return formatCommands(text)
    .split("\n")
    .map((line) => (line.startsWith(" ") ? line : wrapLine(line, width)))
    .join("\n");
}

function wrapLine(line: string, width: number): string {
  const lines: string[] = [];
  let current = "";
  for (const word of line.split(" ")) {
    if (current !== "" && current.length + word.length + 1 > width) {
      lines.push(current);
      current = word;
    } else current = current === "" ? word : `${current} ${word}`;
  }
  return [...lines, current].join("\n");
}
