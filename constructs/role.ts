import type { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { Fn, TerraformStack, Token } from "cdktf";
import { Construct } from "constructs";
import { LIMITS } from "./constraints";
import { joinParts, resolveText } from "./text-parts";
import { check } from "./validation";

/** A role of IAM, which constructs of this library create. */
export interface IRole {
  readonly roleArn: string;
  /** Name without the path, for policies of your own. */
  readonly roleName: string;
}

/** A role of the same stack, or the name or ARN of an existing role in the account of the stack. */
export type RoleReference = IamRole | IRole | string;

/** A role to which a policy is added. */
export interface ResolvedRole {
  readonly roleName: string;
  /** Text that can be the ARN of a role in another account. */
  readonly existingArn: string | undefined;
  /** Text that is equal for the same role. */
  readonly key: string;
  /** Part of a construct id, which another role can have too; `undefined` if only Terraform knows the role. */
  readonly id: string | undefined;
  readonly errors: readonly (string | undefined)[];
}

/** Returns the name in the ARN of a role, or a name as it is. */
export function getRoleNameOfArn(arn: string): string {
  const name = arn.slice(arn.lastIndexOf("/") + 1);
  return Token.isUnresolved(name) ? Fn.basename(joinParts(arn)) : name;
}

/** Resolves a reference to a role. */
export function resolveRole(
  scope: Construct,
  role: RoleReference,
): ResolvedRole {
  if (typeof role === "string") return resolveName(scope, role);
  if (Construct.isConstruct(role)) {
    const stack = TerraformStack.of(role);
    const { path, scopes } = role.node;
    const { roleName = role.name } = role as Partial<IRole>;
    return {
      roleName,
      existingArn: undefined,
      key: path,
      id: scopes
        .slice(scopes.indexOf(stack) + 1)
        .map(({ node }) => node.id)
        .join("-"),
      errors: [
        stack !== TerraformStack.of(scope)
          ? `role must be of the same stack, or the ARN of a role, got "${path}" of another stack`
          : undefined,
      ],
    };
  }
  const { roleArn, roleName } = role;
  return { ...resolveName(scope, roleArn), roleName };
}

function resolveName(scope: Construct, role: string): ResolvedRole {
  const roleName = getRoleNameOfArn(role);
  const isArn = Token.isUnresolved(role) || role.includes(":");
  return {
    roleName,
    existingArn: isArn ? role : undefined,
    key: `role ${resolveText(scope, roleName)}`,
    id: Token.isUnresolved(roleName) ? undefined : roleName,
    errors: [check(isArn ? LIMITS.roleArn : LIMITS.roleName, role)],
  };
}
