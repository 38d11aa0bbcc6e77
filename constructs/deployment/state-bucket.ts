import { S3Bucket } from "@cdktf/provider-aws/lib/s3-bucket";
import { S3BucketLifecycleConfiguration } from "@cdktf/provider-aws/lib/s3-bucket-lifecycle-configuration";
import { S3BucketOwnershipControls } from "@cdktf/provider-aws/lib/s3-bucket-ownership-controls";
import { S3BucketPolicy } from "@cdktf/provider-aws/lib/s3-bucket-policy";
import { S3BucketPublicAccessBlock } from "@cdktf/provider-aws/lib/s3-bucket-public-access-block";
import { S3BucketServerSideEncryptionConfigurationA } from "@cdktf/provider-aws/lib/s3-bucket-server-side-encryption-configuration";
import { S3BucketVersioningA } from "@cdktf/provider-aws/lib/s3-bucket-versioning";
import { Construct } from "constructs";
import { suppressFindings } from "../scanner-findings";
import { LIMITS } from "../constraints";
import { getPartition } from "../aws";
import {
  createPolicyDocument,
  toPolicyJson,
  type PolicyDocument,
} from "../policy-document";
import { check, addValidationErrors } from "../validation";

/** Versions of a state that are kept, however old they are. */
const KEPT_VERSIONS = 50;
/** After this time all but {@link KEPT_VERSIONS} older versions go. */
const KEPT_DAYS = 90;
const ABORTED_UPLOAD_DAYS = 7;

export interface StateBucketProps {
  /** Never changed: a bucket of another name is another bucket. */
  readonly bucketName: string;
  readonly accountId: string;
  readonly region: string;
  /** Key of the customer's that objects are encrypted with; `null` for S3's own. */
  readonly encryptionKeyArn: string | null;
}

/**
 * The bucket of the Terraform states, which hold every client's secret: versioned, encrypted, reached by TLS alone, closed
 * to the public, and not to be deleted, by Terraform or by a policy.
 *
 * @see https://developer.hashicorp.com/terraform/language/backend/s3
 */
export class StateBucket extends Construct {
  readonly bucketName: string;

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
        "who reads states is told by CloudTrail's data events, where an account has them on; logs here would need a bucket of their own",
      CKV_AWS_144:
        "a state is of no use without the Region that it describes, and its versions guard it against loss",
      CKV2_AWS_62: "nothing waits for a state to be written",
      ...(encryptionKeyArn === null && {
        CKV_AWS_145:
          "STATE_CUSTOMER_KEY=true has a key of the customer's made; S3's own encrypts the states else",
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
              noncurrentDays: KEPT_DAYS,
              newerNoncurrentVersions: KEPT_VERSIONS,
            },
          ],
          abortIncompleteMultipartUpload: [
            { daysAfterInitiation: ABORTED_UPLOAD_DAYS },
          ],
        },
        {
          // what is left of each lock once its versions are gone
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
      policy: toPolicyJson(createStateBucketPolicy(props)),
      // once it is there, nobody switches versioning off, or on
      dependsOn: [closed, versioning],
    });
    this.bucketName = bucket;
  }
}

/** What everybody is refused of the bucket, whatever their own policies allow. */
export function createStateBucketPolicy({
  bucketName,
  accountId,
  region,
  encryptionKeyArn,
}: StateBucketProps): PolicyDocument {
  const partition = getPartition(region);
  const bucket = `arn:${partition}:s3:::${bucketName}`;
  const everybody = { Effect: "Deny", Principal: { AWS: "*" } } as const;
  return createPolicyDocument(
    {
      ...everybody,
      Sid: "TlsAlone",
      Action: "s3:*",
      Resource: [bucket, `${bucket}/*`],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
    {
      ...everybody,
      // the account's root user is who breaks the glass
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
      ...everybody,
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
            ...everybody,
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
