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

describe("a file that is written atomically", () => {
  test("has the text in a new directory without other files", () => {
    const directory = path.join(createTemporaryDirectory(), "a", "b");
    const file = path.join(directory, ".env.dev");
    writeFileAtomic(file, "one");
    writeFileAtomic(file, "two");
    expect(readFileSync(file, "utf8")).toBe("two");
    expect(readdirSync(directory)).toEqual([".env.dev"]);
  });

  test("is in the working directory if its path is only a name", () => {
    const directory = process.cwd();
    process.chdir(createTemporaryDirectory());
    try {
      writeFileAtomic("outputs.json", "text");
      expect(readdirSync(".")).toEqual(["outputs.json"]);
    } finally {
      process.chdir(directory);
    }
  });

  test("has the new permissions, not its previous ones", () => {
    const file = path.join(createTemporaryDirectory(), "secret");
    writeFileSync(file, "old");
    chmodSync(file, 0o644);
    writeFileAtomic(file, "new", 0o600);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});

describe("writing a file fails if", () => {
  test("a directory has its name, and leaves the directory unchanged", () => {
    const directory = createTemporaryDirectory();
    const file = path.join(directory, "occupied");
    mkdirSync(path.join(file, "child"), { recursive: true });
    expect(() => {
      writeFileAtomic(file, "text");
    }).toThrow();
    expect(existsSync(path.join(file, "child"))).toBe(true);
    expect(readdirSync(directory)).toEqual(["occupied"]);
  });
});
