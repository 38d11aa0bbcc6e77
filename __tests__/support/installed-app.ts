import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Environment } from "../../stacks/config/environment";
import { runProcess } from "../../scripts/lib/system/processes";
import { LoopbackRegistry } from "./loopback-registry";
import { createTemporaryDirectory } from "./stage";

const PROJECT = path.resolve(__dirname, "../..");

/** Returns the path of the tarball that e2e-setup.ts has packed, which is the same for all tests. */
export function getPackage(): string {
  const { E2E_PACKAGE: tarball } = process.env;
  if (tarball === undefined) throw new Error("e2e-setup.ts has not run");
  return tarball;
}

/** Packs this project as npm publishes it. Returns the path of the tarball. */
export function packPackage(
  directory: string,
  project = PROJECT,
  environment: Environment = process.env,
): string {
  execFileSync("npm", ["pack", "--silent", "--pack-destination", directory], {
    cwd: project,
    env: environment,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const [tarball = ""] = readdirSync(directory).filter((file) =>
    file.endsWith(".tgz"),
  );
  return path.join(directory, tarball);
}

/**
 * Installs packages into a directory as a user does: by npm with an empty home, and without a network, from the packages that
 * are installed in this project.
 *
 * @param dependencies for example `{ "veda-auth": "file:…", cdktf: "npm:cdktn@0.24.0" }`; those of its package.json by default
 */
export async function installApp(
  directory: string,
  dependencies?: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): Promise<void> {
  if (dependencies !== undefined) {
    mkdirSync(directory, { recursive: true });
    writeFileSync(
      path.join(directory, "package.json"),
      JSON.stringify({ private: true, dependencies }),
    );
  }
  await withRegistry((environment) =>
    runNpm(directory, ["install", ...args], environment),
  );
}

/** Runs an action with the environment of npm that has an empty home and uses a registry on this machine only. */
export async function withRegistry<Result>(
  action: (environment: Environment) => Promise<Result>,
): Promise<Result> {
  const registry = await LoopbackRegistry.start();
  try {
    return await action({
      PATH: process.env.PATH,
      HOME: createTemporaryDirectory(),
      npm_config_registry: registry.endpoint,
      npm_config_update_notifier: "false",
    });
  } finally {
    await registry.stop();
  }
}

/** Runs npm. Returns its standard error. */
export async function runNpm(
  directory: string,
  args: readonly string[],
  environment: Environment,
): Promise<string> {
  const { code, stdout, stderr } = await runProcess(
    "npm",
    [...args, "--no-audit", "--no-fund"],
    { directory, environment, timeoutSeconds: 300 },
  );
  if (code !== 0)
    throw new Error(
      `npm ${args.join(" ")} failed with exit code ${code}\n${stdout}\n${stderr}`,
    );
  return stderr;
}
