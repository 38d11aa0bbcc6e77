import path from "node:path";
import {
  type AttachedLocalAws,
  startLocalAws,
} from "../../scripts/lib/local-aws/local-aws";
import {
  type ProcessResult,
  runProcess,
} from "../../scripts/lib/system/processes";
import type { Environment } from "../../stacks/config/environment";
import { describeLocal, useResource } from "../support/deployment";
import { FaultProxy } from "../support/fault-proxy";
import type { MatrixResult } from "../tools/matrix/report";

const RUNNER = path.resolve("scripts", "run.mjs");
const TOOL = "__tests__/tools/matrix/matrix";

describeLocal("the matrix in another local AWS", () => {
  const aws = useResource<AttachedLocalAws>(() =>
    startLocalAws({ log: () => undefined }),
  );

  test("is the same, and leaves nothing", async () => {
    const proxy = await FaultProxy.start(aws().endpoint);
    try {
      const result = await run({ LOCAL_AWS_ENDPOINT: proxy.endpoint });
      expect(result.stderr).not.toContain(proxy.endpoint);
      const { configurations, ...others } = parse(result);
      expect(others).toMatchObject({
        target: "LOCAL_AWS_ENDPOINT",
        account: "000000000000",
        remaining: [],
        same: true,
      });
      expect(
        configurations.map(({ name, steps }) => [
          name,
          ...steps.map(({ status }) => status),
        ]),
      ).toEqual([["minimal", ...Array<string>(8).fill("ok")]]);
      expect(result.code).toBe(0);
      expect(proxy.operations).toContain("CreateUserPool");
    } finally {
      await proxy.stop();
    }
  });

  test("reports an operation that is refused, and deletes the rest", async () => {
    const proxy = await FaultProxy.start(aws().endpoint);
    proxy.selectFault = ({ operation }) =>
      operation === "CreateUserPoolDomain" ? "denied" : undefined;
    try {
      const result = await run({ LOCAL_AWS_ENDPOINT: proxy.endpoint });
      const { configurations, remaining, prefix } = parse(result);
      const [{ steps } = { steps: [] }] = configurations;
      expect(steps.map(({ step, status }) => `${step} ${status}`)).toEqual([
        "account ok",
        "synth ok",
        "init ok",
        "apply failed",
        "plan skipped",
        "outputs skipped",
        "token skipped",
        "destroy ok",
      ]);
      expect(steps[3]?.reasons.join()).toMatch(
        /CreateUserPoolDomain.*AccessDeniedException/,
      );
      expect(remaining).toEqual([]);
      expect(result.code).toBe(1);
      expect(`${result.stdout}${result.stderr}`).not.toContain(proxy.endpoint);
      expect(result.stderr).toContain(prefix);
    } finally {
      await proxy.stop();
    }
  });

  test("fails before anything is created if no server responds", async () => {
    const proxy = await FaultProxy.start(aws().endpoint);
    const { endpoint } = proxy;
    await proxy.stop();
    const result = await run({ LOCAL_AWS_ENDPOINT: endpoint });
    expect(result).toMatchObject({
      code: 1,
      stdout: "",
      stderr: expect.stringMatching(
        /^cannot reach LOCAL_AWS_ENDPOINT: ECONNREFUSED\nhint: /,
      ) as string,
    });
  });
});

/** Runs the smallest configuration. */
async function run(variables: Environment): Promise<ProcessResult> {
  return runProcess(
    process.execPath,
    [RUNNER, TOOL, "--configuration", "minimal", "--json"],
    { environment: { ...process.env, ...variables }, timeoutSeconds: 110 },
  );
}

function parse({ stdout, stderr }: ProcessResult): MatrixResult {
  expect(stdout === "" ? stderr : "").toBe("");
  return JSON.parse(stdout) as MatrixResult;
}
