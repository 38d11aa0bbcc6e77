import type { PasswordPolicyType } from "@aws-sdk/client-cognito-identity-provider";

/** Numbers of characters that every user pool allows at least, and at most. */
const AWS_MIN_LENGTH = 6;
const AWS_MAX_LENGTH = 256;

/** Characters that a password must contain. */
interface CharacterClass {
  readonly pattern: RegExp;
  readonly singular: string;
  readonly plural: string;
}

const LOWERCASE = {
  pattern: /[a-z]/,
  singular: "a lower-case letter",
  plural: "lower-case letters",
};
const UPPERCASE = {
  pattern: /[A-Z]/,
  singular: "an upper-case letter",
  plural: "upper-case letters",
};
const DIGITS = { pattern: /[0-9]/, singular: "a digit", plural: "digits" };
const SYMBOLS = {
  pattern: /[ -/:-@[-`{-~]/,
  singular: "a symbol",
  plural: "symbols",
};

/** Password policy of a user pool. */
export interface PasswordPolicy {
  readonly minLength: number;
  readonly classes: readonly CharacterClass[];
}

/** Policy of constructs/user-pool.ts, which tests compare. Users cannot read the policy of their user pool, which can be another one. */
export const PROJECT_POLICY: PasswordPolicy = {
  minLength: 12,
  classes: [LOWERCASE, UPPERCASE, DIGITS, SYMBOLS],
};

/** Converts the policy that a user pool returns. */
export function toPasswordPolicy(policy: PasswordPolicyType): PasswordPolicy {
  return {
    minLength: policy.MinimumLength ?? AWS_MIN_LENGTH,
    classes: [
      ...(policy.RequireLowercase === true ? [LOWERCASE] : []),
      ...(policy.RequireUppercase === true ? [UPPERCASE] : []),
      ...(policy.RequireNumbers === true ? [DIGITS] : []),
      ...(policy.RequireSymbols === true ? [SYMBOLS] : []),
    ],
  };
}

/** Describes the passwords that meet a policy. */
export function describePolicy({ minLength, classes }: PasswordPolicy): string {
  const nouns = classes.map(({ plural }) => plural);
  const length = `at least ${minLength} characters`;
  return nouns.length === 0
    ? length
    : `${length}, with ${[nouns.slice(0, -1).join(", "), ...nouns.slice(-1)].filter((part) => part !== "").join(" and ")}`;
}

/**
 * Returns the rule of all user pools that a password breaks, as the end of a sentence, or `undefined`. If the password is
 * too short for any user pool, the sentence describes the policy.
 */
export function findBrokenRule(
  password: string,
  policy: PasswordPolicy,
): string | undefined {
  if (password === "") return "is required";
  if (password.length < AWS_MIN_LENGTH)
    return `must have ${describePolicy(policy)}`;
  if (password.length > AWS_MAX_LENGTH)
    return `must have at most ${AWS_MAX_LENGTH} characters`;
  return /^\s|\s$/.test(password)
    ? "must not begin or end with a space"
    : undefined;
}

/** Returns everything that a password needs to meet the policy, as the end of a sentence, or `undefined` if it does. */
export function findMissing(
  password: string,
  { minLength, classes }: PasswordPolicy,
): string | undefined {
  const length = minLength - password.length;
  const missing = [
    ...(length > 0
      ? [`${length} more ${length === 1 ? "character" : "characters"}`]
      : []),
    ...classes.flatMap(({ pattern, singular }) =>
      pattern.test(password) ? [] : [singular],
    ),
  ];
  return missing.length === 0 ? undefined : `lacks ${missing.join(", ")}`;
}
