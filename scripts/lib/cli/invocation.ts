import path from "node:path";
import type { Environment } from "../../../stacks/config/environment";

/** The program in a checkout; an installed program is called by its name alone. */
const CHECKOUT_PROGRAM = "npx veda-auth";
export const PROGRAM = "veda-auth";

/** The form in which the user calls commands. */
interface Invocation {
  readonly program: string;
  /** The command that runs, and the form in which it was called. */
  readonly current?: { readonly name: string; readonly form: string };
  /** Directory of the caller, which differs from the working directory in `npm run`. */
  readonly directory?: string;
  /** Whether npm started the command, which needs `--` before its options. */
  readonly isNpmScript: boolean;
}

let invocation: Invocation = { program: CHECKOUT_PROGRAM, isNpmScript: false };

/** Properties of a call that its form derives from. */
export interface CallContext {
  readonly env: Environment;
  /** Path of the program as it was called. */
  readonly programPath: string;
  readonly isInstalled: boolean;
}

/** Sets the form in which messages name commands. */
export function setInvocation(next: Invocation): void {
  invocation = next;
}

export function getInvocation(): Invocation {
  return invocation;
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
  { env, programPath, isInstalled }: CallContext,
): Invocation {
  if (isInstalled) {
    const bin = path.basename(programPath).replace(/\.c?js$/, "");
    const form = bin === calledAs ? bin : `${PROGRAM} ${calledAs}`;
    return { program: PROGRAM, current: { name, form }, isNpmScript: false };
  }
  // processes that a script starts inherit its variables
  const isNpmScript =
    env.npm_lifecycle_script?.endsWith(`scripts/run.mjs ${calledAs}`) === true;
  return isNpmScript
    ? {
        program: CHECKOUT_PROGRAM,
        current: {
          name,
          form: `npm run -s ${env.npm_lifecycle_event ?? calledAs} --`,
        },
        isNpmScript,
        ...(env.INIT_CWD !== undefined && { directory: env.INIT_CWD }),
      }
    : {
        program: CHECKOUT_PROGRAM,
        current: { name, form: `${CHECKOUT_PROGRAM} ${calledAs}` },
        isNpmScript,
      };
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

/** Returns the path relative to the working directory if that is shorter, for messages. */
function toShortPath(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith("..") || relative === "" ? file : relative;
}
