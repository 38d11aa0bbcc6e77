import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { getCommandArguments } from "../../../scripts/lib/system/project-directory";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

describe("a command of this project", () => {
  test("is that of the project that runs, from whichever folder", () => {
    const project = createTemporaryDirectory();
    mkdirSync(path.join(project, "scripts"));
    writeFileSync(path.join(project, "scripts", "run.mjs"), "");
    expect(
      getCommandArguments("app", path.join(project, ".build", "a.cjs")),
    ).toEqual([path.join(project, "scripts", "run.mjs"), "app"]);
  });

  test("is that of the working directory where nothing of the project runs", () => {
    expect(
      getCommandArguments("app", path.join(createTemporaryDirectory(), "a.js")),
    ).toEqual([path.resolve("scripts", "run.mjs"), "app"]);
  });
});
