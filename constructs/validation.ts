import { Token } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { validateArnLocation } from "./aws";
import { type Limit, validate } from "./constraints";

/**
 * Has a construct say its problems when the app is synthesized, so that one run shows all of them.
 *
 * @param problems sentences without the construct's path; `undefined` ones are no problem
 */
export function addValidationErrors(
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
    : validate(limit, value, subject);
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
export function checkArnLocation(
  ...[subject, arn, region, accountId]: Parameters<typeof validateArnLocation>
): string[] {
  return Token.isUnresolved(arn)
    ? []
    : validateArnLocation(subject, arn, region, accountId);
}

/**
 * The construct id for a caller's id, which keys the resource. A second use of one is a problem; it gets an id of its
 * own, so that the problem can be told together with all others.
 */
export function ensureUniqueId(parent: Construct, id: string): string {
  if (id !== "" && parent.node.tryFindChild(id) === undefined) return id;
  if (id !== "") {
    addValidationErrors(
      parent,
      `id must be another for each, got "${id}" twice`,
    );
  }
  return `${id} (${parent.node.children.length + 1})`;
}
