import { literal, text, type RichText } from "../../plan/rich-text";

/** Tokens as Terraform's attributes name them. */
export const TOKEN_KINDS = [
  "access_token",
  "id_token",
  "refresh_token",
] as const;
export type TokenKind = (typeof TOKEN_KINDS)[number];

/** Minutes of each unit that Cognito knows. */
const MINUTES = {
  seconds: 1 / 60,
  minutes: 1,
  hours: 60,
  days: 24 * 60,
} as const;
/** What Cognito assumes if no unit is set. */
const DEFAULT_UNIT: Readonly<Record<TokenKind, string>> = {
  access_token: "hours",
  id_token: "hours",
  refresh_token: "days",
};
/** What Cognito assumes for 0, and if no validity is set. */
const DEFAULT_MINUTES: Readonly<Record<TokenKind, number>> = {
  access_token: 60,
  id_token: 60,
  refresh_token: 30 * 24 * 60,
};

/**
 * Returns for how many minutes a token is valid; `undefined` if that is unknown.
 *
 * @see https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html
 */
export function getValidityMinutes(
  token: TokenKind,
  validity: unknown,
  units: Readonly<Record<string, unknown>>,
): number | undefined {
  if (validity === undefined || validity === null || validity === 0)
    return DEFAULT_MINUTES[token];
  const configured = units[token];
  const unit =
    typeof configured === "string" && configured !== ""
      ? configured
      : DEFAULT_UNIT[token];
  const minutes = Object.hasOwn(MINUTES, unit)
    ? MINUTES[unit as keyof typeof MINUTES]
    : undefined;
  return typeof validity === "number" && minutes !== undefined
    ? validity * minutes
    : undefined;
}

/** Returns a time in the largest unit that makes a whole number of it. */
export function formatMinutes(minutes: number): RichText {
  if (minutes % MINUTES.days === 0)
    return text`${minutes / MINUTES.days} ${literal("d")}`;
  if (minutes % MINUTES.hours === 0)
    return text`${minutes / MINUTES.hours} ${literal("h")}`;
  return Number.isInteger(minutes)
    ? text`${minutes} ${literal("min")}`
    : text`${Math.round(minutes * 60)} ${literal("s")}`;
}
