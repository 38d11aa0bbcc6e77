import path from "node:path";
import { createValidationError, UserError } from "../../../constructs/errors";
import { getEnvironment } from "../../../stacks/config/environment";
import { findTerraformProblem } from "../terraform/terraform";
import { findInstalledPython, findPython } from "./install";
import { LOCAL_AWS_DIRECTORY, type LocalAwsOptions } from "./local-aws";

/**
 * Requires Terraform, and Python for the local AWS.
 *
 * @throws UserError that lists all missing ones
 */
export async function requirePrerequisites({
  directory = LOCAL_AWS_DIRECTORY,
  env = getEnvironment(),
}: Pick<LocalAwsOptions, "directory" | "env"> = {}): Promise<void> {
  const python = await Promise.resolve(
    findInstalledPython(path.resolve(directory)) ?? findPython(env),
  ).catch((error: unknown) => {
    if (error instanceof UserError) return error;
    throw error;
  });
  const problems = [
    await findTerraformProblem(env),
    python instanceof UserError ? python.message : undefined,
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0)
    throw createValidationError("prerequisites", problems);
}
