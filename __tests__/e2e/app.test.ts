import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runProcess } from "../../scripts/lib/system/processes";
import { createProviderEnvironment } from "../../scripts/lib/terraform/terraform";
import { getEnvironmentWithoutSettings } from "../../scripts/lib/terraform/environment";
import type { Environment } from "../../stacks/config/environment";
import {
  describeLocal,
  startLocalAccount,
  useResource,
} from "../support/deployment";
import { getPackage } from "../support/installed-app";
import { createTemporaryDirectory } from "../support/stage";

jest.setTimeout(240_000);

const PACKAGES = [
  "@aws-sdk",
  "@cdktf",
  "@smithy",
  "@xmldom",
  "cdktf",
  "constructs",
  "tsx",
];

const MAIN = `
import { AuthApp, AuthStack, readAppConfig } from "veda-auth";
const app = new AuthApp();
for (const stage of readAppConfig().stages)
  new AuthStack(app, stage).addProgrammaticClient("people");
console.log("a line of the app");
app.synth();
`;

/** Creates an app with the package and links to the other packages of this project. Returns its directory. */
async function makeApp(): Promise<string> {
  const parent = createTemporaryDirectory();
  await runProcess("tar", ["-xf", getPackage()], {
    directory: parent,
    environment: { PATH: process.env.PATH },
    timeoutSeconds: 60,
  });
  const modules = path.join(parent, "app/node_modules");
  mkdirSync(path.join(modules, ".bin"), { recursive: true });
  cpSync(path.join(parent, "package"), path.join(modules, "veda-auth"), {
    recursive: true,
  });
  symlinkSync(
    "../veda-auth/.build/veda-auth.cjs",
    path.join(modules, ".bin/veda-auth"),
  );
  for (const name of PACKAGES)
    symlinkSync(path.resolve("node_modules", name), path.join(modules, name));
  const app = path.join(parent, "app");
  mkdirSync(path.join(app, "inner"));
  writeFileSync(path.join(app, "main.ts"), MAIN);
  writeFileSync(
    path.join(app, "cdktf.json"),
    JSON.stringify({
      app: "node -r tsx/cjs main.ts",
      context: {
        "veda-auth": {
          APP_NAME: "our-auth",
          STATE_BACKEND: "local",
          DELETION_PROTECTION: false,
          SECRET_RECOVERY_DAYS: 0,
        },
      },
    }),
  );
  return app;
}

const getAws = useResource(startLocalAccount);

describeLocal("an app that depends on the package", () => {
  let app: string;

  beforeAll(async () => {
    app = await makeApp();
  });

  const createEnvironment = (): Environment => ({
    ...getEnvironmentWithoutSettings(),
    ...getAws().environment,
    ...createProviderEnvironment({ directory: app }),
    STAGE: "dev",
  });

  const run = (directory: string, ...args: readonly string[]) =>
    runProcess(
      process.execPath,
      [path.join(app, "node_modules/.bin/veda-auth"), ...args],
      {
        directory: path.join(app, directory),
        environment: createEnvironment(),
        timeoutSeconds: 120,
      },
    );

  test("is deployed, checked and destroyed by its commands, also in a subdirectory", async () => {
    const plan = await run("", "plan", "--detailed-exitcode", "--format=json");
    expect([plan.code, JSON.parse(plan.stdout)]).toEqual([
      2,
      expect.objectContaining({ stage: "dev", stack: "our-auth-dev" }),
    ]);
    expect(plan.stderr).toContain("a line of the app\n");

    const deployed = await run("inner", "deploy", "--auto-approve");
    expect(deployed).toMatchObject({ code: 0 });
    expect(Object.keys(JSON.parse(deployed.stdout) as object)).toContain(
      "userpool_id",
    );
    expect(deployed.stderr).toContain("npx veda-auth create-user --stage dev");

    const again = await run("inner", "plan", "--detailed-exitcode");
    expect(again).toMatchObject({ code: 0 });
    expect(await run("", "doctor")).toMatchObject({ code: 0 });
    expect(await run("inner", "destroy", "--auto-approve")).toMatchObject({
      code: 0,
    });
  });

  test("is ended with its command by Ctrl-C", async () => {
    writeFileSync(
      path.join(app, "cdktf.json"),
      JSON.stringify({ app: "echo $$ > pid; sleep 300; true" }),
    );
    const environment = { ...createEnvironment(), STATE_BACKEND: "local" };
    const running = runProcess(
      "timeout",
      [
        "--signal=INT",
        "5",
        process.execPath,
        path.join(app, "node_modules/.bin/veda-auth"),
        "plan",
      ],
      { directory: app, environment, timeoutSeconds: 60 },
    );
    expect((await running).code).not.toBe(0);
    const { stdout } = await runProcess("ps", ["-eo", "args"], {
      environment,
      timeoutSeconds: 10,
    });
    expect(stdout).not.toContain("sleep 300; true");
  });
});
