import {
  execFileSync,
  spawn,
  spawnSync,
  type ChildProcess,
} from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { devNull, tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  startDetachedLocalAws,
  findDetachedLocalAws,
  createLocalAwsEnvironment,
  parsePort,
  startLocalAws,
  stopDetachedLocalAws,
} from "../../../scripts/lib/local-aws/local-aws";
import { formatShellExports } from "../../../scripts/lib/system/shell";

const project = path.resolve(__dirname, "../../..");

/** A stub of pip, which "installs" the stub of ministack next to it, or fails or hangs. */
const PIP = `
import os, sys, time
mode = os.environ.get("STUB_PIP", "")
print("Collecting", sys.argv[-1], flush=True)
if mode == "fail":
    sys.exit("ERROR: no matching distribution")
if mode == "hang":
    open(os.environ["STUB_PID_FILE"], "w").write(str(os.getpid()))
    time.sleep(60)
here = os.path.dirname(os.path.dirname(__file__))
os.rename(os.path.join(here, "ministack-" + (mode or "good")), os.path.join(here, "ministack"))
`;

/** A stub of ministack, which responds to the health check. */
const MINISTACK = `
import http.server, json, os

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"edition": os.environ["MINISTACK_EDITION"], "environment": dict(os.environ)}).encode())

def main():
    address = (os.environ["BIND_HOST"], int(os.environ["GATEWAY_PORT"]))
    http.server.HTTPServer(address, Handler).serve_forever()
`;
/** A module with every private name that the extension needs, apart from one. */
const createModule = (missing = "") => `
def __getattr__(name):
    if name.startswith("__") or name == "${missing}":
        raise AttributeError(name)
    return None
`;
const BROKEN_MINISTACK = `
def main():
    print("reading the configuration")
    raise SystemExit("it is broken")
`;

/** Returns the files of a stub of ministack. */
function createPackage(
  mode: string,
  app: string,
  missing?: string,
): Record<string, string> {
  const directory = `packages/ministack-${mode}`;
  return {
    [`${directory}/app.py`]: `${app}${createModule()}`,
    [`${directory}/services/cognito.py`]: createModule(missing),
    [`${directory}/services/secretsmanager.py`]: createModule(),
  };
}

jest.setTimeout(60_000);

/** Skipped without Python, unless E2E=required. */
const hasPython = spawnSync("python3", ["--version"]).status === 0;
const describeWithPython =
  hasPython || process.env.E2E === "required" ? describe : describe.skip;

let root: string;
let directory: string;
let env: Record<string, string>;
let lines: string[];
let parents: ChildProcess[];
const log = (line: string) => lines.push(line);

/** Creates a `python3` whose environments contain the stubs, without network access. */
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), "local-aws-"));
  const { stdout } = spawnSync(
    "python3",
    ["-c", "import sys; print(sys.executable)"],
    { encoding: "utf8" },
  );
  const python = hasPython ? stdout.trim() : "python3";
  const files = {
    "packages/pip/__main__.py": PIP,
    ...createPackage("good", MINISTACK),
    ...createPackage("broken", BROKEN_MINISTACK),
    ...createPackage("other", MINISTACK, "_authenticate_client"),
    python3: `#!/bin/sh
if [ "$2" != venv ]; then exec ${python} "$@"; fi
${python} -m venv --without-pip "$3" && cp -R "$(dirname "$0")"/packages/* "$3"/lib/python*/site-packages/
`,
  };
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, text, { mode: 0o755 });
  }
});

afterAll(() => {
  rmSync(root, { recursive: true });
});

beforeEach(() => {
  directory = mkdtempSync(path.join(root, "project-"));
  env = { PATH: `${root}:${process.env.PATH ?? ""}` };
  lines = [];
  parents = [];
});

afterEach(async () => {
  for (const parent of parents) parent.kill("SIGKILL");
  await stopDetachedLocalAws({ log, directory });
});

async function waitUntil(
  condition: () => Promise<boolean> | boolean,
): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await condition())) {
    if (Date.now() > deadline)
      throw new Error(`not within 20 s: ${String(condition)}`);
    await sleep(30);
  }
}

async function readHealth(
  endpoint: string,
): Promise<{ environment: Record<string, string> } | undefined> {
  try {
    const response = await fetch(`${endpoint}/_ministack/health`);
    return (await response.json()) as { environment: Record<string, string> };
  } catch {
    return undefined;
  }
}

const files = () => readdirSync(directory).map((name) => name.slice(0, 4));

/** Runs TypeScript of this project in a separate Node process, which can be killed. */
function spawnScript(code: string): ChildProcess {
  const file = path.join(directory, "script.cjs");
  execFileSync(
    path.join(project, "node_modules/.bin/esbuild"),
    [
      "--bundle",
      "--platform=node",
      "--loader:.py=text",
      `--outfile=${file}`,
      "--log-level=error",
    ],
    { cwd: path.join(project, "scripts"), input: code },
  );
  const child = spawn(process.execPath, [file], {
    env,
    stdio: ["ignore", "ignore", "inherit"],
  });
  parents.push(child);
  return child;
}

const createStartScript = () => `
  import { writeFileSync } from "node:fs";
  import { startLocalAws } from "./lib/local-aws/local-aws";
  void startLocalAws({ log: () => {}, directory: ${JSON.stringify(directory)} }).then(({ endpoint }) => {
    writeFileSync(${JSON.stringify(path.join(directory, "endpoint"))}, endpoint);
    setInterval(() => {}, 1000);
  });
`;

async function waitForEndpoint(): Promise<string> {
  const file = path.join(directory, "endpoint");
  await waitUntil(() => existsSync(file) && readFileSync(file, "utf8") !== "");
  return readFileSync(file, "utf8");
}

const waitForExit = (child: ChildProcess) =>
  new Promise((resolve) => {
    child.once("exit", (code, signal) => {
      resolve(signal ?? code);
    });
  });

describeWithPython("a local AWS of this process", () => {
  test("is installed, listens on loopback and leaves only its installation", async () => {
    const { endpoint, environment, stop } = await startLocalAws({
      log,
      directory,
      env,
    });
    expect(endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(environment.AWS_ENDPOINT_URL).toBe(endpoint);
    expect(await readHealth(endpoint)).toBeDefined();
    await stop();
    expect(await readHealth(endpoint)).toBeUndefined();
    expect(files().sort()).toEqual(["inst", "venv"]);
    expect(lines).toContainEqual(
      expect.stringMatching(/^Installing ministack==/),
    );
  });

  test("checks tokens, writes only to its directory and gets no settings of the user", async () => {
    const secret = { AWS_PROFILE: "mine", S3_PERSIST: "1", PERSIST_STATE: "1" };
    const { endpoint, stop } = await startLocalAws({
      log,
      directory,
      env: { ...env, ...secret },
    });
    const seen = (await readHealth(endpoint))?.environment ?? {};
    await stop();
    expect(seen).toMatchObject({
      AUTH: "true",
      BIND_HOST: "127.0.0.1",
      IOT_MTLS_ENABLED: "0",
    });
    for (const name of ["HOME", "TMPDIR", "STATE_DIR", "S3_DATA_DIR"])
      expect(seen[name]).toContain(directory);
    expect(Object.keys(seen)).not.toEqual(
      expect.arrayContaining([expect.stringMatching(/^AWS_|PERSIST/)]),
    );
  });

  test("is installed once by two concurrent starts", async () => {
    const servers = await Promise.all(
      [1, 2].map(() => startLocalAws({ log, directory, env })),
    );
    await Promise.all(servers.map(({ stop }) => stop()));
    expect(lines.filter((line) => line === "installed")).toHaveLength(1);
  });

  test("ends when its parent is killed", async () => {
    const parent = spawnScript(createStartScript());
    const endpoint = await waitForEndpoint();
    expect(await readHealth(endpoint)).toBeDefined();
    parent.kill("SIGKILL");
    await waitUntil(async () => (await readHealth(endpoint)) === undefined);
    await waitUntil(() => !files().includes("run-"));
  });

  test("is installed again after an interrupted installation, which leaves no process and no lock", async () => {
    env.STUB_PIP = "hang";
    env.STUB_PID_FILE = path.join(directory, "pip");
    const parent = spawnScript(createStartScript());
    const exit = waitForExit(parent);
    await waitUntil(() => existsSync(path.join(directory, "pip")));
    await waitUntil(
      () => readFileSync(path.join(directory, "pip"), "utf8") !== "",
    );
    const pip = Number(readFileSync(path.join(directory, "pip"), "utf8"));
    parent.kill("SIGTERM");
    expect(await exit).toBe("SIGTERM");
    await waitUntil(() => !commandLine(pip).includes("pip"));
    expect(readdirSync(directory)).not.toContain("install.lock");

    delete env.STUB_PIP;
    const { stop } = await startLocalAws({ log, directory, env });
    await stop();
    expect(files().filter((name) => name === "venv")).toHaveLength(1);
  });

  test("is installed again for other versions", async () => {
    const marker = path.join(directory, "installed.json");
    writeFileSync(marker, `{"requirements":["ministack==1.0.0"]}`);
    const { stop } = await startLocalAws({ log, directory, env });
    await stop();
    expect(readFileSync(marker, "utf8")).toContain("ministack==1.5.33");
  });

  test("fails when pip fails, with its last lines", async () => {
    env.STUB_PIP = "fail";
    await expect(startLocalAws({ log, directory, env })).rejects.toThrow(
      /^cannot install ministack.*: python failed with exit code 1\nERROR: no matching distribution$/,
    );
    expect(files()).not.toContain("inst");
  });

  test("fails when the server ends at once, with its last lines", async () => {
    env.STUB_PIP = "broken";
    await expect(startLocalAws({ log, directory, env })).rejects.toThrow(
      "the local AWS ended during its start; its last lines:\nreading the configuration\nit is broken",
    );
    expect(files()).not.toContain("run-");
  });

  test("fails when ministack has no longer a private name that the extension needs", async () => {
    env.STUB_PIP = "other";
    await expect(startLocalAws({ log, directory, env })).rejects.toThrow(
      "the local AWS ended during its start; its last lines:\nthe extension of the local AWS needs ministack.services.cognito._authenticate_client, which this version of ministack does not have",
    );
    expect(files()).not.toContain("run-");
  });

  test("fails when its port is in use", async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, "127.0.0.1", () => {
        resolve((other.address() as { port: number }).port);
      });
    });
    env.LOCAL_AWS_PORT = String(port);
    await expect(startLocalAws({ log, directory, env })).rejects.toThrow(
      `cannot use port ${port}: EADDRINUSE`,
    );
    other.close();
  });

  test("fails when Python is missing", async () => {
    env.PATH = directory;
    await expect(startLocalAws({ log, directory, env })).rejects.toThrow(
      "python3 was not found: install Python 3.10 or newer",
    );
  });
});

function commandLine(pid: number): string {
  try {
    return execFileSync("ps", ["-o", "args=", "-p", String(pid)], {
      encoding: "utf8",
    });
  } catch {
    return "";
  }
}

describeWithPython("a detached local AWS", () => {
  test("is started only once by concurrent and repeated calls, until it is stopped", async () => {
    const [one, two] = await Promise.all(
      [1, 2].map(() => startDetachedLocalAws({ log, directory, env })),
    );
    const three = await startDetachedLocalAws({ log, directory, env });
    expect(two).toEqual(one);
    expect(three).toEqual(one);
    expect(await findDetachedLocalAws({ directory, env })).toEqual(one);

    await stopDetachedLocalAws({ log, directory });
    expect(lines.at(-1)).toBe("stopped");
    expect(await findDetachedLocalAws({ directory })).toBeUndefined();
    expect(await readHealth(three.endpoint)).toBeUndefined();
    expect(files().sort()).toEqual(["inst", "venv"]);
    await stopDetachedLocalAws({ log, directory });
    expect(lines.at(-1)).toBe("not running");
  });

  test("outlives the process that started it", async () => {
    const parent = spawnScript(
      createStartScript().replaceAll("startLocalAws", "startDetachedLocalAws"),
    );
    const exit = waitForExit(parent);
    const endpoint = await waitForEndpoint();
    parent.kill("SIGKILL");
    await exit;
    await sleep(300);
    expect(await readHealth(endpoint)).toBeDefined();
  });

  test("ends when its directory is removed", async () => {
    const { endpoint } = await startDetachedLocalAws({ log, directory, env });
    cpSync(directory, `${directory}-copy`, { recursive: true });
    rmSync(directory, { recursive: true });
    await waitUntil(async () => (await readHealth(endpoint)) === undefined);
  });

  test("can be started again after it was killed", async () => {
    const { pid } = await startDetachedLocalAws({ log, directory, env });
    process.kill(pid, "SIGKILL");
    await waitUntil(
      async () => (await findDetachedLocalAws({ directory })) === undefined,
    );
    const again = await startDetachedLocalAws({ log, directory, env });
    expect(again.pid).not.toBe(pid);
    expect(files().filter((name) => name === "run-")).toHaveLength(1);
  });

  test.each([
    ["names another process", { pid: 0, port: 1, run: "run-abcdef" }],
    ["names another directory", { pid: 0, port: 1, run: "../x" }],
    ["is invalid", ["?"]],
  ])("is not running when the state file %s", async (_, state) => {
    const otherProcess = spawn("sleep", ["60"]);
    const text = JSON.stringify(state).replace(
      `"pid":0`,
      `"pid":${otherProcess.pid ?? 0}`,
    );
    writeFileSync(path.join(directory, "server.json"), text);
    expect(await findDetachedLocalAws({ directory })).toBeUndefined();
    await stopDetachedLocalAws({ log, directory });
    expect(lines.at(-1)).toBe("not running");
    expect(files()).not.toContain("serv");
    expect(otherProcess.exitCode ?? otherProcess.signalCode).toBeNull();
    const exit = waitForExit(otherProcess);
    otherProcess.kill();
    await exit;
  });
});

describe("the environment of a local AWS", () => {
  test("makes every AWS tool use the endpoint", () => {
    expect(createLocalAwsEnvironment("http://127.0.0.1:1", {})).toEqual({
      AWS_ENDPOINT_URL: "http://127.0.0.1:1",
      COGNITO_DOMAIN_ENDPOINT: "http://127.0.0.1:1",
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_REGION: "us-west-2",
      AWS_DEFAULT_REGION: "us-west-2",
      AWS_CONFIG_FILE: devNull,
      AWS_SHARED_CREDENTIALS_FILE: devNull,
    });
  });

  test.each([
    "AWS_PROFILE",
    "AWS_SESSION_TOKEN",
    "AWS_ENDPOINT_URL_S3",
    "AWS_S3_ENDPOINT",
    "TF_AWS_IAM_ENDPOINT",
    "TF_CLI_ARGS_plan",
    "TF_LOG",
    "TF_WORKSPACE",
  ])("unsets %s, which would bypass it", (name) => {
    const environment = createLocalAwsEnvironment("http://127.0.0.1:1", {
      [name]: "x",
      AWS_CA_BUNDLE: "",
      TF_PLUGIN_CACHE_DIR: "",
    });
    expect(Object.entries(environment)).toContainEqual([name, undefined]);
    expect(environment).not.toHaveProperty("AWS_CA_BUNDLE");
    expect(environment).not.toHaveProperty("TF_PLUGIN_CACHE_DIR");
  });

  test("is exported to a shell unchanged", () => {
    const values = { A: "plain/1:2", B: "it's $HOME", C: "" };
    const script = [
      ...formatShellExports({ ...values, D: undefined }),
      `printf '%s|' "$A" "$B" "$C" "\${D-none}"`,
    ].join("\n");
    expect(
      execFileSync("sh", ["-c", script], {
        encoding: "utf8",
        env: { D: "set" },
      }),
    ).toBe("plain/1:2|it's $HOME||none|");
  });
});

describe("a port", () => {
  test.each([
    ["4566", 4566],
    ["", undefined],
    [undefined, undefined],
  ])("%p is %p", (text, port) => {
    expect(parsePort(text, "--port")).toBe(port);
  });

  test.each(["0", "65536", "-1", "http", "1e3", "45.66"])(
    "fails when it is %p",
    (text) => {
      expect(() => parsePort(text, "--port")).toThrow(
        `--port must be a port from 1 to 65535, got "${text}"`,
      );
    },
  );
});
