import type { AwsTarget } from "../aws/client";
import {
  restrictEnvironmentFile,
  formatEnvironmentFile,
  inspectEnvironmentFile,
  writeEnvironmentFile,
} from "./environment-file";
import {
  compareVariables,
  parseSecretVariables,
  type VariableChanges,
} from "./environment-secret";
import { readSecret } from "./secrets";

const CHECK = "check --stage, --secret, --region and AWS_PROFILE";

export interface SyncOptions {
  /** Absent where the secret alone says it. */
  readonly stage: string | undefined;
  /** Name or ARN of the secret. */
  readonly secret: string;
  readonly file: string;
  readonly place: AwsTarget;
  /** Whether to compare alone. */
  readonly isCheckOnly: boolean;
  /** Told what is found and done, by names, never by values. */
  readonly log: (line: string) => void;
}

/**
 * Has a file hold an environment's secret and nothing else; whether it did before.
 *
 * The file is touched once all that can fail has been done.
 *
 * @throws UserError when the secret cannot be read, or is none that a file can hold; the file is as it was
 */
export async function syncEnvironment(options: SyncOptions): Promise<boolean> {
  const { secret, stage, isCheckOnly: isCheck, log } = options;
  const file = inspectEnvironmentFile(options.file);
  const { text, region } = await readSecret(secret, options.place, CHECK);
  const { values, nulls } = parseSecretVariables(text, secret, stage);
  const written = formatEnvironmentFile(values, secret);
  const changes = compareVariables(file.values, values);
  const isSame =
    file.state === "readable" &&
    changes.unchanged.length === values.size &&
    changes.removed.length === 0;

  const origin = `secret ${secret} in ${region}`;
  const count = values.size === 1 ? "1 variable" : `${values.size} variables`;
  if (file.state === "unreadable")
    log(`${file.name} was no file of NAME=value lines`);
  if (nulls.length > 0)
    log(`null in the secret, so empty: ${nulls.join(", ")}`);
  if (isSame) {
    log(`${file.name} holds what ${origin} does: ${count}`);
    if (file.isReadableByOthers && !isCheck) {
      restrictEnvironmentFile(file);
      log(`${file.name} could be read by others, and no longer can`);
    }
    return true;
  }
  if (!isCheck) writeEnvironmentFile(file, written);
  const differs = `${file.name} differs from ${origin}`;
  const done = `${file.name} written from ${origin}: ${count}`;
  log(isCheck ? differs : done);
  for (const line of told(changes)) log(line);
  return false;
}

function told(changes: VariableChanges): readonly string[] {
  const { added, changed, removed, unchanged } = changes;
  const named = Object.entries({ added, changed, removed })
    .filter(([, names]) => names.length > 0)
    .map(([kind, names]) => `  ${kind}: ${names.join(", ")}`);
  return [...named, `  unchanged: ${unchanged.length}`];
}
