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
import { runProcess } from "../../scripts/lib/system/processes";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../support/stage";

afterAll(removeTemporaryDirectories);

/** Creates a project with this one command. */
function createProject(command: string): string {
  const directory = createTemporaryDirectory();
  mkdirSync(path.join(directory, "scripts"));
  cpSync("scripts/run.mjs", path.join(directory, "scripts/run.mjs"));
  symlinkSync(
    path.resolve("node_modules"),
    path.join(directory, "node_modules"),
  );
  writeFileSync(path.join(directory, "scripts/veda-auth.ts"), command);
  return directory;
}

/** Creates a package with this one command as its bin, and as its library. */
function createPackage(command: string): string {
  const directory = createProject(command);
  const builder = "scripts/build-package.mjs";
  cpSync(builder, path.join(directory, builder));
  const write = (file: string, content: unknown) => {
    writeFileSync(path.join(directory, file), JSON.stringify(content));
  };
  write("tsconfig.build.json", {
    extends: path.resolve("tsconfig.build.json"),
    compilerOptions: { rootDir: "." },
    files: ["scripts/veda-auth.ts"],
  });
  write("package.json", { bin: { hello: ".build/hello.cjs" }, files: [] });
  return directory;
}

function run(directory: string, ...args: readonly string[]) {
  const script = path.join(directory, "scripts/run.mjs");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [script, ...args],
    { encoding: "utf8" },
  );
  return { status, stdout, stderr };
}

describe("the runner of commands", () => {
  test("runs TypeScript with the arguments", () => {
    const directory = createProject(
      "console.log(process.argv.slice(2) satisfies string[]);",
    );
    expect(run(directory, "hello", "--x", "y")).toEqual({
      status: 0,
      stdout: "[ 'hello', '--x', 'y' ]\n",
      stderr: "",
    });
  });

  test("runs a file of another directory by its path", () => {
    const directory = createProject("");
    mkdirSync(path.join(directory, "tools"));
    writeFileSync(
      path.join(directory, "tools/hello.ts"),
      "console.log(process.argv.slice(2));",
    );
    expect(run(directory, "tools/hello", "x").stdout).toBe("[ 'x' ]\n");
  });

  test("bundles again when a source has changed, and only then", () => {
    const directory = createProject('console.log("one");');
    const bundle = path.join(directory, ".build/program.cjs");
    run(directory, "hello");
    const { mtimeMs } = statSync(bundle);
    run(directory, "hello");
    expect(statSync(bundle).mtimeMs).toBe(mtimeMs);
    writeFileSync(
      path.join(directory, "scripts/veda-auth.ts"),
      'console.log("three");',
    );
    expect(run(directory, "hello").stdout).toBe("three\n");
  });
});

describe("the types of the project", () => {
  const TSC =
    'require("node:fs").appendFileSync("checks", "x"); process.exit(require("node:fs").existsSync("wrong") ? 2 : 0);';

  test("are checked before the app runs, once after a change", () => {
    const directory = createProject("");
    rmSync(path.join(directory, "node_modules"));
    const compiler = path.join(directory, "node_modules/typescript7/bin");
    mkdirSync(compiler, { recursive: true });
    writeFileSync(path.join(compiler, "tsc"), TSC);
    symlinkSync(
      path.resolve("node_modules/esbuild"),
      path.join(directory, "node_modules/esbuild"),
    );
    symlinkSync(
      path.resolve("node_modules/@esbuild"),
      path.join(directory, "node_modules/@esbuild"),
    );
    for (const name of ["constructs", "stacks"])
      mkdirSync(path.join(directory, name));
    writeFileSync(
      path.join(directory, "scripts/app.ts"),
      'console.log("app");',
    );
    writeFileSync(path.join(directory, "tsconfig.json"), "{}");
    const check = () => {
      const { status, stdout } = run(directory, "app");
      const checks = readFileSync(path.join(directory, "checks"), "utf8");
      return [status, stdout, checks.length];
    };
    expect(check()).toEqual([0, "app\n", 1]);
    expect(check()).toEqual([0, "app\n", 1]);
    writeFileSync(path.join(directory, "tsconfig.json"), "{ }");
    writeFileSync(path.join(directory, "wrong"), "");
    expect(check()).toEqual([1, "", 2]);
    expect(check()).toEqual([1, "", 3]);
    rmSync(path.join(directory, "wrong"));
    expect(check()).toEqual([0, "app\n", 4]);
    expect(check()).toEqual([0, "app\n", 4]);
  });
});

describe("compiled code", () => {
  const compiled = (directory: string): string[] =>
    readdirSync(path.join(directory, ".build")).filter((file) =>
      file.startsWith(`program.cjs.${process.version}-`),
    );

  test("is cached by the first run and runs like the source, late imports included", () => {
    const directory = createProject(
      'void import("@aws-sdk/client-sts").then(({ STSClient }) => { console.log(typeof STSClient); });',
    );
    const first = run(directory, "hello");
    expect(first).toEqual({ status: 0, stdout: "function\n", stderr: "" });
    expect(compiled(directory)).toHaveLength(1);
    expect(run(directory, "hello")).toEqual(first);
    expect(compiled(directory)).toHaveLength(1);
  });

  test("is replaced if it is corrupt, and removed if a source has changed", () => {
    const directory = createProject('console.log("one");');
    run(directory, "hello");
    const [file = ""] = compiled(directory);
    writeFileSync(path.join(directory, ".build", file), "broken");
    expect(run(directory, "hello").stdout).toBe("one\n");
    expect(statSync(path.join(directory, ".build", file)).size).toBeGreaterThan(
      100,
    );
    writeFileSync(
      path.join(directory, "scripts/veda-auth.ts"),
      'console.log("three");',
    );
    expect(run(directory, "hello").stdout).toBe("three\n");
    expect(compiled(directory)).toHaveLength(1);
    expect(compiled(directory)).not.toContain(file);
  });
});

describe("an installed command", () => {
  test("is a bin that runs by itself, from any directory, with its command first", () => {
    const directory = createPackage("console.log(process.argv.slice(2));");
    expect(run(directory, "--build").status).toBe(0);
    rmSync(path.join(directory, "scripts"), { recursive: true });
    const bin = path.join(directory, ".build/hello.cjs");
    const { stdout } = spawnSync(bin, ["x"], {
      cwd: createTemporaryDirectory(),
      encoding: "utf8",
    });
    expect(stdout).toBe("[ 'hello', 'x' ]\n");
  });

  test("runs the current sources in the directory of its checkout, and the built ones elsewhere", () => {
    const directory = createPackage('console.log("built");');
    run(directory, "--build");
    writeFileSync(
      path.join(directory, "scripts/veda-auth.ts"),
      'console.log("current");',
    );
    const print = (cwd: string): string =>
      spawnSync(path.join(directory, ".build/hello.cjs"), [], {
        cwd,
        encoding: "utf8",
      }).stdout;
    expect(print(createTemporaryDirectory())).toBe("built\n");
    expect(print(directory)).toBe("current\n");
  });

  test("is built by several processes at once, with the library", async () => {
    const directory = createPackage("export const one = 1;");
    const library = path.join(directory, "dist/scripts/veda-auth.js");
    for (const value of [2, 3]) {
      writeFileSync(
        path.join(directory, "scripts/veda-auth.ts"),
        `export const one = ${value};`,
      );
      const builds = await Promise.all(
        [1, 2, 3, 4].map(() =>
          runProcess(process.execPath, ["scripts/run.mjs", "--build"], {
            directory,
            environment: { PATH: process.env.PATH },
            timeoutSeconds: 60,
          }),
        ),
      );
      expect(builds).toEqual(
        builds.map(() => ({ code: 0, stdout: "", stderr: "" })),
      );
      expect(readFileSync(library, "utf8")).toContain(`exports.one = ${value}`);
    }
    expect(
      readdirSync(directory).filter((file) => file.endsWith(".tmp")),
    ).toEqual([]);
  });

  test("fails to be built if the types of the library are wrong", () => {
    const directory = createPackage("export const one: string = 1;");
    const { status, stdout, stderr } = run(directory, "--build");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(/^scripts\/veda-auth\.ts\(1,14\): error TS2322/);
    expect(readdirSync(directory)).not.toContain("dist");
  });

  test("is an npm script too, and in the package", () => {
    const { bin, files, scripts } = JSON.parse(
      readFileSync("package.json", "utf8"),
    ) as Record<"bin" | "scripts", Record<string, string>> & {
      files: string[];
    };
    expect(Object.keys(bin)).toHaveLength(7);
    expect(files).toContain(".build/program.cjs");
    for (const [name, file] of Object.entries(bin)) {
      expect(file).toBe(`.build/${name}.cjs`);
      expect(files).toContain(file);
      expect(scripts[name]).toBe(
        `node -- scripts/run.mjs ${name === "veda-auth" ? "" : name}`.trimEnd(),
      );
    }
  });
});

describe("the runner of commands fails when", () => {
  test("a source is not TypeScript, naming the position", () => {
    const { status, stderr } = run(createProject("const = 1;"), "hello");
    expect(status).toBe(1);
    expect(stderr).toMatch(/scripts\/veda-auth\.ts:1:6/);
    expect(stderr).not.toContain("    at ");
  });

  test("packages are not installed, also through a bin that is built then", () => {
    const directory = createPackage("");
    rmSync(path.join(directory, "node_modules"));
    expect(run(directory, "hello")).toMatchObject({
      status: 1,
      stderr: "packages must be installed: run npm ci\n",
    });
    expect(run(directory, "--build").status).toBe(0);
    const { status, stderr } = spawnSync(
      path.join(directory, ".build/hello.cjs"),
      [],
      { cwd: directory, encoding: "utf8" },
    );
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: "packages must be installed: run npm ci\n",
    });
  });

  test("the directory is not writable", () => {
    const directory = createProject("");
    writeFileSync(path.join(directory, ".build"), "");
    const { status, stderr } = run(directory, "hello");
    expect(status).toBe(1);
    expect(stderr).toMatch(/^cannot write .*\.build: EEXIST\n$/);
  });
});
