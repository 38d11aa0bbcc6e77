import { readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { InterruptedRunMarker } from "../../../scripts/lib/terraform/interrupted-run-marker";
import { TerraformError } from "../../../scripts/lib/terraform/terraform-error";
import type { StateLock } from "../../../scripts/lib/terraform/state-lock";
import { getUserName } from "../../../stacks/config/environment";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

function createLock(changes: Partial<StateLock> = {}): StateLock {
  return {
    id: "1234",
    holder: `${getUserName() ?? ""}@${os.hostname()}`,
    operation: "OperationTypeApply",
    createdAt: new Date(),
    ...changes,
  };
}

const markers: InterruptedRunMarker[] = [];

function createMarker(directory: string): InterruptedRunMarker {
  const marker = new InterruptedRunMarker(directory);
  markers.push(marker);
  return marker;
}

async function runSuccessfully(marker: InterruptedRunMarker): Promise<void> {
  await marker.run(
    () => Promise.resolve(),
    () => Promise.resolve(),
  );
}

function fail(error: Error): () => Promise<never> {
  return () => Promise.reject(error);
}

/** An error of Terraform for a locked state. */
function createLockError({ id, holder }: StateLock): TerraformError {
  const stderr = `Error acquiring the state lock\n  ID: ${id ?? ""}\n  Who: ${holder}\n  Created: ${new Date().toISOString().replace("T", " ").replace("Z", " +0000 UTC")}`;
  return new TerraformError("plan", { code: 1, stdout: "", stderr });
}

afterEach(async () => {
  await Promise.all(markers.splice(0).map(runSuccessfully));
});

describe("the marker of an interrupted run", () => {
  test("is found by the next run, and not after the run has succeeded", async () => {
    const directory = createTemporaryDirectory();
    const first = createMarker(directory);
    expect(first.isResumed).toBe(false);
    const second = createMarker(directory);
    expect(second.isResumed).toBe(true);
    const failure = new Error("failed");
    const unlock = jest.fn(() => Promise.resolve());
    await expect(second.run(fail(failure), unlock)).rejects.toBe(failure);
    const third = createMarker(directory);
    expect(third.isResumed).toBe(true);
    await runSuccessfully(third);
    expect(createMarker(directory).isResumed).toBe(false);
    expect(unlock).not.toHaveBeenCalled();
  });

  test("retains the start of the first of several interrupted runs", () => {
    const directory = createTemporaryDirectory();
    createMarker(directory);
    const file = path.join(directory, "running");
    const startedAt = readFileSync(file, "utf8");
    createMarker(directory);
    expect(readFileSync(file, "utf8")).toBe(startedAt);
  });

  test("identifies the locks of the interrupted run", () => {
    const directory = createTemporaryDirectory();
    const before = new Date(Date.now() - 60_000);
    const first = createMarker(directory);
    expect(first.isLockOfInterruptedRun(createLock())).toBe(false);
    const next = createMarker(directory);
    expect(next.isLockOfInterruptedRun(createLock())).toBe(true);
    expect(
      next.isLockOfInterruptedRun(createLock({ holder: "other@machine" })),
    ).toBe(false);
    expect(
      next.isLockOfInterruptedRun(
        createLock({ holder: `other@${os.hostname()}` }),
      ),
    ).toBe(false);
    expect(next.isLockOfInterruptedRun(createLock({ createdAt: before }))).toBe(
      false,
    );
    expect(
      next.isLockOfInterruptedRun(createLock({ createdAt: new Date(NaN) })),
    ).toBe(false);
  });

  test("removes the lock of the interrupted run and runs the job again", async () => {
    const directory = createTemporaryDirectory();
    createMarker(directory);
    const id = "d70b2c40-2b9e-36d0-8cf0-0c5f1ba4ca17";
    const unlocked: string[] = [];
    const job = jest
      .fn<Promise<string>, []>()
      .mockRejectedValueOnce(createLockError(createLock({ id })))
      .mockResolvedValueOnce("done");
    const result = await createMarker(directory).run(job, (lockId) => {
      unlocked.push(lockId);
      return Promise.resolve();
    });
    expect([result, unlocked]).toEqual(["done", [id]]);
  });

  test("retains the lock of another user", async () => {
    const directory = createTemporaryDirectory();
    createMarker(directory);
    const error = createLockError(createLock({ holder: "other@machine" }));
    const unlock = jest.fn(() => Promise.resolve());
    await expect(createMarker(directory).run(fail(error), unlock)).rejects.toBe(
      error,
    );
    expect(unlock).not.toHaveBeenCalled();
  });

  test("excludes locks from after the last heartbeat of the interrupted run", () => {
    const directory = createTemporaryDirectory();
    createMarker(directory);
    const ago = new Date(Date.now() - 60_000);
    const file = path.join(directory, "running");
    writeFileSync(file, new Date(Date.now() - 120_000).toISOString());
    utimesSync(file, ago, ago);
    const next = createMarker(directory);
    expect(next.isLockOfInterruptedRun(createLock())).toBe(false);
    expect(next.isLockOfInterruptedRun(createLock({ createdAt: ago }))).toBe(
      true,
    );
  });

  test("is refreshed during the run", () => {
    jest.useFakeTimers();
    const directory = createTemporaryDirectory();
    createMarker(directory);
    const file = path.join(directory, "running");
    const ago = new Date(Date.now() - 60_000);
    utimesSync(file, ago, ago);
    jest.advanceTimersByTime(1500);
    jest.useRealTimers();
    expect(statSync(file).mtimeMs).toBeGreaterThan(ago.getTime() + 30_000);
  });
});
