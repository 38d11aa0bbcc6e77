import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { replaceFile } from "../../stacks/replace-file";
import { removeTemporaryFolders, temporaryFolder } from "../support/stage";

afterAll(removeTemporaryFolders);

describe("a file that is replaced", () => {
  test("holds the text, in folders made for it, and nothing lies beside it", () => {
    const folder = path.join(temporaryFolder(), "a", "b");
    const file = path.join(folder, ".env.dev");
    replaceFile(file, "one");
    replaceFile(file, "two");
    expect(readFileSync(file, "utf8")).toBe("two");
    expect(readdirSync(folder)).toEqual([".env.dev"]);
  });

  test("has the permissions that are asked for, whatever it had before", () => {
    const file = path.join(temporaryFolder(), "secret");
    writeFileSync(file, "old");
    chmodSync(file, 0o644);
    replaceFile(file, "new", 0o600);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

describe("replacing a file fails when", () => {
  test("a folder has its name, which stays as it was", () => {
    const folder = temporaryFolder();
    const file = path.join(folder, "taken");
    mkdirSync(path.join(file, "child"), { recursive: true });
    expect(() => {
      replaceFile(file, "text");
    }).toThrow();
    expect(existsSync(path.join(file, "child"))).toBe(true);
    expect(readdirSync(folder)).toEqual(["taken"]);
  });
});
