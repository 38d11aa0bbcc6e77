import { finishRotation } from "../../../scripts/lib/rotation/finish-rotation";
import { readRotation } from "../../../scripts/lib/rotation/read-rotation";
import { rollBack } from "../../../scripts/lib/rotation/roll-back";
import type { RotationCalls } from "../../../scripts/lib/rotation/rotation-calls";
import type { RotationContext } from "../../../scripts/lib/rotation/rotation-steps";
import { getRotationStatus } from "../../../scripts/lib/rotation/rotation-status";
import { startRotation } from "../../../scripts/lib/rotation/start-rotation";
import {
  type CallHook,
  CLIENT_ID,
  createContext,
  FakeClient,
  SECRET_NAME,
} from "../../support/fake-rotation";

const MANUAL = "canary-manual-00000000000000000000";
const OTHER = "canary-other-000000000000000000000";
const WRONG = "canary-wrong-000000000000000000000";

/** Runs something once, before or after the first call of this name that matches. */
function createHook(
  name: keyof RotationCalls,
  when: "before" | "after",
  run: () => Promise<unknown>,
  matches: () => boolean = () => true,
): CallHook {
  let hasRun = false;
  return async (...call) => {
    if (hasRun || call[0] !== name || call[1] !== when || !matches()) return;
    hasRun = true;
    await run();
  };
}

function start(
  fake: FakeClient,
  options: Partial<RotationContext> & { hook?: CallHook } = {},
) {
  return startRotation(createContext(fake, options));
}

function finish(fake: FakeClient) {
  return finishRotation(createContext(fake));
}

describe("a start", () => {
  test("deletes the secret that it added if another run had ended the rotation with that value", async () => {
    const fake = new FakeClient();
    const hook = createHook("addSecret", "before", async () => {
      await start(fake);
      await finish(fake);
    });
    await start(fake, { hook });
    expect(new Set(fake.secrets.map(({ value }) => value)).size).toBe(2);
    const rotation = await readRotation(createContext(fake).calls, SECRET_NAME);
    expect(getRotationStatus(rotation)).toBe("rotating");
  });

  test("does not rotate again if another run finishes its rotation", async () => {
    const fake = new FakeClient();
    const hook = createHook("moveLabel", "after", () => finish(fake));
    expect((await start(fake, { hook })).action).toBe("started");
    expect(fake.secrets.map(({ value }) => value)).toEqual([
      fake.currentSecret,
    ]);
  });

  test("does not delete a secret that another run has just made current", async () => {
    const fake = new FakeClient();
    fake.propagationMs = 300_000;
    const end = fake.time + 60_000;
    let tests = 0;
    // the last test of the pending value, after the wait for it
    const hook = createHook(
      "testSecret",
      "after",
      async () => {
        fake.time += fake.propagationMs;
        await start(fake);
      },
      () => fake.time > end && ++tests === 2,
    );
    await start(fake, { hook, dropsUnknown: true });
    expect(tests).toBe(2);
    expect(fake.isValid(fake.currentSecret)).toBe(true);
    expect(fake.secrets).toHaveLength(2);
  });

  test("reads a secret again that another run has repaired", async () => {
    const fake = new FakeClient();
    fake.writeManually("broken", WRONG);
    const hook = createHook("listVersions", "after", () =>
      rollBack(createContext(fake)),
    );
    expect((await start(fake, { hook })).action).toBe("started");
  });

  test("writes another pending version if the former one has lost its label", async () => {
    const fake = new FakeClient();
    const hook: CallHook = (name) => {
      if (name === "addSecret") throw new Error("interrupted");
    };
    await expect(start(fake, { hook })).rejects.toThrow("interrupted");
    fake.removeLabels(["AWSPENDING"]);
    expect((await start(fake)).action).toBe("started");
    expect(fake.isValid(fake.currentSecret)).toBe(true);
  });

  test("that cannot know which secret is current changes nothing", async () => {
    const fake = new FakeClient();
    fake.add(OTHER);
    fake.delete(fake.secrets[0]?.id ?? "");
    fake.writeManually("other", OTHER);
    fake.add(MANUAL);
    fake.writeManually("manual", MANUAL);
    fake.removeLabels(["AWSPREVIOUS"]);
    const text = { client_id: CLIENT_ID, client_secret: WRONG };
    fake.write("pending", JSON.stringify(text), ["AWSPENDING"]);
    await expect(start(fake, { dropsUnknown: true })).rejects.toThrow(
      "no version shows which of them",
    );
    expect(fake.currentSecret).toBe(MANUAL);
    expect(fake.secrets).toHaveLength(2);
  });
});
