import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { TerraformError, type StackFolder } from "../terraform/stack-folder";
import { stateLockOf } from "../terraform/state-lock";

/**
 * Writes the state that Terraform has left in its folder where it could not write it: without that one it would make
 * again what it knows.
 *
 * @throws UserError when the state that is there is another, or the newer one
 */
export async function pushErrored(
  folder: StackFolder,
  log: (line: string) => void,
): Promise<void> {
  const file = path.join(folder.directory, "errored.tfstate");
  if (!existsSync(file)) return;
  log(`pushing the state that an earlier run could not write: ${file}`);
  try {
    await folder.terraform("state", "push", "-lock-timeout=20s", file);
  } catch (error) {
    if (!(error instanceof TerraformError) || isLocked(error)) throw error;
    throw new UserError(
      `${file} must go into the stage's state before anything else is done, and Terraform refuses it: ${error.message}`,
      "compare its serial and lineage with `terraform state pull`; remove it where the state is the newer one",
    );
  }
  rmSync(file);
}

function isLocked({ result }: TerraformError): boolean {
  return stateLockOf(`${result.stdout}\n${result.stderr}`) !== undefined;
}
