import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { serviceTokens } from "../../scripts/lib/client";
import { createLocalAwsEnvironment } from "../../scripts/lib/local-aws/local-aws";
import { getEnvironment } from "../../stacks/config/environment";
import { startCheckedAws } from "../support/api-model/checked-aws";
import {
  Deployment,
  describeLocal,
  expectSuccess,
  useResource,
} from "../support/deployment";
import { restoreEnvironment, setEnvironment } from "../support/environment";
import { LocalClient, setSecretDelay } from "../support/local-client";
import {
  findTokenSample,
  runTokenSample,
  SAMPLE_TOKEN,
} from "../support/token-samples";

const SECRET = "veda-auth-stack-dev/workflows-client";
const REGION = "us-west-2";
/** Services that have the client secret from before the rotation. */
const SERVICES = 8;
/** 200 calls a minute. */
const CALL_MS = 300;
/** A token of this validity has expired when its service is called the next time. */
const VALIDITY_SECONDS = 1;
/** Time until a new client secret is valid, and a deleted one is not. */
const DELAY_SECONDS = 2;

const getAws = useResource(() => startCheckedAws());

afterEach(restoreEnvironment);

describeLocal("a rotation of a client secret", () => {
  test("fails no call of services with 200 calls a minute, which request a token for each", async () => {
    const { endpoint } = getAws();
    setEnvironment({
      ...process.env,
      ...createLocalAwsEnvironment(endpoint),
    });
    await LocalClient.create(
      endpoint,
      await LocalClient.createPool(endpoint),
      SECRET,
    );
    let requestCount = 0;
    const counted = serviceTokens({
      secretId: SECRET,
      region: REGION,
      fetch: (...request) => {
        requestCount += 1;
        return fetch(...request);
      },
    });
    const many = Array.from({ length: 200 }, () => counted.getToken());
    expect(new Set(await Promise.all(many)).size).toBe(1);
    expect(requestCount).toBe(1);

    await setSecretDelay(getAws().endpoint, DELAY_SECONDS);
    const deployment = new Deployment(endpoint, {
      ".env": { STATE_BACKEND: "local" },
      ".env.dev": {},
    });
    const results: string[] = [];
    const lines: string[] = [];
    const services = Array.from({ length: SERVICES }, () =>
      serviceTokens({
        secretId: SECRET,
        region: REGION,
        log: (line) => lines.push(line),
        fetch: async (...request) => {
          const response = await fetch(...request);
          const body = (await response.json()) as {
            readonly error?: string;
          };
          results.push(body.error ?? "token");
          const { status } = response;
          return Response.json(
            { ...body, expires_in: VALIDITY_SECONDS },
            { status },
          );
        },
      }),
    );

    const calls: Promise<string>[] = [];
    const call = (): void => {
      const service = services[calls.length % SERVICES];
      calls.push(
        service?.getToken().then(
          () => "token",
          (error: unknown) => (error as Error).message,
        ) ?? Promise.resolve("no service"),
      );
    };
    const callEachService = async (rounds: number): Promise<void> => {
      for (let count = 0; count < rounds * SERVICES; count += 1) {
        call();
        await sleep(CALL_MS);
      }
    };
    const callDuring = async (job: Promise<unknown>): Promise<void> => {
      const end = { isReached: false };
      const done = job.finally(() => {
        end.isReached = true;
      });
      while (!end.isReached) {
        call();
        await sleep(CALL_MS);
      }
      await done;
    };
    const rotate = async (...args: readonly string[]): Promise<void> => {
      expectSuccess(
        await deployment.runCommand(
          "rotate-secret",
          ...["--stage", "dev", "--service-id", "workflows-client", ...args],
        ),
      );
    };
    await callEachService(1);
    await callDuring(rotate());
    await callEachService(1);
    await callDuring(rotate("--finish"));
    await callDuring(sleep(DELAY_SECONDS * 1000));
    await callEachService(2);

    const outcomes = await Promise.all(calls);
    expect(outcomes.filter((outcome) => outcome !== "token")).toEqual([]);
    // each service was refused once, after the former client secret was deleted
    const refused = results.filter((result) => result !== "token");
    expect(refused).toEqual(Array<string>(SERVICES).fill("invalid_client"));
    expect(lines).toEqual(
      Array<string>(SERVICES).fill(
        `secret "${SECRET}" was changed; trying once more`,
      ),
    );
    // a slow machine can make calls share a request
    expect(results.length).toBeGreaterThan(calls.length / 2);
  });
});

describeLocal("the sample in Python of a service that gets a token", () => {
  test.each([
    [true, 0, `${SAMPLE_TOKEN}\n`],
    [false, 1, ""],
  ])(
    "reads the secret again after a rotation, and sends two requests at most; the secret is valid: %s",
    async (isValid, code, stdout) => {
      const { E2E_CHECKOV: checkov = "" } = getEnvironment();
      const python = path.join(path.dirname(checkov), "python3");
      const run = await runTokenSample(
        [python, "-c", findTokenSample()],
        isValid,
      );
      expect(run).toMatchObject({
        code,
        stdout,
        readCount: 2,
        tokenRequestCount: 2,
      });
    },
  );
});
