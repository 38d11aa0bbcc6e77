import path from "node:path";
import { readStageConfig } from "../../../stacks/config/stage-config";
import type { StageConfig } from "../../../stacks/config/config";
import type { StageTarget } from "../cli/options";

/** Settings that say where a stage's state is: what else a stage has may be wrong without hiding it. */
const STATE_SETTINGS = [
  "APP_NAME",
  "AWS_REGION",
  "AWS_ACCOUNT_ID",
  "STATE_CUSTOMER_KEY",
  "STATE_BACKEND",
  "STATE_BUCKET_NAME",
  "STATE_BUCKET_KEY",
] as const;

/**
 * Configuration of a stage, as far as it says where its Terraform state is.
 *
 * @throws UserError when the settings do not say it
 */
export function readStateConfig({ stage, settings }: StageTarget): StageConfig {
  const given: Record<string, string | undefined> = { STAGE: stage };
  for (const name of STATE_SETTINGS) given[name] = settings[name];
  return readStageConfig(given, { userName: undefined, isCi: true });
}

/** File that holds a stage's local state: one of the folder that the command runs in. */
export function getLocalStateFile({ stackName }: StageConfig): string {
  return path.resolve(`terraform.${stackName}.tfstate`);
}

/** Where a stage's state is, for a person. */
export function formatStateLocation(config: StageConfig): string {
  const { state } = config;
  return state.backend === "s3"
    ? `s3://${state.bucket}/${state.key} in ${config.region}`
    : getLocalStateFile(config);
}

/** Terraform configuration that names a stage's state in S3 as its own configuration does, and holds nothing else. */
export function buildBackendConfiguration(config: StageConfig): object {
  const { state, region, accountId } = config;
  if (state.backend !== "s3") return {};
  const s3 = {
    bucket: state.bucket,
    key: state.key,
    region,
    encrypt: true,
    use_lockfile: true,
    ...(state.encryptionKeyArn !== undefined && {
      kms_key_id: state.encryptionKeyArn,
    }),
    ...(accountId !== undefined && { allowed_account_ids: [accountId] }),
  };
  return { terraform: { backend: { s3 } } };
}
