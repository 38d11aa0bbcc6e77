import * as s3 from "@aws-sdk/client-s3";
import { createClientConfig } from "../../scripts/lib/demo/account";
import type { LocalAws } from "../../scripts/lib/local-aws/local-aws";

/**
 * Creates a bucket with the lifecycle of a state bucket. Terraform would wait most of a minute for S3 to apply the lifecycle.
 */
export async function createStateBucket(
  aws: Pick<LocalAws, "endpoint">,
  bucketName: string,
): Promise<void> {
  const client = new s3.S3Client({
    ...createClientConfig(aws),
    forcePathStyle: true,
  });
  await client.send(
    new s3.CreateBucketCommand({
      Bucket: bucketName,
      CreateBucketConfiguration: { LocationConstraint: "us-west-2" },
    }),
  );
  await client.send(
    new s3.PutBucketLifecycleConfigurationCommand({
      Bucket: bucketName,
      LifecycleConfiguration: {
        Rules: [
          {
            ID: "old-versions",
            Status: "Enabled",
            Filter: { Prefix: "" },
            NoncurrentVersionExpiration: {
              NoncurrentDays: 90,
              NewerNoncurrentVersions: 50,
            },
            AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
          },
          {
            ID: "delete-markers",
            Status: "Enabled",
            Filter: { Prefix: "" },
            Expiration: { ExpiredObjectDeleteMarker: true },
          },
        ],
      },
    }),
  );
}
