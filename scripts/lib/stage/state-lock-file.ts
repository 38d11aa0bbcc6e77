import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import type { StageConfig } from "../../../stacks/config/config";
import { type AwsTarget, createAwsClient } from "../aws/client";
import { isAwsError } from "../aws/errors";
import type { StageTarget } from "../cli/options";
import { parseLockFile, toLockError } from "../terraform/state-lock";
import {
  formatStateLocation,
  getLocalStateFile,
  readStateConfig,
} from "./stage-state";

/**
 * Requires that no run of Terraform has locked the state of a stage.
 *
 * @throws UserError that names the holder of the lock, or if the lock cannot be read
 */
export async function requireUnlockedState(stage: StageTarget): Promise<void> {
  const config = readStateConfig(stage);
  const text =
    config.state.backend === "local"
      ? readIfExists(getLocalLockFile(config))
      : await readObject(
          { bucket: config.state.bucket, key: `${config.state.key}.tflock` },
          config,
          stage.awsTarget,
        );
  if (text === undefined) return;
  const lock = parseLockFile(text);
  throw lock === undefined
    ? new UserError(
        `the state is locked: ${formatStateLocation(config)} has a lock file that is not from Terraform`,
        "check the lock file next to the state",
      )
    : toLockError(lock);
}

/** Returns the path of the lock file of a local state. */
export function getLocalLockFile(config: StageConfig): string {
  const { dir, base } = path.parse(getLocalStateFile(config));
  return path.join(dir, `.${base}.lock.info`);
}

function readIfExists(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

async function readObject(
  {
    bucket: Bucket,
    key: Key,
  }: { readonly bucket: string; readonly key: string },
  config: StageConfig,
  target: AwsTarget,
): Promise<string | undefined> {
  const { S3Client, GetObjectCommand, ListObjectsV2Command } =
    await import("@aws-sdk/client-s3");
  const client = await createAwsClient(S3Client, target);
  const { accountId } = config;
  const location = {
    Bucket,
    ...(accountId !== undefined && { ExpectedBucketOwner: accountId }),
  };
  try {
    // S3 can deny to read an object that does not exist if the caller can list only this key
    const { KeyCount } = await client.send(
      new ListObjectsV2Command({ ...location, Prefix: Key }),
    );
    if (KeyCount === 0) return undefined;
    const { Body } = await client.send(
      new GetObjectCommand({ ...location, Key }),
    );
    return await Body?.transformToString();
  } catch (error) {
    if (isAwsError(error, "NoSuchKey")) return undefined;
    if (isAwsError(error, "NoSuchBucket", "AccessDenied"))
      throw new UserError(
        `cannot read the lock of ${formatStateLocation(config)}: ${error.name}`,
        "check the STATE_ settings; the caller needs s3:ListBucket and s3:GetObject for the lock",
      );
    throw error;
  } finally {
    client.destroy();
  }
}
