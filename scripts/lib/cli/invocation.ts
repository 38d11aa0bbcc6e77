import path from "node:path";
import type { Environment } from "../../../stacks/config/environment";

export const PROGRAM = "veda-auth";
/** Variable with the directory of the caller, which a bin sets in a subdirectory of the checkout. */
const CALLER_VARIABLE = "VEDA_AUTH_CALLER";

/** Scripts of a package.json that run this program. */
const CHECKOUT_SCRIPT = /scripts\/run\.mjs(?: ([\w-]+))?$/;
const APP_SCRIPT = /^veda-auth(?: ([\w-]+))?$/;

/** The form in which the user calls commands. */
interface Invocation {
  readonly program: string;
  /** The command that runs, and the form in which it was called. */
  readonly current?: { readonly name: string; readonly form: string };
  /** Directory of the caller, which differs from the working directory in `npm run` and in subdirectories of an app. */
  readonly directory?: string;
  /** Whether npm started the command, which needs `--` before its options. */
  readonly isNpmScript: boolean;
}

/** An installed package, in contrast to a checkout. */
export interface Installation {
  /** Directory of the app that has the package in its node_modules, if the caller is in one. */
  readonly app?: string | undefined;
}

let invocation: Invocation = { program: findProgram(), isNpmScript: false };

/** Properties of a call that its form derives from. */
export interface CallContext {
  readonly env: Environment;
  /** Path of the program as it was called. */
  readonly programPath: string;
  /** Working directory of the call. */
  readonly directory: string;
  readonly installation?: Installation | undefined;
}

/** Sets the form in which messages name commands. */
export function setInvocation(next: Invocation): void {
  invocation = next;
}

export function getInvocation(): Invocation {
  return invocation;
}

/** Returns how the program of a checkout or an installed package is called. */
export function findProgram(installation?: Installation): string {
  const isLocal = installation === undefined || installation.app !== undefined;
  return isLocal ? `npx ${PROGRAM}` : PROGRAM;
}

/**
 * Finds the form in which a command was called.
 *
 * @param name canonical name of the command
 * @param calledAs its name or alias, as it was called
 */
export function findInvocation(
  name: string,
  calledAs: string,
  { env, programPath, directory: workingDirectory, installation }: CallContext,
): Invocation {
  const program = findProgram(installation);
  const bin = path.basename(programPath).replace(/\.c?js$/, "");
  const found = (
    installation === undefined ? CHECKOUT_SCRIPT : APP_SCRIPT
  ).exec(env.npm_lifecycle_script ?? "");
  const isNpmScript =
    program !== PROGRAM &&
    found !== null &&
    (found[1] ?? calledAs) === calledAs;
  const script = `npm run -s ${env.npm_lifecycle_event ?? calledAs} --`;
  const npmForm = found?.[1] === undefined ? `${script} ${calledAs}` : script;
  const form =
    installation !== undefined && bin === calledAs
      ? program.replace(PROGRAM, bin)
      : `${program} ${calledAs}`;
  const ownDirectory =
    installation === undefined
      ? env[CALLER_VARIABLE]
      : installation.app === undefined
        ? undefined
        : workingDirectory;
  const directory = isNpmScript ? env.INIT_CWD : ownDirectory;
  return {
    program,
    current: { name, form: isNpmScript ? npmForm : form },
    isNpmScript,
    ...(directory !== undefined && { directory }),
  };
}

/** Removes the variables of a call, which processes that the command starts must not inherit. */
export function removeCallVariables(
  env: Record<string, string | undefined>,
): void {
  for (const name of ["npm_lifecycle_script", CALLER_VARIABLE])
    Reflect.deleteProperty(env, name);
}

/** Formats a call of a command in the form that the user calls commands. */
export function formatCommand(
  name: string,
  ...args: readonly string[]
): string {
  const { program, current } = invocation;
  const form = current?.name === name ? current.form : `${program} ${name}`;
  return [form, ...args].join(" ");
}

/** Formats an option as the user sets it: that of a command, or that of a function of the client. */
export function formatOption(name: string): string {
  return isCommand() ? `--${name}` : `the option ${name}`;
}

/** Returns whether a command runs, instead of an application that uses the client. */
export function isCommand(): boolean {
  return invocation.current !== undefined;
}

/** Returns an advice to read the help of the command that runs. */
export function formatHelpHint(): string {
  const { program, current } = invocation;
  return `run ${current?.form ?? program} --help`;
}

/** Replaces each `veda-auth <command>` of a text by the form that the user calls. */
export function formatCommands(text: string): string {
  return text.replace(
    new RegExp(`(?<![\\w-])${PROGRAM} ([a-z][a-z-]*)`, "g"),
    (_, name: string) => formatCommand(name),
  );
}

/** Resolves a path that the user typed against the directory in which the user called the command. */
export function resolveUserPath(file: string): string {
  const { directory } = invocation;
  return directory === undefined || file === "-"
    ? file
    : toShortPath(path.resolve(directory, file));
}

/** Returns a path as the caller can type it. */
export function formatUserPath(file: string): string {
  const { directory } = invocation;
  if (directory === undefined || path.isAbsolute(file)) return file;
  return path.relative(directory, path.resolve(file));
}

/** Returns the path relative to the working directory if that is shorter, for messages. */
function toShortPath(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith("..") || relative === "" ? file : relative;
}
