import type { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { Fn, TerraformStack, Token } from "cdktf";
import { Construct } from "constructs";
import { LIMITS } from "./constraints";
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
interface ResolvedRole {
  readonly roleName: string;
  /** Text that can be the ARN of a role in another account. */
  readonly existingArn: string | undefined;
  /** Part of a construct id; `undefined` if only Terraform knows the role. */
  readonly id: string | undefined;
  readonly errors: readonly (string | undefined)[];
}

/** Returns the name in the ARN of a role, or a name as it is. */
export function getRoleNameOfArn(arn: string): string {
  return Token.isUnresolved(arn)
    ? Fn.basename(arn)
    : arn.slice(arn.lastIndexOf("/") + 1);
}

/** Resolves a reference to a role. */
export function resolveRole(
  scope: Construct,
  role: RoleReference,
): ResolvedRole {
  if (typeof role === "string") return resolveText(role);
  if (Construct.isConstruct(role)) {
    const stack = TerraformStack.of(role);
    const { path, scopes } = role.node;
    const { roleName = role.name } = role as Partial<IRole>;
    return {
      roleName,
      existingArn: undefined,
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
  return { ...resolveText(roleArn), roleName };
}

function resolveText(role: string): ResolvedRole {
  const roleName = getRoleNameOfArn(role);
  const isUnknown = Token.isUnresolved(role);
  const isArn = isUnknown || role.includes(":");
  return {
    roleName,
    existingArn: isArn ? role : undefined,
    id: isUnknown ? undefined : roleName,
    errors: [check(isArn ? LIMITS.roleArn : LIMITS.roleName, role)],
  };
}
