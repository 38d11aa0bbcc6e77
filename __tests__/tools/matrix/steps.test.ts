import { runSteps, type Step, type StepName, type Steps } from "./steps";

/** Steps that all succeed, with some of them replaced. */
function createSteps(replaced: Partial<Record<StepName, Step>> = {}) {
  const calls: StepName[] = [];
  const record =
    (name: StepName): Step =>
    () => {
      calls.push(name);
      return replaced[name]?.() ?? Promise.resolve([]);
    };
  const steps: Steps = {
    account: record("account"),
    synth: record("synth"),
    init: record("init"),
    apply: record("apply"),
    plan: record("plan"),
    outputs: record("outputs"),
    token: record("token"),
    "sign-in": record("sign-in"),
    destroy: record("destroy"),
  };
  return { steps, calls };
}

async function run(steps: Steps) {
  const results = await runSteps(
    steps,
    (error) => [(error as Error).message],
    () => Promise.resolve(),
  );
  return results.map(({ step, status, reasons }) =>
    [step, status, ...reasons].join(" "),
  );
}

const fail = (message: string): Promise<never> =>
  Promise.reject(new Error(message));

test("runs the steps in order", async () => {
  const { steps, calls } = createSteps();
  const results = await run(steps);
  expect(results).toEqual(calls.map((name) => `${name} ok`));
  expect(calls).toHaveLength(9);
});

test("a configuration without users has no sign-in", async () => {
  const { steps } = createSteps();
  const results = await run({ ...steps, "sign-in": undefined });
  expect(results).not.toContain("sign-in ok");
  expect(results).toContain("destroy ok");
});

test("a difference does not end the run", async () => {
  const { steps } = createSteps({ plan: () => Promise.resolve(["x: update"]) });
  const results = await run(steps);
  expect(results).toContain("plan differs x: update");
  expect(results).toContain("token ok");
});

test("destroys after a failed apply, and skips the steps that need one", async () => {
  const { steps, calls } = createSteps({ apply: () => fail("AccessDenied") });
  expect(await run(steps)).toEqual([
    "account ok",
    "synth ok",
    "init ok",
    "apply failed AccessDenied",
    "plan skipped apply failed",
    "outputs skipped apply failed",
    "token skipped apply failed",
    "sign-in skipped apply failed",
    "destroy ok",
  ]);
  expect(calls).toEqual(["account", "synth", "init", "apply", "destroy"]);
});

test("a failed step of the stage skips no other one", async () => {
  const { steps, calls } = createSteps({ token: () => fail("no token") });
  await run(steps);
  expect(calls).toContain("sign-in");
  expect(calls).toContain("destroy");
});

test.each(["account", "synth", "init"] as const)(
  "deploys nothing after a failed %s",
  async (name) => {
    const { steps, calls } = createSteps({ [name]: () => fail("broken") });
    const results = await run(steps);
    expect(calls.at(-1)).toBe(name);
    expect(results).toContain(`destroy skipped ${name} failed`);
  },
);
