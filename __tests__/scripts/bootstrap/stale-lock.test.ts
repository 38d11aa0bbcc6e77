import { readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { RunMark } from "../../../scripts/lib/bootstrap/stale-lock";
import type { StateLock } from "../../../scripts/lib/terraform/state-lock";
import { getUserName } from "../../../stacks/config/environment";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

function lock(changes: Partial<StateLock> = {}): StateLock {
  return {
    id: "1234",
    holder: `${getUserName() ?? ""}@${os.hostname()}`,
    operation: "OperationTypeApply",
    createdAt: new Date(),
    ...changes,
  };
}

const marks: RunMark[] = [];

function mark(folder: string): RunMark {
  const made = new RunMark(folder);
  marks.push(made);
  return made;
}

afterEach(() => {
  for (const made of marks.splice(0)) made.end({ keep: false });
});

describe("the mark of a run", () => {
  test("is found by the next where the run was killed, and by none where it ended", () => {
    const folder = createTemporaryDirectory();
    const first = mark(folder);
    expect(first.isResumed).toBe(false);
    expect(mark(folder).isResumed).toBe(true);
    first.end({ keep: true });
    expect(mark(folder).isResumed).toBe(true);
    first.end({ keep: false });
    expect(mark(folder).isResumed).toBe(false);
  });

  test("keeps when the first of several killed runs began", () => {
    const folder = createTemporaryDirectory();
    mark(folder);
    const file = path.join(folder, "running");
    const began = readFileSync(file, "utf8");
    mark(folder);
    expect(readFileSync(file, "utf8")).toBe(began);
  });

  test("owns the locks that the killed run made, and no other", () => {
    const folder = createTemporaryDirectory();
    const before = new Date(Date.now() - 60_000);
    const first = mark(folder);
    expect(first.owns(lock())).toBe(false);
    const next = mark(folder);
    expect(next.owns(lock())).toBe(true);
    expect(next.owns(lock({ holder: "other@machine" }))).toBe(false);
    expect(next.owns(lock({ holder: `other@${os.hostname()}` }))).toBe(false);
    expect(next.owns(lock({ createdAt: before }))).toBe(false);
    expect(next.owns(lock({ createdAt: new Date(NaN) }))).toBe(false);
  });

  test("owns no lock that was made after the killed run was last there", () => {
    const folder = createTemporaryDirectory();
    mark(folder).end({ keep: true });
    const ago = new Date(Date.now() - 60_000);
    const file = path.join(folder, "running");
    writeFileSync(file, new Date(Date.now() - 120_000).toISOString());
    utimesSync(file, ago, ago);
    const next = mark(folder);
    expect(next.owns(lock())).toBe(false);
    expect(next.owns(lock({ createdAt: ago }))).toBe(true);
  });

  test("is kept fresh while its run goes on", async () => {
    const folder = createTemporaryDirectory();
    mark(folder);
    const file = path.join(folder, "running");
    const ago = new Date(Date.now() - 60_000);
    utimesSync(file, ago, ago);
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(statSync(file).mtimeMs).toBeGreaterThan(Date.now() - 10_000);
  });
});
