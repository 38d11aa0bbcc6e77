import { runSimulation } from "@cloud-copilot/iam-simulate";
import {
  createPolicyDocument,
  type IdentityStatement,
  type PolicyDocument,
} from "../../constructs/policy-document";
import type { IamRequest } from "./iam-requests";

export interface Decision {
  readonly isAllowed: boolean;
  /** Condition keys that AWS has for the action, of those that were given. */
  readonly usedKeys: readonly string[];
}

/**
 * What IAM decides on a request of a role, by AWS's own data on which action has which resources and condition keys; a
 * policy of the bucket or another resource comes beside the role's.
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
  const result = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${accountId}:role/tested`,
        action,
        resource: { resource, accountId },
        contextVariables: {
          "aws:SecureTransport": "true",
          ...context,
        },
      },
      identityPolicies: [
        { name: "own", policy: createPolicyDocument(...statements) },
      ],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      ...(resourcePolicy !== undefined && { resourcePolicy }),
    },
    {},
  );
  if (result.resultType === "error")
    throw new Error(JSON.stringify({ action, resource, ...result.errors }));
  const single = result.resultType === "single" ? result.result : undefined;
  const ignored = single?.ignoredContextKeys ?? [];
  return {
    isAllowed: result.overallResult === "Allowed",
    usedKeys: Object.keys(context).filter(
      (key) => !ignored.some((one) => one.toLowerCase() === key.toLowerCase()),
    ),
  };
}
