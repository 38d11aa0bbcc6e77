import { execFile, execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { readEnvFile } from "../../../stacks/config/env-file";
import { findStageSources } from "../../../stacks/config/stage-sources";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

const CANARY = "c4nary";

function read(content: string | Buffer) {
  const file = path.join(createTemporaryDirectory(), ".env.dev");
  writeFileSync(file, content);
  return readEnvFile(file);
}

test("a file has variables and the numbers of their lines", () => {
  expect(read("STAGE=dev\n\nOWNER='a\nb'\nexport X=1\n")).toEqual({
    values: { STAGE: "dev", OWNER: "a\nb", X: "1" },
    lineNumbers: { STAGE: 1, OWNER: 3, X: 5 },
    references: [],
    problems: [],
  });
});

test("the last variable of a name counts", () => {
  expect(read("A=${B}\nB=1\nA=2\n")).toMatchObject({
    values: { A: "2", B: "1" },
    lineNumbers: { A: 3, B: 2 },
    references: [],
  });
});

test("a pipe is read once", () => {
  const file = path.join(createTemporaryDirectory(), "pipe");
  execFileSync("mkfifo", [file]);
  const script = 'echo A=1 >"$0"; sleep 0.2; echo A=2 >"$0"';
  const writer = execFile("sh", ["-c", script, file]);
  try {
    expect(readEnvFile(file).values).toEqual({ A: "1" });
    expect(readEnvFile(file).values).toEqual({ A: "1" });
  } finally {
    writer.kill();
  }
});

test("a file that does not exist has no variables", () => {
  expect(readEnvFile("/nowhere/.env")).toMatchObject({
    values: {},
    problems: [],
  });
});

test("a file with invalid lines has no variables, and its problem quotes no line", () => {
  const text = `A=b\nset PASSWORD=${CANARY}\nKEY="${CANARY}","${CANARY}"\n${CANARY}\n`;
  expect(read(text)).toEqual({
    values: {},
    lineNumbers: {},
    references: [],
    problems: [
      ".env.dev: line 2 must be NAME=value, such as STAGE=dev, or a comment that begins with #, got a command of a shell; write NAME=value, and 2 more",
    ],
  });
});

test.each([
  ["latin1", Buffer.from("A=d\xffev", "latin1")],
  ["UTF-16 with a BOM", Buffer.from("\ufeffA=b", "utf16le")],
])("a file must be UTF-8, got %s", (_, content) => {
  expect(read(content).problems).toEqual([
    ".env.dev must be a readable file of UTF-8 text, got other bytes",
  ]);
});

test("a file must be UTF-8, got UTF-16", () => {
  expect(read(Buffer.from("A=b", "utf16le")).problems).toEqual([
    expect.stringMatching(/line 1 must be .* got a zero byte$/),
  ]);
});

describe("a reference in a file", () => {
  function findProblems(text: string, names?: readonly string[]) {
    const directory = createTemporaryDirectory({ ".env": text });
    const host = { userName: "user", isCi: false };
    return findStageSources({ STAGE: "dev" }, directory, host, names).flatMap(
      ({ problems }) => problems,
    );
  }

  test.each([
    ["STATE_BUCKET_NAME=${APP}-state", "STATE_BUCKET_NAME"],
    ['owner="$(whoami)"', "owner"],
  ])("fails in a setting: %s", (line, name) => {
    expect(findProblems(`X=1\n${line}\n`)).toEqual([
      `.env: line 2: ${name} must be text, got a reference such as \${NAME} or $(command), which is not expanded; write the value, or single quotes for this text`,
    ]);
  });

  test("is text in single quotes, and in variables of other programs", () => {
    const text = "OWNER='${USER}'\nDATABASE_URL=postgres://${PGUSER}@host\n";
    expect(findProblems(text)).toEqual([]);
    expect(findProblems("OWNER=${USER}\n", ["STAGE"])).toEqual([]);
    expect(findProblems("password=a${b}\n", ["password"])).toHaveLength(1);
  });
});
