import { UserError } from "../../../constructs/errors";
import { explainAwsError } from "../aws/errors";
import { limitConcurrency } from "../system/concurrency";
import { groupBy } from "../system/group-by";
import { type CheckResult, type CheckStatus, MissingPermission } from "./check";

/** A problem of one object of a stage, or the reason why it was not checked. */
export interface ItemFinding {
  readonly status: Exclude<CheckStatus, "ok">;
  /** One line, which begins with the name of the object. */
  readonly text: string;
  /** @default none */
  readonly fix?: string;
}

/** Sentences about all objects. Their number is added. */
export interface ItemSentences {
  /** All objects are well. */
  readonly ok: string;
  /** Some are not. */
  readonly bad: string;
  /** The stage has no such object. */
  readonly none: string;
}

/** Objects that are checked at the same time. */
const MAX_ITEMS = 10;

/**
 * Checks each object, and summarizes what was found. An object that cannot be checked is never reported as well: the result is
 * then `skipped`, unless another object has a problem.
 *
 * @throws the error that every object has, such as missing credentials; the error of one object is a finding
 */
export async function checkItems<T>(
  items: readonly T[],
  sentences: ItemSentences,
  getName: (item: T) => string,
  check: (item: T) => Promise<readonly ItemFinding[]>,
): Promise<CheckResult> {
  const limit = limitConcurrency(MAX_ITEMS);
  const errors: UserError[] = [];
  const findings = await Promise.all(
    items.map((item) =>
      limit(async () => {
        try {
          return await check(item);
        } catch (error) {
          const explained =
            error instanceof UserError ? error : explainAwsError(error);
          if (explained === undefined) throw error;
          errors.push(explained);
          return [
            toFinding(getName(item), explained, {
              isChecked:
                error === explained && !(error instanceof MissingPermission),
            }),
          ];
        }
      }),
    ),
  );
  const [first] = errors;
  if (
    first !== undefined &&
    errors.length === items.length &&
    errors.every(({ message }) => message === first.message)
  )
    throw first;
  return summarize(findings, sentences);
}

/** Summarizes the findings of each object. */
export function summarize(
  findings: readonly (readonly ItemFinding[])[],
  { ok, bad, none }: ItemSentences,
): CheckResult {
  const total = findings.length;
  if (total === 0) return { status: "skipped", message: none };
  const all = findings.flat();
  const status = (["failed", "warning", "skipped"] as const).find((one) =>
    all.some((finding) => finding.status === one),
  );
  if (status === undefined)
    return { status: "ok", message: `${ok} (${total})` };
  const count = findings.filter((one) =>
    one.some((finding) => finding.status === status),
  ).length;
  const { fix } = all.find((one) => one.status === status && one.fix) ?? {};
  const hasFixes = all.some((one) => one.fix !== undefined && one.fix !== fix);
  return {
    status,
    message:
      status === "skipped"
        ? formatSkipped(all, count, total)
        : `${bad} (${count} of ${total})`,
    details: all.map((one) => formatDetail(one, hasFixes)),
    ...(fix !== undefined && { fix }),
  };
}

/** @param hasFixes whether objects have different fixes, of which the result has the first */
function formatDetail(
  { status, text, fix }: ItemFinding,
  hasFixes: boolean,
): string {
  const line = status === "skipped" ? `skipped: ${text}` : text;
  return hasFixes && fix !== undefined ? `${line}; fix: ${fix}` : line;
}

/** @param isChecked whether AWS responded: after a call that was denied or throttled, nothing is known about the object */
function toFinding(
  name: string,
  { message, hint }: UserError,
  { isChecked }: { readonly isChecked: boolean },
): ItemFinding {
  return {
    status: isChecked ? "failed" : "skipped",
    text: `${name}: ${message}`,
    ...(hint !== undefined && { fix: hint }),
  };
}

/** Names the reasons, which are mostly one. */
function formatSkipped(
  findings: readonly ItemFinding[],
  count: number,
  total: number,
): string {
  const reasons = groupBy(findings, ({ text }) => text.replace(/^.*?: /, ""));
  return `${[...reasons.keys()].join("; ")} (${count} of ${total})`;
}
