import { UserError } from "../../../../constructs/errors";
import type { ClientRotation } from "../../rotation/read-rotation";
import {
  getRotationStatus,
  isCurrentInvalid,
} from "../../rotation/rotation-status";
import { formatTime } from "../../system/time";
import { type Check, type DoctorContext, MissingPermission } from "../check";
import { checkItems, type ItemFinding } from "../check-items";
import { formatRotate, readClientRotation } from "../client-rotation";
import { formatFix } from "../format-fix";
import { listConfidentialClients, type SecretClient } from "../stage-clients";

/** Age at which security standards ask for a rotation. */
const MAX_AGE_DAYS = 90;
/** Time for services to read a new secret. */
const MAX_OVERLAP_DAYS = 7;
/** A rotation that runs has a pending version for about a minute. */
const MAX_PENDING_MS = 15 * 60_000;
const DAY_MS = 86_400_000;

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
  rotation: ClientRotation,
  context: DoctorContext,
): readonly [text: string, ...options: string[]] | undefined {
  const { pending, switchedAt } = rotation;
  // another check reports it
  if (isCurrentInvalid(rotation)) return undefined;
  switch (pending === undefined ? getRotationStatus(rotation) : "pending") {
    case "idle":
      return undefined;
    case "pending": {
      const since = pending?.createdAt ?? switchedAt;
      const age = context.now.getTime() - since.getTime();
      return age > MAX_PENDING_MS
        ? [`a rotation was interrupted at ${formatTime(since)}`]
        : undefined;
    }
    case "unknown-secret":
      return [
        "a second secret is valid that no rotation created",
        "--finish",
        "--drop-unknown",
      ];
    case "rotating": {
      const days = countDays(switchedAt, context);
      return days > MAX_OVERLAP_DAYS
        ? [
            `the former secret is still valid ${days} days after the rotation`,
            "--finish",
          ]
        : undefined;
    }
  }
}

function countDays(from: Date, { now }: DoctorContext): number {
  return Math.floor((now.getTime() - from.getTime()) / DAY_MS);
}

function checkRotations(
  context: DoctorContext,
  sentences: Parameters<typeof checkItems>[1],
  check: (
    client: SecretClient,
    rotation: ClientRotation,
  ) => readonly ItemFinding[],
) {
  return checkItems(
    listConfidentialClients(context),
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
