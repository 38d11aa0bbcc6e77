import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import { Fn, type IAspect, Token } from "cdktf";
import type { Construct, IConstruct } from "constructs";
import { getPartition } from "../aws";
import { BUCKET_ACTIONS } from "../bucket-access";
import { ManagedPolicy } from "../managed-policy";
import { allow, deny, type IdentityStatement } from "../policy-document";
import { getRegion } from "../provider-region";
import { isUnknown } from "../validation";

/**
 * Sets the permissions boundary of every role of a stack, also of roles that an operator adds in code. Some accounts
 * refuse roles without it.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export class PermissionsBoundary implements IAspect {
  constructor(private readonly policyArn: string) {}

  /** Sets the boundary if the construct is a role. */
  visit(node: IConstruct): void {
    if (node instanceof IamRole) node.permissionsBoundary = this.policyArn;
  }
}

/** Resources of an app's stages in one account. */
export interface BoundaryScope {
  readonly region: string;
  /** Names of the buckets whose data roles can use. A name can end with `*`. */
  readonly buckets: readonly string[];
  readonly stateBucket: string;
  /** Customer managed key that encrypts the states; `null` for an S3 managed key. */
  readonly stateEncryptionKeyArn: string | null;
}

/**
 * Returns the maximum permissions of the roles of all stages: the data of some buckets, but no state. Stages share them,
 * because a role that deploys a stage can create a role of that stage and assume it.
 */
export function createBoundaryStatements(
  scope: BoundaryScope,
): IdentityStatement[] {
  const { region, buckets, stateBucket } = scope;
  const arn = `arn:${getPartition(region)}:s3:::`;
  const state = `${arn}${stateBucket}`;
  return [
    allow("UseBuckets", BUCKET_ACTIONS, createBucketArns(arn, buckets)),
    deny("NoStates", "s3:*", [state, `${state}/*`]),
    ...(scope.stateEncryptionKeyArn === null
      ? []
      : [deny("NoStateKey", "kms:*", scope.stateEncryptionKeyArn)]),
  ];
}

function createBucketArns(
  arn: string,
  buckets: readonly string[],
): readonly string[] {
  if (isUnknown(buckets))
    return Token.asList(
      Fn.concat(
        [`${arn}%s`, `${arn}%s/*`].map(
          (format) => Fn.formatlist(format, [buckets]) as unknown,
        ),
      ),
    );
  return buckets.flatMap((name) =>
    // a * at the end also matches objects
    name.endsWith("*")
      ? [`${arn}${name}`]
      : [`${arn}${name}`, `${arn}${name}/*`],
  );
}

/** Configuration of {@link BoundaryPolicy}. */
export interface BoundaryPolicyProps extends Omit<BoundaryScope, "region"> {
  readonly policyName: string;
}

/**
 * The permissions boundary of every role that a deployment creates. A deployment cannot create a role with more
 * permissions.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export class BoundaryPolicy extends ManagedPolicy {
  constructor(
    scope: Construct,
    id: string,
    { policyName, ...boundary }: BoundaryPolicyProps,
  ) {
    super(scope, id, {
      policyName,
      statements: createBoundaryStatements({
        ...boundary,
        region: getRegion(scope),
      }),
      description: "The most that a role of VEDA auth may do",
    });
  }
}
