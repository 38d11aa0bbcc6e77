import { formatPage } from "../../../stacks/config/documentation";
import { UserError } from "../../../constructs/errors";
import { parseJsonObject } from "../system/json-object";

/** The lock of a Terraform state. Its texts are single lines without control characters. */
export interface StateLock {
  /** Absent if it is not a UUID, since it is part of a command in the hint. */
  readonly id?: string;
  /** User and host, as `user@host`. */
  readonly holder: string;
  readonly operation: string;
  readonly createdAt: Date;
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const MAX_FIELD_LENGTH = 120;

/** Parses the lock from an error message of Terraform; returns `undefined` for other errors. */
export function parseStateLock(message: string): StateLock | undefined {
  if (!/Error (acquiring the state lock|locking)/.test(message))
    return undefined;
  const field = (name: string): string | undefined => {
    const pattern = new RegExp(`^[│|\\s]*${name}:[^\\S\\n]+(\\S.*?)\\s*$`, "m");
    const found = pattern.exec(message)?.[1];
    return found === undefined ? undefined : sanitize(found);
  };
  const [id, holder, created] = [field("ID"), field("Who"), field("Created")];
  if (id === undefined || holder === undefined || created === undefined)
    return undefined;
  // Go writes optional nanoseconds, and the time zone twice
  const createdAt = new Date(
    created.replace(/^(\S+) ([\d:]+)(?:(\.\d{1,3})\d*)? .*$/, "$1T$2$3Z"),
  );
  return {
    ...(UUID.test(id) && { id }),
    holder,
    operation: field("Operation") ?? "a run",
    createdAt,
  };
}

/** Parses a lock file, which is in the bucket of the state or next to a local one; returns `undefined` for other text. */
export function parseLockFile(text: string): StateLock | undefined {
  const lock = parseJsonObject(text);
  const field = (name: string): string | undefined =>
    typeof lock[name] === "string" ? sanitize(lock[name]) : undefined;
  const [id, holder, created] = [field("ID"), field("Who"), field("Created")];
  if (id === undefined || holder === undefined || created === undefined)
    return undefined;
  return {
    ...(UUID.test(id) && { id }),
    holder,
    operation: field("Operation") ?? "a run",
    createdAt: new Date(created),
  };
}

/** Returns an error with advice about a lock. */
export function toLockError({
  id,
  holder,
  operation,
  createdAt,
}: StateLock): UserError {
  const since = Number.isNaN(createdAt.getTime())
    ? ""
    : ` since ${createdAt.toISOString()}`;
  return new UserError(
    `the state is locked by ${holder}${since}, for ${operation}`,
    id === undefined
      ? "look at the lock file next to the state: its id is not from Terraform"
      : `wait until that run has ended; if it was killed, see ${formatPage("troubleshooting")} and run terraform force-unlock ${id}`,
  );
}

/** Sanitizes a field of a lock file, which can contain any text. */
function sanitize(text: string): string {
  const line = text.replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ").trim();
  return line.length <= MAX_FIELD_LENGTH
    ? line
    : `${line.slice(0, MAX_FIELD_LENGTH)}…`;
}
