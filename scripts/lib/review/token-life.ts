/** Tokens as Terraform's attributes name them. */
export const TOKENS = ["access_token", "id_token", "refresh_token"] as const;
export type Token = (typeof TOKENS)[number];

/** Minutes of each unit that Cognito knows. */
const MINUTES: Readonly<Record<string, number>> = {
  seconds: 1 / 60,
  minutes: 1,
  hours: 60,
  days: 24 * 60,
};
/** What Cognito takes where no unit is given. */
const DEFAULT_UNIT: Readonly<Record<Token, string>> = {
  access_token: "hours",
  id_token: "hours",
  refresh_token: "days",
};
/** What Cognito takes for 0, and where no life is given. */
const DEFAULT_MINUTES: Readonly<Record<Token, number>> = {
  access_token: 60,
  id_token: 60,
  refresh_token: 30 * 24 * 60,
};

/**
 * How long a token lives, in minutes; `undefined` where that is not known.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
 */
export function minutesOf(
  token: Token,
  validity: unknown,
  units: Readonly<Record<string, unknown>>,
): number | undefined {
  if (validity === undefined || validity === null || validity === 0)
    return DEFAULT_MINUTES[token];
  const given = units[token];
  const unit =
    typeof given === "string" && given !== "" ? given : DEFAULT_UNIT[token];
  const minutes = MINUTES[unit];
  return typeof validity === "number" && minutes !== undefined
    ? validity * minutes
    : undefined;
}

/** A span in the largest unit that gives a whole number. */
export function spanTold(minutes: number): string {
  for (const unit of ["days", "hours", "minutes"]) {
    const count = minutes / (MINUTES[unit] ?? 1);
    if (Number.isInteger(count) && count > 0)
      return `${count} ${count === 1 ? unit.slice(0, -1) : unit}`;
  }
  return `${minutes * 60} seconds`;
}
