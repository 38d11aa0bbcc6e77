import { UserError } from "../../../constructs/errors";

/** A loss that somebody has agreed to: an entry of the allow-list. */
export interface Allowance {
  readonly address: string;
  /** Stage that it is for. @default every stage */
  readonly stage?: string;
  readonly reason: string;
  /** Last day that it counts, as `YYYY-MM-DD`, in UTC. */
  readonly expires: string;
}

const KEYS = ["address", "stage", "reason", "expires"];

/**
 * Reads an allow-list: a JSON list of `{"address", "reason", "expires"}`.
 *
 * @throws UserError with everything that is wrong in it
 */
export function parseAllowances(text: string): readonly Allowance[] {
  let entries: unknown;
  try {
    entries = JSON.parse(text);
  } catch {
    throw new UserError("the allow-list must be JSON, got something else");
  }
  if (!Array.isArray(entries))
    throw new UserError(
      'the allow-list must be a list of {"address", "reason", "expires"}, got other JSON',
    );
  const problems = entries.flatMap((entry: unknown, index) =>
    problemsOf(entry).map((problem) => `entry ${index + 1}: ${problem}`),
  );
  if (problems.length > 0)
    throw new UserError(
      `the allow-list cannot be used: ${problems.join("; ")}`,
    );
  return entries as readonly Allowance[];
}

/** Whether an entry still counts on a day. */
export function hasExpired({ expires }: Allowance, today: string): boolean {
  return expires < today;
}

function problemsOf(entry: unknown): readonly string[] {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry))
    return ["it must be an object"];
  const values = entry as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(values).filter((key) => !KEYS.includes(key));
  const isText = (key: string): boolean =>
    typeof values[key] === "string" && values[key].trim() !== "";
  return [
    ...(unknown.length === 0
      ? []
      : [`${unknown.join(", ")} must not be there, ${KEYS.join(", ")} may`]),
    ...["address", "reason"]
      .filter((key) => !isText(key))
      .map((key) => `${key} must be a text that is not empty`),
    ...(values.stage === undefined || isText("stage")
      ? []
      : ["stage must be the name of one"]),
    ...(isDay(values.expires)
      ? []
      : [
          `expires must be a day such as 2030-01-31, got ${JSON.stringify(values.expires ?? null)}`,
        ]),
  ];
}

function isDay(value: unknown): boolean {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value))
    return false;
  const day = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(value);
}
