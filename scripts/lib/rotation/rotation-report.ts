import { formatAge, formatTime } from "../system/time";
import type { ClientRotation } from "./read-rotation";
import type { FormatRotate } from "./rotation-errors";
import type { RotationAction, RotationResult } from "./rotation-steps";
import {
  findOtherSecret,
  getRotationStatus,
  type RotationStatus,
} from "./rotation-status";

/** When the steps of a rotation are due. */
export interface RotationSchedule {
  /** Age at which a secret is rotated, in milliseconds. @default at once */
  readonly everyMs?: number | undefined;
  /** Time for which the former secret stays valid, in milliseconds. @default until `--finish` */
  readonly keepOldMs?: number | undefined;
}

/** The line of a client on standard output. It contains no value of a secret. Times are in ISO 8601. */
export interface RotationReport {
  readonly client: string;
  readonly secret: string;
  readonly status: RotationStatus | "failed";
  readonly action?: RotationAction;
  /** When the secret in AWSCURRENT was created. */
  readonly createdAt?: string;
  /** When AWSCURRENT got its secret, if two secrets are live. */
  readonly switchedAt?: string;
  /** When the other live secret was created. */
  readonly otherCreatedAt?: string;
  /** When the other secret can be deleted. */
  readonly finishAt?: string;
  /** When the secret in AWSCURRENT has to be rotated. */
  readonly rotateAt?: string;
}

/** Returns when the secret in AWSCURRENT was created; `undefined` if it is not known which one that is. */
export function findCreationTime({
  liveSecrets,
  currentSecretId,
}: ClientRotation): Date | undefined {
  return liveSecrets.find(({ id }) => id === currentSecretId)?.createdAt;
}

export function createReport(
  client: string,
  { rotation, action }: RotationResult,
  { everyMs, keepOldMs }: RotationSchedule,
): RotationReport {
  const { secretName, switchedAt, liveSecrets } = rotation;
  const status = getRotationStatus(rotation);
  const createdAt = findCreationTime(rotation);
  const hasTwo = liveSecrets.length > 1;
  const times = {
    createdAt,
    switchedAt: hasTwo ? switchedAt : undefined,
    otherCreatedAt: findOtherSecret(rotation)?.createdAt,
    finishAt:
      status === "rotating" ? addTime(switchedAt, keepOldMs) : undefined,
    rotateAt: addTime(createdAt, everyMs),
  };
  return {
    client,
    secret: secretName,
    status,
    action,
    ...Object.fromEntries(
      Object.entries(times).flatMap(([name, time]) =>
        time === undefined ? [] : [[name, time.toISOString()]],
      ),
    ),
  };
}

export function addTime(
  time: Date | undefined,
  milliseconds: number | undefined,
): Date | undefined {
  return time === undefined || milliseconds === undefined
    ? undefined
    : new Date(time.getTime() + milliseconds);
}

/** Formats the result of a run for the user: which applications to restart, and when. */
export function formatReport(
  report: RotationReport,
  now: number,
  formatRotate: FormatRotate,
): readonly string[] {
  const { secret, action } = report;
  const former = "the former secret";
  const deletion =
    report.finishAt === undefined
      ? `before you delete ${former} with ${formatRotate("--finish")}`
      : `before ${formatTime(report.finishAt)}: ${former} is deleted by the first run after that, or by ${formatRotate("--finish")}`;
  switch (action) {
    case "started":
      return [
        `AWSCURRENT of ${secret} holds a new secret; ${former} is valid too`,
        "  Services that read the secret from AWS get the new one by themselves; with the default of the AWS caching libraries, within 1 hour.",
        `  Restart applications that got the secret as a variable or a file ${deletion}.`,
        `  To return to ${former}, run ${formatRotate("--back")}.`,
      ];
    case "finished":
      return [
        `the secret in AWSCURRENT of ${secret} is the only one that is valid`,
        "  Applications that were not restarted since the switch get invalid_client: restart them.",
      ];
    case "rolled-back":
      if (!isFormerCurrent(report))
        return [`AWSCURRENT of ${secret} holds a valid secret again`];
      return [
        `AWSCURRENT of ${secret} holds ${former} again; the newer one is valid too`,
        `  Restart applications that got the newer secret as a variable or a file ${deletion.replace(former, "the newer one").replace(former, "the newer one")}.`,
      ];
    case "dropped":
      return [`deleted the second secret of the client of ${secret}`];
    default:
      return formatState(report, now, formatRotate);
  }
}

/** Returns whether AWSCURRENT holds the older of two live secrets. A roll back can also replace a secret that is not valid. */
export function isFormerCurrent({
  createdAt,
  otherCreatedAt,
}: RotationReport): boolean {
  return (
    createdAt !== undefined &&
    otherCreatedAt !== undefined &&
    createdAt <= otherCreatedAt
  );
}

function formatState(
  report: RotationReport,
  now: number,
  formatRotate: FormatRotate,
): readonly string[] {
  const { secret, status, createdAt, switchedAt, finishAt, rotateAt } = report;
  const from = (time: string): string =>
    Date.parse(time) <= now ? "now" : `from ${formatTime(time)}`;
  switch (status) {
    case "pending":
      return [
        `a rotation of ${secret} has not switched AWSCURRENT yet; next: continue with ${formatRotate()}`,
      ];
    case "rotating": {
      const [current, other] = isFormerCurrent(report)
        ? ["former", "new"]
        : ["new", "former"];
      const since =
        switchedAt === undefined ? "" : ` since ${formatTime(switchedAt)}`;
      const due = finishAt === undefined ? "" : ` ${from(finishAt)}`;
      return [
        `the client of ${secret} has two valid secrets, and AWSCURRENT holds the ${current} one${since}; next: delete the ${other} one with ${formatRotate("--finish")}${due}`,
      ];
    }
    case "unknown-secret":
      return [
        `the client of ${secret} has a second secret that is not known here; next: if no application uses it, delete it with ${formatRotate("--finish --drop-unknown")}`,
      ];
    default: {
      const age =
        createdAt === undefined
          ? "of unknown age"
          : `${formatAge(now - Date.parse(createdAt))} old`;
      const next =
        rotateAt === undefined ? `with ${formatRotate()}` : from(rotateAt);
      return [
        `the client of ${secret} has one valid secret, which is ${age}; next: rotate it ${next}`,
      ];
    }
  }
}
