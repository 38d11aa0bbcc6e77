import type {
  IdentityStatement,
  PolicyDocument,
  PolicyStatement,
} from "../../constructs/policy-document";
import { findDefinedKeys } from "./iam-reference";
import type { IamRequest } from "./iam-requests";
import { evaluateStatements } from "./policy-evaluator";

export interface Decision {
  readonly isAllowed: boolean;
  /** Condition keys of the request that AWS defines for the action. */
  readonly usedKeys: readonly string[];
}

/**
 * Evaluates a request of a role with AWS's data about resources and condition keys of actions, and optionally with a
 * resource-based policy. Keys that AWS does not define for the action are not in the request.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export async function evaluateRequest(
  statements: readonly IdentityStatement[],
  { action, resource, context }: IamRequest,
  {
    accountId = "000000000000",
    resourcePolicy,
  }: {
    readonly accountId?: string;
    readonly resourcePolicy?: PolicyDocument;
  } = {},
): Promise<Decision> {
  const role = `arn:aws:iam::${accountId}:role/tested`;
  const usedKeys = await findDefinedKeys(
    action,
    resource,
    Object.keys(context),
  );
  const request = {
    action,
    resource,
    context: {
      "aws:PrincipalArn": role,
      "aws:SecureTransport": "true",
      ...Object.fromEntries(
        Object.entries(context).filter(([key]) => usedKeys.includes(key)),
      ),
    },
  };
  const evaluate = (
    policy: readonly PolicyStatement[] | undefined,
    ...principals: string[]
  ) => evaluateStatements(policy ?? [], { ...request, principals });
  const own = evaluate(statements);
  const direct = evaluate(resourcePolicy?.Statement, "*", role);
  const account = `arn:aws:iam::${accountId}:root`;
  const shared = evaluate(resourcePolicy?.Statement, "*", role, account);
  // a key must let the policies of its account allow its use
  const canDelegate = shared === "Allow" || !/^kms:/i.test(action);
  return {
    isAllowed:
      own !== "Deny" &&
      shared !== "Deny" &&
      (direct === "Allow" || (own === "Allow" && canDelegate)),
    usedKeys,
  };
}
