import { UserError } from "../../../../constructs/errors";
import type { ClientRotation } from "../../rotation/read-rotation";
import { type Check, type DoctorContext, MissingPermission } from "../check";
import { checkItems, type Finding } from "../check-items";
import { formatRotate, readClientRotation } from "../client-rotation";
import { formatFix } from "../fix";
import { listSecretClients, type SecretClient } from "../stage-clients";

/** Age at which security standards ask for a rotation. */
const MAX_AGE_DAYS = 90;
/** Time for services to read a new secret. */
const MAX_OVERLAP_DAYS = 7;
/** A rotation that runs has a pending version for about a minute. */
const MAX_PENDING_MINUTES = 15;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

const NONE = "the stage has no client with a client secret";

/** Reports client secrets that were not rotated for a long time. */
export const SECRET_AGE: Check = {
  id: "secret-age",
  section: "Clients and secrets",
  run: (context) =>
    checkRotations(
      context,
      {
        ok: `each client secret is at most ${MAX_AGE_DAYS} days old`,
        bad: `client secrets are more than ${MAX_AGE_DAYS} days old`,
        none: NONE,
      },
      ({ id }, rotation) => {
        const { liveSecrets, currentSecretId } = rotation;
        const current =
          liveSecrets.find((secret) => secret.id === currentSecretId) ??
          liveSecrets.at(-1);
        const days = countDays(current?.createdAt ?? context.now, context);
        return days <= MAX_AGE_DAYS
          ? []
          : [
              {
                status: "warning",
                text: `${id}: ${days} days`,
                fix: formatFix(
                  context,
                  "rotate-secret",
                  `--all --every ${MAX_AGE_DAYS}d`,
                ),
              },
            ];
      },
    ),
};

/** Reports rotations that were not finished, and secrets that no rotation made. */
export const SECRET_ROTATION: Check = {
  id: "secret-rotation",
  section: "Clients and secrets",
  run: (context) =>
    checkRotations(
      context,
      {
        ok: "no rotation of a client secret is left unfinished",
        bad: "client secrets have unfinished rotations, or secrets of unknown origin",
        none: NONE,
      },
      (client, rotation) => {
        const found = findUnfinished(rotation, context);
        if (found === undefined) return [];
        const [text, ...options] = found;
        const fix = formatRotate(client, context, ...options);
        return [{ status: "warning", text: `${client.id}: ${text}`, fix }];
      },
    ),
};

/** Returns what is unfinished, and options of the command that finishes it. */
function findUnfinished(
  { liveSecrets, values, pending, switchedAt }: ClientRotation,
  context: DoctorContext,
): readonly [text: string, ...options: string[]] | undefined {
  const now = context.now.getTime();
  if (pending !== undefined)
    return now - pending.createdAt.getTime() > MAX_PENDING_MINUTES * MINUTE_MS
      ? [
          `a rotation was interrupted, and AWSPENDING is left since ${formatTime(pending.createdAt)}`,
        ]
      : undefined;
  if (liveSecrets.length < 2) return undefined;
  const unknown = liveSecrets.find((secret) => !values.has(secret.id));
  if (unknown !== undefined)
    return [
      `a second secret of unknown origin works since ${formatTime(unknown.createdAt)}`,
      "--drop-unknown",
    ];
  const days = countDays(switchedAt, context);
  return days > MAX_OVERLAP_DAYS
    ? [
        `the former secret still works ${days} days after the rotation`,
        "--finish",
      ]
    : undefined;
}

function countDays(from: Date, { now }: DoctorContext): number {
  return Math.floor((now.getTime() - from.getTime()) / DAY_MS);
}

function formatTime(date: Date): string {
  return `${date.toISOString().slice(0, 16).replace("T", " ")} UTC`;
}

function checkRotations(
  context: DoctorContext,
  sentences: Parameters<typeof checkItems>[1],
  check: (client: SecretClient, rotation: ClientRotation) => readonly Finding[],
) {
  return checkItems(
    listSecretClients(context),
    sentences,
    ({ id }) => id,
    async (client) => {
      try {
        return check(client, await readClientRotation(client, context));
      } catch (error) {
        if (!(error instanceof UserError) || error instanceof MissingPermission)
          throw error;
        // another check reports it
        return [{ status: "skipped", text: `${client.id}: ${error.message}` }];
      }
    },
  );
}
