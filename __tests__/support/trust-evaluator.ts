import { runUnsafeSimulation } from "@cloud-copilot/iam-simulate";

/** A web identity's token, as IAM sees it: who issued it, and its claims as condition keys. */
export interface WebIdentity {
  /** What a trust policy names as `Federated`. */
  readonly federated: string;
  readonly claims: Readonly<Record<string, string | readonly string[]>>;
}

interface TrustStatement {
  readonly Effect: "Allow" | "Deny";
  readonly Principal: { readonly Federated?: string | readonly string[] };
  readonly Action: string | readonly string[];
  readonly Condition?: Readonly<Record<string, unknown>>;
}

/**
 * Whether a trust policy lets a web identity take its role on, by an evaluator of IAM's conditions. The principal is
 * compared here, since that evaluator takes it for a role's.
 */
export function isTrusted(
  policy: string,
  { federated, claims }: WebIdentity,
): boolean {
  const { Statement } = JSON.parse(policy) as {
    readonly Statement: readonly TrustStatement[];
  };
  const about = Statement.filter(({ Principal }) =>
    [Principal.Federated ?? []].flat().includes(federated),
  );
  const decision = runUnsafeSimulation(
    {
      request: {
        principal: "arn:aws:iam::123456789012:role/any",
        action: "sts:AssumeRoleWithWebIdentity",
        resource: {
          resource: "arn:aws:iam::123456789012:role/tested",
          accountId: "123456789012",
        },
        contextVariables: Object.fromEntries(
          Object.entries(claims).map(([key, value]) => [
            key,
            typeof value === "string" ? value : [...value],
          ]),
        ),
      },
      identityPolicies: [
        {
          name: "trust",
          policy: {
            Version: "2012-10-17",
            Statement: about.map(({ Effect, Action, Condition }) => ({
              Effect,
              Action,
              Resource: "*",
              ...(Condition !== undefined && { Condition }),
            })),
          },
        },
      ],
      serviceControlPolicies: [],
      resourceControlPolicies: [],
    },
    {},
  );
  return decision === "Allowed";
}
