import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

/**
 * Writes a file whole or not at all, since another command may read it, or write it, at the same moment.
 *
 * @param mode permissions of the file, which it has from the first byte on
 */
export function writeFileAtomic(
  file: string,
  text: string | Uint8Array,
  mode = 0o666,
): void {
  const { dir, base } = path.parse(file);
  mkdirSync(dir, { recursive: true });
  // a name that neither a stage's file nor a state file has
  const draft = path.join(dir, `.${base}.${process.pid}.draft`);
  try {
    rmSync(draft, { force: true });
    writeFileSync(draft, text, { mode, flag: "wx" });
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}
