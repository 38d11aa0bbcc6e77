import { Token, Tokenization } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { validateArnLocation, validateArnRegion } from "./aws";
import { type Limit, validate } from "./constraints";
import { UserError } from "./errors";

/**
 * Adds errors to a construct. All errors of an app are reported together at synth time.
 *
 * @param errors messages without the construct's path; `undefined` values are ignored
 */
export function addValidationErrors(
  construct: IConstruct,
  ...errors: readonly (string | undefined)[]
): void {
  const found = errors.filter((error) => error !== undefined);
  if (found.length > 0) construct.node.addValidation({ validate: () => found });
}

/**
 * Checks the arguments of an import, which is no construct that could have errors.
 *
 * @throws UserError with the first error
 */
export function requireValid(...errors: readonly (string | undefined)[]): void {
  const [error] = errors.filter((one) => one !== undefined);
  if (error !== undefined) throw new UserError(error);
}

/** Checks a value against AWS's limit. Values that are absent, or known to Terraform alone, are valid. */
export function check<T>(
  limit: Limit<T>,
  value: T | undefined,
  subject?: string,
): string | undefined {
  return (
    checkSingleValue(subject ?? limit.subject, value) ??
    (value === undefined || Token.isUnresolved(value)
      ? undefined
      : validate(limit, value, subject))
  );
}

/**
 * Checks that a value is not the content of a list or a map that only Terraform knows. cdktf represents them by one item, so
 * neither an index nor `[...list, item]` works.
 */
export function checkSingleValue(
  subject: string,
  value: unknown,
): string | undefined {
  const isCollection = Array.isArray(value)
    ? isUnknown(value)
    : typeof value === "string" && /[#&]\{TfToken\[/.test(value);
  return isCollection
    ? `${subject} must be a single value, got a list or a map that only Terraform knows: combine lists with Fn.concat, and select an item with Fn.element or Fn.lookup`
    : undefined;
}

/** Returns whether only Terraform knows the items of a list or a map. cdktf represents it by one item, so do not read it. */
export function isUnknown(items: object): boolean {
  return Token.isUnresolved(items);
}

/** Returns a list as cdktf encodes it. Functions such as `Fn.concat` return a text for it. */
export function toList<T>(items: readonly T[]): readonly T[] {
  const isList: boolean = Array.isArray(items);
  return isList ? items : (Token.asList(unwrap(items)) as T[]);
}

/** Returns a map as cdktf encodes it. Functions such as `Fn.merge` return a text for it. */
export function toMap<T extends Readonly<Record<string, string>>>(items: T): T {
  const isMap = typeof items === "object" && !Tokenization.isResolvable(items);
  return isMap ? items : (Token.asStringMap(unwrap(items)) as T);
}

/** Returns the token in a text. cdktf would resolve the text twice. */
function unwrap(items: unknown): unknown {
  return typeof items === "string"
    ? Tokenization.reverseString(items).firstToken
    : items;
}

/** Checks the number of items of a list or a map against a limit, unless only Terraform knows them. */
export function checkCount(
  limit: Limit<number>,
  items: object,
): string | undefined {
  return isUnknown(items) ? undefined : check(limit, Object.keys(items).length);
}

/**
 * Checks every value of a list against AWS's limit, and that the values are unique. Values that only Terraform knows are
 * valid.
 */
export function checkEach(
  limit: Limit<string>,
  values: readonly string[],
): (string | undefined)[] {
  if (isUnknown(values)) return [];
  const repeated = values.filter(
    (value, index) =>
      values.indexOf(value) !== index && !Token.isUnresolved(value),
  );
  return [
    ...values.map((value) => check(limit, value)),
    ...repeated.map(
      (value) => `${limit.subject} must be unique, got "${value}" twice`,
    ),
  ];
}

/** Checks that a list has at least one item, unless only Terraform knows it. */
export function checkNotEmpty(
  subject: string,
  values: readonly unknown[],
): string | undefined {
  return isUnknown(values) || values.length > 0
    ? undefined
    : `${subject} must have at least one item, got none`;
}

/** Checks the partition and the account of an ARN, unless only Terraform knows the ARN or the Region. */
export function checkArnLocation(
  ...[subject, arn, region, accountId]: Parameters<typeof validateArnLocation>
): string[] {
  return Token.isUnresolved(arn) || Token.isUnresolved(region)
    ? []
    : validateArnLocation(subject, arn, region, accountId);
}

/** Checks the Region of an ARN, unless only Terraform knows one of both. */
export function checkArnRegion(
  ...[subject, arn, region]: Parameters<typeof validateArnRegion>
): string | undefined {
  return Token.isUnresolved(arn) || Token.isUnresolved(region)
    ? undefined
    : validateArnRegion(subject, arn, region);
}

/**
 * Returns the first two arguments of a new construct, with an id that no other child has. If the id is in use, adds an
 * error and returns another id. Names that derive from this id cause no further errors.
 */
export function claimId(
  parent: Construct,
  id: string,
): [scope: Construct, id: string] {
  const isInUse = (other: string): boolean =>
    parent.node.tryFindChild(other) !== undefined;
  if (id !== "" && !isInUse(id)) return [parent, id];
  if (id !== "")
    addValidationErrors(parent, `id must be unique, got "${id}" twice`);
  let number = 2;
  while (isInUse(`${id}.${number}`)) number += 1;
  return [parent, `${id}.${number}`];
}
