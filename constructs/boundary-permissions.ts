import { BUCKET_ACTIONS } from "./bucket-access";
import { partitionOf } from "./names";
import type { IdentityStatement } from "./policy-document";

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
export function boundaryStatements(scope: BoundaryScope): IdentityStatement[] {
  const { region, buckets, stateBucket } = scope;
  const arn = `arn:${partitionOf(region)}:s3:::`;
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
