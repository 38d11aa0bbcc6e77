import { readFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { RunMark } from "../../../scripts/lib/bootstrap/stale-lock";
import type { StateLock } from "../../../scripts/lib/terraform/state-lock";
import { osUserName } from "../../../stacks/stage-sources";
import { removeTemporaryFolders, temporaryFolder } from "../../support/stage";

afterAll(removeTemporaryFolders);

function lock(changes: Partial<StateLock> = {}): StateLock {
  return {
    id: "1234",
    who: `${osUserName() ?? ""}@${os.hostname()}`,
    operation: "OperationTypeApply",
    createdAt: new Date(),
    ...changes,
  };
}

describe("the mark of a run", () => {
  test("is found by the next where the run was killed, and by none where it ended", () => {
    const folder = temporaryFolder();
    const first = new RunMark(folder);
    expect(first.isResumed).toBe(false);
    expect(new RunMark(folder).isResumed).toBe(true);
    first.remove();
    expect(new RunMark(folder).isResumed).toBe(false);
  });

  test("keeps when the first of several killed runs began", () => {
    const folder = temporaryFolder();
    new RunMark(folder);
    const file = path.join(folder, "running");
    const began = readFileSync(file, "utf8");
    new RunMark(folder);
    expect(readFileSync(file, "utf8")).toBe(began);
  });

  test("owns the locks that the killed run made, and no other", () => {
    const folder = temporaryFolder();
    const before = new Date(Date.now() - 60_000);
    const first = new RunMark(folder);
    expect(first.owns(lock())).toBe(false);
    const next = new RunMark(folder);
    expect(next.owns(lock())).toBe(true);
    expect(next.owns(lock({ who: "other@machine" }))).toBe(false);
    expect(next.owns(lock({ who: `other@${os.hostname()}` }))).toBe(false);
    expect(next.owns(lock({ createdAt: before }))).toBe(false);
    expect(next.owns(lock({ createdAt: new Date(NaN) }))).toBe(false);
  });
});
