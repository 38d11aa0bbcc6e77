import {
  execFileSync,
  spawn,
  spawnSync,
  type ChildProcess,
} from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import path from "node:path";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import * as s3 from "@aws-sdk/client-s3";
import * as secrets from "@aws-sdk/client-secrets-manager";
import {
  clientConfig,
  DEMO_ACCOUNT,
} from "../../scripts/lib/demo/demo-account";
import { describeLocal } from "../support/deployment";
import { removeTemporaryFolders, temporaryFolder } from "../support/stage";

const demos: Demo[] = [];

afterEach(() => {
  for (const demo of demos.splice(0)) demo.kill("SIGKILL");
});

afterAll(removeTemporaryFolders);

describeLocal("the demo", () => {
  test("deploys, uses and destroys a stage with every part on, and prints no secret, whatever the person has set", async () => {
    const demo = new Demo(misleadingEnvironment());
    await demo.line("terraform plan, for the second time");
    const config = clientConfig({ endpoint: demo.endpoint() });
    const { SecretString } = await new secrets.SecretsManagerClient(
      config,
    ).send(
      new secrets.GetSecretValueCommand({
        SecretId: "veda-auth-stack-dev/workflows-client",
      }),
    );
    const { client_secret: canary } = JSON.parse(SecretString ?? "{}") as {
      client_secret: string;
    };
    const { Body } = await new s3.S3Client({
      ...config,
      forcePathStyle: true,
    }).send(
      new s3.GetObjectCommand({
        Bucket: DEMO_ACCOUNT.stateBucket,
        Key: "veda-auth-stack/dev/terraform.tfstate",
      }),
    );
    expect(await Body?.transformToString()).toContain(JSON.stringify(canary));

    expect(await demo.ending()).toBe(0);
    const said = demo.lines.join("\n");
    expect(said).not.toContain(canary);
    expect(said).toMatch(/^resources +\d+, second plan empty$/m);
    expect(said).toMatch(
      /^service token +scope veda-stac-ingestion-registry-server\/stac:register, for (3600|35\d\d) s$/m,
    );
    expect(said).toMatch(/^credentials +ASIA\w+, until /m);
    expect(said).toMatch(
      /^data managers +veda-data-access trusts the identity pool$/m,
    );
    expect(said).toMatch(
      /^destroyed: 0 resources left in the state, 0 of veda-auth-stack-dev in the account$/m,
    );
    expect(await isOpen(demo.endpoint())).toBe(false);
  }, 120_000);

  test.each(["SIGINT", "SIGTERM"] as const)(
    "leaves no process when %s ends it",
    async (signal) => {
      const demo = new Demo();
      await demo.line("  created");
      const started = demo.descendants();
      expect(started.length).toBeGreaterThan(2);
      demo.kill(signal);
      expect(await demo.ending()).toBe(signal);
      await sleep(500);
      expect(started.filter(isAlive)).toEqual([]);
      expect(await isOpen(demo.endpoint())).toBe(false);
    },
    60_000,
  );

  test("ends, and leaves no process, when the local AWS is killed", async () => {
    const demo = new Demo();
    await demo.line("cdktf deploy");
    const started = demo.descendants();
    const [server = 0] = started;
    process.kill(server, "SIGKILL");
    await demo.line("cdktf deploy failed");
    const later = demo.descendants();
    expect(await demo.ending()).toBe(1);
    await sleep(500);
    expect([...started, ...later].filter(isAlive)).toEqual([]);
  }, 120_000);
});

/** Settings of a person's own that would lead the demo to an account, or to another stage. */
function misleadingEnvironment(): NodeJS.ProcessEnv {
  const home = temporaryFolder();
  mkdirSync(path.join(home, ".aws"));
  writeFileSync(
    path.join(home, ".aws", "config"),
    "[default]\nignore_configured_endpoint_urls = true\n",
  );
  return {
    ...process.env,
    HOME: home,
    AWS_PROFILE: "nobody",
    AWS_S3_ENDPOINT: "http://192.0.2.1",
    TF_AWS_IAM_ENDPOINT: "http://192.0.2.1",
    TF_CLI_ARGS_plan: "-bogus",
    STAGE: "prod",
    user_pool_id: "us-west-2_nobody",
  };
}

/** A demo in a process group of its own, as a terminal starts one. */
class Demo {
  readonly lines: string[] = [];
  private readonly child: ChildProcess;
  private readonly closed: Promise<unknown>;

  constructor(env: NodeJS.ProcessEnv = process.env) {
    this.child = spawn(process.execPath, ["scripts/run.mjs", "demo"], {
      detached: true,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.closed = once(this.child, "close");
    for (const stream of [this.child.stdout, this.child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (line) =>
        this.lines.push(line),
      );
    }
    demos.push(this);
  }

  /** Resolves when the demo has said a line that begins so. */
  async line(beginning: string): Promise<void> {
    const deadline = Date.now() + 100_000;
    const isSaid = () => this.lines.some((line) => line.startsWith(beginning));
    while (!isSaid()) {
      if (this.child.exitCode !== null || Date.now() > deadline) {
        throw new Error(`the demo did not say it:\n${this.lines.join("\n")}`);
      }
      await sleep(50);
    }
  }

  endpoint(): string {
    return /http:\/\/127\.0\.0\.1:\d+/.exec(this.lines.join("\n"))?.[0] ?? "";
  }

  /** Its exit code, or the signal that ended it. */
  async ending(): Promise<number | string | null> {
    await this.closed;
    return this.child.exitCode ?? this.child.signalCode;
  }

  kill(signal: NodeJS.Signals): void {
    const { pid = 0, exitCode, signalCode } = this.child;
    if (exitCode !== null || signalCode !== null) return;
    // a terminal's Ctrl-C reaches the whole group
    process.kill(signal === "SIGINT" ? -pid : pid, signal);
  }

  descendants(): number[] {
    const children = new Map<number, number[]>();
    for (const line of execFileSync("ps", ["-eo", "pid=,ppid="])
      .toString()
      .split("\n")) {
      const [pid = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
      children.set(parent, [...(children.get(parent) ?? []), pid]);
    }
    const below = (pid: number): number[] =>
      (children.get(pid) ?? []).flatMap((child) => [child, ...below(child)]);
    return below(this.child.pid ?? 0);
  }
}

/** Whether a process runs; one that has ended but was not yet asked for its exit code does not. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], {
    encoding: "utf8",
  });
  return stdout.trim() !== "" && !stdout.trim().startsWith("Z");
}

function isOpen(endpoint: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(endpoint).port), "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}
