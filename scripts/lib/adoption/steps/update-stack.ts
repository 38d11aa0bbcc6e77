import { getDnsSuffix } from "../../../../constructs/aws";
import { UserError } from "../../../../constructs/errors";
import { createAwsClient } from "../../aws/client";
import type { AdoptionContext } from "../context";
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
  { cloudFormation, stageTarget, log }: AdoptionContext,
  stack: LiveStack,
  template: string,
): Promise<void> {
  log(`Updating stack ${stack.name}…`);
  if (Buffer.byteLength(template) <= MAX_TEMPLATE_BYTES)
    return cloudFormation.update(stack, { TemplateBody: template });
  const sdk = await import("@aws-sdk/client-s3");
  const s3 = await createAwsClient(sdk.S3, stageTarget.awsTarget);
  const [, , , region = "", account = ""] = stack.id.split(":");
  const qualifier =
    ASSETS_BUCKET.exec(stack.templateText)?.[1] ?? DEFAULT_QUALIFIER;
  const buckets = [
    `cdk-${qualifier}-assets-${account}-${region}`,
    stageTarget.settings.STATE_BUCKET_NAME,
  ];
  const Key = `adoption/${stack.name}.template`;
  const errors: string[] = [];
  for (const Bucket of buckets) {
    if (Bucket === undefined) continue;
    // the bucket's name may belong to another account
    const object = { Bucket, Key, ExpectedBucketOwner: account };
    try {
      await s3.putObject({ ...object, Body: template });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      errors.push(`${Bucket}: ${error.name}`);
      continue;
    }
    try {
      const TemplateURL = `https://s3.${region}.${getDnsSuffix(region)}/${Bucket}/${Key}`;
      await cloudFormation.update(stack, { TemplateURL });
      return;
    } finally {
      await s3.deleteObject(object).catch(() => {
        log(`cannot delete the template s3://${Bucket}/${Key}: delete it`);
      });
    }
  }
  throw new UserError(
    `a template of more than ${MAX_TEMPLATE_BYTES} bytes must be stored in S3, got errors from every bucket: ${errors.join(", ")}`,
    "set STATE_BUCKET_NAME to a bucket that you may write to",
  );
}
