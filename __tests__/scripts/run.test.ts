import { spawnSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../support/stage";

afterAll(removeTemporaryDirectories);

/** A project whose one command is this text. */
function project(command: string): string {
  const folder = createTemporaryDirectory();
  mkdirSync(path.join(folder, "scripts"));
  cpSync("scripts/run.mjs", path.join(folder, "scripts/run.mjs"));
  symlinkSync(path.resolve("node_modules"), path.join(folder, "node_modules"));
  writeFileSync(path.join(folder, "scripts/hello.ts"), command);
  return folder;
}

function run(folder: string, ...args: readonly string[]) {
  const script = path.join(folder, "scripts/run.mjs");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [script, ...args],
    { encoding: "utf8" },
  );
  return { status, stdout, stderr };
}

describe("the runner of commands", () => {
  test("runs TypeScript with the command's own arguments", () => {
    const folder = project(
      "console.log(process.argv.slice(2) satisfies string[]);",
    );
    expect(run(folder, "hello", "--x", "y")).toEqual({
      status: 0,
      stdout: "[ '--x', 'y' ]\n",
      stderr: "",
    });
  });

  test("bundles again when a source has changed, and only then", () => {
    const folder = project('console.log("one");');
    const bundle = path.join(folder, ".build/hello.cjs");
    run(folder, "hello");
    const { mtimeMs } = statSync(bundle);
    run(folder, "hello");
    expect(statSync(bundle).mtimeMs).toBe(mtimeMs);
    writeFileSync(
      path.join(folder, "scripts/hello.ts"),
      'console.log("three");',
    );
    expect(run(folder, "hello").stdout).toBe("three\n");
  });
});

describe("what was compiled", () => {
  const compiled = (folder: string): string[] =>
    readdirSync(path.join(folder, ".build")).filter((file) =>
      file.startsWith(`hello.cjs.${process.version}-`),
    );

  test("is kept from the first run, and runs as the source does, with what it loads late", () => {
    const folder = project(
      'void import("@aws-sdk/client-sts").then(({ STSClient }) => { console.log(typeof STSClient); });',
    );
    const first = run(folder, "hello");
    expect(first).toEqual({ status: 0, stdout: "function\n", stderr: "" });
    expect(compiled(folder)).toHaveLength(1);
    expect(run(folder, "hello")).toEqual(first);
    expect(compiled(folder)).toHaveLength(1);
  });

  test("is made anew where it is broken, and gone when a source has changed", () => {
    const folder = project('console.log("one");');
    run(folder, "hello");
    const [file = ""] = compiled(folder);
    writeFileSync(path.join(folder, ".build", file), "broken");
    expect(run(folder, "hello").stdout).toBe("one\n");
    expect(statSync(path.join(folder, ".build", file)).size).toBeGreaterThan(
      100,
    );
    writeFileSync(
      path.join(folder, "scripts/hello.ts"),
      'console.log("three");',
    );
    expect(run(folder, "hello").stdout).toBe("three\n");
    expect(compiled(folder)).toHaveLength(1);
    expect(compiled(folder)).not.toContain(file);
  });
});

describe("a command that the package installs", () => {
  test("is a bundle that runs by itself, from anywhere", () => {
    const folder = project("console.log(process.argv.slice(2));");
    writeFileSync(
      path.join(folder, "package.json"),
      JSON.stringify({ bin: { hello: ".build/hello.cjs" } }),
    );
    expect(run(folder, "--build").status).toBe(0);
    const bundle = path.join(folder, ".build/hello.cjs");
    const { stdout } = spawnSync(process.execPath, [bundle, "x"], {
      cwd: createTemporaryDirectory(),
      encoding: "utf8",
    });
    expect(stdout).toBe("[ 'x' ]\n");
    expect(readFileSync(bundle, "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
  });

  test("is one of npm run too, and in the package", () => {
    const { bin, files, scripts } = JSON.parse(
      readFileSync("package.json", "utf8"),
    ) as Record<"bin" | "scripts", Record<string, string>> & {
      files: string[];
    };
    expect(Object.keys(bin)).toHaveLength(6);
    for (const [name, bundle] of Object.entries(bin)) {
      expect(bundle).toBe(`.build/${name}.cjs`);
      expect(files).toContain(bundle);
      expect(scripts[name]).toBe(`node scripts/run.mjs ${name}`);
    }
  });
});

describe("the runner of commands fails when", () => {
  test("a source is not TypeScript, and says where", () => {
    const { status, stderr } = run(project("const = 1;"), "hello");
    expect(status).toBe(1);
    expect(stderr).toMatch(/scripts\/hello\.ts:1:6/);
    expect(stderr).not.toContain("    at ");
  });

  test("its command is none", () => {
    expect(run(project(""), "nosuch")).toEqual({
      status: 1,
      stdout: "",
      stderr: 'command must be a file of scripts/, got "nosuch"\n',
    });
  });

  test("its packages are not installed", () => {
    const folder = project("");
    rmSync(path.join(folder, "node_modules"));
    expect(run(folder, "hello")).toMatchObject({
      status: 1,
      stderr: "packages must be installed first: npm ci\n",
    });
  });

  test("its folder cannot be written to", () => {
    const folder = project("");
    writeFileSync(path.join(folder, ".build"), "");
    const { status, stderr } = run(folder, "hello");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^cannot write .*\.build: EEXIST\n$/);
  });
});
