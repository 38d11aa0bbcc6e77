import path from "node:path";
import { createValidationError } from "../../../constructs/errors";
import {
  type Environment,
  getEnvironment,
} from "../../../stacks/config/environment";
import { LOCAL_AWS_DIRECTORY } from "./local-aws";
import { findInstalledPython, findPython } from "./install";
import { findTerraformProblem } from "../terraform/terraform";

export interface PrerequisiteOptions {
  /** @default {@link LOCAL_AWS_DIRECTORY} in the working directory */
  readonly directory?: string;
  /** @default the process's */
  readonly env?: Environment;
}

/**
 * Checks that Terraform, and Python for the local AWS, are there before any work begins.
 *
 * @throws UserError with every one that is missing
 */
export async function requirePrerequisites({
  directory = LOCAL_AWS_DIRECTORY,
  env = getEnvironment(),
}: PrerequisiteOptions = {}): Promise<void> {
  const isInstalled =
    findInstalledPython(path.resolve(directory)) !== undefined;
  const python = isInstalled ? undefined : await findPython(env);
  const problems = [
    await findTerraformProblem(env),
    python !== undefined && "problem" in python ? python.problem : undefined,
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0)
    throw createValidationError("prerequisites", problems);
}
