import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import type { CheckedRequest } from "./check-request";

/** Checked calls by operation and sender, and the violations of one test file. */
export interface CallRecord {
  readonly file: string;
  readonly calls: Readonly<Record<string, number>>;
  /** Requests outside the API of AWS. */
  readonly others: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
}

/** Report of a run. */
export const CALL_REPORT = path.resolve(
  __dirname,
  "../../../.local-aws/api-calls.jsonl",
);

/** Counts checked requests. */
export class CallLog {
  readonly violations: string[] = [];
  private readonly calls = new Map<string, number>();
  private readonly others = new Map<string, number>();

  add({ name, isApi, violations }: CheckedRequest, sender: string): void {
    const key = `${name} by ${sender}`;
    const counts = isApi ? this.calls : this.others;
    counts.set(key, (counts.get(key) ?? 0) + 1);
    for (const { member, rule } of violations)
      this.violations.push(`${key}: ${`${member} ${rule}`.trim()}`);
  }

  /** Appends the counts of a test file to a report. */
  save(report: string, file: string): void {
    const record: CallRecord = {
      file,
      calls: Object.fromEntries(this.calls),
      others: Object.fromEntries(this.others),
      violations: this.violations,
    };
    appendFileSync(report, `${JSON.stringify(record)}\n`);
  }
}

/** Starts an empty report. */
export function resetCallReport(): void {
  mkdirSync(path.dirname(CALL_REPORT), { recursive: true });
  writeFileSync(CALL_REPORT, "");
}

/** Reads the records of a run. */
export function readCallReport(report = CALL_REPORT): CallRecord[] {
  return readFileSync(report, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as CallRecord);
}

/** Summarizes the records of a run in one line. */
export function formatCallReport(records: readonly CallRecord[]): string {
  const calls = records.flatMap((record) => Object.entries(record.calls));
  const total = calls.reduce((sum, [, count]) => sum + count, 0);
  const operations = new Set(calls.map(([key]) => key.split(" by ")[0]));
  const files = new Set(records.map(({ file }) => file));
  const violations = records.flatMap((record) => record.violations);
  return `API model: ${total} calls of ${operations.size} operations in ${files.size} files, ${violations.length} violations`;
}
