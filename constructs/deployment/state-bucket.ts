import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { Construct } from "constructs";
import { getPartition } from "../aws";
import { LIMITS } from "../constraints";
import { createPolicyDocument, type PolicyDocument } from "../policy-document";
import { toPolicyJson } from "../policy-json";
import { getRegion } from "../provider-region";
import { suppressFindings } from "../scanner-findings";
import { addValidationErrors, check } from "../validation";

/** Number of previous versions of a state that never expire. */
const RETAINED_VERSIONS = 50;
/** Days after which other previous versions expire. */
const RETENTION_DAYS = 90;
const ABORTED_UPLOAD_DAYS = 7;

/** Configuration of {@link StateBucket}. */
export interface StateBucketProps {
  /** Cannot be changed: it would replace the bucket, which Terraform refuses. */
  readonly bucketName: string;
  readonly accountId: string;
  /** Customer managed key that encrypts the states; `null` for an S3 managed key. */
  readonly encryptionKeyArn: string | null;
}

/**
 * The bucket of the Terraform states, which contain the secret of every client. It is versioned, encrypted, not public and
 * accessible over TLS only. Neither Terraform nor a policy can delete it.
 *
 * @see https://developer.hashicorp.com/terraform/language/backend/s3
 */
export class StateBucket extends Construct {
  constructor(scope: Construct, id: string, props: StateBucketProps) {
    super(scope, id);
    const { encryptionKeyArn } = props;
    addValidationErrors(
      this,
      check(LIMITS.bucketName, props.bucketName),
      check(LIMITS.accountId, props.accountId),
    );

    const resource = new S3Bucket(this, "Resource", {
      bucket: props.bucketName,
      lifecycle: { preventDestroy: true },
    });
    suppressFindings(resource, {
      CKV_AWS_18:
        "CloudTrail data events record access to the states; access logs would require another bucket",
      CKV_AWS_144:
        "a state describes one Region and is of no use without it, and its versions protect it against loss",
      CKV2_AWS_62: "no one needs a notification when a state is written",
      ...(encryptionKeyArn === null && {
        CKV_AWS_145:
          "an S3 managed key encrypts the states; set STATE_CUSTOMER_KEY=true for a customer managed key",
      }),
    });
    const bucket = resource.id;
    const closed = new S3BucketPublicAccessBlock(this, "public-access", {
      bucket,
      blockPublicAcls: true,
      blockPublicPolicy: true,
      ignorePublicAcls: true,
      restrictPublicBuckets: true,
    });
    new S3BucketOwnershipControls(this, "ownership", {
      bucket,
      rule: { objectOwnership: "BucketOwnerEnforced" },
    });
    new S3BucketServerSideEncryptionConfigurationA(this, "encryption", {
      bucket,
      rule: [
        {
          applyServerSideEncryptionByDefault:
            encryptionKeyArn === null
              ? { sseAlgorithm: "AES256" }
              : { sseAlgorithm: "aws:kms", kmsMasterKeyId: encryptionKeyArn },
          bucketKeyEnabled: encryptionKeyArn !== null,
        },
      ],
    });
    const versioning = new S3BucketVersioningA(this, "versioning", {
      bucket,
      versioningConfiguration: { status: "Enabled" },
    });
    new S3BucketLifecycleConfiguration(this, "lifecycle", {
      bucket,
      rule: [
        {
          id: "old-versions",
          status: "Enabled",
          filter: [{ prefix: "" }],
          noncurrentVersionExpiration: [
            {
              noncurrentDays: RETENTION_DAYS,
              newerNoncurrentVersions: RETAINED_VERSIONS,
            },
          ],
          abortIncompleteMultipartUpload: [
            { daysAfterInitiation: ABORTED_UPLOAD_DAYS },
          ],
        },
        {
          // these remain of each lock after its versions expire
          id: "delete-markers",
          status: "Enabled",
          filter: [{ prefix: "" }],
          expiration: [{ expiredObjectDeleteMarker: true }],
        },
      ],
      dependsOn: [versioning],
    });
    new S3BucketPolicy(this, "policy", {
      bucket,
      policy: toPolicyJson(createBucketPolicy(props, getRegion(this))),
      // the policy denies changes to versioning, so that must be enabled first
      dependsOn: [closed, versioning],
    });
  }
}

/** Creates the bucket policy, which denies requests whatever other policies allow. */
function createBucketPolicy(
  { bucketName, accountId, encryptionKeyArn }: StateBucketProps,
  region: string,
): PolicyDocument {
  const partition = getPartition(region);
  const bucket = `arn:${partition}:s3:::${bucketName}`;
  const deny = { Effect: "Deny", Principal: { AWS: "*" } } as const;
  return createPolicyDocument(
    {
      ...deny,
      Sid: "TlsAlone",
      Action: "s3:*",
      Resource: [bucket, `${bucket}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    {
      ...deny,
      // only the account's root user can do this
      Sid: "NothingIsLost",
      Action: [
        "s3:DeleteBucket",
        "s3:DeleteObjectVersion",
        "s3:PutBucketVersioning",
      ],
      Resource: [bucket, `${bucket}/*`],
      Condition: {
        ArnNotEquals: {
          "aws:PrincipalArn": `arn:${partition}:iam::${accountId}:root`,
        },
      },
    },
    {
      ...deny,
      Sid: "NoKeysOfTheCaller",
      Action: "s3:PutObject",
      Resource: `${bucket}/*`,
      Condition: {
        Null: { "s3:x-amz-server-side-encryption-customer-algorithm": "false" },
      },
    },
    ...(encryptionKeyArn === null
      ? []
      : [
          {
            ...deny,
            Sid: "CustomerKeyAlone",
            Action: "s3:PutObject",
            Resource: `${bucket}/*`,
            Condition: {
              Null: { "s3:x-amz-server-side-encryption": "false" },
              StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" },
            },
          },
        ]),
  );
}
