import { UserError } from "../../../constructs/errors";
import { formatTime } from "../system/time";
import type { ClientRotation } from "./read-rotation";
import type { LiveSecret } from "./rotation-reader";

/** Formats a call of this command for the client of a rotation, with further options. */
export type FormatRotate = (...options: readonly string[]) => string;

export function createUnknownSecretError(
  { secretName }: ClientRotation,
  { id, createdAt }: LiveSecret,
  formatRotate: FormatRotate,
): UserError {
  return new UserError(
    `the client of secret "${secretName}" has a second secret that is not known here: ${id}, created ${formatTime(createdAt)}; nothing was changed`,
    `if no application uses it, delete it with ${formatRotate("--finish", "--drop-unknown")}`,
  );
}

export function createAmbiguousError({
  secretName,
  liveSecrets,
  ids,
}: ClientRotation): UserError {
  return new UserError(
    `the client of secret "${secretName}" has two secrets, and no version shows which of them AWSCURRENT holds: ${liveSecrets.map(({ id }) => id).join(", ")}; nothing was changed`,
    `delete the one that is not in use: aws cognito-idp delete-user-pool-client-secret --user-pool-id ${ids.userPoolId} --client-id ${ids.clientId} --client-secret-id <id>`,
  );
}

/** @param isRepairable whether a live secret's value is known */
export function createInvalidSecretError(
  { secretName, clientSecret }: ClientRotation,
  isRepairable: boolean,
  formatRotate: FormatRotate,
): UserError {
  return new UserError(
    clientSecret === ""
      ? `AWSCURRENT of secret "${secretName}" must have the fields of a client and its client secret, got a text without them`
      : `Cognito does not recognize the client secret in AWSCURRENT of secret "${secretName}" (invalid_client)`,
    isRepairable
      ? `another version has a valid secret: make it current with ${formatRotate("--back")}`
      : `no version has a valid secret: create a new one with ${formatRotate()}`,
  );
}

export function createNotSwitchedError(
  { secretName }: ClientRotation,
  formatRotate: FormatRotate,
): UserError {
  return new UserError(
    `AWSCURRENT of secret "${secretName}" does not hold the new client secret yet: a rotation was interrupted, or a deployment wrote the former one again`,
    `continue the rotation with ${formatRotate()}`,
  );
}

export function createFinishedError(
  { secretName }: ClientRotation,
  formatRotate: FormatRotate,
): UserError {
  return new UserError(
    `cannot roll back secret "${secretName}": the former client secret was deleted`,
    `create another secret with ${formatRotate()}`,
  );
}

export function createLostSecretError(
  { secretName }: ClientRotation,
  formatRotate: FormatRotate,
): UserError {
  return new UserError(
    `cannot roll back secret "${secretName}": no version has the value of the former client secret`,
    `delete the former secret with ${formatRotate("--finish")}, then create another one`,
  );
}

export function createBusyError(secretName: string): UserError {
  return new UserError(
    `secret "${secretName}" was changed by other processes during each step`,
    "wait until they have ended, and run the command again",
  );
}
