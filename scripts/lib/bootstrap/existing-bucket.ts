import type { S3Client } from "@aws-sdk/client-s3";
import { UserError } from "../../../constructs/errors";
import type { AccountConfig } from "../../../stacks/config/config";
import { type AwsTarget, createAwsClient } from "../aws/client";

type S3 = typeof import("@aws-sdk/client-s3");
interface Input {
  readonly Bucket: string;
  readonly ExpectedBucketOwner: string;
}

/** Reads a configuration of a bucket by the resource type that manages it. Returns `undefined` or fails with 404 if unset. */
const CONFIGURATIONS: Readonly<
  Record<string, (s3: S3, client: S3Client, input: Input) => Promise<unknown>>
> = {
  aws_s3_bucket_versioning: async (s3, client, input) =>
    (await client.send(new s3.GetBucketVersioningCommand(input))).Status,
  aws_s3_bucket_policy: async (s3, client, input) =>
    (await client.send(new s3.GetBucketPolicyCommand(input))).Policy,
  aws_s3_bucket_lifecycle_configuration: async (s3, client, input) =>
    (await client.send(new s3.GetBucketLifecycleConfigurationCommand(input)))
      .Rules,
  aws_s3_bucket_ownership_controls: async (s3, client, input) =>
    (await client.send(new s3.GetBucketOwnershipControlsCommand(input)))
      .OwnershipControls,
  aws_s3_bucket_public_access_block: async (s3, client, input) =>
    (await client.send(new s3.GetPublicAccessBlockCommand(input)))
      .PublicAccessBlockConfiguration,
  aws_s3_bucket_server_side_encryption_configuration: async (
    s3,
    client,
    input,
  ) =>
    (await client.send(new s3.GetBucketEncryptionCommand(input)))
      .ServerSideEncryptionConfiguration,
};

/** The state bucket, which may already exist. */
export class ExistingBucket {
  private readonly client: Promise<S3Client>;
  private readonly input: Input;

  constructor({ stateBucket, accountId }: AccountConfig, target: AwsTarget) {
    this.input = { Bucket: stateBucket.name, ExpectedBucketOwner: accountId };
    this.client = import("@aws-sdk/client-s3").then(({ S3Client }) =>
      createAwsClient(S3Client, target),
    );
  }

  /**
   * Returns whether the account has the bucket.
   *
   * @throws UserError if the bucket is in another account or Region
   */
  async exists(): Promise<boolean> {
    const { Bucket, ExpectedBucketOwner: owner } = this.input;
    try {
      const isFound = await this.find(async (s3, client) => {
        await client.send(new s3.HeadBucketCommand(this.input));
        return true;
      });
      return isFound ?? false;
    } catch (error) {
      // S3 reports another Region with several status codes
      if ([301, 307, 400, 403].includes(getStatus(error) ?? 0))
        throw new UserError(
          `STATE_BUCKET_NAME must be a new bucket, or one of account ${owner} in AWS_REGION, got "${Bucket}", which is in use elsewhere`,
          "bucket names are unique in all of AWS: choose another, or check the account and Region of the bucket",
        );
      throw error;
    }
  }

  /** Returns whether the bucket has objects and is not of this stack. */
  async isInUse(stage: string): Promise<boolean> {
    const tags = await this.find(async (s3, client) => {
      const command = new s3.GetBucketTaggingCommand(this.input);
      return (await client.send(command)).TagSet;
    });
    if (tags?.some(({ Key, Value }) => Key === "Stack" && Value === stage))
      return false;
    const count = await this.send(async (s3, client) => {
      const input = { ...this.input, MaxKeys: 1 };
      return (await client.send(new s3.ListObjectsV2Command(input))).KeyCount;
    });
    return (count ?? 0) > 0;
  }

  /** Returns the text of an object, if it exists. */
  async readObject(key: string): Promise<string | undefined> {
    return this.find(async (s3, client) => {
      const input = { ...this.input, Key: key };
      const { Body } = await client.send(new s3.GetObjectCommand(input));
      return Body?.transformToString();
    });
  }

  /** Lists the resource types of existing configurations, which a creation would overwrite. */
  async listConfiguredTypes(): Promise<readonly string[]> {
    const types: string[] = [];
    for (const [type, read] of Object.entries(CONFIGURATIONS)) {
      const found = await this.find((s3, client) =>
        read(s3, client, this.input),
      );
      if (found !== undefined) types.push(type);
    }
    return types;
  }

  /** Returns `undefined` if S3 responds with 404: the bucket, or what is read of it, does not exist. */
  private async find<T>(
    request: (s3: S3, client: S3Client) => Promise<T>,
  ): Promise<T | undefined> {
    try {
      return await this.send(request);
    } catch (error) {
      if (getStatus(error) === 404) return undefined;
      throw error;
    }
  }

  private async send<T>(
    request: (s3: S3, client: S3Client) => Promise<T>,
  ): Promise<T> {
    return request(await import("@aws-sdk/client-s3"), await this.client);
  }
}

function getStatus(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } }).$metadata
    ?.httpStatusCode;
}
