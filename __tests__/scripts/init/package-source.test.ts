import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { version } from "../../../package.json";
import {
  findPackageSource,
  isFromRegistry,
  packPackage,
} from "../../../scripts/lib/init/package-source";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

const FILE = "veda-auth/-/veda-auth-1.2.3.tgz";

/** Creates a package in node_modules, with npm's record of it. */
function install(entry: object | undefined): string {
  const modules = path.join(createTemporaryDirectory(), "node_modules");
  const directory = path.join(modules, "veda-auth");
  mkdirSync(directory, { recursive: true });
  if (entry !== undefined)
    writeFileSync(
      path.join(modules, ".package-lock.json"),
      JSON.stringify({ packages: { "node_modules/veda-auth": entry } }),
    );
  return directory;
}

test("the package that runs is this project", () => {
  expect(findPackageSource()).toMatchObject({
    directory: process.cwd(),
    version,
    ranges: { cdktf: "0.21.0" },
  });
});

describe("a package", () => {
  test.each([
    ["a registry", { resolved: `https://registry.example.org/${FILE}` }],
    ["a registry below a path", { resolved: `http://npm.test/a/b/${FILE}` }],
    ["a registry whose address npm omits", { integrity: "sha512-x" }],
  ])("from %s is installed from there", (_, entry) => {
    const directory = install({ version: "1.2.3", ...entry });
    expect(isFromRegistry({ directory, version: "1.2.3" })).toBe(true);
  });

  test.each([
    ["a file", { version: "1.2.3", resolved: `file:../${FILE}` }],
    ["a server", { version: "1.2.3", resolved: "https://a.test/x.tgz" }],
    ["git", { version: "1.2.3", resolved: "git+ssh://git@a.test/x.git#1" }],
    ["a link", { version: "1.2.3", resolved: "../x", link: true }],
    ["a global installation", undefined],
    ["another version", { version: "1.2.4", integrity: "sha512-x" }],
  ])("from %s is not", (_, entry) => {
    expect(
      isFromRegistry({ directory: install(entry), version: "1.2.3" }),
    ).toBe(false);
  });

  test("is packed, without its scripts", async () => {
    const directory = install(undefined);
    const files = {
      "package.json": JSON.stringify({
        name: "veda-auth",
        version: "1.2.3",
        files: ["a.txt"],
        scripts: { prepare: "exit 1" },
      }),
      "a.txt": "a",
      "b.txt": "b",
    };
    for (const [name, text] of Object.entries(files))
      writeFileSync(path.join(directory, name), text);
    const target = createTemporaryDirectory();
    const file = await packPackage({ directory, version: "1.2.3" }, target);
    expect(file).toBe("veda-auth-1.2.3.tgz");
    const list = execFileSync("tar", ["-tf", path.join(target, file)]);
    expect(list.toString().trim().split("\n").sort()).toEqual([
      "package/a.txt",
      "package/package.json",
    ]);
  });

  test("that npm cannot pack is an error with npm's output", async () => {
    const directory = install(undefined);
    await expect(
      packPackage({ directory, version: "1.2.3" }, createTemporaryDirectory()),
    ).rejects.toThrow(/cannot pack .*: npm pack .* failed with exit code/);
  });
});
