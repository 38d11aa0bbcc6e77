import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { formatSuggestion } from "../../../constructs/similar-text";
import { getSetting } from "../../../stacks/config/environment";
import { findSimilarSettings } from "../../../stacks/config/similar-settings";
import type { AwsTarget } from "../aws/client";
import { describePrecedence } from "../aws/credential-source";
import { withTerminal } from "../cli/terminal";
import {
  backUpEnvironmentFile,
  type EnvironmentFile,
  formatEnvironmentFile,
  inspectEnvironmentFile,
  isGenerated,
  isOfEarlierVersion,
  readCurrentText,
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
  /**
   * Whether to overwrite a file that a person wrote or changed, without a question.
   *
   * @default false
   */
  readonly overwrites?: boolean;
  /**
   * Asks whether to overwrite such a file.
   *
   * @default at the terminal
   */
  readonly confirm?: (question: string) => Promise<boolean>;
  /** Receives lines with names, never with values. */
  readonly log: (line: string) => void;
}

/**
 * Writes the variables of an environment secret to a file, and returns whether the file already had exactly them.
 *
 * The file is written last, so that an error leaves it unchanged. A file that a person wrote or changed is overwritten only
 * after a question, and copied before.
 *
 * @throws UserError if the secret cannot be read, does not fit in a dotenv file, or must not overwrite the file
 */
export async function syncEnvironment({
  stage,
  secret,
  file: fileName,
  target,
  isCheckOnly,
  overwrites = false,
  confirm = askAtTerminal,
  log,
}: SyncOptions): Promise<boolean> {
  const file = inspectEnvironmentFile(fileName);
  const { text, region } = await readSecret(
    secret,
    target,
    `check --stage, --secret, --region and AWS_PROFILE${describePrecedence(target.profile)}`,
  );
  const { values, nulls, content, isSame, differences } = compareWithSecret({
    file,
    text,
    secret,
    stage,
  });

  const origin = `secret ${secret} in ${region}`;
  const count = values.size === 1 ? "1 variable" : `${values.size} variables`;
  if (file.state === "unreadable")
    log(`${file.name} had lines other than NAME=value`);
  if (nulls.length > 0)
    log(`null in the secret, empty in the file: ${nulls.join(", ")}`);
  for (const line of findMisspellings(values)) log(line);
  if (isSame) {
    log(`${file.name} matches ${origin}: ${count}`);
    if (file.isReadableByOthers && !isCheckOnly) {
      restrictEnvironmentFile(file);
      log(`${file.name}: removed the permissions of other users`);
    }
    return true;
  }
  if (isCheckOnly) {
    log(`${file.name} differs from ${origin}`);
    for (const line of differences) log(line);
    return false;
  }
  const currentText = readCurrentText(file) ?? "";
  if (!isGenerated(currentText)) {
    if (!overwrites && !isOfEarlierVersion(file, currentText)) {
      log(`${file.name} differs from ${origin}, and sync-env did not write it`);
      for (const line of differences) log(line);
      await requireConfirmation(file, confirm);
    }
    log(`${file.name} copied to ${path.basename(backUpEnvironmentFile(file))}`);
  }
  writeEnvironmentFile(file, content);
  log(`${file.name} written from ${origin}: ${count}`);
  for (const line of differences) log(line);
  return false;
}

/**
 * Compares a file with the text of an environment secret.
 *
 * @throws UserError if the text has no variables, is for another stage, or does not fit in a dotenv file
 */
export function compareWithSecret({
  file,
  text,
  secret,
  stage,
}: Pick<SyncOptions, "secret" | "stage"> & {
  readonly file: EnvironmentFile;
  readonly text: string;
}) {
  const { values, nulls } = parseSecretVariables(text, secret, stage);
  const content = formatEnvironmentFile(values, secret);
  const { unchanged, ...changes } = compareVariables(file.values, values);
  const isSame =
    file.state === "readable" &&
    unchanged.length === values.size &&
    changes.removed.length === 0;
  /** Lines with names, never with values. */
  const differences = [
    ...Object.entries(changes).flatMap(([kind, names]) =>
      names.length > 0 ? [`  ${kind}: ${names.join(", ")}`] : [],
    ),
    `  unchanged: ${unchanged.length}`,
  ];
  return { values, nulls, content, isSame, differences };
}

/** Describes names in the secret that other commands refuse in the file. */
function findMisspellings(
  values: ReadonlyMap<string, string>,
): readonly string[] {
  const environment = Object.fromEntries(values);
  const isSet = (name: string): boolean =>
    getSetting(environment, name) !== undefined;
  return [...values.keys()].flatMap((name) => {
    const settings = findSimilarSettings(name, isSet);
    return settings.length === 0
      ? []
      : [
          `warning: ${name} is not a setting, ${formatSuggestion(settings)} Other commands refuse it in the file: rename it in the secret, or remove it from there`,
        ];
  });
}

const HINT =
  "use --overwrite to copy and replace the file, or --file to write another one";

async function requireConfirmation(
  { name }: EnvironmentFile,
  confirm: (question: string) => Promise<boolean>,
): Promise<void> {
  if (await confirm(`Copy ${name}, and replace it?`)) return;
  throw new UserError(`${name} is unchanged`, HINT);
}

function askAtTerminal(question: string): Promise<boolean> {
  const needs = "a file that sync-env did not write must be confirmed";
  return withTerminal({ needs, hint: HINT }, (terminal) =>
    terminal().confirm(question),
  );
}
