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
import { writeFileAtomic } from "../../stacks/write-file-atomic";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../support/stage";

afterAll(removeTemporaryDirectories);

describe("a file that is replaced", () => {
  test("holds the text, in folders made for it, and nothing lies beside it", () => {
    const folder = path.join(createTemporaryDirectory(), "a", "b");
    const file = path.join(folder, ".env.dev");
    writeFileAtomic(file, "one");
    writeFileAtomic(file, "two");
    expect(readFileSync(file, "utf8")).toBe("two");
    expect(readdirSync(folder)).toEqual([".env.dev"]);
  });

  test("has the permissions that are asked for, whatever it had before", () => {
    const file = path.join(createTemporaryDirectory(), "secret");
    writeFileSync(file, "old");
    chmodSync(file, 0o644);
    writeFileAtomic(file, "new", 0o600);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

describe("replacing a file fails when", () => {
  test("a folder has its name, which stays as it was", () => {
    const folder = createTemporaryDirectory();
    const file = path.join(folder, "taken");
    mkdirSync(path.join(file, "child"), { recursive: true });
    expect(() => {
      writeFileAtomic(file, "text");
    }).toThrow();
    expect(existsSync(path.join(file, "child"))).toBe(true);
    expect(readdirSync(folder)).toEqual(["taken"]);
  });
});
