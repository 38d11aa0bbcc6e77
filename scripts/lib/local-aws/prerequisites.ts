import path from "node:path";
import { createValidationError, UserError } from "../../../constructs/errors";
import {
  type Environment,
  getEnvironment,
} from "../../../stacks/config/environment";
import { findTerraformProblem } from "../terraform/terraform";
import { findInstalledPython, findPython } from "./install";
import { LOCAL_AWS_DIRECTORY } from "./local-aws";

export interface PrerequisiteOptions {
  /** @default {@link LOCAL_AWS_DIRECTORY} in the working directory */
  readonly directory?: string;
  /** @default the environment of the process */
  readonly env?: Environment;
}

/**
 * Requires Terraform, and Python for the local AWS.
 *
 * @throws UserError that lists all missing ones
 */
export async function requirePrerequisites({
  directory = LOCAL_AWS_DIRECTORY,
  env = getEnvironment(),
}: PrerequisiteOptions = {}): Promise<void> {
  const problems = [
    await findTerraformProblem(env),
    await findPythonProblem(path.resolve(directory), env),
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0)
    throw createValidationError("prerequisites", problems);
}

async function findPythonProblem(
  directory: string,
  env: Environment,
): Promise<string | undefined> {
  if (findInstalledPython(directory) !== undefined) return undefined;
  try {
    await findPython(env);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}
