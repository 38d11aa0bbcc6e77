import { Token } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { validateArnLocation } from "./aws";
import { type Limit, validate } from "./constraints";

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

/** Checks a value against AWS's limit. Values that are absent, or known to Terraform alone, are valid. */
export function check<T>(
  limit: Limit<T>,
  value: T | undefined,
  subject?: string,
): string | undefined {
  return value === undefined || Token.isUnresolved(value)
    ? undefined
    : validate(limit, value, subject);
}

/** Checks every value of a list against AWS's limit, and that the values are unique. */
export function checkEach(
  limit: Limit<string>,
  values: readonly string[],
): (string | undefined)[] {
  const repeated = values.filter(
    (value, index) => values.indexOf(value) !== index,
  );
  return [
    ...values.map((value) => check(limit, value)),
    ...repeated.map(
      (value) => `${limit.subject} must be unique, got "${value}" twice`,
    ),
  ];
}

/** Checks that a list has at least one item. */
export function checkNotEmpty(
  subject: string,
  values: readonly unknown[],
): string | undefined {
  return values.length > 0
    ? undefined
    : `${subject} must have at least one item, got none`;
}

/** Checks the partition and the account of an ARN, unless only Terraform knows the ARN. */
export function checkArnLocation(
  ...[subject, arn, region, accountId]: Parameters<typeof validateArnLocation>
): string[] {
  return Token.isUnresolved(arn)
    ? []
    : validateArnLocation(subject, arn, region, accountId);
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
