import { Argument, Command as Parser, CommanderError, Option } from "commander";
import {
  type AnyValues,
  type Command,
  type CommandOption,
  type CommandOptions,
  listChoices,
} from "./command";
import {
  createSeparatorError,
  findForgottenOptions,
} from "./forgotten-separator";
import { formatHelpHint, getInvocation, resolveUserPath } from "./invocation";
import { UsageError } from "./usage-error";

export interface ParsedArguments {
  readonly values: AnyValues;
  readonly argument: string | undefined;
}

/**
 * Parses the arguments of a command.
 *
 * @throws UsageError if an option is unknown, lacks its value, or has a value or a combination that is not allowed; its
 * message repeats no argument, which can be a password, apart from values of options with choices
 */
export function parseArguments(
  { options, argument, unexpectedArgument, unknownOptionHint }: Command,
  args: readonly string[],
): ParsedArguments {
  const forgotten = findForgottenOptions(options);
  if (forgotten.length > 0) throw createSeparatorError(forgotten);
  const parser = createParser();
  parser.action(() => undefined);
  for (const [name, option] of Object.entries(options))
    parser.addOption(toParserOption(name, option));
  parser.addArgument(new Argument("[argument...]"));
  parse(parser, requireValues(args, options), unknownOptionHint);
  const found = parser.args;
  if (found.length > (argument === undefined ? 0 : 1))
    throw getInvocation().isNpmScript && unexpectedArgument === undefined
      ? createSeparatorError([])
      : new UsageError(
          unexpectedArgument?.message ??
            (argument === undefined
              ? `the command must have options only, got ${count(found, "argument")}`
              : `${argument.name} must be one argument, got ${found.length}`),
          unexpectedArgument?.hint,
        );
  const typed = new Set(
    Object.keys(options).filter(
      (name) =>
        parser.getOptionValueSource(toAttribute(name, options[name])) === "cli",
    ),
  );
  const [value] = found;
  if (argument !== undefined && value !== undefined)
    requireArgumentChoice(argument, value);
  if (argument?.isRequired === true && (value ?? "") === "")
    throw new UsageError(
      `${argument.name} is required${formatChoices(argument)}`,
    );
  requireCombinations(options, typed, argument?.name, value !== undefined);
  const raw = parser.opts<Record<string, unknown>>();
  const values = Object.fromEntries(
    Object.entries(options).map(([name, option]) => [
      name,
      readValue(name, option, raw[toAttribute(name, option)]),
    ]),
  );
  return { values, argument: value };
}

/**
 * Checks the values of options: a flag has none, and a value that begins with `-` is probably another option. Removes the
 * values of unknown options, so that a misspelled name is compared without its value.
 */
function requireValues(
  args: readonly string[],
  options: CommandOptions,
): readonly string[] {
  const checked: string[] = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? "";
    if (arg === "--") return [...checked, ...args.slice(index)];
    const [, name = "", value] = /^--([^=]+)(=.*)?$/s.exec(arg) ?? [];
    const option = Object.hasOwn(options, name)
      ? options[name]
      : findShortOption(arg, options);
    if (option?.type === "flag" && value !== undefined)
      throw new UsageError(`--${name} must have no value, got one`);
    checked.push(option === undefined && name !== "" ? `--${name}` : arg);
    if (option === undefined || option.type === "flag" || value !== undefined)
      continue;
    const next = args[index + 1];
    if (next === undefined || /^-./.test(next))
      throw new UsageError(
        `${arg} requires a value`,
        next === undefined
          ? undefined
          : `write a value that begins with "-" as ${name === "" ? arg : `${arg}=`}<value>`,
      );
    checked.push(next);
    index += 1;
  }
  return checked;
}

/** Returns the option of an argument such as `-s`. */
function findShortOption(
  arg: string,
  options: CommandOptions,
): CommandOption | undefined {
  return Object.values(options).find(
    ({ short }) => short !== undefined && arg === `-${short}`,
  );
}

/** Returns the name of the option or command that a name may be a misspelling of. */
export function findSimilarCommand(
  name: string,
  known: readonly string[],
): string | undefined {
  const parser = createParser();
  for (const one of known) parser.command(one);
  try {
    parser.parse([name], { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) return findSuggestion(error.message);
    throw error;
  }
  return undefined;
}

function createParser(): Parser {
  return new Parser()
    .helpOption(false)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
}

function parse(
  parser: Parser,
  args: readonly string[],
  unknownOptionHint: string | undefined,
): void {
  try {
    parser.parse(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError)
      throw toUsageError(error, unknownOptionHint);
    throw error;
  }
}

function toUsageError(
  { code, message }: CommanderError,
  unknownOptionHint: string | undefined,
): UsageError {
  const [, option = ""] = /'([^']*)/.exec(message) ?? [];
  // the rest of a short option can be a value
  const name = option.startsWith("--") ? option : option.slice(0, 2);
  if (code === "commander.optionMissingArgument")
    return new UsageError(`${name} requires a value`);
  if (code !== "commander.unknownOption") return new UsageError(message);
  const similar = findSuggestion(message);
  const hint = [formatHelpHint(), unknownOptionHint].filter(Boolean).join("; ");
  return new UsageError(
    `option ${name} is unknown`,
    similar === undefined ? hint : `did you mean ${similar}?`,
  );
}

/** Returns the first suggestion of commander. */
function findSuggestion(message: string): string | undefined {
  return /\(Did you mean (?:one of )?([\w-]+)/.exec(message)?.[1];
}

function toParserOption(name: string, option: CommandOption): Option {
  const short = option.short === undefined ? "" : `-${option.short}, `;
  const value = option.type === "flag" ? "" : " <value>";
  const parsed = new Option(`${short}--${name}${value}`);
  if (option.type === "list")
    parsed.argParser((text, before: readonly string[] | undefined) => [
      ...(before ?? []),
      text,
    ]);
  return parsed;
}

/** Returns the name under which commander stores a value. It negates options that begin with `no-`. */
function toAttribute(name: string, option: CommandOption | undefined): string {
  return option === undefined
    ? name
    : toParserOption(name, option).attributeName();
}

function readValue(
  name: string,
  option: CommandOption,
  raw: unknown,
): boolean | string | readonly string[] | undefined {
  if (option.type === "flag")
    // commander stores `--no-x` as `x: false`
    return name.startsWith("no-") ? raw === false : raw === true;
  if (option.type === "list") return (raw as string[] | undefined) ?? [];
  if (raw === undefined) return option.default;
  const text = findEarlierValue(option, raw as string) ?? (raw as string);
  if (option.choices !== undefined) requireChoice(name, option, text);
  else if (text.trim() === "" && option.canBeEmpty !== true)
    throw new UsageError(`--${name} must have a value, got ""`);
  return option.type === "path" ? resolveUserPath(text) : text;
}

function findEarlierValue(
  { earlierValues = {} }: CommandOption,
  text: string,
): string | undefined {
  return Object.hasOwn(earlierValues, text) ? earlierValues[text] : undefined;
}

function requireChoice(
  name: string,
  option: CommandOption,
  text: string,
): void {
  const choices = listChoices(option).map(([choice]) => choice);
  if (choices.includes(text)) return;
  throw new UsageError(
    `--${name} must be one of ${choices.join(", ")}, got ${JSON.stringify(text)}`,
  );
}

function requireArgumentChoice(
  { name, choices }: NonNullable<Command["argument"]>,
  value: string,
): void {
  if (choices === undefined || Object.hasOwn(choices, value)) return;
  throw new UsageError(
    `${name} must be one of ${Object.keys(choices).join(", ")}, got ${JSON.stringify(value)}`,
  );
}

function formatChoices({ choices }: NonNullable<Command["argument"]>): string {
  return choices === undefined ? "" : `: ${Object.keys(choices).join(", ")}`;
}

function requireCombinations(
  options: CommandOptions,
  typed: ReadonlySet<string>,
  argumentName: string | undefined,
  hasArgument: boolean,
): void {
  const isSet = (name: string): boolean =>
    name === argumentName ? hasArgument : typed.has(name);
  const format = (name: string): string =>
    name === argumentName ? name : `--${name}`;
  for (const name of typed) {
    const { conflicts = [], requires = [] } = options[name] ?? {
      type: "flag",
      description: "",
    };
    const conflict = conflicts.find(isSet);
    if (conflict !== undefined)
      throw new UsageError(
        `--${name} must not be used together with ${format(conflict)}`,
      );
    if (requires.length > 0 && !requires.some(isSet))
      throw new UsageError(
        `--${name} requires ${requires.map(format).join(" or ")}`,
      );
  }
}

function count(found: readonly unknown[], noun: string): string {
  return `${found.length} ${noun}${found.length === 1 ? "" : "s"}`;
}
