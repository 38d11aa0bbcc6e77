import { BUCKET_ACTIONS } from "./bucket-access";
import { partitionOf } from "./names";
import type { IdentityStatement } from "./policy-document";

/** An app's stages in one account, as far as their roles are bounded. */
export interface BoundaryScope {
  readonly appName: string;
  readonly region: string;
  readonly accountId: string;
  readonly stateBucket: string;
  /** @default the states are encrypted with S3's own key */
  readonly stateEncryptionKeyArn?: string;
}

/**
 * The most that any role of a stage may do: use data in buckets, but for the states', and read the credentials that the
 * app's stages keep for services.
 */
export function boundaryStatements(scope: BoundaryScope): IdentityStatement[] {
  const { appName, region, accountId, stateBucket } = scope;
  const partition = partitionOf(region);
  const bucket = `arn:${partition}:s3:::${stateBucket}`;
  return [
    {
      Sid: "UseBuckets",
      Effect: "Allow",
      Action: BUCKET_ACTIONS,
      Resource: `arn:${partition}:s3:::*`,
    },
    {
      Sid: "ReadServiceSecrets",
      Effect: "Allow",
      Action: [
        "secretsmanager:DescribeSecret",
        "secretsmanager:GetSecretValue",
      ],
      Resource: `arn:${partition}:secretsmanager:*:${accountId}:secret:${appName}-*/*`,
    },
    {
      Sid: "NoStates",
      Effect: "Deny",
      Action: "s3:*",
      Resource: [bucket, `${bucket}/*`],
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
