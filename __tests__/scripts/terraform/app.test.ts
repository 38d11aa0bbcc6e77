import { existsSync, mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import {
  createAppError,
  synthesizeApp,
} from "../../../scripts/lib/terraform/app";
import { readAppConfig } from "../../../stacks/config/app-config";
import * as settingsDirectory from "../../../stacks/config/settings-directory";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../../support/stage";

jest.mock("../../../stacks/config/settings-directory");

const WRITE = `
const { mkdirSync, writeFileSync } = require("node:fs");
mkdirSync(process.env.CDKTF_OUTDIR, { recursive: true });
const stacks = { one: { synthesizedStackPath: "stacks/one/cdk.tf.json" } };
writeFileSync(process.env.CDKTF_OUTDIR + "/manifest.json", JSON.stringify({ stacks }));
`;

let stderr: string[];

beforeEach(() => {
  stderr = [];
  jest.spyOn(process.stderr, "write").mockImplementation((text) => {
    stderr.push(String(text));
    return true;
  });
});

afterEach(() => {
  jest.restoreAllMocks();
});

afterAll(removeTemporaryDirectories);

/** Returns the message of the error of settings. */
function expectError(files: Readonly<Record<string, string>>): string {
  try {
    readAppConfig({}, createTemporaryDirectory(files), () => undefined);
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("the settings must be invalid");
}

/** Runs the command of an app that is written to a file main.js. */
async function synthesize(
  main: string,
  file: object = { app: "node main.js" },
  directory = createTemporaryDirectory({ "main.js": main }),
) {
  jest.mocked(settingsDirectory.findInstalledBundle).mockReturnValue("bundle");
  const app = createTemporaryDirectory({ "cdktf.json": JSON.stringify(file) });
  jest.mocked(settingsDirectory.findSettingsDirectory).mockReturnValue(app);
  const before = process.cwd();
  process.chdir(directory);
  try {
    return await synthesizeApp({
      environment: { PATH: process.env.PATH },
      outputDirectory: "out",
    });
  } finally {
    process.chdir(before);
  }
}

describe("the command of an app", () => {
  test("writes stacks", async () => {
    const stacks = await synthesize(WRITE);
    expect([...stacks]).toEqual([["one", "stacks/one/cdk.tf.json"]]);
    expect(stderr).toEqual([]);
  });

  test("is run by a shell, with the context and the memory that cdktf-cli sets", async () => {
    const directory = createTemporaryDirectory({
      "main.js": `${WRITE}
writeFileSync("seen.json", JSON.stringify([process.argv[2], process.env.CDKTF_CONTEXT_JSON, process.env.NODE_OPTIONS]));`,
    });
    const file = {
      app: 'node main.js "$(echo a  b)" && true',
      context: { x: 1 },
    };
    await synthesize("", file, directory);
    expect(
      JSON.parse(readFileSync(path.join(directory, "seen.json"), "utf8")),
    ).toEqual(["a b", '{"x":1}', "--max-old-space-size=4096"]);
  });

  test("prints on standard error only", async () => {
    const stdout = jest.spyOn(process.stdout, "write");
    await synthesize(
      `${WRITE}; console.log("hello"); console.error("careful")`,
    );
    expect(stderr).toEqual(["hello\n", "careful\n"]);
    expect(stdout).not.toHaveBeenCalled();
  });
});

describe("synthesis fails if the command of an app", () => {
  test("fails, with its errors once", async () => {
    await expect(
      synthesize(
        'console.log("x"); console.error("no such thing"); process.exit(3)',
      ),
    ).rejects.toThrow(
      "the app must exit with code 0, got 3 from node main.js\nno such thing",
    );
    expect(stderr).toEqual([]);
  });

  test("fails for the settings, with their error alone", async () => {
    const settings = { ".env": "STAGE=dev\nAWS_REGION=nowhere\n" };
    const main =
      'throw new Error(require("node:fs").readFileSync("message", "utf8"))';
    const problems =
      /^configuration: [^]*AWS_REGION[^]*nowhere[^]*STATE_BUCKET_NAME[^]*$/;
    const message = expectError(settings);
    expect(message).toMatch(problems);
    const fail = (text: string): Promise<unknown> =>
      synthesize(
        "",
        undefined,
        createTemporaryDirectory({
          ...settings,
          "main.js": main,
          message: text,
        }),
      );
    await expect(fail(message)).rejects.toMatchObject({
      message,
      hint: expect.stringContaining("cdktf.json") as string,
    });
    await expect(fail("another error")).rejects.toThrow(
      /^the app must exit with code 0, got 1 [^]*another error/,
    );
  });

  test("fails, and prints errors on standard output as compilers do", async () => {
    await expect(
      synthesize('console.log("main.ts(1,2): error"); process.exit(2)'),
    ).rejects.toThrow("main.ts(1,2): error");
  });

  test("does not exist", async () => {
    await expect(
      synthesize("", { app: "no-such-program" }),
    ).rejects.toMatchObject({
      message: expect.stringContaining(
        "got 127 from no-such-program",
      ) as string,
      hint: 'install the packages of the app, or correct "app" in cdktf.json',
    });
  });

  test.each([[{}], [{ app: " " }], [{ app: ["node"] }]])(
    "is %j in cdktf.json",
    async (file) => {
      await expect(synthesize("", file)).rejects.toThrow(
        '"app" in cdktf.json must be the command',
      );
    },
  );

  test("writes no stack, although an earlier run has", async () => {
    const directory = createTemporaryDirectory({ "main.js": "" });
    mkdirSync(path.join(directory, "out"));
    await synthesize("", { app: `node -e '${WRITE}'` }, directory);
    await expect(synthesize("", undefined, directory)).rejects.toThrow(
      "the app must write its stacks to the directory in CDKTF_OUTDIR, got none from node main.js",
    );
    expect(existsSync(path.join(directory, "out/manifest.json"))).toBe(true);
  });
});

test("a command fails outside of an app", () => {
  expect(createAppError(createTemporaryDirectory())).toMatchObject({
    message: expect.stringMatching(/a directory without cdktf.json$/) as string,
    hint: expect.stringContaining("in the directory of an app") as string,
  });
});

test("a command fails in an app that has not installed it, and names the way", () => {
  const app = createTemporaryDirectory({ "cdktf.json": "{}" });
  mkdirSync(path.join(app, "inner"));
  expect(createAppError(path.join(app, "inner"))).toMatchObject({
    message: expect.stringMatching(
      /a command that is installed elsewhere$/,
    ) as string,
    hint: `run npm install in ${app}, and call the command with npx veda-auth`,
  });
});
