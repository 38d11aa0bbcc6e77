import fc from "fast-check";
import { UserError } from "../../../constructs/errors";
import { finishRotation } from "../../../scripts/lib/rotation/finish-rotation";
import { rollBack } from "../../../scripts/lib/rotation/roll-back";
import { startRotation } from "../../../scripts/lib/rotation/start-rotation";
import {
  type CallHook,
  createContext,
  FakeClient,
  ORIGINAL,
} from "../../support/fake-rotation";

const COMMANDS = {
  start: startRotation,
  finish: finishRotation,
  back: rollBack,
};
type CommandName = keyof typeof COMMANDS;

/** A deployment locks the state, reads the secret, and writes it again, such as with another scope. */
async function deploy(
  fake: FakeClient,
  id: string,
  hook: CallHook,
): Promise<void> {
  if (fake.isLocked) return;
  fake.isLocked = true;
  try {
    await hook("readVersion", "before");
    const { currentSecret } = fake;
    await hook("writeVersion", "before");
    fake.applyTerraform(id, currentSecret);
  } finally {
    fake.isLocked = false;
  }
}

const RUNS = 100;

/** Thrown instead of the result of a call, as if the process or the network had ended there. */
class Interruption extends Error {}

/** Interrupts a run before or after a call: at an event of its number. */
function createHook(
  fake: FakeClient,
  at: number,
): CallHook & { count: number } {
  const hook = Object.assign(
    () => {
      requireReaders(fake);
      hook.count += 1;
      if (hook.count === at) throw new Interruption();
    },
    { count: 0 },
  );
  return hook;
}

/** AWSCURRENT always has a valid secret. */
function requireReaders(fake: FakeClient): void {
  if (!fake.isValid(fake.currentSecret))
    throw new Error("AWSCURRENT has a secret that is not valid");
}

function expectRotated(fake: FakeClient): void {
  const [older, newer, ...others] = fake.secrets;
  expect(others).toEqual([]);
  expect(older?.value).toBe(ORIGINAL);
  expect(fake.currentSecret).toBe(newer?.value);
  expect(fake.current.labels).toEqual([newer?.id, "AWSCURRENT"]);
  expect(fake.labels).not.toContain("AWSPENDING");
}

async function countEvents(
  prepare: (fake: FakeClient) => Promise<unknown>,
  command: CommandName,
): Promise<number> {
  const fake = new FakeClient();
  await prepare(fake);
  const hook = createHook(fake, 0);
  await COMMANDS[command](createContext(fake, { hook }));
  return hook.count;
}

const CASES: Readonly<
  Record<CommandName, (fake: FakeClient) => Promise<unknown>>
> = {
  start: () => Promise.resolve(),
  finish: (fake) => startRotation(createContext(fake)),
  back: (fake) => startRotation(createContext(fake)),
};

describe.each(["start", "finish", "back"] as const)(
  "a run of %s that is interrupted at any call",
  (command) => {
    test("is continued by the next one", async () => {
      const events = await countEvents(CASES[command], command);
      expect(events).toBeGreaterThan(20);
      for (let at = 1; at <= events; at += 1) {
        const fake = new FakeClient();
        await CASES[command](fake);
        const second = fake.secrets[1]?.value;
        const hook = createHook(fake, at);
        await expect(
          COMMANDS[command](createContext(fake, { hook })),
        ).rejects.toThrow(Interruption);
        await COMMANDS[command](createContext(fake));
        requireReaders(fake);
        if (command === "start") expectRotated(fake);
        else if (command === "back") {
          expect(fake.currentSecret).toBe(ORIGINAL);
          expect(fake.secrets).toHaveLength(2);
        } else {
          expect(fake.secrets.map(({ value }) => value)).toEqual([second]);
          expect(fake.labels).toEqual(
            ["AWSCURRENT", "FIRST", "TERRAFORM", fake.secrets[0]?.id].sort(),
          );
        }
      }
    });
  },
);

/**
 * Runs commands at the same time, in the order of calls that `choices` selects.
 *
 * @param failing numbers of the events at which a run is interrupted
 * @returns the errors of the runs that were not interrupted
 */
async function interleave(
  fake: FakeClient,
  commands: readonly (CommandName | "deploy")[],
  choices: readonly number[],
  failing: readonly number[],
  onEvent: () => void = () => undefined,
): Promise<readonly unknown[]> {
  const waiting: (() => void)[] = [];
  let events = 0;
  const hook: CallHook = async () => {
    onEvent();
    events += 1;
    const isFailing = failing.includes(events);
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
    });
    onEvent();
    if (isFailing) throw new Interruption();
  };
  let running = commands.length;
  const errors: unknown[] = [];
  const runs = commands.map(async (name, index) => {
    try {
      await (name === "deploy"
        ? deploy(fake, `deployed-${index}`, hook)
        : COMMANDS[name](createContext(fake, { hook })));
    } catch (error) {
      if (!(error instanceof Interruption)) errors.push(error);
    } finally {
      running -= 1;
    }
  });
  for (let turn = 0; running > 0; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    const choice = choices[turn % choices.length] ?? 0;
    waiting.splice(choice % Math.max(1, waiting.length), 1)[0]?.();
  }
  await Promise.all(runs);
  return errors;
}

const choices = fc.array(fc.nat(7), { minLength: 5, maxLength: 60 });
const failing = fc.array(fc.integer({ min: 1, max: 300 }), { maxLength: 6 });

describe("several runs at the same time", () => {
  test("end in one rotation, whichever calls fail, and services always get tokens", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 2, max: 5 }),
        choices,
        failing,
        fc.constantFrom(0, 2_000),
        async (count, order, faults, propagationMs) => {
          const fake = new FakeClient();
          fake.propagationMs = propagationMs;
          const runs = Array.from({ length: count }, () => "start" as const);
          const errors = await interleave(fake, runs, order, faults, () => {
            requireReaders(fake);
            expect(fake.isValid(ORIGINAL)).toBe(true);
          });
          expect(errors).toEqual([]);
          await startRotation(createContext(fake));
          expectRotated(fake);
        },
      ),
      { numRuns: RUNS },
    );
  });

  test("of any kind leave AWSCURRENT with a valid secret, also during deployments", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.boolean(),
        fc.constantFrom(0, 5_000),
        fc.array(fc.constantFrom("start", "finish", "back", "deploy"), {
          minLength: 2,
          maxLength: 4,
        }),
        choices,
        failing,
        async (isRotating, propagationMs, commands, order, faults) => {
          const fake = new FakeClient();
          fake.propagationMs = propagationMs;
          if (isRotating) await startRotation(createContext(fake));
          const errors = await interleave(fake, commands, order, faults);
          for (const error of errors) expect(error).toBeInstanceOf(UserError);
          fake.time += propagationMs;
          // a run that was interrupted right after its last change has not repaired it
          if (!fake.isValid(fake.currentSecret))
            await rollBack(createContext(fake));
          requireReaders(fake);
          expect(fake.secrets.length).toBeLessThanOrEqual(2);
        },
      ),
      { numRuns: RUNS },
    );
  });
});
