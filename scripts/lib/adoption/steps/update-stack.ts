import { UserError } from "../../../../constructs/errors";
import { createAwsClient } from "../../aws/client";
import type { AdoptionContext } from "../context";
import type { TemplateSource } from "../read/cloudformation-stack";
import type { LiveStack } from "../read/live-stack";

/** Maximum size of a template in a request; a larger one must be in S3. */
const MAX_TEMPLATE_BYTES = 51_200;
const ASSETS_BUCKET = /cdk-([a-z0-9]+)-assets-/;
const DEFAULT_QUALIFIER = "hnb659fds";

/**
 * Updates the stack with a template. A large template is stored in a bucket during the update.
 *
 * @throws UserError when the update fails, or no bucket can store the template
 */
export async function updateStack(
  context: AdoptionContext,
  stack: LiveStack,
  template: string,
): Promise<void> {
  const { cloudFormation, log } = context;
  log(`updating stack ${stack.name}`);
  await withTemplateSource(context, stack, template, (source) =>
    cloudFormation.update(stack, source),
  );
}

async function withTemplateSource(
  { stageTarget: { awsTarget, settings }, log }: AdoptionContext,
  stack: LiveStack,
  text: string,
  job: (template: TemplateSource) => Promise<void>,
): Promise<void> {
  if (Buffer.byteLength(text) <= MAX_TEMPLATE_BYTES) {
    await job({ TemplateBody: text });
    return;
  }
  const sdk = await import("@aws-sdk/client-s3");
  const client = await createAwsClient(sdk.S3Client, awsTarget);
  const [, , , region = "", account = ""] = stack.id.split(":");
  const Key = `adoption/${stack.name}.template`;
  const errors: string[] = [];
  const qualifier =
    ASSETS_BUCKET.exec(stack.templateText)?.[1] ?? DEFAULT_QUALIFIER;
  const buckets = [
    `cdk-${qualifier}-assets-${account}-${region}`,
    settings.STATE_BUCKET_NAME,
  ];
  for (const Bucket of buckets) {
    if (Bucket === undefined) continue;
    // the bucket's name may belong to another account
    const object = { Bucket, Key, ExpectedBucketOwner: account };
    try {
      await client.send(new sdk.PutObjectCommand({ ...object, Body: text }));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      errors.push(`${Bucket}: ${error.name}`);
      continue;
    }
    try {
      const host = `s3.${region}.amazonaws.com`;
      await job({ TemplateURL: `https://${host}/${Bucket}/${Key}` });
      return;
    } finally {
      await client.send(new sdk.DeleteObjectCommand(object)).catch(() => {
        log(`cannot delete the template s3://${Bucket}/${Key}: delete it`);
      });
    }
  }
  throw new UserError(
    `a template of more than ${MAX_TEMPLATE_BYTES} bytes must be stored in S3, got errors from every bucket: ${errors.join(", ")}`,
    "set STATE_BUCKET_NAME to a bucket that you may write to",
  );
}
