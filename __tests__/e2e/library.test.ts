import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { devDependencies } from "../../package.json";
import { runProcess } from "../../scripts/lib/system/processes";
import { getPackage, installApp } from "../support/installed-app";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../support/stage";

const PROJECT = path.resolve(__dirname, "../..");
const PEERS = {
  cdktf: devDependencies.cdktf,
  constructs: devDependencies.constructs,
  "@cdktf/provider-aws": devDependencies["@cdktf/provider-aws"],
};
/** An app that uses each entry of the package. */
const CONSUMER = `import { App, TerraformStack } from "cdktf";
import { AuthStack, readAppConfig, type ServiceClientOptions } from "veda-auth";
import { UserPool, type UserPoolProps } from "veda-auth/constructs";
import { ClientError, type ClientErrorCode } from "veda-auth/client";

const app = new App();
const options: ServiceClientOptions = { scopes: [] };
for (const stage of readAppConfig().stages) {
  const auth = new AuthStack(app, stage);
  const stack: TerraformStack = auth;
  auth.addServiceClient("a-service", options);
  console.log(stack.node.id);
}
export function createPool(stack: TerraformStack, props: UserPoolProps): UserPool {
  return new UserPool(stack, "user-pool", props);
}
export function getCode(error: unknown): ClientErrorCode | undefined {
  return error instanceof ClientError ? error.code : undefined;
}
`;

let directory: string;
let app: string;
let service: string;
let dependencies: Readonly<Record<string, string>>;

/** Installs the package into an app of cdktf, and into a service, which needs the client only. */
beforeAll(async () => {
  directory = createTemporaryDirectory();
  dependencies = { "veda-auth": `file:${getPackage()}` };
  app = path.join(directory, "an app");
  service = path.join(directory, "service");
  const types = { "@types/node": devDependencies["@types/node"] };
  await installApp(app, { ...dependencies, ...PEERS, ...types });
  await installApp(service, { ...dependencies, ...types }, [
    "--ignore-scripts",
  ]);
}, 300_000);

afterAll(removeTemporaryDirectories);

/** Runs JavaScript in a directory, and parses what it prints. */
function evaluate(
  cwd: string,
  code: string,
  ...args: readonly string[]
): unknown {
  const output = execFileSync(process.execPath, [...args, "--eval", code], {
    cwd,
    encoding: "utf8",
  });
  return JSON.parse(output);
}

const ENTRIES = ["veda-auth", "veda-auth/constructs", "veda-auth/client"];

describe("the entries of the package", () => {
  test.each(ENTRIES)(
    "%s has the same names for require and import",
    (entry) => {
      const print = "console.log(JSON.stringify(Object.keys(entry).sort()))";
      const required = evaluate(
        app,
        `const entry = require("${entry}"); ${print}`,
      ) as readonly string[];
      const imported = evaluate(
        app,
        `import * as entry from "${entry}"; ${print}`,
        "--input-type=module",
      ) as readonly string[];
      expect(required.length).toBeGreaterThan(4);
      const added = ["default", "module.exports", "__esModule"];
      expect(imported.filter((name) => !added.includes(name))).toEqual(
        required,
      );
    },
  );

  test("have no paths but these", () => {
    expect(
      evaluate(
        app,
        `const codes = ["veda-auth/dist/stacks/index.js", "veda-auth/package.json"].map((one) => {
          try { require(one); } catch (error) { return error.code; }
          return "";
        });
        console.log(JSON.stringify(codes));`,
      ),
    ).toEqual(["ERR_PACKAGE_PATH_NOT_EXPORTED", ""]);
  });
});

describe("the client", () => {
  test("is installed without cdktf", () => {
    for (const name of Object.keys(PEERS))
      expect(existsSync(path.join(service, "node_modules", name))).toBe(false);
  });

  test.each(["require", "import"])(
    "loads neither cdktf nor the AWS SDK by %s",
    (kind) => {
      const load =
        kind === "require"
          ? 'require("veda-auth/client")'
          : 'await import("veda-auth/client")';
      const packages = evaluate(
        service,
        `import { createRequire } from "node:module";
        const require = createRequire(process.cwd() + "/service.js");
        ${load};
        const names = Object.keys(require.cache).map((file) => /.*node_modules\\/((?:@[^/]+\\/)?[^/]+)/.exec(file)[1]);
        console.log(JSON.stringify([...new Set(names)]));`,
        "--input-type=module",
      ) as readonly string[];
      expect(packages).toContain("veda-auth");
      expect(
        packages.filter(
          (name) => !["veda-auth", "aws-jwt-verify"].includes(name),
        ),
      ).toEqual([]);
    },
  );
});

describe("the declarations of the package", () => {
  test.each([
    ["node10", "CommonJS"],
    ["node16", "Node16"],
    ["nodenext", "NodeNext"],
    ["bundler", "ESNext"],
  ])(
    "are found by moduleResolution %s, and are correct",
    (resolution, module) => {
      const output = checkTypes(app, resolution, module, CONSUMER);
      // those of other packages are not correct for each option
      const isOther = /^node_modules\/(?!veda-auth\/)/;
      expect(output.filter((line) => !isOther.test(line))).toEqual([]);
    },
  );

  test("fail for wrong use", () => {
    const wrong = CONSUMER.replace("scopes: []", "scope: []");
    expect(checkTypes(app, "bundler", "ESNext", wrong)[0]).toMatch(
      /^consumer\.ts\(7,\d+\): error TS2561: .*'scope'/,
    );
  });

  test("of the client need no cdktf", () => {
    const code = `import { ClientError } from "veda-auth/client";\nexport const error = ClientError;\n`;
    expect(checkTypes(service, "node16", "Node16", code)).toEqual([]);
  });
});

/** Returns the errors of the compiler, also those in declarations. */
function checkTypes(
  cwd: string,
  resolution: string,
  module: string,
  code: string,
): readonly string[] {
  writeFileSync(path.join(cwd, "consumer.ts"), code);
  // the newer compiler takes a tenth of the time, and has no node10
  const compiler = resolution === "node10" ? "typescript" : "typescript7";
  const options = {
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    target: "ES2022",
    types: "node",
    moduleResolution: resolution,
    module,
  };
  const { stdout } = spawnSync(
    process.execPath,
    [
      path.join(PROJECT, "node_modules", compiler, "bin/tsc"),
      "consumer.ts",
      "--pretty",
      "false",
      ...Object.entries(options).flatMap(([name, value]) => [
        `--${name}`,
        String(value),
      ]),
    ],
    { cwd, encoding: "utf8" },
  );
  return stdout
    .split("\n")
    .filter((line) => /^\S.*: error TS|^error TS/.test(line));
}

test("the installed package is used by several processes at once, and writes nothing into its directory", async () => {
  const before = listTimes();
  const bin = path.join(app, "node_modules/.bin/veda-auth");
  const environment = {
    PATH: process.env.PATH,
    HOME: createTemporaryDirectory(),
  };
  const runs = await Promise.all(
    Array.from({ length: 6 }, (_, index) =>
      index % 2 === 0
        ? runProcess(bin, ["--help"], {
            directory: app,
            environment,
            timeoutSeconds: 60,
          })
        : runProcess(
            process.execPath,
            ["--eval", 'require("veda-auth"); require("veda-auth/client")'],
            { directory: app, environment, timeoutSeconds: 60 },
          ),
    ),
  );
  expect(runs.map(({ code, stderr }) => ({ code, stderr }))).toEqual(
    runs.map(() => ({ code: 0, stderr: "" })),
  );
  expect(listTimes()).toEqual(before);
});

/** Returns the times of all files of the installed package. */
function listTimes() {
  const root = path.join(app, "node_modules/veda-auth");
  return readdirSync(root, { recursive: true, encoding: "utf8" }).map(
    (file) => [file, statSync(path.join(root, file)).mtimeMs],
  );
}
