import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import type { IIdentityPool } from "./identity-pool";
import { createIdentityPoolTrustStatement } from "./identity-pool-trust";
import { LIMITS } from "./constraints";
import {
  countPolicyCharacters,
  createPolicyDocument,
  toPolicyJson,
  validateStatements,
  type IdentityStatement,
} from "./policy-document";
import { check, addValidationErrors } from "./validation";

export interface IdentityPoolRoleProps {
  readonly identityPool: IIdentityPool;
  readonly region: string;
  /** Fixed once the role is made: a role taken over from elsewhere keeps the name that others' policies hold. */
  readonly roleName: string;
  /** What the role allows; empty for a role that allows nothing. */
  readonly statements: readonly IdentityStatement[];
  /** @default none */
  readonly description?: string;
}

/**
 * A role that signed-in users of one identity pool assume.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html
 */
export class IdentityPoolRole extends Construct {
  readonly roleArn: string;

  constructor(scope: Construct, id: string, props: IdentityPoolRoleProps) {
    super(scope, id);
    const policy = createPolicyDocument(...props.statements);
    addValidationErrors(
      this,
      check(LIMITS.roleName, props.roleName),
      ...validateStatements(props.statements),
      check(LIMITS.roleDescription, props.description ?? ""),
      check(LIMITS.inlinePolicyCharacters, countPolicyCharacters(policy) ?? 0),
    );

    const role = new IamRole(this, "Resource", {
      name: props.roleName,
      assumeRolePolicy: toPolicyJson(
        createPolicyDocument(
          createIdentityPoolTrustStatement(
            props.identityPool.identityPoolId,
            props.region,
          ),
        ),
      ),
      ...(props.description !== undefined && {
        description: props.description,
      }),
      lifecycle: { ignoreChanges: ["name", "path"] },
    });
    if (props.statements.length > 0) {
      new IamRolePolicy(this, "policy", {
        name: props.roleName,
        role: role.id,
        policy: toPolicyJson(policy),
        lifecycle: { ignoreChanges: ["name"] },
      });
    }
    this.roleArn = role.arn;
  }
}
