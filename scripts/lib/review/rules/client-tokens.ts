import { type Attributes, readText, toBlocks } from "../../plan/attribute";
import { literal, type RichText, text } from "../../plan/rich-text";
import {
  coverAttributes,
  limitToExisting,
  isUnknown,
  reportRaised,
  reportTurnedOff,
  type Rule,
  type RuleContext,
} from "./rule";

const covers = coverAttributes("aws_cognito_user_pool_client");

/** Tokens as Terraform's attributes name them. */
export const TOKEN_KINDS = [
  "access_token",
  "id_token",
  "refresh_token",
] as const;
type TokenKind = (typeof TOKEN_KINDS)[number];

/** Rules about the validity of tokens and sessions of a client. */
export const CLIENT_TOKEN_RULES = {
  "token-validity-longer": {
    severity: "weakening",
    covers: covers(
      ...TOKEN_KINDS.map((token) => `${token}_validity`),
      "token_validity_units",
    ),
    description: "Tokens of a client are valid for longer.",
    check: (context) =>
      TOKEN_KINDS.flatMap((token) => checkValidity(token, context)),
  },
  "auth-session-longer": {
    severity: "weakening",
    covers: covers("auth_session_validity"),
    description: "Users have more time to complete a sign-in.",
    check: reportRaised(
      "auth_session_validity",
      3,
      text` allows more minutes to complete a sign-in`,
    ),
  },
  "token-revocation-off": {
    severity: "weakening",
    covers: covers("enable_token_revocation"),
    description: "A stolen token is valid until it expires.",
    check: reportTurnedOff(
      "enable_token_revocation",
      text` no longer revokes tokens: a stolen one is valid until it expires`,
    ),
  },
  "refresh-token-rotation-changed": {
    severity: "weakening",
    covers: covers("refresh_token_rotation"),
    description:
      "Refresh tokens are no longer rotated, or a used one is valid for longer.",
    check: limitToExisting(checkRotation),
  },
} as const satisfies Readonly<Record<string, Rule>>;

const LABELS = {
  access_token: literal("access tokens"),
  id_token: literal("ID tokens"),
  refresh_token: literal("refresh tokens"),
} as const satisfies Readonly<Record<TokenKind, RichText>>;

function checkValidity(
  token: TokenKind,
  { before, after, name }: RuleContext,
): readonly RichText[] {
  if (
    isUnknown(after, `${token}_validity`) ||
    isUnknown(after, `token_validity_units.${token}`)
  )
    return [];
  const getMinutes = (values: Attributes) =>
    getValidityMinutes(
      token,
      values[`${token}_validity`],
      toBlocks(values.token_validity_units)[0] ?? {},
    );
  const [from, to] = [getMinutes(before), getMinutes(after)];
  if (to === undefined)
    return [text`the validity of ${LABELS[token]} of ${name} is not readable`];
  if (from !== undefined && to <= from) return [];
  const earlier = from === undefined ? [] : text`, was ${formatMinutes(from)}`;
  return [
    text`${LABELS[token]} of ${name} are valid for longer: ${formatMinutes(to)}${earlier}`,
  ];
}

function checkRotation(context: RuleContext): readonly RichText[] {
  const { before, after, name } = context;
  const path = "refresh_token_rotation.feature";
  if (readText(before, path) !== "ENABLED" || isUnknown(after, path)) return [];
  return readText(after, path) !== "ENABLED"
    ? [text`${name} no longer rotates refresh tokens`]
    : reportRaised(
        "refresh_token_rotation.retry_grace_period_seconds",
        0,
        text` allows a used refresh token for more seconds`,
      )(context);
}

/** Minutes of each unit of Cognito. */
const MINUTES = {
  seconds: 1 / 60,
  minutes: 1,
  hours: 60,
  days: 24 * 60,
} as const;
/** Units that Cognito uses if none is set. */
const DEFAULT_UNIT: Readonly<Record<TokenKind, string>> = {
  access_token: "hours",
  id_token: "hours",
  refresh_token: "days",
};
/** Validity that Cognito uses for 0, and if none is set. */
const DEFAULT_MINUTES: Readonly<Record<TokenKind, number>> = {
  access_token: 60,
  id_token: 60,
  refresh_token: 30 * 24 * 60,
};

/**
 * Returns the validity of a token in minutes; `undefined` if it is unknown.
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

/** Returns a duration in the largest unit of which it is a whole number. */
function formatMinutes(minutes: number): RichText {
  if (minutes % MINUTES.days === 0)
    return text`${minutes / MINUTES.days} ${literal("d")}`;
  if (minutes % MINUTES.hours === 0)
    return text`${minutes / MINUTES.hours} ${literal("h")}`;
  return Number.isInteger(minutes)
    ? text`${minutes} ${literal("min")}`
    : text`${Math.round(minutes * 60)} ${literal("s")}`;
}
