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
    expect(() => getCommandArguments("app", "/nowhere/a.js")).toThrow(
      "must be in a checkout of the project",
    );
  });

  test("finds this project", () => {
    expect(getCommandArguments("app")).toEqual([
      path.resolve("scripts", "run.mjs"),
      "app",
    ]);
  });
});
