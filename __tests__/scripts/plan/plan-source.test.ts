import { writeFileSync } from "node:fs";
import path from "node:path";
import {
  ALLOWANCE_FILE,
  readAllowances,
} from "../../../scripts/lib/review/allowances";
import { readPlanJson } from "../../../scripts/lib/plan/plan-source";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

async function read(bytes: Buffer | string): Promise<string> {
  const plan = path.join(createTemporaryDirectory(), "plan.json");
  writeFileSync(plan, bytes);
  return readPlanJson({
    plan,
    target: { region: "us-west-2" },
    log: () => undefined,
  });
}

test.each([
  ["as UTF-8", Buffer.from('{"ü":1}')],
  ["after a byte order mark", Buffer.from('\ufeff{"ü":1}')],
  ["as UTF-16 of PowerShell", Buffer.from('\ufeff{"ü":1}', "utf16le")],
])("JSON is read %s", async (_, bytes) => {
  expect(await read(bytes)).toBe('{"ü":1}');
});

test("fails if the file is empty", async () => {
  await expect(read("")).rejects.toThrow("must be a plan, got an empty file");
});

test("fails if it is a directory", async () => {
  const directory = readPlanJson({
    plan: createTemporaryDirectory(),
    target: { region: "us-west-2" },
    log: () => undefined,
  });
  await expect(directory).rejects.toThrow("must be a file, got a directory");
});

test("fails if the file is missing", async () => {
  const missing = readPlanJson({
    plan: path.join(createTemporaryDirectory(), "none"),
    target: { region: "us-west-2" },
    log: () => undefined,
  });
  await expect(missing).rejects.toThrow("ENOENT");
});

test("an allow-list that is not named need not exist", () => {
  expect(readAllowances()).toEqual([]);
});

test("fails when an allow-list that is named does not exist, or is wrong, and names it", () => {
  expect(() => readAllowances(createTemporaryDirectory())).toThrow(
    "got a directory",
  );
  const file = path.join(createTemporaryDirectory(), ALLOWANCE_FILE);
  expect(() => readAllowances(file)).toThrow("ENOENT");
  writeFileSync(file, "{");
  expect(() => readAllowances(file)).toThrow(
    `${file}: the allow-list must be JSON`,
  );
});
