import { UserError } from "../../../../constructs/errors";
import { createAwsClient, type AwsTarget } from "../../aws/client";
import type { LiveStack } from "../read/live-stack";

/** Longest template that is sent as it is; a longer one has to lie in S3. */
const MOST_BYTES = 51_200;
/** How the bucket is named that the CDK keeps an account's files in. */
const ASSETS = /cdk-([a-z0-9]+)-assets-/;
const DEFAULT_QUALIFIER = "hnb659fds";

/**
 * Gives `job` a template in the form that CloudFormation takes: as text, or in a bucket for as long as `job` takes.
 *
 * @param stateBucket bucket of the stage's state, where there is one
 * @throws UserError when it is too long and no bucket takes it
 */
export async function withTemplateSource<T>(
  text: string,
  stack: LiveStack,
  {
    place,
    stateBucket,
    log,
  }: {
    readonly place: AwsTarget;
    readonly stateBucket: string | undefined;
    readonly log: (line: string) => void;
  },
  job: (
    template: { TemplateBody: string } | { TemplateURL: string },
  ) => Promise<T>,
): Promise<T> {
  if (Buffer.byteLength(text) <= MOST_BYTES) return job({ TemplateBody: text });
  const sdk = await import("@aws-sdk/client-s3");
  const client = await createAwsClient(sdk.S3Client, place);
  const Key = `adoption/${stack.name}.template`;
  // a bucket's name can be somebody else's
  const ExpectedBucketOwner = stack.id.split(":")[4];
  const refusals: string[] = [];
  for (const Bucket of bucketsFor(stack, stateBucket)) {
    try {
      await client.send(
        new sdk.PutObjectCommand({
          Bucket,
          Key,
          Body: text,
          ExpectedBucketOwner,
        }),
      );
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      refusals.push(`${Bucket}: ${error.name}`);
      continue;
    }
    try {
      const host = `s3.${place.region}.amazonaws.com`;
      return await job({ TemplateURL: `https://${host}/${Bucket}/${Key}` });
    } finally {
      await client
        .send(new sdk.DeleteObjectCommand({ Bucket, Key, ExpectedBucketOwner }))
        .catch(() => {
          log(`the template stays in s3://${Bucket}/${Key}: delete it there`);
        });
    }
  }
  throw new UserError(
    `a template of more than ${MOST_BYTES} bytes has to lie in S3, and no bucket takes it: ${refusals.join(", ")}`,
    "set STATE_BUCKET_NAME to a bucket that you may write to",
  );
}

/** Buckets that may take it, the best first. */
function bucketsFor(
  { id, templateText }: LiveStack,
  stateBucket: string | undefined,
): readonly string[] {
  const [, , , region = "", account = ""] = id.split(":");
  const qualifier = ASSETS.exec(templateText)?.[1] ?? DEFAULT_QUALIFIER;
  return [
    `cdk-${qualifier}-assets-${account}-${region}`,
    ...(stateBucket === undefined ? [] : [stateBucket]),
  ];
}
