import fs, {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import {
  createDirectory,
  requireFreeDirectory,
} from "../../../scripts/lib/init/create-directory";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

/** Returns a function that writes the files of an app. */
function createWriter(author: string, before: () => void = () => undefined) {
  return (directory: string): Promise<void> => {
    mkdirSync(path.join(directory, ".github"));
    for (const file of [".github/a.yml", "main.ts"])
      writeFileSync(path.join(directory, file), author);
    before();
    return Promise.resolve();
  };
}

/** Returns the authors of the files in a directory, by name. */
function listAuthors(directory: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(directory, { recursive: true, encoding: "utf8" })
      .filter((name) => /\.(?:ts|yml)$/.test(name))
      .map((name) => [name, readFileSync(path.join(directory, name), "utf8")]),
  );
}

const WHOLE = { ".github/a.yml": "ada", "main.ts": "ada" };

describe("a directory of an app", () => {
  test("is new, and has all files", async () => {
    const parent = createTemporaryDirectory();
    const directory = path.join(parent, "app");
    requireFreeDirectory(directory);
    await createDirectory(directory, createWriter("ada"));
    expect(listAuthors(directory)).toEqual(WHOLE);
    expect(readdirSync(parent)).toEqual(["app"]);
  });

  test.each([[[]], [[".git"]]])("can exist with %j", async (entries) => {
    const directory = createTemporaryDirectory();
    for (const name of entries) mkdirSync(path.join(directory, name));
    requireFreeDirectory(directory);
    await createDirectory(directory, createWriter("ada"));
    expect(listAuthors(directory)).toEqual(WHOLE);
    expect(readdirSync(directory).sort()).toEqual(
      [...entries, ".github", "main.ts"].sort(),
    );
  });

  test("can have the remains of a command that was killed", async () => {
    const directory = createTemporaryDirectory();
    mkdirSync(path.join(directory, "veda-auth-work-0123456789ab-1"));
    requireFreeDirectory(directory);
    await createDirectory(directory, createWriter("ada"));
    expect(listAuthors(directory)).toEqual(WHOLE);
  });

  test.each([
    [
      "has files",
      { "a.txt": "", "b.txt": "" },
      "got one with a.txt and 1 more",
    ],
    ["has an app", { "cdktf.json": "{}" }, "got one with cdktf.json"],
  ])("must not be one that %s", (_, files, message) => {
    const directory = createTemporaryDirectory(files);
    expect(() => {
      requireFreeDirectory(directory);
    }).toThrow(message);
  });

  test("must not be a link to nothing, or in a directory that cannot be written", () => {
    const directory = createTemporaryDirectory();
    symlinkSync("nowhere", path.join(directory, "link"));
    expect(() => {
      requireFreeDirectory(path.join(directory, "link"));
    }).toThrow(/link must be a directory, got a link to a missing file$/);
    const access = jest.spyOn(fs, "accessSync").mockImplementation(() => {
      throw new Error("permission denied");
    });
    expect(() => {
      requireFreeDirectory(path.join(directory, "new"));
    }).toThrow("permission denied");
    expect(access).toHaveBeenCalledWith(directory, fs.constants.W_OK);
    access.mockRestore();
  });

  test("must not be a file, or have no parent", () => {
    const directory = createTemporaryDirectory({ file: "" });
    expect(() => {
      requireFreeDirectory(path.join(directory, "file"));
    }).toThrow("must be a directory, got a file");
    expect(() => {
      requireFreeDirectory(path.join(directory, "a", "b"));
    }).toThrow(/the directory of .* must exist, got .*a$/);
  });

  test("must not be inside another app, such as this project", () => {
    const app = createTemporaryDirectory({ "cdktf.json": "{}" });
    mkdirSync(path.join(app, "sub"));
    expect(() => {
      requireFreeDirectory(path.join(app, "sub", "new"));
    }).toThrow(`must not be inside another app, got one in ${app}`);
    expect(() => {
      requireFreeDirectory("docs/new");
    }).toThrow(`got one in ${process.cwd()}`);
  });

  test.each(["new", "existing"])(
    "that is %s stays as it was after an error",
    async (kind) => {
      const parent = createTemporaryDirectory();
      const directory = path.join(parent, "app");
      if (kind === "existing") mkdirSync(directory);
      await expect(
        createDirectory(
          directory,
          createWriter("ada", () => {
            throw new Error("disk full");
          }),
        ),
      ).rejects.toThrow("disk full");
      expect(readdirSync(parent)).toEqual(kind === "new" ? [] : ["app"]);
      if (kind === "existing") expect(readdirSync(directory)).toEqual([]);
    },
  );

  test.each(["new", "existing"])(
    "that is %s has the files of one of two commands",
    async (kind) => {
      const directory = path.join(createTemporaryDirectory(), "app");
      if (kind === "existing") mkdirSync(directory);
      let other: Promise<void> | undefined;
      await expect(
        createDirectory(directory, async (temporary) => {
          await createWriter("bob")(temporary);
          other = createDirectory(directory, createWriter("ada"));
          await other;
        }),
      ).rejects.toThrow(/must be a new or empty directory, got one with/);
      await other;
      expect(listAuthors(directory)).toEqual(WHOLE);
    },
  );

  test("that cannot be written is reported, and nothing is left", async () => {
    if (process.getuid?.() === 0) return;
    const parent = createTemporaryDirectory();
    chmodSync(parent, 0o500);
    await expect(
      createDirectory(path.join(parent, "app"), createWriter("ada")),
    ).rejects.toThrow("EACCES");
    expect(existsSync(path.join(parent, "app"))).toBe(false);
  });
});
