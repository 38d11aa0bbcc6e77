import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/** Account of every ARN in the local AWS. No account of AWS has this id. */
const LOCAL_ACCOUNT = ":000000000000:";

/** Returns the names of state files, and their backups, of stages in a local AWS. */
export function listLocalStateFiles(
  directory = process.cwd(),
): readonly string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter(
      (entry) => entry.isFile() && /^terraform\..+\.tfstate/.test(entry.name),
    )
    .map(({ name }) => name)
    .filter((name) =>
      readFileSync(path.join(directory, name), "utf8").includes(LOCAL_ACCOUNT),
    )
    .sort();
}
