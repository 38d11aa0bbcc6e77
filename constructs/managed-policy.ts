import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { Construct } from "constructs";
import { LIMITS } from "./constraints";
import {
  countPolicyCharacters,
  createPolicyDocument,
  type IdentityStatement,
  validateStatements,
} from "./policy-document";
import { toPolicyJson } from "./policy-json";
import { addValidationErrors, check, toList } from "./validation";

/** Configuration of {@link ManagedPolicy}. */
export interface ManagedPolicyProps {
  readonly policyName: string;
  readonly statements: readonly IdentityStatement[];
  readonly description: string;
}

/**
 * A customer managed policy. Changing its name or description replaces it.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-vs-inline.html
 */
export class ManagedPolicy extends Construct {
  readonly policyArn: string;

  constructor(scope: Construct, id: string, props: ManagedPolicyProps) {
    super(scope, id);
    const statements = toList(props.statements);
    const policy = createPolicyDocument(...statements);
    addValidationErrors(
      this,
      check(LIMITS.policyName, props.policyName),
      ...validateStatements(statements),
      check(LIMITS.managedPolicyCharacters, countPolicyCharacters(policy)),
    );
    const resource = new IamPolicy(this, "Resource", {
      name: props.policyName,
      description: props.description,
      policy: toPolicyJson(policy),
    });
    this.policyArn = resource.arn;
  }
}
