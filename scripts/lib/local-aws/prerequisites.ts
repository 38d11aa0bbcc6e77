import path from "node:path";
import { problemsError } from "../../../constructs/errors";
import { environment, type Environment } from "../../../stacks/config";
import { LOCAL_AWS_DIRECTORY } from "./local-aws";
import { installedPython } from "./local-aws-install";
import { findPython } from "./python";
import { terraformProblem } from "../terraform/terraform";

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
  env = environment(),
}: PrerequisiteOptions = {}): Promise<void> {
  const isInstalled = installedPython(path.resolve(directory)) !== undefined;
  const python = isInstalled ? undefined : await findPython(env);
  const problems = [
    await terraformProblem(env),
    python !== undefined && "problem" in python ? python.problem : undefined,
  ].filter((problem) => problem !== undefined);
  if (problems.length > 0) throw problemsError("prerequisites", problems);
}
