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
  ORIGINAL,
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

  test("is completed if an operator changes another field during its switch", async () => {
    const fake = new FakeClient();
    const hook = createHook("moveLabel", "before", () => {
      const fields = JSON.parse(fake.current.text) as object;
      fake.write("edited", JSON.stringify({ ...fields, note: "edited" }), [
        "AWSCURRENT",
      ]);
      return Promise.resolve();
    });
    expect((await start(fake, { hook })).action).toBe("started");
    expect(fake.currentSecret).toBe(fake.secrets[1]?.value);
    expect(fake.current.text).toContain("edited");
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

/** A start that ended before it removed the label of the pending version. */
async function fakeLabelLeft(): Promise<FakeClient> {
  const fake = new FakeClient();
  const hook: CallHook = (name, when) => {
    if (name === "moveLabel" && when === "after")
      throw new Error("interrupted");
  };
  await expect(start(fake, { hook })).rejects.toThrow("interrupted");
  expect(fake.labels).toContain("AWSPENDING");
  return fake;
}

describe("after a start that was interrupted at its end", () => {
  test("a finish finishes the rotation", async () => {
    const fake = await fakeLabelLeft();
    expect((await finish(fake)).action).toBe("finished");
    expect(fake.labels).not.toContain("AWSPENDING");
    expect(fake.secrets).toHaveLength(1);
  });

  test("a roll back stays, also if a start follows", async () => {
    const fake = await fakeLabelLeft();
    await rollBack(createContext(fake));
    expect((await start(fake)).action).toBe("none");
    expect(fake.currentSecret).toBe(ORIGINAL);
  });
});

test("a finish succeeds although another run starts the next rotation at once", async () => {
  const fake = new FakeClient();
  await start(fake);
  const interrupted: CallHook = (name) => {
    if (name === "addSecret") throw new Error("interrupted");
  };
  const hook = createHook("deleteSecret", "after", () =>
    expect(start(fake, { hook: interrupted })).rejects.toThrow("interrupted"),
  );
  const { action } = await finishRotation(createContext(fake, { hook }));
  expect(action).toBe("finished");
});

describe("a roll back", () => {
  test("does not switch to a value that the user pool does not recognize", async () => {
    const fake = new FakeClient();
    await start(fake);
    await finish(fake);
    await start(fake);
    const [older] = fake.secrets;
    const text = fake.current.text.replace(fake.currentSecret, WRONG);
    fake.write("moved", text, [older?.id ?? ""]);
    const { currentSecret } = fake;
    await expect(rollBack(createContext(fake))).rejects.toThrow(
      "no version has the value",
    );
    expect(fake.currentSecret).toBe(currentSecret);
  });

  test("does not switch to a secret that was just deleted", async () => {
    const fake = new FakeClient();
    const id = fake.add(MANUAL);
    fake.writeManually("manual", MANUAL);
    fake.delete(fake.secrets[0]?.id ?? "");
    fake.add(OTHER);
    fake.time += 100_000;
    fake.propagationMs = 5_000;
    fake.delete(id);
    fake.writeManually("broken", WRONG);
    expect(fake.isValid(MANUAL)).toBe(true);
    await expect(rollBack(createContext(fake))).rejects.toThrow(
      "does not recognize",
    );
  });

  test("does not guess the id of a value", async () => {
    const fake = new FakeClient();
    fake.add(OTHER);
    fake.delete(fake.secrets[0]?.id ?? "");
    fake.writeManually("other", OTHER);
    fake.add(MANUAL);
    fake.writeManually("broken", WRONG);
    await expect(rollBack(createContext(fake))).rejects.toThrow(
      "does not recognize",
    );
  });
});

describe("a rotation that is read", () => {
  test("is of one version AWSCURRENT", async () => {
    const fake = new FakeClient();
    const hook = createHook("listLiveSecrets", "before", async () => {
      await start(fake);
    });
    const { calls } = createContext(fake, { hook });
    const { current, clientSecret } = await readRotation(calls, SECRET_NAME);
    expect(current.id).toBe(fake.current.id);
    expect(clientSecret).toBe(fake.currentSecret);
  });

  test("names the secret that a pending one replaces, if no version has either id", async () => {
    const fake = new FakeClient();
    const id = fake.add(MANUAL);
    fake.writeManually("manual", MANUAL);
    fake.delete(fake.secrets[0]?.id ?? "");
    fake.propagationMs = 300_000;
    await expect(start(fake)).rejects.toThrow("not known here");
    const { calls } = createContext(fake);
    const { currentSecretId } = await readRotation(calls, SECRET_NAME);
    expect(currentSecretId).toBe(id);
  });

  test("has an unknown secret if that was added after a rotation", async () => {
    const fake = new FakeClient();
    await start(fake);
    await finish(fake);
    fake.add(MANUAL);
    const { calls } = createContext(fake);
    const rotation = await readRotation(calls, SECRET_NAME);
    expect(getRotationStatus(rotation)).toBe("unknown-secret");
  });
});
