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

/** Makes what a process of this machine, of that id, would leave. */
async function leftover(pid: number): Promise<string> {
  const own = await withTemporaryDirectory(
    (folder) => Promise.resolve(folder),
    root,
  );
  const folder = own.replace(/-\d+-(\w+)$/, `-${pid}-$1`);
  mkdirSync(folder);
  writeFileSync(path.join(folder, "1.tfplan"), "secret");
  return folder;
}

/** Id of a process that has ended. */
function endedProcess(): number {
  return spawnSync(process.execPath, ["--version"]).pid;
}

describe("a directory for secrets", () => {
  test("is its owner's alone, and gone afterwards, also after an error", async () => {
    await withTemporaryDirectory((folder) => {
      expect(statSync(folder).mode & 0o777).toBe(0o700);
      return Promise.resolve();
    }, root);
    await expect(
      withTemporaryDirectory(() => Promise.reject(new Error("no")), root),
    ).rejects.toThrow("no");
    expect(readdirSync(root)).toEqual([]);
  });

  test("of a process that was killed is removed by the next", async () => {
    const left = await leftover(endedProcess());
    await withTemporaryDirectory(() => Promise.resolve(), root);
    expect(existsSync(left)).toBe(false);
  });

  test("of a process that runs is left, as is another machine's, and what is no directory", async () => {
    const running = await leftover(process.ppid);
    const ended = await leftover(endedProcess());
    const foreign = ended.replace(/work-[0-9a-f]{12}/, "work-000000000000");
    renameSync(ended, foreign);
    const link = running.replace(/-\d+-/, `-${endedProcess()}-`);
    symlinkSync(running, link);
    await withTemporaryDirectory(() => Promise.resolve(), root);
    expect(readdirSync(root).sort()).toEqual(
      [running, foreign, link].map((file) => path.basename(file)).sort(),
    );
    expect(existsSync(path.join(running, "1.tfplan"))).toBe(true);
  });
});
