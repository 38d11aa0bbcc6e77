import { IamRole } from "@cdktf/provider-aws/lib/iam-role";
import type { IAspect } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { BUCKET_ACTIONS } from "../bucket-access";
import { getPartition } from "../aws";
import {
  countPolicyCharacters,
  createPolicyDocument,
  type IdentityStatement,
  toPolicyJson,
  validateStatements,
} from "../policy-document";
import { IamPolicy } from "@cdktf/provider-aws/lib/iam-policy";
import { LIMITS } from "../constraints";
import { addValidationErrors, check } from "../validation";

/**
 * Puts one permissions boundary on every role of a stack, those added later by an operator too: a role without it would
 * be refused in the accounts that require it, and unbounded in the others.
 *
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
 */
export class PermissionsBoundary implements IAspect {
  constructor(private readonly policyArn: string) {}

  visit(node: IConstruct): void {
    if (node instanceof IamRole) node.permissionsBoundary = this.policyArn;
  }
}

/** An app's stages in one account, as far as their roles are bounded. */
export interface BoundaryScope {
  readonly region: string;
  /** Names of the buckets whose data roles may use; one may end in `*`. */
  readonly buckets: readonly string[];
  readonly stateBucket: string;
  /** @default the states are encrypted with S3's own key */
  readonly stateEncryptionKeyArn?: string;
}

/**
 * The most that any role of a stage may do: use the data of some buckets, and never the states. It has nothing that one
 * stage has and another must not: who deploys one can make a role and assume it.
 */
export function createBoundaryStatements(
  scope: BoundaryScope,
): IdentityStatement[] {
  const { region, buckets, stateBucket } = scope;
  const arn = `arn:${getPartition(region)}:s3:::`;
  const state = `${arn}${stateBucket}`;
  return [
    {
      Sid: "UseBuckets",
      Effect: "Allow",
      Action: BUCKET_ACTIONS,
      Resource: buckets.flatMap((name) =>
        // an end of * stands for objects too
        name.endsWith("*")
          ? [`${arn}${name}`]
          : [`${arn}${name}`, `${arn}${name}/*`],
      ),
    },
    {
      Sid: "NoStates",
      Effect: "Deny",
      Action: "s3:*",
      Resource: [state, `${state}/*`],
    },
    ...(scope.stateEncryptionKeyArn === undefined
      ? []
      : [
          {
            Sid: "NoStateKey",
            Effect: "Deny",
            Action: "kms:*",
            Resource: scope.stateEncryptionKeyArn,
          } as const,
        ]),
  ];
}

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
    const policy = createPolicyDocument(...props.statements);
    addValidationErrors(
      this,
      check(LIMITS.policyName, props.policyName),
      ...validateStatements(props.statements),
      check(LIMITS.managedPolicyCharacters, countPolicyCharacters(policy) ?? 0),
    );
    const resource = new IamPolicy(this, "Resource", {
      name: props.policyName,
      description: "The most that a role of VEDA auth may do",
      policy: toPolicyJson(policy),
    });
    this.policyArn = resource.arn;
  }
}
