import { types } from "node:util";
import { UserError } from "../../../constructs/errors";
import { explainAwsError } from "../aws/errors";
import {
  type Check,
  type CheckResult,
  type CheckStatus,
  type DoctorContext,
  MissingPermission,
  type Section,
  SECTIONS,
} from "./check";

/** Version of the JSON format. */
const REPORT_VERSION = 1;

export interface ReportedCheck extends CheckResult {
  readonly id: string;
  readonly section: Section;
}

/** Results of a run of the doctor, as in its JSON format. */
export interface DoctorReport {
  readonly version: typeof REPORT_VERSION;
  readonly stage: string;
  /** In the order of the sections. */
  readonly checks: readonly ReportedCheck[];
  readonly counts: Readonly<Record<CheckStatus, number>>;
}

export interface DoctorRun {
  readonly report: DoctorReport;
  /** `error`: no check found a problem, but at least one could not run, such as without network. */
  readonly verdict: "ok" | "failed" | "error";
}

interface Outcome extends ReportedCheck {
  /** Whether an error ended the check. */
  readonly isError?: true;
}

/** Runs all checks at the same time. The error of one does not end the others. */
export async function runChecks(
  checks: readonly Check[],
  context: DoctorContext,
): Promise<DoctorRun> {
  const outcomes = await Promise.all(
    checks.map((check) => runCheck(check, context)),
  );
  const sorted = SECTIONS.flatMap((section) =>
    outcomes.filter((outcome) => outcome.section === section),
  );
  const found = skipRepeatedErrors(sorted);
  const count = (status: CheckStatus): number =>
    found.filter((one) => one.status === status).length;
  return {
    report: {
      version: REPORT_VERSION,
      stage: context.target.stage,
      checks: found.map(
        ({ id, section, status, message, details, fix }): ReportedCheck => ({
          id,
          section,
          status,
          message,
          ...(details !== undefined && { details }),
          ...(fix !== undefined && { fix }),
        }),
      ),
      counts: {
        ok: count("ok"),
        warning: count("warning"),
        failed: count("failed"),
        skipped: count("skipped"),
      },
    },
    verdict: summarizeOutcomes(found),
  };
}

function summarizeOutcomes(outcomes: readonly Outcome[]): DoctorRun["verdict"] {
  const failed = outcomes.filter(({ status }) => status === "failed");
  if (failed.length === 0) return "ok";
  return failed.every(({ isError }) => isError === true) ? "error" : "failed";
}

async function runCheck(
  check: Check,
  context: DoctorContext,
): Promise<Outcome> {
  const { id, section } = check;
  try {
    const reason =
      check.runsWithoutState === true
        ? undefined
        : await findStateProblem(context);
    const result: CheckResult =
      reason === undefined
        ? await check.run(context)
        : { status: "skipped", message: reason };
    return { id, section, ...result };
  } catch (error) {
    return { id, section, ...explainCheckError(error) };
  }
}

/** Returns why a check of the state cannot run; `undefined` if it can. */
async function findStateProblem({
  state,
}: DoctorContext): Promise<string | undefined> {
  const { kind } = await state;
  if (kind === "read") return undefined;
  return kind === "absent"
    ? "the stage has no state"
    : "the state cannot be read";
}

function explainCheckError(
  error: unknown,
): CheckResult & Pick<Outcome, "isError"> {
  if (error instanceof MissingPermission)
    return { status: "skipped", message: error.message };
  const explained = error instanceof UserError ? error : explainAwsError(error);
  if (explained === undefined)
    return {
      status: "failed",
      // the message of an unknown error can quote a secret
      message: `the check has an internal error: ${types.isNativeError(error) ? error.name : typeof error}`,
      details: findLocation(error),
      fix: "report it with the line above",
      isError: true,
    };
  const { message: text, hint } = explained;
  const [message = "", ...lines] = text.split("\n");
  return {
    status: "failed",
    message,
    ...(lines.length > 0 && { details: lines }),
    ...(hint !== undefined && { fix: hint }),
    isError: true,
  };
}

function findLocation(error: unknown): readonly string[] {
  const stack = types.isNativeError(error) ? (error.stack ?? "") : "";
  return [/^ +(at .*)$/m.exec(stack)?.[1] ?? "at an unknown line"];
}

/** Reports an error that ended several checks once, such as missing credentials. */
function skipRepeatedErrors(outcomes: readonly Outcome[]): readonly Outcome[] {
  const first = new Map<string, string>();
  return outcomes.map((outcome) => {
    const { id, section, message, isError } = outcome;
    if (isError !== true) return outcome;
    const earlier = first.get(message);
    if (earlier === undefined) {
      first.set(message, id);
      return outcome;
    }
    return {
      id,
      section,
      status: "skipped",
      message: `the same error as ${earlier}`,
    };
  });
}
