import { startLocalAws } from "../../scripts/lib/local-aws/local-aws";
import { finishRotation } from "../../scripts/lib/rotation/finish-rotation";
import { rollBack } from "../../scripts/lib/rotation/roll-back";
import type {
  RotationContext,
  RotationResult,
} from "../../scripts/lib/rotation/rotation-steps";
import { startRotation } from "../../scripts/lib/rotation/start-rotation";
import { describeLocal, useResource } from "../support/deployment";
import { type Call, FaultProxy, type Fault } from "../support/fault-proxy";
import {
  type ContextOptions,
  LocalClient,
  type RotationSnapshot,
} from "../support/local-client";

type Step = (context: RotationContext) => Promise<RotationResult>;

/** Clients whose calls are tested at a time. */
const PARALLEL = 4;
/** Calls from the one after which an apply has read the secret, to the one before which it writes it. */
const APPLY_CALLS = 4;

const getAws = useResource(async () => {
  const aws = await startLocalAws({ log: () => undefined });
  const userPoolId = await LocalClient.createPool(aws.endpoint);
  return { ...aws, userPoolId };
});

/** Steps, and those that precede them. */
const STEPS: readonly (readonly [string, readonly Step[], Step])[] = [
  ["start", [], startRotation],
  ["finish", [startRotation], finishRotation],
  ["roll back", [startRotation], rollBack],
];

let count = 0;

/** Creates a client, and runs steps that precede the tested one. */
async function createClient(before: readonly Step[]): Promise<LocalClient> {
  const { endpoint, userPoolId } = getAws();
  count += 1;
  const name = `stack/client-${count}`;
  const client = await LocalClient.create(endpoint, userPoolId, name);
  for (const step of before) {
    await step(client.createContext());
    await client.describe();
  }
  return client;
}

/** A run of a step whose calls go through a proxy. */
class ProxiedRun {
  readonly calls: string[] = [];
  /** Sentences about what a service saw during the run. */
  readonly problems: string[] = [];
  /** Runs before each call, with its number. */
  beforeCall: (call: number) => Promise<void> = () => Promise.resolve();
  selectFault: (call: number) => Fault | undefined = () => undefined;
  private isDeleted = false;
  /** Whether a call can have changed which secrets are valid, and which is current. */
  private isChanged = true;

  constructor(private readonly client: LocalClient) {}

  /** Runs a step, and returns the error that ended it. */
  async run(
    step: Step,
    options: ContextOptions = {},
  ): Promise<Error | undefined> {
    const proxy = await FaultProxy.start(this.client.endpoint);
    const { endpoint } = proxy;
    const numbers = new WeakMap<Call, number>();
    proxy.authorize = async (call) => {
      const number = this.calls.push(call.operation ?? "token");
      numbers.set(call, number);
      await this.observe(() => this.prepareCall(number, call));
      return true;
    };
    proxy.selectFault = (call) => this.selectFault(numbers.get(call) ?? 0);
    try {
      return await findError(
        step(this.client.createContext({ ...options, endpoint })),
      );
    } finally {
      await proxy.stop();
      await this.observe(() => this.useSecrets("the end"));
    }
  }

  private async prepareCall(
    number: number,
    { operation = "token" }: Call,
  ): Promise<void> {
    const isChange = /^(?:Add|Delete|Put|Update)/.test(operation);
    if (this.isChanged) await this.useSecrets(`call ${number}, ${operation}`);
    await this.beforeCall(number);
    this.isDeleted ||= operation === "DeleteUserPoolClientSecret";
    this.isChanged = isChange;
  }

  private async observe(job: () => Promise<void>): Promise<void> {
    const error = await findError(job());
    if (error !== undefined) this.problems.push(String(error));
  }

  /** Requests tokens as a service that has cached the first secret does, and as one that reads AWSCURRENT. */
  private async useSecrets(moment: string): Promise<void> {
    const { client, problems } = this;
    // the call that deletes it can run at the same time
    if (!this.isDeleted && !(await client.isAccepted(client.firstSecret)))
      problems.push(`cached secret refused at ${moment}`);
    if (!(await client.isCurrentAccepted()))
      problems.push(`AWSCURRENT refused at ${moment}`);
  }
}

/** Runs a case for each call, several at a time, and returns the problems. */
async function runForEachCall(
  calls: readonly string[],
  runCase: (call: number) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const problems: string[] = [];
  const numbers = calls.map((_, index) => index + 1);
  const work = async (): Promise<void> => {
    for (let call = numbers.shift(); call; call = numbers.shift()) {
      const found = await runCase(call);
      const name = `call ${call}, ${calls[call - 1] ?? ""}`;
      problems.push(...found.map((problem) => `${name}: ${problem}`));
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return problems;
}

async function findError(job: Promise<unknown>): Promise<Error | undefined> {
  return job.then(
    () => undefined,
    (error: unknown) => error as Error,
  );
}

/** Runs a step without faults. */
async function runAgain(
  client: LocalClient,
  step: Step,
): Promise<readonly string[]> {
  const error = await findError(step(client.createContext()));
  return error === undefined ? [] : [`second run: ${String(error)}`];
}

function compare(
  actual: Partial<RotationSnapshot>,
  expected: Partial<RotationSnapshot>,
): readonly string[] {
  const [text, wanted] = [actual, expected].map((one) => JSON.stringify(one));
  return text === wanted ? [] : [`is ${text ?? ""}, not ${wanted ?? ""}`];
}

describeLocal.each(STEPS)("each call of a run, %s,", (name, before, step) => {
  let calls: readonly string[];
  let expected: RotationSnapshot;

  beforeAll(async () => {
    const client = await createClient(before);
    const run = new ProxiedRun(client);
    expect(await run.run(step)).toBeUndefined();
    expect(run.problems).toEqual([]);
    calls = run.calls;
    expected = await client.describe();
  });

  test.each([
    ["fails before AWS has received it", "dropped", 1],
    ["fails after AWS has received it", "answer lost", 1],
    // Cognito and Secrets Manager have done a repeated call already
    ...(name === "start"
      ? ([["is repeated by the SDK", "answer lost", 3]] as const)
      : []),
  ] as const)(
    "%s: the same command ends in the same state",
    async (_, fault, attempts) => {
      let interrupted = 0;
      const problems = await runForEachCall(calls, async (failed) => {
        const client = await createClient(before);
        const run = new ProxiedRun(client);
        run.selectFault = (call) => (call === failed ? fault : undefined);
        const error = await run.run(step, { attempts });
        if (error !== undefined) interrupted += 1;
        return [
          ...run.problems,
          ...(await runAgain(client, step)),
          ...compare(await client.describe(), expected),
        ];
      });
      expect(problems).toEqual([]);
      // requests for a token are repeated
      const awsCalls = calls.filter((call) => call !== "token");
      expect(interrupted).toBe(attempts === 1 ? awsCalls.length : 0);
    },
  );

  test("is preceded by another change of the secret, which stays", async () => {
    const problems = await runForEachCall(calls, async (changed) => {
      const client = await createClient(before);
      const run = new ProxiedRun(client);
      run.beforeCall = async (call) => {
        if (call !== changed) return;
        await client.put(
          { ...(await client.readFields()), note: "by an operator" },
          "AWSCURRENT",
        );
      };
      const error = await run.run(step);
      const { live, accepted, current, fields } = await client.describe();
      return [
        ...run.problems,
        ...(error === undefined ? [] : [String(error)]),
        ...compare(
          { live, accepted, current, fields },
          {
            live: expected.live,
            accepted: expected.accepted,
            current: expected.current,
            fields: { ...expected.fields, note: "by an operator" },
          },
        ),
      ];
    });
    expect(problems).toEqual([]);
  });
});

describeLocal("an apply during the start of a rotation", () => {
  test("loses no field and no secret, whenever it reads and writes", async () => {
    const first = await createClient([]);
    const run = new ProxiedRun(first);
    expect(await run.run(startRotation)).toBeUndefined();
    const { calls } = run;
    const problems = await runForEachCall(calls, async (started) => {
      const client = await createClient([]);
      const run = new ProxiedRun(client);
      let fields: Readonly<Record<string, string>> = {};
      run.beforeCall = async (call) => {
        if (call === started) fields = await client.readFields();
        if (call === started + APPLY_CALLS)
          await client.apply({ ...fields, scope: "server/read" });
      };
      const error = await run.run(startRotation);
      // the apply ends after the run
      if (run.calls.length < started + APPLY_CALLS)
        await client.apply({ ...fields, scope: "server/read" });
      const isCachedAccepted = await client.isAccepted(client.firstSecret);
      const found = [
        ...run.problems,
        ...(error === undefined ? [] : [String(error)]),
        ...(isCachedAccepted ? [] : ["cached secret refused after the apply"]),
        ...(await runAgain(client, startRotation)),
      ];
      const rotating = await client.describe();
      const { fields: after } = rotating;
      return [
        ...found,
        ...(rotating.live === 2 && rotating.current === "secret 2"
          ? []
          : [JSON.stringify(rotating)]),
        ...(after.scope === "server/read" ? [] : ["the scope is lost"]),
        ...(await runAgain(client, finishRotation)),
        ...compare(
          { accepted: (await client.describe()).accepted },
          { accepted: ["secret 2"] },
        ),
      ];
    });
    expect(problems).toEqual([]);
  });
});
