import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * Writes a file as a whole or not at all, because another process can read or write it at the same time.
 *
 * @param mode permissions of the file from its first byte on
 */
export function writeFileAtomic(
  file: string,
  text: string | Uint8Array,
  mode = 0o666,
): void {
  const directory = path.dirname(file);
  mkdirSync(directory, { recursive: true });
  // neither the file of a stage nor a state file has such a name
  const temporary = path.join(
    directory,
    `.${path.basename(file)}.${process.pid}.tmp`,
  );
  try {
    rmSync(temporary, { force: true });
    writeFileSync(temporary, text, { mode, flag: "wx" });
    renameSync(temporary, file);
  } finally {
    rmSync(temporary, { force: true });
  }
}
