import { Construct } from "constructs";
import {
  bucketStatements,
  normalizeGrant,
  type BucketGrants,
} from "../constructs/bucket-access";
import { GroupRole } from "../constructs/group-role";
import type { IIdentityPool } from "../constructs/identity-pool";
import { LIMITS } from "../constructs/limits";
import { partitionOf, roleName } from "../constructs/names";
import { UserGroup } from "../constructs/user-group";
import type { IUserPool } from "../constructs/user-pool";
import { check, checkPlace, reportProblems } from "../constructs/validation";
import type { StageStack } from "./stage-stack";
import { uniqueId } from "./unique-id";

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
export class UserGroups {
  private readonly groups: Construct;
  private readonly roles: Construct;
  private readonly byPrecedence = new Map<number, string>();

  constructor(
    private readonly stack: StageStack,
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
  ): UserGroup {
    const { buckets } = options;
    const { stackName, region } = this.stack.stage;
    const role = new GroupRole(this.roles, uniqueId(this.roles, name), {
      identityPool,
      region,
      roleName: roleName(stackName, name),
      statements: bucketStatements(buckets, partitionOf(region)),
    });
    reportProblems(
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

  addWithRole(name: string, options: RoleGroupOptions): UserGroup {
    const { description, precedence, roleArn } = options;
    const group = new UserGroup(this.groups, uniqueId(this.groups, name), {
      userPool: this.userPool,
      groupName: name,
      description,
      precedence,
      roleArn,
    });
    const { region, accountId } = this.stack.stage;
    reportProblems(
      group,
      ...checkPlace("role ARN", roleArn, region, accountId),
    );
    const other = this.byPrecedence.get(precedence);
    if (other !== undefined) {
      reportProblems(
        group,
        `group precedence must be another than that of "${other}", got ${precedence}`,
      );
    }
    this.byPrecedence.set(precedence, name);
    return group;
  }
}
