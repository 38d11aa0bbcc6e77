import { writeFileSync } from "node:fs";
import path from "node:path";
import {
  ALLOWANCE_FILE,
  readAllowances,
} from "../../../scripts/lib/review/allowance-file";
import { planJsonText } from "../../../scripts/lib/review/plan-source";
import { removeTemporaryFolders, temporaryFolder } from "../../support/stage";

afterAll(removeTemporaryFolders);

async function read(bytes: Buffer | string): Promise<string> {
  const plan = path.join(temporaryFolder(), "plan.json");
  writeFileSync(plan, bytes);
  return planJsonText({
    plan,
    place: { region: "us-west-2" },
    log: () => undefined,
  });
}

test.each([
  ["as it is", Buffer.from('{"ü":1}')],
  ["after a byte order mark", Buffer.from('\ufeff{"ü":1}')],
  ["as PowerShell writes it", Buffer.from('\ufeff{"ü":1}', "utf16le")],
])("JSON is read %s", async (_, bytes) => {
  expect(await read(bytes)).toBe('{"ü":1}');
});

test("fails when the file is empty", async () => {
  await expect(read("")).rejects.toThrow("must hold a plan, got nothing");
});

test("fails when it is a directory", async () => {
  const directory = planJsonText({
    plan: temporaryFolder(),
    place: { region: "us-west-2" },
    log: () => undefined,
  });
  await expect(directory).rejects.toThrow("must be a file, got a directory");
});

test("fails when there is no such file", async () => {
  const missing = planJsonText({
    plan: path.join(temporaryFolder(), "none"),
    place: { region: "us-west-2" },
    log: () => undefined,
  });
  await expect(missing).rejects.toThrow("ENOENT");
});

test("an allow-list that is not named need not exist", () => {
  expect(readAllowances()).toEqual([]);
});

test("fails when an allow-list that is named does not exist, or is wrong, and names it", () => {
  expect(() => readAllowances(temporaryFolder())).toThrow("got a directory");
  const file = path.join(temporaryFolder(), ALLOWANCE_FILE);
  expect(() => readAllowances(file)).toThrow("ENOENT");
  writeFileSync(file, "{");
  expect(() => readAllowances(file)).toThrow(
    `${file}: the allow-list must be JSON`,
  );
});
