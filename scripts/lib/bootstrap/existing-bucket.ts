import type { S3Client } from "@aws-sdk/client-s3";
import { UserError } from "../../../constructs/errors";
import type { AccountConfig } from "../../../stacks/config/config";
import { createAwsClient, type AwsTarget } from "../aws/client";

/** What a bucket can have of its own, by the type of the resource that would be made of it. */
const PARTS = [
  "aws_s3_bucket_versioning",
  "aws_s3_bucket_policy",
  "aws_s3_bucket_lifecycle_configuration",
  "aws_s3_bucket_ownership_controls",
  "aws_s3_bucket_public_access_block",
  "aws_s3_bucket_server_side_encryption_configuration",
] as const;

/** A bucket that may be there already, as the account that calls sees it. */
export class ExistingBucket {
  private readonly client: Promise<S3Client>;
  private readonly bucketName: string;
  private readonly accountId: string;

  constructor({ stateBucket, accountId }: AccountConfig, place: AwsTarget) {
    this.bucketName = stateBucket.name;
    this.accountId = accountId;
    this.client = import("@aws-sdk/client-s3").then(({ S3Client }) =>
      createAwsClient(S3Client, place),
    );
  }

  /**
   * Whether the account has it.
   *
   * @throws UserError when it is another account's: the name is taken
   */
  async exists(): Promise<boolean> {
    const { HeadBucketCommand } = await import("@aws-sdk/client-s3");
    const client = await this.client;
    try {
      await client.send(new HeadBucketCommand(this.input));
      return true;
    } catch (error) {
      const status = statusOf(error);
      if (status === 404) return false;
      // S3 tells of another Region in several ways
      if ([301, 307, 400, 403].includes(status ?? 0))
        throw new UserError(
          `STATE_BUCKET_NAME must be a bucket of account ${this.accountId} in the Region of AWS_REGION, or nobody's, got "${this.bucketName}", which cannot be used`,
          "names of buckets are taken for all of AWS: choose another, or look at who owns it and where it is",
        );
      throw error;
    }
  }

  /** Whether it is somebody's who keeps something in it: not made by this stack, and not empty. */
  async isInUse(stage: string): Promise<boolean> {
    const { GetBucketTaggingCommand, ListObjectsV2Command } =
      await import("@aws-sdk/client-s3");
    const client = await this.client;
    try {
      const { TagSet = [] } = await client.send(
        new GetBucketTaggingCommand(this.input),
      );
      if (TagSet.some(({ Key, Value }) => Key === "Stack" && Value === stage))
        return false;
    } catch (error) {
      if (statusOf(error) !== 404) throw error;
    }
    const { KeyCount = 0 } = await client.send(
      new ListObjectsV2Command({ ...this.input, MaxKeys: 1 }),
    );
    return KeyCount > 0;
  }

  /** An object's text; `undefined` where there is none. */
  async readObject(key: string): Promise<string | undefined> {
    const { GetObjectCommand } = await import("@aws-sdk/client-s3");
    const client = await this.client;
    try {
      const { Body } = await client.send(
        new GetObjectCommand({ ...this.input, Key: key }),
      );
      return await Body?.transformToString();
    } catch (error) {
      if (statusOf(error) === 404) return undefined;
      throw error;
    }
  }

  /** Types of those of its parts that are there, which a creation would write over unseen. */
  async listConfiguredTypes(): Promise<readonly string[]> {
    const found: string[] = [];
    for (const part of PARTS) if (await this.has(part)) found.push(part);
    return found;
  }

  private async has(part: (typeof PARTS)[number]): Promise<boolean> {
    const s3 = await import("@aws-sdk/client-s3");
    const client = await this.client;
    const { input } = this;
    const readers: Record<typeof part, () => Promise<boolean>> = {
      aws_s3_bucket_versioning: async () =>
        (await client.send(new s3.GetBucketVersioningCommand(input))).Status !==
        undefined,
      aws_s3_bucket_policy: async () =>
        (await client.send(new s3.GetBucketPolicyCommand(input))).Policy !==
        undefined,
      aws_s3_bucket_lifecycle_configuration: async () =>
        (
          await client.send(
            new s3.GetBucketLifecycleConfigurationCommand(input),
          )
        ).Rules !== undefined,
      aws_s3_bucket_ownership_controls: async () =>
        (await client.send(new s3.GetBucketOwnershipControlsCommand(input)))
          .OwnershipControls !== undefined,
      aws_s3_bucket_public_access_block: async () =>
        (await client.send(new s3.GetPublicAccessBlockCommand(input)))
          .PublicAccessBlockConfiguration !== undefined,
      aws_s3_bucket_server_side_encryption_configuration: async () =>
        (await client.send(new s3.GetBucketEncryptionCommand(input)))
          .ServerSideEncryptionConfiguration !== undefined,
    };
    try {
      return await readers[part]();
    } catch (error) {
      if (statusOf(error) === 404) return false;
      throw error;
    }
  }

  private get input() {
    return { Bucket: this.bucketName, ExpectedBucketOwner: this.accountId };
  }
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata
    ?.httpStatusCode;
}
