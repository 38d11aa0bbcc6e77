import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { readStateConfig } from "../../stage/stage-state";
import { getLocalLockFile } from "../../stage/state-lock-file";
import { getPlanDirectory } from "../../plan/plan-directory";
import { quoteShellWord } from "../../system/shell";
import { parseLockFile, type StateLock } from "../../terraform/state-lock";
import type { Check, CheckResult, DoctorContext } from "../check";
import { formatAwsFix, formatFix, formatTerraformFix } from "../format-fix";
import { explainBucketError, hasObject, readObject } from "../read-state";

const LOCAL: CheckResult = {
  status: "skipped",
  message: "the state is a local file",
};

export const STATE_VERSIONING: Check = {
  id: "state-versioning",
  section: "Settings and state",
  runsWithoutState: true,
  run: async (context) => {
    const { state } = readStateConfig(context.target);
    if (state.backend === "local") return LOCAL;
    const { bucket } = state;
    const { GetBucketVersioningCommand, S3Client } =
      await import("@aws-sdk/client-s3");
    const client = await context.getClient(S3Client);
    const status = await context
      .call("s3:GetBucketVersioning", async () => {
        const command = new GetBucketVersioningCommand({ Bucket: bucket });
        return (await client.send(command)).Status;
      })
      .catch((error: unknown) => {
        throw explainBucketError(error, bucket, context.region);
      });
    return status === "Enabled"
      ? { status: "ok", message: `the state bucket ${bucket} has versions` }
      : {
          status: "failed",
          message: `the state bucket ${bucket} must have versions: a lost state could not be restored`,
          fix: formatAwsFix(
            context,
            `s3api put-bucket-versioning --bucket ${bucket} --versioning-configuration Status=Enabled`,
          ),
        };
  },
};

/** Age after which a lock is of a run that was killed: a run of CI ends after 30 minutes. */
const STALE_MINUTES = 60;

export const STATE_LOCK: Check = {
  id: "state-lock",
  section: "Settings and state",
  runsWithoutState: true,
  run: async (context) => {
    const text = await readLock(context);
    if (text === undefined)
      return { status: "ok", message: "no run has locked the state" };
    const lock = parseLockFile(text);
    const minutes =
      lock === undefined
        ? Number.NaN
        : (context.now.getTime() - lock.createdAt.getTime()) / 60_000;
    const isStale = !(minutes < STALE_MINUTES);
    return {
      status: isStale ? "failed" : "warning",
      message: isStale
        ? "the state must not be locked by a run that was killed"
        : "the state is locked: a run may be changing the stage",
      details: [formatLock(lock, minutes)],
      fix:
        lock?.id === undefined
          ? "look at the lock file next to the state: its id is not from Terraform"
          : isStale
            ? formatUnlockCommand(lock.id, context)
            : "wait until the run has ended, and check again",
    };
  },
};

/** Terraform unlocks a state in an initialized directory only, and a local one not at all. */
function formatUnlockCommand(id: string, context: DoctorContext): string {
  const config = readStateConfig(context.target);
  if (config.state.backend === "local")
    return `rm ${quoteShellWord(getLocalLockFile(config))}`;
  const { stackName } = context.target;
  const directory = path.join(getPlanDirectory(stackName), "stacks", stackName);
  return `${formatFix(context, "plan")} && ${formatTerraformFix(context, directory, `force-unlock ${id}`)}`;
}

function formatLock(lock: StateLock | undefined, minutes: number): string {
  if (lock === undefined) return "the lock file is not from Terraform";
  const age =
    minutes < 120
      ? `${Math.round(minutes)} minutes`
      : `${Math.round(minutes / 60)} hours`;
  return `locked by ${lock.holder}, for ${lock.operation}${Number.isNaN(minutes) ? "" : `, ${age} ago`}`;
}

async function readLock(context: DoctorContext): Promise<string | undefined> {
  const config = readStateConfig(context.target);
  const { state } = config;
  if (state.backend === "local") {
    const file = getLocalLockFile(config);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  }
  const key = `${state.key}.tflock`;
  // without permission to list all keys, S3 denies to read one that does not exist
  return (await hasObject(context, state.bucket, state.key, key))
    ? readObject(context, state.bucket, key)
    : undefined;
}
