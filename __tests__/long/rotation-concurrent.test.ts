import { setTimeout as sleep } from "node:timers/promises";
import { createServiceTokens } from "../../scripts/lib/auth/service-tokens";
import { startLocalAws } from "../../scripts/lib/local-aws/local-aws";
import { finishRotation } from "../../scripts/lib/rotation/finish-rotation";
import { rollBack } from "../../scripts/lib/rotation/roll-back";
import { startRotation } from "../../scripts/lib/rotation/start-rotation";
import { SYSTEM_CLOCK } from "../../scripts/lib/system/clock";
import { CommandProcess } from "../support/command-process";
import { Deployment, describeLocal, useResource } from "../support/deployment";
import { FaultProxy } from "../support/fault-proxy";
import { LocalClient, setSecretDelay } from "../support/local-client";

const STACK = "veda-auth-stack-dev";
const RUNS = 5;
const ROUNDS = 10;
const DELAY_SECONDS = 2;
/** A token of a service has expired after this time. */
const EXPIRED_MS = 2 * 3_600_000;

jest.setTimeout(600_000);

const getAws = useResource(async () => {
  const aws = await startLocalAws({ log: () => undefined });
  const userPoolId = await LocalClient.createPool(aws.endpoint);
  const deployment = new Deployment(aws.endpoint, {
    ".env.dev": { STATE_BACKEND: "local", OWNER: "operator" },
  });
  return { ...aws, userPoolId, deployment };
});

async function createClient(id: string): Promise<LocalClient> {
  const { endpoint, userPoolId } = getAws();
  return LocalClient.create(endpoint, userPoolId, `${STACK}/${id}`);
}

/** Starts `rotate-secret` for a client. */
function rotate(
  id: string,
  args: readonly string[] = [],
  endpoint = getAws().endpoint,
): CommandProcess {
  const { deployment } = getAws();
  return new CommandProcess(
    ["rotate-secret", "--stage", "dev", "--service-id", id, ...args],
    {
      directory: deployment.directory,
      environment: {
        ...deployment.environment("rotate-secret"),
        AWS_ENDPOINT_URL: endpoint,
        COGNITO_DOMAIN_ENDPOINT: endpoint,
      },
    },
  );
}

describeLocal("rotations of one client at the same time", () => {
  const times = Array.from({ length: RUNS }, (_, index) => index);
  const rounds = Array.from({ length: ROUNDS }, (_, index) => index + 1);

  test("have the result of one, in every round", async () => {
    const client = await createClient("concurrent");
    for (const round of rounds) {
      const [former, current] = [`secret ${round}`, `secret ${round + 1}`];
      await Promise.all(
        times.map(() => startRotation(client.createContext({ attempts: 3 }))),
      );
      expect(await client.describe()).toMatchObject({
        live: 2,
        accepted: [former, current],
        current,
        labels: expect.not.arrayContaining([
          expect.stringContaining("AWSPENDING"),
        ]) as unknown,
      });
      await Promise.all(
        times.map(() => finishRotation(client.createContext({ attempts: 3 }))),
      );
      expect(await client.describe()).toMatchObject({
        live: 1,
        accepted: [current],
        current,
      });
    }
  });

  test("leave a valid current secret when they start, finish and roll back", async () => {
    const client = await createClient("mixed");
    const steps = [startRotation, finishRotation, rollBack];
    for (const round of rounds) {
      await Promise.allSettled(
        times.map(async (index) =>
          steps[(index + round) % steps.length]?.(
            client.createContext({ attempts: 3 }),
          ),
        ),
      );
      expect(await client.isCurrentAccepted()).toBe(true);
    }
    await startRotation(client.createContext());
    await finishRotation(client.createContext());
    const { current, accepted } = await client.describe();
    expect(accepted).toEqual([current]);
  });

  test("have the result of one in separate processes", async () => {
    const client = await createClient("processes");
    for (const args of [[], ["--finish"]]) {
      const commands = times.map(() => rotate("processes", args));
      const codes = await Promise.all(
        commands.map((command) => command.waitForExit()),
      );
      expect([codes, ...commands.map(({ lines }) => lines)]).toEqual([
        [0, 0, 0, 0, 0],
        ...commands.map(() => expect.anything() as unknown),
      ]);
      expect(await client.describe()).toMatchObject({
        current: "secret 2",
        accepted: args.length === 0 ? ["secret 1", "secret 2"] : ["secret 2"],
      });
    }
  });
});

describeLocal("a killed rotation", () => {
  /** Calls after which a run is killed, as parts of all calls. */
  const MOMENTS = [0.1, 0.3, 0.5, 0.7, 0.9];

  test.each([
    ["start", [] as string[], ["secret 1", "secret 2"]],
    ["finish", ["--finish"], ["secret 2"]],
  ])("is completed by the same command: %s", async (name, args, accepted) => {
    const prepare = async (id: string): Promise<LocalClient> => {
      const client = await createClient(id);
      if (args.length === 0) return client;
      await startRotation(client.createContext());
      await client.describe();
      return client;
    };
    /** @returns the number of calls */
    const run = async (
      id: string,
      killAfter = Infinity,
    ): Promise<{ calls: number; end: unknown }> => {
      const proxy = await FaultProxy.start(getAws().endpoint);
      const command = rotate(id, args, proxy.endpoint);
      let calls = 0;
      proxy.onAnswered = () => {
        calls += 1;
        if (calls === killAfter) command.kill("SIGKILL");
      };
      const end = await command.waitForExit();
      await proxy.stop();
      return { calls, end };
    };
    const uninterrupted = await prepare(`${name}-whole`);
    const { calls, end } = await run(`${name}-whole`);
    expect(end).toBe(0);
    const expected = await uninterrupted.describe();
    expect(expected.accepted).toEqual(accepted);
    for (const [index, part] of MOMENTS.entries()) {
      const id = `${name}-killed-${index}`;
      const client = await prepare(id);
      const killed = await run(id, Math.ceil(part * calls));
      expect(killed.end).toBe("SIGKILL");
      expect(await client.isCurrentAccepted()).toBe(true);
      if (args.length === 0)
        expect(await client.isAccepted(client.firstSecret)).toBe(true);
      expect((await run(id)).end).toBe(0);
      expect([id, await client.describe()]).toEqual([id, expected]);
    }
  });
});

describeLocal("a rotation whose secrets take effect after a delay", () => {
  beforeAll(() => setSecretDelay(getAws().endpoint, DELAY_SECONDS));
  afterAll(() => setSecretDelay(getAws().endpoint, 0));

  test("has the result of one if it is started and finished several times at once", async () => {
    const client = await createClient("delayed-concurrent");
    const runs = Array.from({ length: RUNS }, () =>
      client.createContext({ speed: 1, attempts: 3 }),
    );
    await Promise.all(runs.map(startRotation));
    expect(await client.describe()).toMatchObject({
      live: 2,
      accepted: ["secret 1", "secret 2"],
      current: "secret 2",
    });
    await Promise.all(runs.map(finishRotation));
    await sleep(DELAY_SECONDS * 1000);
    expect(await client.describe()).toMatchObject({
      live: 1,
      accepted: ["secret 2"],
      current: "secret 2",
    });
  });

  test("lets a service get a token at every moment, after its end with one more request", async () => {
    const client = await createClient("delayed");
    const { endpoint } = getAws();
    let reads = 0;
    let passed = 0;
    const retries: string[] = [];
    const tokens = createServiceTokens({
      secretName: client.secretName,
      reader: async () => {
        reads += 1;
        return client.readFields();
      },
      secretMinutes: Infinity,
      log: (line) => retries.push(line),
      fetch: (_, init) => fetch(`${endpoint}/oauth2/token`, init),
      clock: { ...SYSTEM_CLOCK, now: () => Date.now() + passed },
    });
    const requestToken = async (): Promise<void> => {
      passed += EXPIRED_MS;
      await tokens.getToken();
    };
    let isRunning = true;
    const serve = async (): Promise<number> => {
      let requests = 0;
      for (; isRunning; requests += 1) {
        await requestToken();
        expect(await client.isCurrentAccepted()).toBe(true);
        await sleep(20);
      }
      return requests;
    };

    await requestToken();
    const serving = serve();
    const context = client.createContext({ speed: 1 });
    await startRotation(context);
    expect(await client.describe()).toMatchObject({
      accepted: ["secret 1", "secret 2"],
      current: "secret 2",
    });
    await finishRotation(context);
    isRunning = false;
    expect(await serving).toBeGreaterThan(10);
    expect([reads, retries]).toEqual([1, []]);

    await sleep(DELAY_SECONDS * 1000);
    expect(await client.isAccepted(client.firstSecret)).toBe(false);
    await requestToken();
    await requestToken();
    expect([reads, retries.length]).toEqual([2, 1]);
  });
});
