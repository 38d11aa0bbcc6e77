import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { Construct } from "constructs";
import { LIMITS } from "./limits";
import {
  policyCharacters,
  policyDocument,
  policyJson,
  statementProblems,
  type IdentityStatement,
} from "./policy-document";
import { check, reportProblems } from "./validation";

export interface BoundaryPolicyProps {
  readonly policyName: string;
  /** The most that any role with this boundary may do. */
  readonly statements: readonly IdentityStatement[];
}

/**
 * The policy that bounds every role which a deployment makes, so that who may deploy cannot make a role that may more.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export class BoundaryPolicy extends Construct {
  readonly policyArn: string;

  constructor(scope: Construct, id: string, props: BoundaryPolicyProps) {
    super(scope, id);
    const policy = policyDocument(...props.statements);
    reportProblems(
      this,
      check(LIMITS.policyName, props.policyName),
      ...statementProblems(props.statements),
      check(LIMITS.managedPolicyCharacters, policyCharacters(policy) ?? 0),
    );
    const resource = new IamPolicy(this, "Resource", {
      name: props.policyName,
      description: "The most that a role of VEDA auth may do",
      policy: policyJson(policy),
    });
    this.policyArn = resource.arn;
  }
}
