import type { ClientRotation } from "./read-rotation";
import type { LiveSecret } from "./rotation-reader";

/**
 * `pending`: a rotation has started, and AWSCURRENT does not hold its secret yet, or it was interrupted right after that.
 * `rotating`: two secrets are live, until the older one is deleted. `unknown-secret`: a second secret is live, and no rotation
 * created it.
 */
export type RotationStatus = "idle" | "pending" | "rotating" | "unknown-secret";

export function getRotationStatus(rotation: ClientRotation): RotationStatus {
  const { liveSecrets, pending } = rotation;
  if (pending?.clientSecret !== undefined || isSwitchInterrupted(rotation))
    return "pending";
  if (liveSecrets.length < 2) return "idle";
  const other = findOtherSecret(rotation);
  return other === undefined || !isKnownSecret(rotation, other)
    ? "unknown-secret"
    : "rotating";
}

/** Returns whether AWSCURRENT holds the secret of AWSPENDING: the rotation has switched, and that label is left to remove. */
export function isPendingCurrent({
  pending,
  clientSecret,
}: ClientRotation): boolean {
  return pending?.clientSecret === clientSecret;
}

/** Returns whether AWSCURRENT does not hold the secret of the last switch: it was interrupted, or Terraform wrote the former one. */
export function isSwitchInterrupted({
  liveSecrets,
  switchedTo,
  currentSecretId,
}: ClientRotation): boolean {
  return (
    liveSecrets.length > 1 &&
    switchedTo !== undefined &&
    currentSecretId !== undefined &&
    switchedTo !== currentSecretId
  );
}

/** Returns the live secret that AWSCURRENT does not hold; `undefined` if there is none, or it is not known which one. */
export function findOtherSecret({
  liveSecrets,
  currentSecretId,
}: ClientRotation): LiveSecret | undefined {
  return currentSecretId === undefined
    ? undefined
    : liveSecrets.find(({ id }) => id !== currentSecretId);
}

/**
 * Returns whether a version has the value of a live secret, or it is older than the secret in AWSCURRENT, which has replaced it.
 */
export function isKnownSecret(
  { values, liveSecrets, currentSecretId }: ClientRotation,
  { id, createdAt }: LiveSecret,
): boolean {
  if (values.has(id)) return true;
  const current = liveSecrets.find((one) => one.id === currentSecretId);
  return current !== undefined && createdAt <= current.createdAt;
}

/** Returns whether AWSCURRENT holds no live secret: it has no value, or all live secrets are known to have other ones. */
export function isCurrentInvalid({
  clientSecret,
  liveSecrets,
  values,
}: ClientRotation): boolean {
  return (
    clientSecret === "" ||
    liveSecrets.every(
      ({ id }) => (values.get(id) ?? clientSecret) !== clientSecret,
    )
  );
}
