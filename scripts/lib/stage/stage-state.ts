import path from "node:path";
import type { StageConfig } from "../../../stacks/config/config";
import { readStageConfig } from "../../../stacks/config/stage-config";
import type { SettingName } from "../../../stacks/config/settings";
import type { StageTarget } from "../cli/options";

/** Settings that locate the state of a stage. An invalid value of another setting is no problem. */
const STATE_SETTINGS: readonly SettingName[] = [
  "APP_NAME",
  "AWS_REGION",
  "AWS_ACCOUNT_ID",
  "STATE_CUSTOMER_KEY",
  "STATE_BACKEND",
  "STATE_BUCKET_NAME",
  "STATE_BUCKET_KEY",
];

/**
 * Returns the configuration of a stage, with the location of its state and the defaults of all other settings.
 *
 * @throws UserError if the settings do not locate the state
 */
export function readStateConfig({
  stage,
  settings,
  origins,
}: StageTarget): StageConfig {
  const values = STATE_SETTINGS.map((name) => [name, settings[name]] as const);
  return readStageConfig(
    { ...Object.fromEntries(values), STAGE: stage },
    { userName: undefined, isCi: true },
    origins,
  );
}

/** Returns the file of a stage's local state, in the working directory. */
export function getLocalStateFile({ stackName }: StageConfig): string {
  return path.resolve(`terraform.${stackName}.tfstate`);
}

/** Describes the location of a stage's state. */
export function formatStateLocation(config: StageConfig): string {
  const { state } = config;
  return state.backend === "s3"
    ? `s3://${state.bucket}/${state.key} in ${config.region}`
    : getLocalStateFile(config);
}

/** Builds a Terraform configuration that has the backend of the stage's configuration and nothing else. */
export function buildBackendConfiguration(config: StageConfig): object {
  const { state, region, accountId } = config;
  if (state.backend !== "s3") return {};
  const { bucket, key, encryptionKeyArn } = state;
  const s3 = {
    bucket,
    key,
    region,
    encrypt: true,
    use_lockfile: true,
    ...(encryptionKeyArn !== undefined && { kms_key_id: encryptionKeyArn }),
    ...(accountId !== undefined && { allowed_account_ids: [accountId] }),
  };
  return { terraform: { backend: { s3 } } };
}
