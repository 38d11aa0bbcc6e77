import { randomUUID } from "node:crypto";
import { UserError } from "../../../constructs/errors";
import { formatDotenvLine } from "./dotenv-line";
import { formatShellExports } from "../system/shell";
import type { StageOutput } from "./stage-outputs";

/** What a sensitive value is shown as. */
export const REDACTED = "********";

/** Ways to write a stage's outputs, each a text that ends with its last line. */
export const OUTPUT_FORMATS = {
  json: (outputs) => {
    const pairs = outputs.map(({ name, value }) => [name, value]);
    return JSON.stringify(Object.fromEntries(pairs), null, 2);
  },
  env: (outputs) => formatShellExports(variables(outputs)).join("\n"),
  dotenv: (outputs) =>
    Object.entries(variables(outputs))
      .map(([name, value]) => dotenvLine(name, value))
      .join("\n"),
  "github-env": (outputs) =>
    Object.entries(variables(outputs))
      .map(([name, value]) => heredoc(name, value))
      .join("\n"),
  "github-output": (outputs) =>
    outputs
      .map((output) => heredoc(output.name, formatOutputValue(output)))
      .join("\n"),
} as const satisfies Record<
  string,
  (outputs: readonly StageOutput[]) => string
>;

export type OutputFormat = keyof typeof OUTPUT_FORMATS;

export function isOutputFormat(text: string): text is OutputFormat {
  return Object.hasOwn(OUTPUT_FORMATS, text);
}

/**
 * The output of a name, which may be written as its variable.
 *
 * @throws UserError with the names there are
 */
export function findOutput(
  outputs: readonly StageOutput[],
  name: string,
): StageOutput {
  const output =
    outputs.find((each) => each.name === name) ??
    outputs.find((each) => variableName(each.name) === name);
  if (output !== undefined) return output;
  const names = outputs.map((each) => each.name).join(", ");
  throw new UserError(
    `--name must be one of ${names}, got ${JSON.stringify(name)}`,
  );
}

/** An output's value as a text: one that is none is written as JSON. */
export function formatOutputValue({
  value,
}: Pick<StageOutput, "value">): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The outputs with {@link REDACTED} for what is sensitive. */
export function redactSensitive(
  outputs: readonly StageOutput[],
): readonly StageOutput[] {
  return outputs.map((output) =>
    output.isSensitive ? { ...output, value: REDACTED } : output,
  );
}

/**
 * Lines that have GitHub's runner mask these outputs' values, and each line of it, in the log of the job.
 *
 * The runner reads them from standard error as well as from standard output.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#masking-a-value-in-a-log
 */
export function formatMaskCommands(
  outputs: readonly StageOutput[],
): readonly string[] {
  const lines = outputs
    .map(formatOutputValue)
    // and as the JSON form writes it
    .flatMap((text) => [text, JSON.stringify(text).slice(1, -1)])
    .flatMap((text) => text.split(/[\r\n]+/))
    .filter((line) => line.trim() !== "");
  return [...new Set(lines)].map(
    (line) => `::add-mask::${line.replaceAll("%", "%25")}`,
  );
}

/** Name of the variable that an output is read as. */
function variableName(output: string): string {
  return output.toUpperCase().replace(/[^A-Z0-9_]/g, "_");
}

/** @throws UserError when two outputs are one variable */
function variables(
  outputs: readonly StageOutput[],
): Readonly<Record<string, string>> {
  const result: Record<string, string> = {};
  for (const output of outputs) {
    const name = variableName(output.name);
    if (name in result)
      throw new UserError(
        `outputs must be different variables, got "${output.name}" and another that are both ${name}`,
        "--format json has them by their own names",
      );
    result[name] = formatOutputValue(output);
  }
  return result;
}

function dotenvLine(name: string, value: string): string {
  const line = formatDotenvLine(name, value);
  if (line !== undefined) return line;
  throw new UserError(
    `the value of ${name} cannot be written into a dotenv file: no quotes keep it`,
    "--format json has it",
  );
}

/** How GitHub's runner reads a value of any lines; the delimiter cannot be known to who chose the value. */
function heredoc(name: string, value: string): string {
  let delimiter: string;
  do delimiter = `end-${randomUUID()}`;
  while (value.includes(delimiter));
  return `${name}<<${delimiter}\n${value}\n${delimiter}`;
}
