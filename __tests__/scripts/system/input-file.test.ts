import { symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { readToken } from "../../../scripts/lib/auth/token-input";
import {
  nameInput,
  readInputFile,
} from "../../../scripts/lib/system/input-file";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

test("a file is read as bytes", () => {
  const file = path.join(createTemporaryDirectory(), "file");
  writeFileSync(file, "text");
  expect(readInputFile(file, "list", "write one").toString()).toBe("text");
});

test("fails if there is no file, with what the file is and how to create it", () => {
  const file = path.join(createTemporaryDirectory(), "none");
  expect(() => readInputFile(file, "list", "write one")).toThrow(
    new UserError(`list ${file} does not exist`, "write one"),
  );
});

test("fails if the file is a directory", () => {
  const directory = createTemporaryDirectory();
  expect(() => readInputFile(directory, "list", "write one")).toThrow(
    `list ${directory} must be a file, got a directory`,
  );
});

test("fails for another reason in the words of the system", () => {
  const file = path.join(createTemporaryDirectory(), "loop");
  symlinkSync(file, file);
  expect(() => readInputFile(file, "list", "write one")).toThrow(
    `cannot read list ${file}: too many symbolic links encountered (ELOOP)`,
  );
});

test("a token file is one of them", async () => {
  const file = path.join(createTemporaryDirectory(), "none");
  await expect(readToken(file, "access")).rejects.toThrow(
    `token file ${file} does not exist`,
  );
});

test("errors of a parser get the name of the file, and others pass", () => {
  const fail = (error: Error) => () =>
    nameInput("a.json", () => {
      throw error;
    });
  expect(fail(new UserError("list is required", "write one"))).toThrow(
    new UserError("a.json: list is required", "write one"),
  );
  expect(fail(new TypeError("x"))).toThrow(new TypeError("x"));
});
