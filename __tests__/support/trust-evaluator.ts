import { runUnsafeSimulation } from "@cloud-copilot/iam-simulate";

/** The token of a web identity as IAM evaluates it. */
export interface WebIdentity {
  /** Principal of the issuer in a trust policy. */
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
 * Whether a trust policy lets a web identity assume its role. The principal is compared here, because the simulator supports
 * only roles and users as principals.
 */
export function isTrusted(
  policy: string,
  { federated, claims }: WebIdentity,
): boolean {
  const { Statement } = JSON.parse(policy) as {
    readonly Statement: readonly TrustStatement[];
  };
  const statements = Statement.filter(({ Principal }) =>
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
            Statement: statements.map(({ Effect, Action, Condition }) => ({
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
