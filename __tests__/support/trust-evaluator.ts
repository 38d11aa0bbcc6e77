import type { PolicyDocument } from "../../constructs/policy-document";
import { evaluateStatements } from "./policy-evaluator";

/** The token of a web identity as IAM evaluates it. */
export interface WebIdentity {
  /** Principal of the issuer in a trust policy. */
  readonly federated: string;
  readonly claims: Readonly<Record<string, string | readonly string[]>>;
}

/** Whether a trust policy lets a web identity assume its role. */
export function isTrusted(
  policy: string,
  { federated, claims }: WebIdentity,
): boolean {
  const { Statement } = JSON.parse(policy) as PolicyDocument;
  const effect = evaluateStatements(Statement, {
    principals: [federated],
    action: "sts:AssumeRoleWithWebIdentity",
    resource: "arn:aws:iam::123456789012:role/tested",
    context: claims,
  });
  return effect === "Allow";
}
