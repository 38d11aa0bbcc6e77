import { types } from "node:util";
import { UserError } from "../../../constructs/errors";
import {
  isJsonObject,
  parseJsonObject,
} from "../../../scripts/lib/system/json-object";

/** An error of a step, with the lines that the table shows. */
export class StepError extends Error {
  constructor(readonly lines: readonly string[]) {
    super(lines.join("\n"));
  }
}

/** Returns the error code and the first line of an error. */
export function explainStepError(error: unknown): readonly string[] {
  if (error instanceof StepError) return error.lines;
  if (!types.isNativeError(error)) return [String(error)];
  const [line = "", ...more] = error.message.trim().split("\n");
  // the error of a command ends with its output
  if (error instanceof UserError && more.length > 0)
    return [`${line}: ${findErrorLine(more.join("\n"))}`];
  // the SDK uses the error code as the name
  const isNamed = error.name === "Error" || error.name === "UserError";
  return [isNamed ? line : `${error.name}: ${line}`];
}

/**
 * Returns the first line of a command's error on standard error. Progress precedes it, and a hint follows.
 */
export function findErrorLine(stderr: string): string {
  const lines = stderr
    .split("\n")
    .map((line) => line.trim())
    .filter(
      (line) => line !== "" && !/^hint: |…$|; trying again in /.test(line),
    );
  return lines[0] ?? "no message";
}

/** Returns the address and the first line of each error in Terraform's output with `-json`. */
export function listDiagnostics(stdout: string): readonly string[] {
  const errors = parseLines(stdout).flatMap(({ diagnostic }) => {
    if (!isJsonObject(diagnostic) || diagnostic.severity !== "error") return [];
    const { address, summary, detail } = diagnostic;
    const line = getFirstLine(summary);
    const more = getFirstLine(detail);
    return [
      [
        ...(typeof address === "string" && address !== "" ? [address] : []),
        shortenApiError(line),
        ...(more === "" ? [] : [shortenApiError(more)]),
      ].join(": "),
    ];
  });
  return [...new Set(errors)];
}

/** Returns the changes in the output of `terraform plan -json`. */
export function listPlannedChanges(stdout: string): readonly string[] {
  return parseLines(stdout).flatMap(({ type, change, outputs }) => {
    if (type === "planned_change" && isJsonObject(change)) {
      const { resource, action } = change;
      const address = isJsonObject(resource) ? String(resource.addr) : "";
      return [`${address}: ${String(action)}`];
    }
    if (type !== "outputs" || !isJsonObject(outputs)) return [];
    return Object.entries(outputs).flatMap(([name, output]) =>
      isJsonObject(output) &&
      ![undefined, "noop"].includes(output.action as string)
        ? [`output ${name}: ${String(output.action)}`]
        : [],
    );
  });
}

/** Replaces texts that must not be printed. */
export function redact(
  text: string,
  redacted: Readonly<Record<string, string>>,
): string {
  return Object.entries(redacted)
    .sort(([one], [other]) => other.length - one.length)
    .reduce((rest, [from, to]) => rest.replaceAll(from, to), text);
}

/** Removes what differs in each run, so that results can be compared. */
function shortenApiError(line: string): string {
  return line
    .replace(/https response error /, "")
    .replace(/ RequestID: [^,]*, (HostID: [^,]*, )?/, " ")
    .replace(/api error (?=\w)/, "");
}

function getFirstLine(text: unknown): string {
  return typeof text === "string" ? (text.trim().split("\n")[0] ?? "") : "";
}

function parseLines(stdout: string) {
  return stdout.split("\n").map(parseJsonObject);
}
