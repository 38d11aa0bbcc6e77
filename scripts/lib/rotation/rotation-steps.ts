import type { Clock } from "../system/clock";
import {
  type ClientRotation,
  PENDING_LABEL,
  parseClientSecretValue,
  readRotation,
} from "./read-rotation";
import type { RotationCalls } from "./rotation-calls";
import {
  createBusyError,
  createUnknownSecretError,
  type FormatRotate,
} from "./rotation-errors";
import type { LiveSecret } from "./rotation-reader";
import { isCurrentInvalid } from "./rotation-status";
import { createVersionId, replaceClientSecret } from "./new-version";

/** Reads of the rotation, each followed by one change at most, before others change it all the time. */
const MAX_STEPS = 40;
/** Time in which a new secret becomes valid everywhere in Cognito. AWS documents none. */
const PROPAGATION_MS = 60_000;
const POLL_MS = 1_000;
/** Time in which a deleted secret becomes invalid everywhere in Cognito. */
const DELETION_MS = 10_000;
/** Versions without labels whose values are tested. */
const MAX_CANDIDATES = 10;

/** The values that the steps of a rotation of one client share. */
export interface RotationContext {
  readonly calls: RotationCalls;
  readonly secretName: string;
  readonly clock: Pick<Clock, "now" | "sleep">;
  /** Receives one line for each step. */
  readonly log: (line: string) => void;
  readonly formatRotate: FormatRotate;
  /** @throws UserError if the Terraform state is locked */
  readonly requireUnlockedState: () => Promise<void>;
  /** Whether a second secret that is not known can be deleted. */
  readonly dropsUnknown: boolean;
  /** Whether a new secret can replace one that Cognito does not recognize. */
  readonly replacesInvalid: boolean;
}

/** The change that a command made to a rotation. */
export type RotationAction =
  "none" | "started" | "finished" | "rolled-back" | "dropped";

export interface RotationResult {
  readonly rotation: ClientRotation;
  readonly action: RotationAction;
}

/**
 * Reads the rotation and runs a step, until a step returns a result. A step makes one change at most, so that all of the
 * memory is in AWS, and a run can end at each call.
 */
export async function repeatStep<T>(
  { calls, secretName }: Pick<RotationContext, "calls" | "secretName">,
  step: (rotation: ClientRotation) => Promise<T | undefined>,
): Promise<T> {
  for (let count = 0; count < MAX_STEPS; count += 1) {
    const result = await step(await readRotation(calls, secretName));
    if (result !== undefined) return result;
  }
  throw createBusyError(secretName);
}

/** Returns whether Cognito recognizes a client secret. */
export async function isAccepted(
  { calls, secretName }: RotationContext,
  { fields, client }: ClientRotation,
  clientSecret: string,
): Promise<boolean> {
  if (clientSecret === "") return false;
  const { callbackUrls } = client;
  return calls.testSecret({ secretName, fields, clientSecret, callbackUrls });
}

/** Returns whether Cognito recognizes the secret in AWSCURRENT. A secret that was just created can need a moment. */
export async function isCurrentAccepted(
  context: RotationContext,
  rotation: ClientRotation,
): Promise<boolean> {
  const { liveSecrets, clientSecret } = rotation;
  // a secret that was just deleted can be valid for a moment
  if (isCurrentInvalid(rotation)) return false;
  const { clock } = context;
  const newest = liveSecrets.at(-1)?.createdAt.getTime() ?? 0;
  // the clock of this machine can be wrong
  const deadline = Math.min(newest, clock.now()) + PROPAGATION_MS;
  for (;;) {
    if (await isAccepted(context, rotation, clientSecret)) return true;
    if (clock.now() >= deadline) return false;
    await clock.sleep(POLL_MS);
  }
}

/** Returns whether AWSCURRENT has moved since the rotation was read. */
export async function hasChanged(
  { calls, secretName }: RotationContext,
  { current }: ClientRotation,
): Promise<boolean> {
  return (await calls.readVersion(secretName))?.id !== current.id;
}

/** Returns whether Cognito recognizes a value, which it may just have received from another process. */
export async function waitUntilAccepted(
  context: RotationContext,
  rotation: ClientRotation,
  clientSecret: string,
): Promise<boolean> {
  const { clock, log, secretName } = context;
  const start = clock.now();
  for (let count = 0; ; count += 1) {
    if (await isAccepted(context, rotation, clientSecret)) return true;
    if (clock.now() - start >= PROPAGATION_MS) return false;
    if (count === 0)
      log(`Waiting until Cognito recognizes the new secret of ${secretName}…`);
    await clock.sleep(POLL_MS);
  }
}

/**
 * Finds the value of the client in another version of the secret that Cognito recognizes, and that no live secret is known to
 * have. Secrets Manager retains versions without labels for a day.
 */
export async function findOtherValue(
  context: RotationContext,
  rotation: ClientRotation,
): Promise<string | undefined> {
  const { calls, secretName } = context;
  const { ids, values, clientSecret } = rotation;
  const versions = [...(await calls.listVersions(secretName, "all"))].sort(
    (one, other) => other.createdAt.getTime() - one.createdAt.getTime(),
  );
  const tested = new Set([clientSecret, ...values.values()]);
  for (const { id } of versions.slice(0, MAX_CANDIDATES)) {
    const text = (await calls.readVersion(secretName, id))?.text ?? "";
    const value = parseClientSecretValue(text, ids);
    if (value === undefined || tested.has(value)) continue;
    tested.add(value);
    if (!(await isAccepted(context, rotation, value))) continue;
    // a secret that was just deleted can be valid for a moment
    await context.clock.sleep(DELETION_MS);
    if (await isAccepted(context, rotation, value)) return value;
  }
  return undefined;
}

/** A live secret, and its value in a version of the secret. */
export interface KnownSecret {
  readonly id: string;
  readonly value: string;
}

/**
 * Finds a live secret whose value is known, if Cognito does not recognize the one in AWSCURRENT: the newest one if there are
 * several.
 */
export async function findLiveSecret(
  context: RotationContext,
  rotation: ClientRotation,
): Promise<KnownSecret | undefined> {
  const { liveSecrets, values, clientSecret } = rotation;
  const unknown: string[] = [];
  for (const { id } of [...liveSecrets].reverse()) {
    const value = values.get(id) ?? clientSecret;
    // no live secret has the value of AWSCURRENT
    if (value === clientSecret) unknown.push(id);
    else if (await isAccepted(context, rotation, value)) return { id, value };
  }
  const [id, ...others] = unknown;
  if (id === undefined || others.length > 0) return undefined;
  const value = await findOtherValue(context, rotation);
  return value === undefined ? undefined : { id, value };
}

/**
 * Makes a live secret current: writes a version with the fields of AWSCURRENT, and moves the label, unless AWSCURRENT has
 * changed since the rotation was read.
 *
 * @returns whether AWSCURRENT has moved; else read the rotation again
 */
export async function switchSecret(
  { calls, secretName }: RotationContext,
  { current, text: fields }: ClientRotation,
  secretId: string,
  clientSecret: string,
): Promise<boolean> {
  const id = createVersionId("switch", current.id, secretId, clientSecret);
  const text = replaceClientSecret(fields, clientSecret);
  const version = { id, text, label: secretId };
  return (
    (await calls.writeVersion(secretName, version)) &&
    (await calls.moveLabel(secretName, "AWSCURRENT", current.id, id))
  );
}

/** Removes the label of the rotation that has not switched yet, or has switched completely. */
export async function removePending(
  { calls, secretName }: RotationContext,
  { pending }: ClientRotation,
): Promise<void> {
  if (pending !== undefined)
    await calls.moveLabel(secretName, PENDING_LABEL, pending.versionId);
}

/**
 * Deletes a second secret that is not known, if the user wants that.
 *
 * @throws UserError if not, or if the state is locked
 */
export async function dropUnknownSecret(
  context: RotationContext,
  rotation: ClientRotation,
  secret: LiveSecret,
): Promise<void> {
  const { calls, log } = context;
  if (!context.dropsUnknown)
    throw createUnknownSecretError(rotation, secret, context.formatRotate);
  await context.requireUnlockedState();
  log(`Deleting the second secret ${secret.id}, which is not known…`);
  await calls.deleteSecret(rotation.ids, secret.id);
}
