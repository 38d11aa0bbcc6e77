import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { version } from "../../package.json";
import {
  type ProcessResult,
  runProcess,
} from "../../scripts/lib/system/processes";
import type { Environment } from "../../stacks/config/environment";
import {
  Deployment,
  describeLocal,
  expectSuccess,
  startLocalAccount,
  useResource,
} from "../support/deployment";
import { getPackage, runNpm, withRegistry } from "../support/installed-app";
import { listCodeBlocks } from "../support/pages";
import { createTemporaryDirectory } from "../support/stage";

jest.setTimeout(900_000);

const PROJECT = path.resolve(".");
const SOURCES = ["constructs", "stacks", "scripts", "cdktf.json"];
const FILES = ["package.json", "package-lock.json", "tsconfig.json"];
/** A clone that was edited: with the imports of files, and a service of its own. */
const EDITED_MAIN = readFileSync("main.ts", "utf8")
  .replace(
    /^import \{.*?\} from "veda-auth";/s,
    `import { LIMITS } from "./constructs";
import { AccountStack } from "./stacks/account-stack";
import { AuthApp } from "./stacks/app";
import {
  AuthStack,
} from "./stacks/auth-stack";
import { readAppConfig } from "./stacks/config/app-config";`,
  )
  .replace(
    "  const { oidc, saml }",
    `  if (LIMITS.clientName.allows("tiler"))
    auth.addServiceClient("tiler", { scopes: [ingestion.scope("stac:list")] });

  const { oidc, saml }`,
  );

const aws = useResource(startLocalAccount);

/** Returns the environment of a user: with an empty home, and the local AWS. */
function createEnvironment(): Environment {
  const env = Object.entries(
    new Deployment(aws().endpoint, {}).environment(),
  ).filter(([name]) => !/^(?:npm_|INIT_CWD$)/.test(name));
  return { ...Object.fromEntries(env), HOME: createTemporaryDirectory() };
}

async function run(
  directory: string,
  environment: Environment,
  ...[command = "", ...args]: readonly string[]
): Promise<ProcessResult> {
  const result = await runProcess(command, args, {
    directory,
    environment,
    timeoutSeconds: 300,
  });
  expectSuccess(result);
  return result;
}

describeLocal("an app that the tarball has created", () => {
  let directory: string;
  let environment: Environment;
  let printed: string;

  const veda = (...args: readonly string[]) =>
    run(directory, environment, "npx", "veda-auth", ...args);

  beforeAll(async () => {
    const parent = createTemporaryDirectory();
    const tarball = getPackage();
    environment = createEnvironment();
    directory = path.join(parent, "our-auth");
    await withRegistry(async (npm) => {
      const options = ["--yes", `--package=${tarball}`, "--"];
      const init = ["veda-auth", "init", "our-auth", "--yes"];
      await run(parent, npm, "npx", ...options, ...init);
      printed = await runNpm(directory, ["install"], {
        ...npm,
        // the port of the registry is not that of the next one
        npm_config_omit_lockfile_registry_resolved: "true",
      });
    });
    writeFileSync(
      path.join(directory, ".env.dev"),
      "STATE_BACKEND=local\nDELETION_PROTECTION=false\nSECRET_RECOVERY_DAYS=0\n",
    );
  });

  test("is installed without a warning, and contains the package", () => {
    expect(printed).toBe("");
    expect(readdirSync(directory)).toContain(`veda-auth-${version}.tgz`);
  });

  test("is installed by another clone of it", async () => {
    const clone = createTemporaryDirectory();
    for (const file of readdirSync(directory))
      if (!["node_modules", ".env.dev"].includes(file))
        cpSync(path.join(directory, file), path.join(clone, file), {
          recursive: true,
        });
    // not npm ci: the registry has the packages of this platform only
    await withRegistry((npm) => runNpm(clone, ["install"], npm));
    await run(clone, environment, "npm", "run", "check");
  });

  test("has types, and is synthesized with the settings in cdktf.json", async () => {
    await run(directory, environment, "npm", "run", "check");
    await veda("synth");
    const file = "cdktf.out/stacks/our-auth-dev/cdk.tf.json";
    const { provider } = JSON.parse(
      readFileSync(path.join(directory, file), "utf8"),
    ) as { provider: unknown };
    expect(provider).toMatchObject({
      aws: [
        {
          region: "us-west-2",
          default_tags: [{ tags: { Project: "our-auth", Client: "our-auth" } }],
        },
      ],
    });
  });

  test("is deployed, used, reviewed and destroyed", async () => {
    const stage = ["--stage", "dev"];
    await veda("deploy", ...stage, "--auto-approve");
    const plan = await veda("plan", ...stage, "--detailed-exitcode");
    expect(plan.stdout).toContain("No changes");
    const review = await veda("review", ...stage, "--policy", "breaking");
    expect(review.stdout).toContain("no changes");
    const access = await veda("access", ...stage);
    expect(access.stdout).toContain("our-auth-data-dev");
    const token = await veda("token", ...stage, "--service-id", "ingest");
    expect(token.stdout).toMatch(/^\{"access_token":"eyJ/);
    await run(
      directory,
      environment,
      "npm",
      "run",
      "-s",
      "doctor",
      "--",
      ...stage,
    );
    await veda("destroy", ...stage, "--auto-approve");
  });

  test("runs the demo", async () => {
    symlinkSync(
      path.join(PROJECT, ".local-aws"),
      path.join(directory, ".local-aws"),
    );
    const { stdout } = await veda("demo");
    expect(stdout).toMatch(
      /^service token +scope catalog-server\/items:write/m,
    );
    expect(stdout).toMatch(/^credentials +ASIA/m);
    expect(stdout).toMatch(/^destroyed: 0 resources left/m);
  });
});

describeLocal("an edited clone with a deployed stage", () => {
  test("moves to an app by the documented commands, with an empty plan", async () => {
    const parent = createTemporaryDirectory();
    const clone = path.join(parent, "auth-clone");
    mkdirSync(clone);
    for (const file of [...SOURCES, ...FILES])
      cpSync(file, path.join(clone, file), { recursive: true });
    symlinkSync(
      path.join(PROJECT, "node_modules"),
      path.join(clone, "node_modules"),
    );
    writeFileSync(path.join(clone, "main.ts"), EDITED_MAIN);
    writeFileSync(
      path.join(clone, ".env.dev"),
      "STATE_BACKEND=local\nOWNER=ada\nCOGNITO_GROUPS=true\n",
    );
    const environment = createEnvironment();
    const runner = path.join(clone, "scripts/run.mjs");
    const deploy = ["deploy", "--stage", "dev", "--auto-approve"];
    await run(clone, environment, process.execPath, runner, ...deploy);

    const [, section = ""] = readFileSync("docs/new-app.md", "utf8").split(
      "## Move an app that you cloned\n",
    );
    const blocks = listCodeBlocks({ file: "docs/new-app.md", text: section });
    expect(blocks.map(({ language }) => language)).toEqual(["sh", "sh"]);
    const bins = createNpx();
    const script = path.join(createTemporaryDirectory(), "script.sh");
    const code = blocks.map((block) => block.code).join("");
    writeFileSync(script, `set -eu\n${code}`);
    await withRegistry(async (npm) => {
      const { stdout } = await run(
        parent,
        { ...environment, ...npm, PATH: `${bins}:${npm.PATH ?? ""}` },
        "sh",
        script,
      );
      expect(stdout).toContain("No changes");
    });
    const main = readFileSync(path.join(parent, "our-auth/main.ts"), "utf8");
    expect(main.match(/from "veda-auth(?:\/constructs)?";/g)).toHaveLength(5);
  });
});

/** Creates an npx that runs this project where the package is not installed, as if it came from a registry. */
function createNpx(): string {
  const directory = createTemporaryDirectory();
  const runner = path.join(PROJECT, "scripts/run.mjs");
  writeFileSync(
    path.join(directory, "npx"),
    `#!/bin/sh
shift
if [ -e node_modules/.bin/veda-auth ]; then exec node_modules/.bin/veda-auth "$@"; fi
exec node ${runner} "$@"
`,
    { mode: 0o755 },
  );
  return directory;
}
