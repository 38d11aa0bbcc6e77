import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../support/stage";
import {
  buildTokenSample,
  findTokenSample,
  runTokenSample,
  SAMPLE_TOKEN,
} from "../support/token-samples";

afterAll(removeTemporaryDirectories);

describe("the sample in TypeScript of a service that gets a token", () => {
  test("compiles", () => {
    const directory = createTemporaryDirectory({
      "sample.ts": findTokenSample("ts"),
    });
    const file = path.join(directory, "tsconfig.json");
    const config = {
      extends: path.resolve("tsconfig.json"),
      compilerOptions: {
        noEmit: true,
        rootDirs: [directory, process.cwd()],
        typeRoots: [path.resolve("node_modules/@types")],
        paths: {
          "@aws-sdk/*": [path.resolve("node_modules/@aws-sdk/*")],
        },
      },
      include: [path.join(directory, "sample.ts")],
    };
    writeFileSync(file, JSON.stringify(config));
    const compiler = "node_modules/typescript7/bin/tsc";
    execFileSync(process.execPath, [compiler, "--project", file], {
      stdio: "inherit",
    });
  });

  test("reads the secret again after a rotation, and requests one token for its callers", async () => {
    const program = buildTokenSample(
      "void (async () => console.log(...await Promise.all([getToken(), getToken()]), await getToken()))();",
    );
    const run = await runTokenSample([process.execPath, program]);
    expect(run).toMatchObject({
      code: 0,
      stdout: `${SAMPLE_TOKEN} ${SAMPLE_TOKEN} ${SAMPLE_TOKEN}\n`,
      readCount: 2,
      tokenRequestCount: 2,
    });
  });

  test("fails after two requests if the secret is invalid", async () => {
    const program = buildTokenSample("void getToken();");
    const { code, stderr, ...run } = await runTokenSample(
      [process.execPath, program],
      false,
    );
    expect(code).toBe(1);
    expect(stderr).toContain("Error: cannot get a token: HTTP 400");
    expect(run).toMatchObject({ readCount: 2, tokenRequestCount: 2 });
  });
});
