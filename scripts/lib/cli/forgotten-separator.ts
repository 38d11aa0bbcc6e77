import { getEnvironment } from "../../../stacks/config/environment";
import type { CommandOptions } from "./command";
import { getInvocation } from "./invocation";
import { UsageError } from "./usage-error";

/** Options that npm has, too: it sets their variables by its configuration alone. */
const NPM_OPTIONS = [
  "cache",
  "no-cache",
  "help",
  "json",
  "node-options",
  "prefix",
  "scope",
  "version",
  "yes",
];

/**
 * Returns the options that npm took for its own, since `--` was forgotten, as they must be typed. npm sets a variable for
 * each of them, and passes values without `=` as arguments.
 */
export function findForgottenOptions(
  options: CommandOptions,
  env = getEnvironment(),
): readonly string[] {
  if (!getInvocation().isNpmScript) return [];
  return Object.entries(options).flatMap(([name, option]) => {
    const variable = `npm_config_${name.replaceAll("-", "_")}`;
    const value = NPM_OPTIONS.includes(name) ? "" : (env[variable] ?? "");
    if (value === "") return [];
    if (option.type === "flag") return [`--${name}`];
    const placeholder = option.value ?? `<${name}>`;
    return [`--${name} ${value === "true" ? placeholder : value}`];
  });
}

/** @param options options that npm took; empty if npm left only their values */
export function createSeparatorError(options: readonly string[]): UsageError {
  const form = getInvocation().current?.form ?? "";
  return options.length === 0
    ? new UsageError(
        "the command must have options only, got an argument",
        `put "--" before the options, since npm removes options without it: ${form} --stage <stage>`,
      )
    : new UsageError(
        `the options must follow "--", got ${options.map((option) => option.split(" ")[0] ?? "").join(", ")} without it`,
        `run ${form} ${options.join(" ")}`,
      );
}
