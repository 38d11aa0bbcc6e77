import { runSimulation } from "@cloud-copilot/iam-simulate";
import {
  createPolicyDocument,
  type IdentityStatement,
  type PolicyDocument,
} from "../../constructs/policy-document";
import type { IamRequest } from "./iam-requests";

export interface Decision {
  readonly isAllowed: boolean;
  /** Condition keys of the request that AWS defines for the action. */
  readonly usedKeys: readonly string[];
}

/**
 * Evaluates a request of a role with AWS's data about resources and condition keys of actions, and optionally with a
 * resource-based policy.
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
