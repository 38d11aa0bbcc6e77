import { Token } from "cdktf";

/** One statement of an IAM policy, as IAM's JSON has it. */
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

/** A statement of a role's own policy, which says what on and has no principal. */
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

/** A policy of these statements, in the one version of the language that has policy variables. */
export function createPolicyDocument(
  ...statements: readonly PolicyStatement[]
): PolicyDocument {
  return { Version: "2012-10-17", Statement: statements };
}

/**
 * The policy as the JSON text that Terraform hands to AWS. Policy variables (`${aws:username}`) are escaped, since
 * Terraform would evaluate them; references to other resources are kept.
 */
export function toPolicyJson(document: PolicyDocument): string {
  return JSON.stringify(document)
    .replace(/\$\{(?!TfToken\[)/g, () => "$${")
    .replaceAll("%{", "%%{");
}

/** Characters of a policy as AWS counts them: without whitespace between the tokens of its JSON. */
export function countPolicyCharacters(
  document: PolicyDocument,
): number | undefined {
  const json = JSON.stringify(document);
  return Token.isUnresolved(json) ? undefined : json.length;
}

/** What AWS refuses in the statements of a role's policy. */
export function validateStatements(
  statements: readonly IdentityStatement[],
): string[] {
  return statements.flatMap(({ Action, Resource }) => {
    const actions = [Action].flat();
    return [
      ...(actions.length > 0 && [Resource].flat().length > 0
        ? []
        : ["policy statement must have an action and a resource, got none"]),
      ...actions
        .filter((action) => !Token.isUnresolved(action))
        .filter((action) => !/^(\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$/.test(action))
        .map(
          (action) =>
            `action of a policy must be service:Action, got "${action}"`,
        ),
    ];
  });
}
