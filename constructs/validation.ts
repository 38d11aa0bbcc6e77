import { Token } from "cdktf";
import type { IConstruct } from "constructs";
import { arnPlaceProblems } from "./arn";
import { problemWith, type Limit } from "./limits";

/**
 * Has a construct say its problems when the app is synthesized, so that one run shows all of them.
 *
 * @param problems sentences without the construct's path; `undefined` ones are no problem
 */
export function reportProblems(
  construct: IConstruct,
  ...problems: readonly (string | undefined)[]
): void {
  const found = problems.filter((problem) => problem !== undefined);
  if (found.length > 0) construct.node.addValidation({ validate: () => found });
}

/** Checks a value against AWS's limit, unless Terraform alone will know the value. */
export function check<T>(
  limit: Limit<T>,
  value: T,
  subject?: string,
): string | undefined {
  return Token.isUnresolved(value)
    ? undefined
    : problemWith(limit, value, subject);
}

/** Checks each of several values, and that none comes twice. */
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
      (value) => `${limit.subject} must be given once, got "${value}" twice`,
    ),
  ];
}

/** Checks where an ARN lies, unless Terraform alone will know the ARN. */
export function checkPlace(
  ...[subject, arn, region, accountId]: Parameters<typeof arnPlaceProblems>
): string[] {
  return Token.isUnresolved(arn)
    ? []
    : arnPlaceProblems(subject, arn, region, accountId);
}
