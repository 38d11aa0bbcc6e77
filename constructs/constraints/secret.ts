import { createCountLimit, createTextLimit } from "./limit";

/** @see https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html */
export const SECRET_LIMITS = {
  // names that end in a hyphen and six characters are allowed: AWS only advises against them, and services use them
  secretName: createTextLimit(
    "secret name",
    [1, 512],
    /^[A-Za-z0-9/_+=.@-]+$/,
    "letters, digits or any of / _ + = . @ -",
  ),
  secretRecoveryDays: {
    subject: "secret recovery window",
    expected: "0 or a whole number from 7 to 30 days",
    allows: (value: number) =>
      value === 0 || (Number.isInteger(value) && value >= 7 && value <= 30),
  },
  secretField: createTextLimit(
    "secret field",
    [0, 65_536],
    /^[^"\\\p{Cc}]*$/u,
    'characters without " or \\',
  ),
  secretBytes: createCountLimit("number of bytes of a secret", 65_536),
  secretPolicyCharacters: createCountLimit(
    "number of characters of a secret's policy",
    20_480,
  ),
} as const;
