/** Option of a command, by its long name without dashes. */
export interface CommandOption {
  /** `flag`: no value; `text`; `path`: a file or directory, relative to the directory of the caller; `list`: repeatable. */
  readonly type: "flag" | "text" | "path" | "list";
  readonly description: string;
  readonly short?: string;
  /** Placeholder of the value in a help text, such as `<stage>`. */
  readonly value?: string;
  /** Allowed values, or their descriptions by value. */
  readonly choices?: readonly string[] | Readonly<Record<string, string>>;
  /** Choices by earlier values, which scripts may use. */
  readonly earlierValues?: Readonly<Record<string, string>>;
  readonly default?: string;
  /** Whether an empty value counts as no option, as from a variable that is not set. */
  readonly canBeEmpty?: boolean;
  /** Describes a default that is not known before the command runs. */
  readonly defaultText?: string;
  /** Options, or the argument, that this option cannot be used together with. */
  readonly conflicts?: readonly string[];
  /** Options, or the argument, that this option requires. Several are alternatives. */
  readonly requires?: readonly string[];
  /** Heading of the option in a help text. @default "Options" */
  readonly heading?: string;
}

export type CommandOptions = Readonly<Record<string, CommandOption>>;

/** The only argument of a command that is no option. */
export interface CommandArgument {
  /** Placeholder, such as `<plan>`. */
  readonly name: string;
  readonly description: string;
  readonly choices?: Readonly<Record<string, string>>;
  readonly isRequired?: boolean;
}

type ChoiceOf<Choices> = Choices extends readonly (infer Choice)[]
  ? Choice
  : keyof Choices & string;

/** Value of an option. A flag that is not set is `false`, a list is empty. */
type OptionValue<Option> = Option extends { type: "flag" }
  ? boolean
  : Option extends { type: "list" }
    ? readonly string[]
    : | (Option extends { choices: infer Choices } ? ChoiceOf<Choices> : string)
      | (Option extends { default: string } ? never : undefined);

export type OptionValues<Options extends CommandOptions> = {
  readonly [name in keyof Options]: OptionValue<Options[name]>;
};

/** Values of the options of any command. */
export type AnyValues = Readonly<
  Record<string, boolean | string | readonly string[] | undefined>
>;

/** A command as data. Its help, its validation and its documentation derive from it. */
export interface Command<Options extends CommandOptions = CommandOptions> {
  /** Paragraphs after the summary. */
  readonly description?: string;
  readonly argument?: CommandArgument;
  readonly options: Options;
  /** Command lines in which `veda-auth <command>` stands for the form that the user calls. */
  readonly examples: readonly string[];
  /** Paragraphs after the examples. */
  readonly notes?: string;
  /** Meanings of the exit codes that differ from the standard ones. */
  readonly exitCodes?: Readonly<Record<number, string>>;
  /** Returns the exit code for invalid options. @default 2 */
  readonly getUsageExitCode?: (args: readonly string[]) => number;
  /** Whether the command synthesizes the stacks of an app, and so works only in the directory of one. */
  readonly needsApp?: true;
  /** Explains an argument that is not allowed, such as a secret. */
  readonly unexpectedArgument?: {
    readonly message: string;
    readonly hint: string;
  };
  /** Hint for an unknown option that resembles none, in addition to the help of the command. */
  readonly unknownOptionHint?: string;
  /** @returns the exit code */
  readonly run: (
    values: CommandOptions extends Options ? AnyValues : OptionValues<Options>,
    argument: string | undefined,
  ) => Promise<number>;
}

/** Names a command, and loads it when it is called. */
export interface CommandEntry {
  readonly name: string;
  /** Older names, which stay. */
  readonly aliases?: readonly string[];
  /** One sentence in the imperative. */
  readonly summary: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}

/** Commands by the heading that the overview shows them under. */
export type CommandGroups = Readonly<Record<string, readonly CommandEntry[]>>;

/** Defines a command; the values of `run` have the types of the options. */
export function defineCommand<const Options extends CommandOptions>(
  command: Command<Options>,
): Command {
  return command as unknown as Command;
}

/** Returns the value that an option is compared with, and its description if it has one. */
export function listChoices({
  choices = [],
}: Pick<CommandOption, "choices">): readonly (readonly [string, string])[] {
  return Array.isArray(choices)
    ? choices.map((choice: string) => [choice, ""] as const)
    : Object.entries(choices as Readonly<Record<string, string>>);
}
