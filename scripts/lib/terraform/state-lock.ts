import { UserError } from "../../../constructs/errors";

/** A lock of a Terraform state, as Terraform tells it. */
export interface StateLock {
  readonly id: string;
  /** `user@host`. */
  readonly who: string;
  readonly operation: string;
  readonly createdAt: Date;
}

/** The lock that kept Terraform from a state, as its message has it; `undefined` when nothing did. */
export function stateLockOf(message: string): StateLock | undefined {
  if (!/Error (acquiring the state lock|locking)/.test(message))
    return undefined;
  const field = (name: string): string | undefined =>
    new RegExp(`^[│|\\s]*${name}:\\s+(\\S.*?)\\s*$`, "m").exec(message)?.[1];
  const [id, who, created] = [field("ID"), field("Who"), field("Created")];
  if (id === undefined || who === undefined || created === undefined)
    return undefined;
  // Go writes nanoseconds, where there are any, and the zone twice
  const createdAt = new Date(
    created.replace(/^(\S+) ([\d:]+)(?:(\.\d{1,3})\d*)? .*$/, "$1T$2$3Z"),
  );
  return { id, who, operation: field("Operation") ?? "a run", createdAt };
}

/** What a person can do about a lock. */
export function lockError({
  id,
  who,
  operation,
  createdAt,
}: StateLock): UserError {
  const since = Number.isNaN(createdAt.getTime())
    ? ""
    : ` since ${createdAt.toISOString()}`;
  return new UserError(
    `the state is locked by ${who}${since}, for ${operation}`,
    `wait until that run has ended; README.md says how to remove the lock of one that was killed: terraform force-unlock ${id}`,
  );
}
