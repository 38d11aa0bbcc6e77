import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { spawnSync } from "node:child_process";
import { buildSync } from "esbuild";
import { formatPage } from "../../../stacks/config/documentation";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../../support/stage";

const PROJECT = path.resolve(__dirname, "../../..");

afterAll(removeTemporaryDirectories);

test("a page is a file of the project", () => {
  expect(formatPage("deploy")).toBe("docs/deploy.md");
  expect(formatPage("deploy#one-provider-build")).toBe(
    "docs/deploy.md#one-provider-build",
  );
});

test("a page is a file of an installed package, from the working directory", () => {
  const app = createTemporaryDirectory();
  const installed = path.join(app, "node_modules/veda-auth");
  mkdirSync(installed, { recursive: true });
  writeFileSync(path.join(installed, "package.json"), "{}");
  buildSync({
    stdin: {
      contents: `import { formatPage } from "./documentation"; console.log(formatPage("api"));`,
      resolveDir: path.join(PROJECT, "stacks/config"),
    },
    bundle: true,
    platform: "node",
    outfile: path.join(installed, "dist/stacks/print.js"),
  });
  const print = (directory: string) =>
    spawnSync(
      process.execPath,
      [path.join(installed, "dist/stacks/print.js")],
      { cwd: directory, encoding: "utf8" },
    ).stdout.trim();
  expect(print(app)).toBe("node_modules/veda-auth/docs/api.md");
  expect(print(createTemporaryDirectory())).toBe(
    path.join(installed, "docs/api.md"),
  );
});
