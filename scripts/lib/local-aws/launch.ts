import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { createServer, type AddressInfo, type Socket } from "node:net";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../../constructs/errors";
import {
  getEnvironment,
  type Environment,
} from "../../../stacks/config/environment";
import { EXTENSION, writeExtension } from "./extension";
import type { InstallOptions } from "./install";
import {
  HOST,
  REGION,
  RUN_DIRECTORY_PREFIX,
  isResponding,
  getEndpoint,
  getLogFile,
  type Server,
} from "./server";
import { killProcessGroup, getLastLines } from "../system/processes";

const START_SECONDS = 60;
const STOP_SECONDS = 5;
const POLL_MS = 50;
const PROBE_MS = 2_000;

/**
 * Runs the server until its standard input closes, which happens when the parent process ends, even by SIGKILL. A byte of
 * input detaches it. Then it runs until its directory is removed, so that a deleted checkout leaves no server. Imports the
 * extension first, which ends the server if it does not match the version of ministack.
 */
const WATCHED_SERVER = `
import os, shutil, signal, sys, threading, time

def watch(directory):
    is_detached = os.read(0, 1)
    while is_detached and os.path.isdir(directory):
        time.sleep(1)
    shutil.rmtree(directory, ignore_errors=True)
    os.killpg(os.getpid(), signal.SIGKILL)

threading.Thread(target=watch, args=(sys.argv[1],), daemon=True).start()
sys.path.append(sys.argv[1])
sys.argv = ["ministack"]
import ${EXTENSION}
from ministack.app import main
main()
`;

export interface RunningServer extends Server {
  /** Ends the server and waits for it. */
  readonly stop: () => Promise<void>;
  /** Lets the server outlive this process. */
  readonly detach: () => Promise<void>;
}

export interface LaunchOptions extends InstallOptions {
  readonly python: string;
  /** @default a free port */
  readonly port?: number | undefined;
}

/**
 * Starts a server that ends with this process, and waits until it responds.
 *
 * @throws UserError with the end of its log if it does not
 */
export async function launchServer(
  options: LaunchOptions,
): Promise<RunningServer> {
  const { python, log, env = getEnvironment() } = options;
  const port = await choosePort(options.port);
  mkdirSync(options.directory, { recursive: true });
  const directory = mkdtempSync(
    path.join(options.directory, RUN_DIRECTORY_PREFIX),
  );
  writeExtension(directory);
  log(`Starting the local AWS at ${getEndpoint({ port })}…`);
  const output = openSync(getLogFile({ directory }), "a");
  const child = spawn(python, ["-I", "-u", "-c", WATCHED_SERVER, directory], {
    cwd: directory,
    env: createServerEnvironment(directory, port, env),
    detached: true,
    stdio: ["pipe", output, output],
  });
  closeSync(output);
  // an error means that the process did not start
  const exited = once(child, "exit").catch(() => undefined);
  const stdin = child.stdin as Socket;
  // the server may end before its input closes
  stdin.on("error", () => undefined);
  stdin.unref();
  child.unref();
  const server: RunningServer = {
    pid: child.pid ?? 0,
    port,
    directory,
    async stop() {
      stdin.end();
      child.ref();
      const timeout = sleep(STOP_SECONDS * 1000, undefined, { ref: false });
      await Promise.race([exited, timeout]);
      if (isRunning(child)) killProcessGroup(child, "SIGKILL");
      await exited;
      rmSync(directory, { recursive: true, force: true });
    },
    async detach() {
      await new Promise<void>((resolve) => stdin.end("1", resolve));
    },
  };
  const deadline = Date.now() + START_SECONDS * 1000;
  while (!(await isResponding(server, PROBE_MS))) {
    if (isRunning(child) && Date.now() < deadline) await sleep(POLL_MS);
    else return stopUnresponsive(server, isRunning(child));
  }
  return server;
}

async function stopUnresponsive(
  server: RunningServer,
  hasTimedOut: boolean,
): Promise<never> {
  const lines = getLastLines(readFileSync(getLogFile(server), "utf8"), 15);
  await server.stop();
  const problem = hasTimedOut
    ? `did not respond in ${START_SECONDS} s`
    : "ended during its start";
  throw new UserError(
    `the local AWS ${problem}; its last lines:\n${lines}`,
    "remove .local-aws to install it again if the installation is damaged",
  );
}

/**
 * Returns the environment of the server, without credentials or settings of the user. The server writes only to its
 * directory. Listeners that would bind to every interface are off.
 */
function createServerEnvironment(
  directory: string,
  port: number,
  env: Environment,
): Environment {
  return {
    PATH: env.PATH,
    LANG: env.LANG,
    // an identity provider can have a certificate of a private authority
    SSL_CERT_FILE: env.SSL_CERT_FILE,
    HOME: directory,
    TMPDIR: directory,
    STATE_DIR: path.join(directory, "state"),
    S3_DATA_DIR: path.join(directory, "s3"),
    BIND_HOST: HOST,
    GATEWAY_PORT: String(port),
    AUTH: "true",
    MINISTACK_REGION: REGION,
    MINISTACK_EDITION: path.basename(directory),
    IOT_MTLS_ENABLED: "0",
    SFTP_ENABLED: "0",
  };
}

async function choosePort(wanted = 0): Promise<number> {
  const probe = createServer().listen(wanted, HOST);
  try {
    await once(probe, "listening");
  } catch (error) {
    throw new UserError(
      `cannot use port ${wanted}: ${(error as NodeJS.ErrnoException).code ?? ""}`,
      "use another port, or omit it to use a free one",
    );
  }
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

function isRunning({ pid, exitCode, signalCode }: ChildProcess): boolean {
  return pid !== undefined && exitCode === null && signalCode === null;
}
