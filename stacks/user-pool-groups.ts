import type { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { Fn, Token } from "cdktf";
import { Construct } from "constructs";
import {
  addValidationErrors,
  type BucketGrants,
  check,
  checkArnLocation,
  checkAtPlan,
  claimId,
  createBucketStatements,
  getPartition,
  IdentityPoolRole,
  type IdentityStatement,
  isUnknown,
  type IIdentityPool,
  type IUserPool,
  LIMITS,
  normalizeGrant,
  UserPoolGroup,
  type UserPoolGroupProps,
} from "../constructs";
import type { BaseStack } from "./base-stack";
import { getRoleName } from "./naming";

interface GroupOptions {
  readonly description: string;
  /** From 1, unique in the stage. A user gets the role of the group with the lowest precedence. */
  readonly precedence: number;
}

/** Options of a group whose role has access to buckets. */
export interface BucketGroupOptions extends GroupOptions {
  /** Buckets of this app too: the key is then `[bucket.bucket]`. */
  readonly buckets: BucketGrants;
  /**
   * Other permissions of the group's role.
   *
   * @default none
   */
  readonly statements?: readonly IdentityStatement[];
}

/** Options of a group with an existing role. */
export interface RoleGroupOptions extends GroupOptions {
  /** Existing role. Its trust policy must trust this stage's identity pool; this stack does not change it. */
  readonly roleArn: string;
}

/** The groups of a stage and their roles. */
export class UserPoolGroups {
  private readonly groups: Construct;
  private readonly roles: Construct;
  private readonly names = new Map<number, string>();

  constructor(
    private readonly stack: BaseStack,
    private readonly userPool: IUserPool,
  ) {
    this.groups = new Construct(stack, "groups");
    this.roles = new Construct(stack, "group-roles");
  }

  addWithBuckets(
    name: string,
    { buckets, statements = [], ...options }: BucketGroupOptions,
    { identityPoolId }: IIdentityPool,
  ): UserPoolGroup {
    const { stackName, region } = this.stack.config;
    const [scope, id] = claimId(this.groups, name);
    const known = isUnknown(buckets) ? {} : buckets;
    const role = new IdentityPoolRole(this.roles, id, {
      identityPoolId,
      roleName: getRoleName(stackName, id),
      statements: [
        ...createBucketStatements(known, getPartition(region)),
        ...(isUnknown(statements) ? [] : statements),
      ],
    });
    checkBucketsAtPlan(role, known);
    addValidationErrors(
      role,
      // each bucket has its own statement
      isUnknown(buckets)
        ? "buckets of a group must be known at synth, got a map that only Terraform knows"
        : undefined,
      isUnknown(statements)
        ? "statements of a group must be known at synth, got a list that only Terraform knows"
        : undefined,
      ...Object.entries(known).flatMap(([bucket, grant]) => [
        check(LIMITS.bucketName, bucket),
        checkPermission(bucket, normalizeGrant(grant).permission),
        typeof grant === "string"
          ? undefined
          : checkPrefix(bucket, normalizeGrant(grant).prefix),
      ]),
    );
    return this.add(scope, id, name, {
      ...options,
      roleArn: role.roleArn,
      role,
    });
  }

  addWithRole(name: string, options: RoleGroupOptions): UserPoolGroup {
    return this.add(...claimId(this.groups, name), name, options);
  }

  private add(
    scope: Construct,
    id: string,
    name: string,
    options: RoleGroupOptions & Pick<UserPoolGroupProps, "role">,
  ): UserPoolGroup {
    const { precedence, roleArn } = options;
    const group = new UserPoolGroup(scope, id, {
      ...options,
      userPool: this.userPool,
      groupName: name,
    });
    const { region, accountId } = this.stack.config;
    const other = Token.isUnresolved(precedence)
      ? undefined
      : this.names.get(precedence);
    addValidationErrors(
      group,
      ...checkArnLocation("role ARN", roleArn, region, accountId),
      other === undefined || other === name
        ? undefined
        : `group precedence must be unique, got ${precedence} for "${other}" and "${name}"`,
    );
    this.names.set(precedence, name);
    return group;
  }
}

/** Makes Terraform check buckets and prefixes that only it knows: a wildcard would extend the role's access. */
function checkBucketsAtPlan(role: IdentityPoolRole, grants: BucketGrants) {
  const resource = role.node.defaultChild as IamRole;
  const matches = (pattern: string) => (text: string) =>
    Fn.can(Fn.regex(pattern, text));
  checkAtPlan(
    resource,
    Object.keys(grants),
    matches("^[a-z0-9][a-z0-9.-]+[a-z0-9]$"),
    "Bucket names must have lowercase letters, digits, hyphens or dots.",
  );
  checkAtPlan(
    resource,
    Object.values(grants).map((grant) => normalizeGrant(grant).prefix),
    matches("^[^/*?][^*?]*/$"),
    "Bucket prefixes must end with /, without * or ?, and not start with /.",
  );
}

function checkPermission(
  bucket: string,
  permission: string,
): string | undefined {
  return permission === "read" || permission === "read-write"
    ? undefined
    : `permission on bucket "${bucket}" must be "read" or "read-write", got ${Token.isUnresolved(permission) ? "a text that only Terraform knows" : `"${permission}"`}`;
}

function checkPrefix(bucket: string, prefix: string): string | undefined {
  const complete = `${prefix}/`;
  const isIncomplete =
    !Token.isUnresolved(prefix) &&
    !prefix.endsWith("/") &&
    LIMITS.bucketPrefix.allows(complete);
  return isIncomplete
    ? `bucket prefix for "${bucket}" must end with /, got "${prefix}", which is also the beginning of "${prefix}-2/": write "${complete}"`
    : check(LIMITS.bucketPrefix, prefix);
}
