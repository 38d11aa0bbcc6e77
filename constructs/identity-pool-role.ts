import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { IamRolePolicy } from "@cdktf/provider-aws/lib/iam-role-policy";
import { Construct } from "constructs";
import { LIMITS } from "./constraints";
import { createIdentityPoolTrustStatement } from "./identity-pool-trust";
import {
  countPolicyCharacters,
  createPolicyDocument,
  type IdentityStatement,
  validateStatements,
} from "./policy-document";
import { toPolicyJson } from "./policy-json";
import { getRegion } from "./provider-region";
import type { IRole } from "./role";
import { addValidationErrors, check, toList } from "./validation";

/** Configuration of {@link IdentityPoolRole}. */
export interface IdentityPoolRoleProps {
  readonly identityPoolId: string;
  /** Later changes are ignored: an imported role retains its name, because other policies refer to it. */
  readonly roleName: string;
  /** Permissions of the role; empty for none. */
  readonly statements: readonly IdentityStatement[];
  /** @default none */
  readonly description?: string;
}

/**
 * A role that the authenticated identities of one identity pool assume.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html
 */
export class IdentityPoolRole extends Construct implements IRole {
  readonly roleArn: string;
  /** Name of the role, as a reference to it. */
  readonly roleName: string;

  constructor(scope: Construct, id: string, props: IdentityPoolRoleProps) {
    super(scope, id);
    const region = getRegion(this);
    const statements = toList(props.statements);
    const policy = createPolicyDocument(...statements);
    addValidationErrors(
      this,
      check(LIMITS.roleName, props.roleName),
      check(LIMITS.identityPoolRegion, region),
      ...validateStatements(statements),
      check(LIMITS.roleDescription, props.description),
      check(LIMITS.inlinePolicyCharacters, countPolicyCharacters(policy)),
    );

    const role = new IamRole(this, "Resource", {
      name: props.roleName,
      assumeRolePolicy: toPolicyJson(
        createPolicyDocument(
          createIdentityPoolTrustStatement(props.identityPoolId, region),
        ),
      ),
      ...(props.description !== undefined && {
        description: props.description,
      }),
      lifecycle: { ignoreChanges: ["name", "path"] },
    });
    if (statements.length > 0) {
      new IamRolePolicy(this, "policy", {
        name: props.roleName,
        role: role.id,
        policy: toPolicyJson(policy),
        lifecycle: { ignoreChanges: ["name"] },
      });
    }
    this.roleArn = role.arn;
    this.roleName = role.name;
  }
}
