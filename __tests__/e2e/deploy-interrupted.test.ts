import * as s3 from "@aws-sdk/client-s3";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  createClientConfig,
  DEMO_ACCOUNT,
} from "../../scripts/lib/demo/account";
import { runProcess } from "../../scripts/lib/system/processes";
import type { Environment } from "../../stacks/config/environment";
import { CommandProcess } from "../support/command-process";
import {
  Deployment,
  describeLocal,
  expectSuccess,
  startLocalAccount,
  useResource,
} from "../support/deployment";
import { FaultProxy } from "../support/fault-proxy";

// several processes each, in addition to other tests
jest.setTimeout(120_000);

const SETTINGS: Environment = {
  OWNER: "owner",
  STATE_BUCKET_NAME: DEMO_ACCOUNT.stateBucket,
  SECRET_RECOVERY_DAYS: "0",
};

const aws = useResource(startLocalAccount);

let proxy: FaultProxy;

beforeEach(async () => {
  if (describeLocal === describe)
    proxy = await FaultProxy.start(aws().endpoint);
});

afterEach(async () => {
  if (describeLocal === describe) await proxy.stop();
});

function createDeployment(stage: string, endpoint: string): Deployment {
  return new Deployment(endpoint, { [`.env.${stage}`]: SETTINGS });
}

function startDeploy(deployment: Deployment, stage: string): CommandProcess {
  return new CommandProcess(["deploy", "--stage", stage, "--auto-approve"], {
    directory: deployment.directory,
    environment: deployment.environment(),
  });
}

/** Holds the calls of an operation, after some that are not held, until `release` is called; `reached` waits for one. */
function holdCalls(
  operation: string,
  skipped = 0,
): {
  readonly reached: Promise<void>;
  readonly release: () => void;
} {
  const [reached, onReached] = createSignal();
  const [released, release] = createSignal();
  let count = 0;
  proxy.authorize = async (call) => {
    if (call.operation !== operation || ++count <= skipped) return true;
    onReached();
    await released;
    return true;
  };
  return { reached, release };
}

function createSignal(): readonly [Promise<void>, () => void] {
  let send = (): void => undefined;
  const sent = new Promise<void>((resolve) => {
    send = resolve;
  });
  return [sent, send];
}

/** Lists the objects of a stage in the state bucket. */
async function listStateObjects(stage: string): Promise<readonly string[]> {
  const client = new s3.S3Client({
    ...createClientConfig(aws()),
    forcePathStyle: true,
  });
  const Prefix = `veda-auth-stack/${stage}/`;
  const { Contents = [] } = await client.send(
    new s3.ListObjectsV2Command({ Bucket: DEMO_ACCOUNT.stateBucket, Prefix }),
  );
  return Contents.map(({ Key = "" }) => Key.slice(Prefix.length));
}

describeLocal("a deployment", () => {
  test("applies its plan before SIGINT ends it", async () => {
    const deployment = createDeployment("waiting", proxy.endpoint);
    const { reached, release } = holdCalls("CreateUserPool");
    const run = startDeploy(deployment, "waiting");
    await reached;
    run.kill("SIGINT");
    await run.waitForLine("Stopping after terraform apply");
    release();
    expect(await run.waitForExit()).toBe("SIGINT");
    expect(run.lines.at(-1)).toBe("Stopped: terraform apply is complete");
    expect(await listStateObjects("waiting")).toEqual(["terraform.tfstate"]);
    const again = await deployment.runCommand(
      "deploy",
      "--stage",
      "waiting",
      "--auto-approve",
    );
    expectSuccess(again);
    expect(again.stderr).toContain("Stage waiting: no changes\n");
  });

  test.each<[stage: string, signals: readonly NodeJS.Signals[]]>([
    ["twice", ["SIGINT", "SIGINT"]],
    ["ended", ["SIGTERM"]],
  ])(
    "writes its state and releases the lock when it is interrupted: stage %s, by %j",
    async (stage, signals) => {
      const { reached, release } = holdCalls("CreateUserPool");
      const deployment = createDeployment(stage, proxy.endpoint);
      const run = startDeploy(deployment, stage);
      await reached;
      for (const signal of signals) {
        run.kill(signal);
        // a repetition within half a second is the same Ctrl-C
        await sleep(600);
      }
      expect(await run.waitForExit()).toBe(signals[0]);
      release();
      expect(run.lines.at(-1)).toMatch(
        /^Stopped: the state has all finished changes; /,
      );
      expect(await listStateObjects(stage)).toEqual(["terraform.tfstate"]);
    },
  );

  test("is complete after its output is closed", async () => {
    const deployment = createDeployment("piped", aws().endpoint);
    const { code } = await runProcess(
      "sh",
      [
        "-c",
        '"$0" "$@" deploy --stage piped --auto-approve 2>&1 | head -n 1',
        process.execPath,
        path.join(__dirname, "../../scripts/run.mjs"),
      ],
      {
        directory: deployment.directory,
        environment: deployment.environment(),
        timeoutSeconds: 100,
      },
    );
    expect(code).toBe(0);
    const again = await deployment.runCommand("plan", "--stage", "piped");
    expectSuccess(again);
    expect(again.stderr + again.stdout).toContain("Stage piped: no changes\n");
  });

  test("ends within 5 s while it plans, with a message at once", async () => {
    // the command checks its account before Terraform does
    const { reached, release } = holdCalls("GetCallerIdentity", 1);
    const run = startDeploy(createDeployment("plan", proxy.endpoint), "plan");
    await reached;
    run.kill("SIGINT");
    const limit = sleep(5000, "still running");
    expect(await Promise.race([run.waitForExit(), limit])).toBe("SIGINT");
    release();
    expect(run.lines.filter((line) => line.startsWith("Stopp"))).toEqual([
      // the backend calls AWS first
      "Stopping terraform init…",
    ]);
    expect(run.lines.at(-1)).toBe("nothing was applied to stage plan");
    expect(await listStateObjects("plan")).toEqual([]);
  });

  test("is not planned again until the state that could not be written is pushed", async () => {
    proxy.selectFault = ({ method, url }) =>
      method === "PUT" && /\/terraform\.tfstate(\?|$)/.test(url)
        ? "denied"
        : undefined;
    const deployment = createDeployment("unwritten", proxy.endpoint);
    const failed = startDeploy(deployment, "unwritten");
    expect(await failed.waitForExit()).toBe(1);
    expect(failed.lines.join("\n")).toContain("errored.tfstate");
    proxy.selectFault = () => undefined;
    const again = startDeploy(deployment, "unwritten");
    expect(await again.waitForExit()).toBe(1);
    expect(again.lines.at(-2)).toMatch(
      /^an earlier run could not write the state: .*errored\.tfstate has its changes$/,
    );
  });

  test("waits for another one, and does not apply a plan of the earlier state", async () => {
    const { reached, release } = holdCalls("CreateUserPool");
    const first = startDeploy(createDeployment("two", proxy.endpoint), "two");
    await reached;
    const second = startDeploy(createDeployment("two", aws().endpoint), "two");
    await second.waitForLine("the state is locked by ");
    release();
    expect(await first.waitForExit()).toBe(0);
    expect(await second.waitForExit()).toBe(1);
    expect(second.lines.slice(-2)).toEqual([
      "nothing was applied: the state of veda-auth-stack-two has changed since it was planned",
      "hint: another run changed the stage: run the command again",
    ]);
  });
});
