import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { getCommandArguments } from "../../../scripts/lib/system/project-directory";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

describe("getCommandArguments", () => {
  test("finds the project of the running script, from any directory", () => {
    const project = createTemporaryDirectory();
    mkdirSync(path.join(project, "scripts"));
    writeFileSync(path.join(project, "scripts", "run.mjs"), "");
    expect(
      getCommandArguments("app", path.join(project, ".build", "a.cjs")),
    ).toEqual([path.join(project, "scripts", "run.mjs"), "app"]);
  });

  test("fails without a checkout", () => {
    const before = process.cwd();
    process.chdir(createTemporaryDirectory());
    try {
      expect(() => getCommandArguments("app", "/nowhere/a.js")).toThrow(
        /must run in a checkout of the project/,
      );
    } finally {
      process.chdir(before);
    }
  });

  test("defaults to the working directory", () => {
    expect(
      getCommandArguments("app", path.join(createTemporaryDirectory(), "a.js")),
    ).toEqual([path.resolve("scripts", "run.mjs"), "app"]);
  });
});
