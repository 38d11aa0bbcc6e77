/**
 * The values that AWS allows for one field. The Terraform provider allows most of the others until an apply fails
 * halfway, so they are checked at synth.
 */
export interface Limit<T> {
  /** Name of the field. */
  readonly subject: string;
  /** Accepted values, as the end of a sentence that starts with "must be". */
  readonly expected: string;
  readonly allows: (value: T) => boolean;
  /**
   * Whether `${…}` is an IAM policy variable in this field. It is then escaped for Terraform.
   *
   * @default false
   */
  readonly canContainPolicyVariables?: boolean;
}

const NO_TEMPLATE = 'free of "${" and "%{", which Terraform evaluates';

/** Returns the expectation that a value does not meet, or `undefined` if the value is valid. */
export function findViolation<T>(
  limit: Limit<T>,
  value: T,
): string | undefined {
  const isTemplate =
    typeof value === "string" &&
    limit.canContainPolicyVariables !== true &&
    /[$%]\{/.test(value);
  if (isTemplate) return NO_TEMPLATE;
  return limit.allows(value) ? undefined : limit.expected;
}

/** Returns the error message for a value, or `undefined` if the value is valid. */
export function validate<T>(
  limit: Limit<T>,
  value: T,
  subject = limit.subject,
): string | undefined {
  const violation = findViolation(limit, value);
  return violation === undefined
    ? undefined
    : `${subject} must be ${violation}, got ${formatValue(value)}`;
}

/**
 * Whether a text can be in an IAM policy.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
 */
export function isPolicyText(value: string): boolean {
  return /^[\t\n\r\x20-\xFF]*$/.test(value);
}

/** Formats a value for a message. Long values are shortened. */
export function formatValue(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= 120
    ? text
    : `${text.slice(0, 100)}… (${String(value).length} characters)`;
}

/** Creates the limit of a text by its length and pattern. */
export function createTextLimit(
  subject: string,
  [min, max]: readonly [number, number],
  pattern: RegExp,
  characters: string,
): Limit<string> {
  return {
    subject,
    expected: `${min}-${max} ${characters}`,
    allows: (value) =>
      value.length >= min && value.length <= max && pattern.test(value),
  };
}

/** Creates the limit of a text that is one of some words. */
export function createWordLimit(
  subject: string,
  words: readonly string[],
): Limit<string> {
  return {
    subject,
    expected: `one of ${words.join(", ")}`,
    allows: (value) => words.includes(value),
  };
}

/** Creates the limit of a whole number. */
export function createIntegerLimit(
  subject: string,
  min: number,
  max: number,
  unit = "",
): Limit<number> {
  return {
    subject,
    expected: `a whole number from ${min} to ${max}${unit}`,
    allows: (value) => Number.isInteger(value) && value >= min && value <= max,
  };
}

/** Creates the limit of a count. */
export function createCountLimit(subject: string, max: number): Limit<number> {
  return {
    subject,
    expected: `at most ${max}`,
    allows: (value) => value <= max,
  };
}

/** Creates the limit of a name in Amazon Cognito. */
export function createCognitoNameLimit(
  subject: string,
  max: number,
): Limit<string> {
  return createTextLimit(
    subject,
    [1, max],
    // AWS counts as spaces those of ASCII only, unlike \s
    /^[\w \t\n\v\f\r+=,.@-]+$/,
    "letters, digits, spaces or any of _ + = , . @ -",
  );
}
