import { escapeControlCharacters } from "../../../scripts/lib/cli/escape";
import { formatTextTable } from "../../../scripts/lib/cli/table";
import { STEP_NAMES, type StepResult } from "./steps";

/** Result of a configuration. */
export interface ConfigurationResult {
  readonly name: string;
  readonly steps: readonly StepResult[];
}

/** Results of all configurations in one AWS. */
export interface MatrixResult {
  /** Name of the AWS, without its endpoint. */
  readonly target: string;
  readonly account: string;
  /** First part of the names of all resources of the run. */
  readonly prefix: string;
  readonly configurations: readonly ConfigurationResult[];
  /** Resources that the run could not delete. */
  readonly remaining: readonly string[];
}

/** Returns whether all steps were as with the local AWS of this project, and nothing remains. */
export function isSame({ configurations, remaining }: MatrixResult): boolean {
  return (
    remaining.length === 0 &&
    configurations.every(({ steps }) =>
      steps.every(({ status }) => status === "ok"),
    )
  );
}

/** Formats a table with a row for each configuration and a column for each step, and the reasons below. */
export function formatMatrix(result: MatrixResult): string {
  const { configurations, remaining, target } = result;
  const rows = configurations.map(({ name, steps }) => [
    name,
    ...STEP_NAMES.map(
      (step) => steps.find((one) => one.step === step)?.status ?? "-",
    ),
  ]);
  const reasons = configurations.flatMap(({ name, steps }) =>
    steps.flatMap(({ step, status, reasons: lines }) =>
      status === "ok" || status === "skipped"
        ? []
        : [`${name}: ${step} ${status}`, ...lines.map((line) => `  ${line}`)],
    ),
  );
  const counts = countStatuses(configurations);
  return [
    ...formatTextTable([["configuration", ...STEP_NAMES], ...rows]),
    ...(reasons.length === 0 ? [] : ["", ...reasons]),
    ...(remaining.length === 0
      ? []
      : ["", "Not deleted:", ...remaining.map((line) => `  ${line}`)]),
    "",
    isSame(result)
      ? `${target}: ${counts}, as with the local AWS of this project`
      : `${target}: ${counts}; ${remaining.length} resources remain`,
  ]
    .map(escapeControlCharacters)
    .join("\n");
}

function countStatuses(configurations: readonly ConfigurationResult[]): string {
  const statuses = configurations.flatMap(({ steps }) =>
    steps.map(({ status }) => status),
  );
  return (["ok", "differs", "failed", "skipped"] as const)
    .map((status) => ({
      status,
      count: statuses.filter((one) => one === status).length,
    }))
    .filter(({ status, count }) => count > 0 || status === "ok")
    .map(({ status, count }) => `${count} ${status}`)
    .join(", ");
}
