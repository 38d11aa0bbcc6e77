import type { DoctorReport } from "../run-checks";

/** Formats the last line of a report, such as `Stage dev: 30 checks, 28 ok, 1 warning, 0 failed, 1 skipped`. */
export function formatCounts({ stage, checks, counts }: DoctorReport): string {
  const { ok, warning, failed, skipped } = counts;
  const warnings = warning === 1 ? "1 warning" : `${warning} warnings`;
  return `Stage ${stage}: ${checks.length} checks, ${ok} ok, ${warnings}, ${failed} failed, ${skipped} skipped`;
}
