import { getEnvironment } from "../../../stacks/config/environment";
import { formatCommand } from "../cli/invocation";
import { formatStageOptions } from "../cli/options";
import { quoteShellWord } from "../system/shell";
import { getTerraformBinary } from "../terraform/terraform";
import type { DoctorContext } from "./check";

/** Formats the command of this program that fixes a problem of the stage. */
export function formatFix(
  { target }: DoctorContext,
  name: string,
  ...args: readonly string[]
): string {
  return formatCommand(name, formatStageOptions(target), ...args);
}

/** Formats a command of the AWS CLI, with the credentials of the check. */
export function formatAwsFix(
  { target: { awsTarget } }: DoctorContext,
  command: string,
): string {
  const { profile } = awsTarget;
  return `aws ${command}${profile === undefined ? "" : ` --profile ${quoteShellWord(profile)}`}`;
}

/** Formats a command of Terraform in an initialized directory, with the credentials of the check. */
export function formatTerraformFix(
  { target: { awsTarget } }: DoctorContext,
  directory: string,
  command: string,
): string {
  const { profile } = awsTarget;
  const env = getEnvironment();
  const variables = {
    // keys precede AWS_PROFILE
    ...((env.AWS_ACCESS_KEY_ID ?? "") !== "" && { AWS_ACCESS_KEY_ID: "" }),
    AWS_PROFILE: profile,
  };
  return [
    ...(profile === undefined
      ? []
      : Object.entries(variables).map(
          ([name, value = ""]) =>
            `${name}=${value === "" ? "" : quoteShellWord(value)}`,
        )),
    quoteShellWord(getTerraformBinary(env)),
    `-chdir=${quoteShellWord(directory)}`,
    command,
  ].join(" ");
}
