import { formatValue, isPolicyText } from "./constraints/limit";
import { hasUnknownPart } from "./unknown-part";

/** A statement of an IAM policy, with the keys of IAM's JSON. */
export interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: "Allow" | "Deny";
  readonly Principal?: Readonly<Record<string, string | readonly string[]>>;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<
    Record<string, Readonly<Record<string, string | readonly string[]>>>
  >;
}

/** A statement of a role's policy, which has a resource and no principal. */
export type IdentityStatement = Omit<PolicyStatement, "Principal"> & {
  readonly Resource: string | readonly string[];
  readonly Principal?: never;
};

/**
 * An IAM policy.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export interface PolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: readonly PolicyStatement[];
}

type StatementArguments = [
  Sid: string,
  Action: IdentityStatement["Action"],
  Resource: IdentityStatement["Resource"],
  Condition?: PolicyStatement["Condition"],
];

/** Creates a statement that allows actions on resources. */
export function allow(...args: StatementArguments): IdentityStatement {
  return createStatement("Allow", ...args);
}

/** Creates a statement that denies actions on resources. */
export function deny(...args: StatementArguments): IdentityStatement {
  return createStatement("Deny", ...args);
}

function createStatement(
  Effect: PolicyStatement["Effect"],
  ...[Sid, Action, Resource, Condition]: StatementArguments
): IdentityStatement {
  return { Sid, Effect, Action, Resource, ...(Condition && { Condition }) };
}

/** Creates a policy in the version that supports policy variables. */
export function createPolicyDocument(
  ...statements: readonly PolicyStatement[]
): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}

/** Returns the number of characters that AWS counts, or `undefined` if only Terraform knows the policy. */
export function countPolicyCharacters(
  document: PolicyDocument,
): number | undefined {
  return hasUnknownPart(document) ? undefined : JSON.stringify(document).length;
}

/** Returns the errors in the statements of a role's policy. Parts that only Terraform knows are valid. */
export function validateStatements(
  statements: readonly IdentityStatement[],
): string[] {
  return statements
    .filter((statement) => typeof statement === "object")
    .flatMap((statement) => {
      const { Action, Resource } = statement;
      const actions = [Action].flat();
      return [
        ...(isPolicyText(JSON.stringify(statement))
          ? []
          : [
              `policy statement must have characters of Latin-1 only, got ${formatValue(statement)}`,
            ]),
        ...(actions.length > 0 && [Resource].flat().length > 0
          ? []
          : ["policy statement must have an action and a resource, got none"]),
        ...actions
          .filter(
            (action) => typeof action === "string" && !hasUnknownPart(action),
          )
          .filter((action) => !/^(\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$/.test(action))
          .map(
            (action) => `policy action must be service:Action, got "${action}"`,
          ),
      ];
    });
}
