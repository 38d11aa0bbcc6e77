import type { AwsTarget } from "../aws/client";
import {
  formatEnvironmentFile,
  inspectEnvironmentFile,
  restrictEnvironmentFile,
  writeEnvironmentFile,
} from "./environment-file";
import { compareVariables, parseSecretVariables } from "./environment-secret";
import { readSecret } from "./secrets";

export interface SyncOptions {
  /** Stage of the secret; without it, the secret must have a `STAGE`. */
  readonly stage: string | undefined;
  /** Name or ARN of the secret. */
  readonly secret: string;
  readonly file: string;
  readonly target: AwsTarget;
  /** Whether to compare only. */
  readonly isCheckOnly: boolean;
  /** Receives lines with names, never with values. */
  readonly log: (line: string) => void;
}

/**
 * Writes the variables of an environment secret to a file, and returns whether the file already had exactly them.
 *
 * The file is written last, so that an error leaves it unchanged.
 *
 * @throws UserError if the secret cannot be read, or does not fit in a dotenv file
 */
export async function syncEnvironment({
  stage,
  secret,
  file: fileName,
  target,
  isCheckOnly,
  log,
}: SyncOptions): Promise<boolean> {
  const file = inspectEnvironmentFile(fileName);
  const { text, region } = await readSecret(
    secret,
    target,
    "check --stage, --secret, --region and AWS_PROFILE",
  );
  const { values, nulls } = parseSecretVariables(text, secret, stage);
  const content = formatEnvironmentFile(values, secret);
  const { unchanged, ...changes } = compareVariables(file.values, values);
  const isSame =
    file.state === "readable" &&
    unchanged.length === values.size &&
    changes.removed.length === 0;

  const origin = `secret ${secret} in ${region}`;
  const count = values.size === 1 ? "1 variable" : `${values.size} variables`;
  if (file.state === "unreadable")
    log(`${file.name} had lines other than NAME=value`);
  if (nulls.length > 0)
    log(`null in the secret, empty in the file: ${nulls.join(", ")}`);
  if (isSame) {
    log(`${file.name} matches ${origin}: ${count}`);
    if (file.isReadableByOthers && !isCheckOnly) {
      restrictEnvironmentFile(file);
      log(`${file.name}: removed the permissions of other users`);
    }
    return true;
  }
  if (!isCheckOnly) writeEnvironmentFile(file, content);
  log(
    isCheckOnly
      ? `${file.name} differs from ${origin}`
      : `${file.name} written from ${origin}: ${count}`,
  );
  for (const [kind, names] of Object.entries(changes))
    if (names.length > 0) log(`  ${kind}: ${names.join(", ")}`);
  log(`  unchanged: ${unchanged.length}`);
  return false;
}
