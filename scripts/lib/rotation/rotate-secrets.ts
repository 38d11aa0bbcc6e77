import { UserError } from "../../../constructs/errors";
import { explainAwsError } from "../aws/errors";
import { finishRotation } from "./finish-rotation";
import { readRotation } from "./read-rotation";
import { rollBack } from "./roll-back";
import { createInvalidSecretError } from "./rotation-errors";
import {
  addTime,
  createReport,
  findCreationTime,
  formatReport,
  type RotationReport,
  type RotationSchedule,
} from "./rotation-report";
import {
  findLiveSecret,
  type RotationContext,
  type RotationResult,
} from "./rotation-steps";
import { getRotationStatus, isCurrentInvalid } from "./rotation-status";
import { startRotation } from "./start-rotation";

export interface RotateOptions extends RotationSchedule {
  /** `rotate` starts, and finishes what is due. `status` changes nothing. */
  readonly mode: "rotate" | "finish" | "back" | "status";
}

/** A client whose secret is rotated. */
export interface RotatedClient {
  readonly id: string;
  readonly context: RotationContext;
}

/**
 * Rotates the secrets of clients at the same time. An error of one client does not prevent the others from being rotated.
 *
 * @param print receives the report of each client when it is complete
 * @throws UserError at the end if a client failed
 */
export async function rotateSecrets(
  clients: readonly RotatedClient[],
  options: RotateOptions,
  print: (report: RotationReport) => void,
): Promise<void> {
  const failed = new Map<string, UserError>();
  const results = await Promise.allSettled(
    clients.map(async ({ id, context }) => {
      try {
        const result = await rotateClient(context, options);
        const report = createReport(id, result, options);
        print(report);
        const { log, clock, formatRotate } = context;
        for (const line of formatReport(report, clock.now(), formatRotate))
          log(line);
      } catch (error) {
        const explained =
          error instanceof UserError ? error : explainAwsError(error);
        if (explained === undefined) throw error;
        failed.set(id, explained);
        print({ client: id, secret: context.secretName, status: "failed" });
        // the only error is printed at the end
        if (clients.length > 1)
          for (const line of formatError(explained)) context.log(line);
      }
    }),
  );
  for (const result of results) if ("reason" in result) throw result.reason;
  const [first] = failed.values();
  if (first === undefined) return;
  if (clients.length === 1) throw first;
  throw new UserError(
    `${failed.size} of ${clients.length} clients failed: ${[...failed.keys()].join(", ")}`,
    "see their messages above; the command can be repeated",
  );
}

async function rotateClient(
  context: RotationContext,
  options: RotateOptions,
): Promise<RotationResult> {
  const { mode, everyMs, keepOldMs } = options;
  if (mode === "back") return rollBack(context);
  const { calls, secretName, clock } = context;
  const rotation = await readRotation(calls, secretName);
  const unchanged = { rotation, action: "none" } as const;
  if (mode === "status") {
    if (!isCurrentInvalid(rotation)) return unchanged;
    const live = await findLiveSecret(context, rotation);
    throw createInvalidSecretError(
      rotation,
      live !== undefined,
      context.formatRotate,
    );
  }
  const isDue = (time: Date | undefined): boolean =>
    time === undefined || time.getTime() <= clock.now();
  const state = getRotationStatus(rotation);
  const canFinish = isDue(addTime(rotation.switchedAt, keepOldMs));
  if (mode === "finish")
    return state === "rotating" && !canFinish
      ? unchanged
      : finishRotation(context);
  const isStartDue = ({ rotation: now }: RotationResult): boolean =>
    isDue(addTime(findCreationTime(now), everyMs));
  if (state === "idle" && !isStartDue(unchanged)) return unchanged;
  if (state !== "rotating" || keepOldMs === undefined || !canFinish)
    return startRotation(context);
  const finished = await finishRotation(context);
  return everyMs !== undefined && isStartDue(finished)
    ? startRotation(context)
    : finished;
}

function formatError({ message, hint }: UserError): readonly string[] {
  return [message, ...(hint === undefined ? [] : [`hint: ${hint}`])];
}
