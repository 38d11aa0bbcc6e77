import { randomUUID } from "node:crypto";
import { UserError } from "../../../constructs/errors";
import { REDACTED } from "../plan/redactor";
import { formatShellExports } from "../system/shell";
import { formatDotenvLine } from "./dotenv-line";
import type { StageOutput } from "./stage-outputs";

type Outputs = readonly StageOutput[];

/** Formats of a stage's outputs, without a line break at the end. */
export const OUTPUT_FORMATS = {
  json: (outputs) => {
    const pairs = outputs.map(({ name, value }) => [name, value]);
    return JSON.stringify(Object.fromEntries(pairs), null, 2);
  },
  env: (outputs) => formatShellExports(toVariables(outputs)).join("\n"),
  dotenv: (outputs) => formatVariables(outputs, formatLine),
  "github-env": (outputs) => formatVariables(outputs, formatHeredoc),
  "github-output": (outputs) =>
    outputs
      .map((output) => formatHeredoc(output.name, formatOutputValue(output)))
      .join("\n"),
} as const satisfies Record<string, (outputs: Outputs) => string>;

export type OutputFormat = keyof typeof OUTPUT_FORMATS;

/**
 * Returns the output with this name, or with this name of its variable.
 *
 * @throws UserError with the names of all outputs
 */
export function findOutput(outputs: Outputs, name: string): StageOutput {
  const output =
    outputs.find((each) => each.name === name) ??
    outputs.find((each) => toVariableName(each.name) === name);
  if (output !== undefined) return output;
  const names = outputs.map((each) => each.name).join(", ");
  throw new UserError(
    `--name must be one of ${names}, got ${JSON.stringify(name)}`,
  );
}

/** Formats text as it is, and other values as JSON. */
export function formatOutputValue({
  value,
}: Pick<StageOutput, "value">): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function redactSensitive(outputs: Outputs): Outputs {
  return outputs.map((output) =>
    output.isSensitive ? { ...output, value: REDACTED } : output,
  );
}

/**
 * Formats commands that make GitHub's runner mask the values, and each of their lines, in the log of the job. The runner
 * reads commands from standard output and standard error.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#masking-a-value-in-a-log
 */
export function formatMaskCommands(outputs: Outputs): readonly string[] {
  const lines = outputs
    .map(formatOutputValue)
    .flatMap((text) => [text, JSON.stringify(text).slice(1, -1)])
    .flatMap((text) => text.split(/[\r\n]+/))
    .filter((line) => line.trim() !== "");
  return [...new Set(lines)].map(
    (line) => `::add-mask::${line.replaceAll("%", "%25")}`,
  );
}

function toVariableName(output: string): string {
  return output.toUpperCase().replace(/[^A-Z0-9_]/g, "_");
}

/** @throws UserError if two outputs have the same variable */
function toVariables(outputs: Outputs): Readonly<Record<string, string>> {
  const result: Record<string, string> = {};
  for (const output of outputs) {
    const name = toVariableName(output.name);
    if (name in result)
      throw new UserError(
        `outputs must have different variables, got ${name} for "${output.name}" and another output`,
        "use --format json, which has the names of outputs",
      );
    result[name] = formatOutputValue(output);
  }
  return result;
}

function formatVariables(
  outputs: Outputs,
  format: (name: string, value: string) => string,
): string {
  return Object.entries(toVariables(outputs))
    .map(([name, value]) => format(name, value))
    .join("\n");
}

function formatLine(name: string, value: string): string {
  const line = formatDotenvLine(name, value);
  if (line !== undefined) return line;
  throw new UserError(
    `cannot write ${name} to a dotenv file: no line preserves it`,
    "use --format json",
  );
}

/** Formats a value of several lines. Its author cannot guess the delimiter, and so cannot add variables. */
function formatHeredoc(name: string, value: string): string {
  let delimiter: string;
  do delimiter = `end-${randomUUID()}`;
  while (value.includes(delimiter));
  return `${name}<<${delimiter}\n${value}\n${delimiter}`;
}
