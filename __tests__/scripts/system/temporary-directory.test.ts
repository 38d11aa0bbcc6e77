import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { withTemporaryDirectory } from "../../../scripts/lib/system/temporary-directory";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

let root: string;

beforeEach(() => {
  root = createTemporaryDirectory();
});

afterAll(removeTemporaryDirectories);

/** Creates the directory that a process with this id would leave on this machine. */
async function createStale(pid: number): Promise<string> {
  const own = await withTemporaryDirectory(
    (directory) => Promise.resolve(directory),
    root,
  );
  const directory = own.replace(/-\d+-(\w+)$/, `-${pid}-$1`);
  mkdirSync(directory);
  writeFileSync(path.join(directory, "1.tfplan"), "secret");
  return directory;
}

/** Returns the id of a process that has ended. */
function getEndedProcess(): number {
  return spawnSync(process.execPath, ["--version"]).pid;
}

describe("withTemporaryDirectory", () => {
  test("creates a directory for the owner only, and removes it, also after an error", async () => {
    await withTemporaryDirectory((directory) => {
      expect(statSync(directory).mode & 0o777).toBe(0o700);
      return Promise.resolve();
    }, root);
    await expect(
      withTemporaryDirectory(() => Promise.reject(new Error("no")), root),
    ).rejects.toThrow("no");
    expect(readdirSync(root)).toEqual([]);
  });

  test("removes the directory of a killed process", async () => {
    const stale = await createStale(getEndedProcess());
    await withTemporaryDirectory(() => Promise.resolve(), root);
    expect(existsSync(stale)).toBe(false);
  });

  test("does not remove directories of running processes or other machines, nor links", async () => {
    const running = await createStale(process.ppid);
    const ended = await createStale(getEndedProcess());
    const foreign = ended.replace(/work-[0-9a-f]{12}/, "work-000000000000");
    renameSync(ended, foreign);
    const link = running.replace(/-\d+-/, `-${getEndedProcess()}-`);
    symlinkSync(running, link);
    await withTemporaryDirectory(() => Promise.resolve(), root);
    expect(readdirSync(root).sort()).toEqual(
      [running, foreign, link].map((file) => path.basename(file)).sort(),
    );
    expect(existsSync(path.join(running, "1.tfplan"))).toBe(true);
  });
});
