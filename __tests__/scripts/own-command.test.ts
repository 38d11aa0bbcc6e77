import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ownCommand } from "../../scripts/lib/own-command";
import { removeTemporaryFolders, temporaryFolder } from "../support/stage";

afterAll(removeTemporaryFolders);

describe("a command of this project", () => {
  test("is that of the project that runs, from whichever folder", () => {
    const project = temporaryFolder();
    mkdirSync(path.join(project, "scripts"));
    writeFileSync(path.join(project, "scripts", "run.mjs"), "");
    expect(ownCommand("app", path.join(project, ".build", "a.cjs"))).toEqual([
      path.join(project, "scripts", "run.mjs"),
      "app",
    ]);
  });

  test("is that of the working directory where nothing of the project runs", () => {
    expect(ownCommand("app", path.join(temporaryFolder(), "a.js"))).toEqual([
      path.resolve("scripts", "run.mjs"),
      "app",
    ]);
  });
});
