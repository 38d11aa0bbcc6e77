import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeEnding } from "./interrupts";

/** Runs `job` with a folder that only its owner may look into, and that is gone afterwards, however the process ends. */
export async function withTemporaryFolder<T>(
  job: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), "veda-auth-work-"));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  const settle = beforeEnding(remove);
  try {
    return await job(folder);
  } finally {
    remove();
    settle();
  }
}
