import { Construct } from "constructs";
import {
  type BucketGrants,
  createBucketStatements,
  normalizeGrant,
} from "../constructs/bucket-access";
import { IdentityPoolRole } from "../constructs/identity-pool-role";
import type { IIdentityPool } from "../constructs/identity-pool";
import { LIMITS } from "../constructs/constraints";
import { getRoleName } from "./naming";
import { getPartition } from "../constructs/aws";
import { UserPoolGroup } from "../constructs/user-pool-group";
import type { IUserPool } from "../constructs/user-pool";
import {
  addValidationErrors,
  check,
  checkArnLocation,
  ensureUniqueId,
} from "../constructs/validation";
import type { BaseStack } from "./base-stack";

interface GroupOptions {
  readonly description: string;
  /** From 1, another for each group: of a user's groups the lowest one's role is taken. */
  readonly precedence: number;
}

export interface BucketGroupOptions extends GroupOptions {
  readonly buckets: BucketGrants;
}

export interface RoleGroupOptions extends GroupOptions {
  /** Existing role. Its trust policy is its owner's to keep: it has to trust this stage's identity pool. */
  readonly roleArn: string;
}

/** The groups of a stage, and the roles made for them. */
export class UserPoolGroups {
  private readonly groups: Construct;
  private readonly roles: Construct;
  private readonly byPrecedence = new Map<number, string>();

  constructor(
    private readonly stack: BaseStack,
    private readonly userPool: IUserPool,
  ) {
    this.groups = new Construct(stack, "groups");
    this.roles = new Construct(stack, "group-roles");
  }

  get count(): number {
    return this.groups.node.children.length;
  }

  addWithBuckets(
    name: string,
    options: BucketGroupOptions,
    identityPool: IIdentityPool,
  ): UserPoolGroup {
    const { buckets } = options;
    const { stackName, region } = this.stack.config;
    const role = new IdentityPoolRole(
      this.roles,
      ensureUniqueId(this.roles, name),
      {
        identityPoolId: identityPool.identityPoolId,
        region,
        roleName: getRoleName(stackName, name),
        statements: createBucketStatements(buckets, getPartition(region)),
      },
    );
    addValidationErrors(
      role,
      ...Object.entries(buckets).flatMap(([bucket, grant]) => [
        check(LIMITS.bucketName, bucket),
        typeof grant === "string"
          ? undefined
          : check(LIMITS.bucketPrefix, normalizeGrant(grant).prefix),
      ]),
    );
    return this.addWithRole(name, { ...options, roleArn: role.roleArn });
  }

  addWithRole(name: string, options: RoleGroupOptions): UserPoolGroup {
    const { description, precedence, roleArn } = options;
    const group = new UserPoolGroup(
      this.groups,
      ensureUniqueId(this.groups, name),
      {
        userPool: this.userPool,
        groupName: name,
        description,
        precedence,
        roleArn,
      },
    );
    const { region, accountId } = this.stack.config;
    addValidationErrors(
      group,
      ...checkArnLocation("role ARN", roleArn, region, accountId),
    );
    const other = this.byPrecedence.get(precedence);
    if (other !== undefined) {
      addValidationErrors(
        group,
        `group precedence must be another than that of "${other}", got ${precedence}`,
      );
    }
    this.byPrecedence.set(precedence, name);
    return group;
  }
}
