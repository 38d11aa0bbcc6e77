import { UserError } from "../../../constructs/errors";

/** A lock of a Terraform state, as Terraform prints it. Each text is one line without control characters. */
export interface StateLock {
  /** Absent if it is not shaped as Terraform's are: it could not go into a command. */
  readonly id?: string;
  /** `user@host`. */
  readonly holder: string;
  readonly operation: string;
  readonly createdAt: Date;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const LONGEST_FIELD = 120;

/** Returns the lock that kept Terraform from a state, from its message; `undefined` if another problem did. */
export function parseStateLock(message: string): StateLock | undefined {
  if (!/Error (acquiring the state lock|locking)/.test(message))
    return undefined;
  const field = (name: string): string | undefined => {
    const pattern = new RegExp(`^[│|\\s]*${name}:[^\\S\\n]+(\\S.*?)\\s*$`, "m");
    const found = pattern.exec(message)?.[1];
    return found === undefined ? undefined : printable(found);
  };
  const [id, who, created] = [field("ID"), field("Who"), field("Created")];
  if (id === undefined || who === undefined || created === undefined)
    return undefined;
  // Go writes nanoseconds, if there are any, and the zone twice
  const createdAt = new Date(
    created.replace(/^(\S+) ([\d:]+)(?:(\.\d{1,3})\d*)? .*$/, "$1T$2$3Z"),
  );
  return {
    ...(UUID.test(id) && { id }),
    holder: who,
    operation: field("Operation") ?? "a run",
    createdAt,
  };
}

/** Returns what a person can do about a lock. */
export function toLockError({
  id,
  holder: who,
  operation,
  createdAt,
}: StateLock): UserError {
  const since = Number.isNaN(createdAt.getTime())
    ? ""
    : ` since ${createdAt.toISOString()}`;
  return new UserError(
    `the state is locked by ${who}${since}, for ${operation}`,
    id === undefined
      ? "look at the lock file in the state's bucket: its id is not one that Terraform writes"
      : `wait until that run has ended; see docs/recover.md if it was killed: terraform force-unlock ${id}`,
  );
}

/** A field of a lock file, which is whatever its writer has put there. */
function printable(text: string): string {
  const line = text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ").trim();
  return line.length <= LONGEST_FIELD
    ? line
    : `${line.slice(0, LONGEST_FIELD)}…`;
}
