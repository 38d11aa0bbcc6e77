import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * Creates a directory with a `terraform` that behaves like the wrapper of hashicorp/setup-terraform: it prints additional
 * lines, and exits with 0 for a plan with changes.
 */
export function createTerraformWrapper(
  parent: string,
  binary = "terraform",
): string {
  const real = execFileSync("sh", ["-c", `command -v "$0"`, binary], {
    encoding: "utf8",
  }).trim();
  const directory = mkdtempSync(path.join(parent, "wrapped-"));
  const script = `#!/bin/sh
# prints the output of a plan to the log, and again as a debug line and an output
printf '[command]%s %s\\n' '${real}' "$*"
output=$('${real}' "$@")
code=$?
printf '%s\\n' "$output"
printf '::debug::Terraform exited with code %s.%%0A\\n' "$code"
printf '::debug::stdout: '
printf '%s' "$output" | tr '\\n' ' '
printf '\\n::set-output name=exitcode::%s\\n' "$code"
if [ "$code" = 2 ]; then exit 0; fi
exit "$code"
`;
  writeFileSync(path.join(directory, "terraform"), script, { mode: 0o755 });
  return directory;
}
