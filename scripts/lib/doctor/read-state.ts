import { existsSync, readFileSync } from "node:fs";
import { explainError } from "../aws/errors";
import { formatCommand } from "../cli/invocation";
import {
  formatStateLocation,
  getLocalStateFile,
  readStateConfig,
} from "../stage/stage-state";
import { type DoctorContext, MissingPermission } from "./check";
import { parseState, type StateReading } from "./parse-state";

/**
 * Reads the state of the stage without Terraform.
 *
 * @throws UserError if it cannot be read
 */
export async function readState(context: DoctorContext): Promise<StateReading> {
  const config = readStateConfig(context.target);
  const text =
    config.state.backend === "local"
      ? readIfExists(getLocalStateFile(config))
      : await readStateObject(context, config.state.bucket, config.state.key);
  if (text === undefined) return { kind: "absent", isEmpty: false };
  const state = parseState(text, formatStateLocation(config));
  return state.resources.length === 0
    ? { kind: "absent", isEmpty: true }
    : { kind: "read", state };
}

/** Without permission to list all keys, S3 denies to read one that does not exist. */
async function readStateObject(
  context: DoctorContext,
  bucket: string,
  key: string,
): Promise<string | undefined> {
  try {
    return await readObject(context, bucket, key);
  } catch (error) {
    if (!(error instanceof MissingPermission)) throw error;
    const isKnown = await hasObject(context, bucket, key, key).catch(
      () => true,
    );
    if (isKnown) throw error;
    return undefined;
  }
}

/**
 * Reads an object of the state bucket; `undefined` if it does not exist.
 *
 * @throws MissingPermission if AWS denies it
 * @throws UserError if the bucket does not exist or is in another Region
 */
export async function readObject(
  context: DoctorContext,
  Bucket: string,
  Key: string,
): Promise<string | undefined> {
  const { GetObjectCommand, S3Client } = await import("@aws-sdk/client-s3");
  const client = await context.getClient(S3Client);
  try {
    const { Body } = await context.call("s3:GetObject", () =>
      client.send(new GetObjectCommand({ Bucket, Key })),
    );
    return await Body?.transformToString();
  } catch (error) {
    if (error instanceof Error && error.name === "NoSuchKey") return undefined;
    throw explainBucketError(error, Bucket, context.region);
  }
}

/**
 * Returns whether a bucket has an object.
 *
 * @param prefix beginning of the key that the caller has permission to list
 * @throws MissingPermission if AWS denies it
 */
export async function hasObject(
  context: DoctorContext,
  Bucket: string,
  prefix: string,
  key: string,
): Promise<boolean> {
  const { ListObjectsV2Command, S3Client } = await import("@aws-sdk/client-s3");
  const client = await context.getClient(S3Client);
  try {
    const { Contents = [] } = await context.call("s3:ListBucket", () =>
      client.send(new ListObjectsV2Command({ Bucket, Prefix: prefix })),
    );
    return Contents.some(({ Key }) => Key === key);
  } catch (error) {
    throw explainBucketError(error, Bucket, context.region);
  }
}

/** Explains the errors of S3 for a bucket that a call cannot use. */
export function explainBucketError(
  error: unknown,
  bucket: string,
  region: string,
): unknown {
  return explainError(error, [
    {
      names: /^NoSuchBucket$/,
      message: `the state bucket ${bucket} does not exist`,
      hint: `check STATE_BUCKET_NAME, the Region and the profile; ${formatCommand("bootstrap")} creates the bucket of a new account`,
    },
    {
      names: /^(PermanentRedirect|AuthorizationHeaderMalformed|301|400)$/,
      message: `the state bucket ${bucket} is not in ${region}`,
      hint: "set the Region of the stage with --region or AWS_REGION",
    },
    {
      names: /^(KMS\.\w+|KMS\w*Exception)$/,
      message: `the KMS key of the state bucket ${bucket} cannot be used`,
      hint: "enable the key, or cancel its deletion",
    },
  ]);
}

function readIfExists(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
