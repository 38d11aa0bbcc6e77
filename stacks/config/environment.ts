import { userInfo } from "node:os";

/** Variables of a process or of a file, by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Properties of the host that defaults derive from. */
export interface HostEnvironment {
  /** Name of the operating system's user, if it has one. */
  readonly userName: string | undefined;
  /** Whether a CI job runs this: then no default derives from the name of its user. */
  readonly isCi: boolean;
}

/** Returns the environment of this process. No other function reads `process.env`. */
export function getEnvironment(): Record<string, string | undefined> {
  return process.env;
}

/** Returns a value by its name in upper case, whatever the case it is written in; `undefined` if it is blank. */
export function getSetting(
  values: Environment,
  name: string,
): string | undefined {
  const key = values[name]?.trim()
    ? name
    : Object.keys(values).find(
        (other) => other.toUpperCase() === name && values[other]?.trim(),
      );
  return key === undefined ? undefined : values[key]?.trim();
}

/** Returns the directory that stacks are written to: `CDKTF_OUTDIR`, as for cdktf, or `cdktf.out`. */
export function getOutputDirectory(): string {
  const directory = getEnvironment().CDKTF_OUTDIR ?? "";
  return directory === "" ? "cdktf.out" : directory;
}

/** Returns whether cdktf-cli runs the app. It sets this variable for its app command alone. */
export function isRunByCdktf(): boolean {
  const { CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS: flag } = getEnvironment();
  return flag !== undefined;
}

export function readHostEnvironment(env: Environment): HostEnvironment {
  const ci = getSetting(env, "CI");
  return {
    userName: getUserName(),
    isCi: ci !== undefined && parseBoolean(ci) !== false,
  };
}

/** Returns the name of the operating system's user, if it has one. */
export function getUserName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    // a container can run as a user without an entry in passwd
    return undefined;
  }
}

const TRUE = ["1", "true", "t", "yes", "y", "on"];
const FALSE = ["0", "false", "f", "no", "n", "off"];

/** Describes the words that {@link parseBoolean} knows. */
export const BOOLEAN_RULE = `one of ${[...TRUE, ...FALSE].join(", ")}`;

/** Returns `undefined` for a text that is neither true nor false. */
export function parseBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  return TRUE.includes(word) ? true : FALSE.includes(word) ? false : undefined;
}
