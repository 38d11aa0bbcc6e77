import { finishRotation } from "../../../scripts/lib/rotation/finish-rotation";
import { rollBack } from "../../../scripts/lib/rotation/roll-back";
import { startRotation } from "../../../scripts/lib/rotation/start-rotation";
import {
  createContext,
  FakeClient,
  ORIGINAL,
} from "../../support/fake-rotation";

describe("a rotation", () => {
  test("adds a second secret, makes it current, and leaves the first one valid", async () => {
    const fake = new FakeClient();
    const { action } = await startRotation(createContext(fake));
    expect(action).toBe("started");
    expect(fake.secrets).toHaveLength(2);
    expect(fake.currentSecret).not.toBe(ORIGINAL);
    expect(fake.isValid(fake.currentSecret)).toBe(true);
    expect(fake.labels).toEqual(
      ["AWSCURRENT", "FIRST", "TERRAFORM", fake.secrets[1]?.id].sort(),
    );
  });

  test("deletes the former secret when it is finished", async () => {
    const fake = new FakeClient();
    await startRotation(createContext(fake));
    const { currentSecret } = fake;
    const { action } = await finishRotation(createContext(fake));
    expect(action).toBe("finished");
    expect(fake.secrets.map(({ value }) => value)).toEqual([currentSecret]);
  });

  test("returns to the former secret", async () => {
    const fake = new FakeClient();
    await startRotation(createContext(fake));
    const { action } = await rollBack(createContext(fake));
    expect(action).toBe("rolled-back");
    expect(fake.currentSecret).toBe(ORIGINAL);
  });
});
