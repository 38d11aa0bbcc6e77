import { writeFileSync } from "node:fs";
import path from "node:path";
import {
  ALLOWANCE_FILE,
  readAllowances,
} from "../../../scripts/lib/review/allowances";
import { loadFileGraph } from "../../../scripts/lib/access/access-source";
import { readPlan, readPlanJson } from "../../../scripts/lib/plan/plan-source";
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
    log: () => undefined,
  });
  await expect(directory).rejects.toThrow("must be a file, got a directory");
});

describe.each([
  ["a plan to review", readPlan, "plan file", "veda-auth plan --out "],
  ["a file to show access of", loadFileGraph, "file", "cdk.tf.json"],
] as const)("%s", (_, load, noun, advice) => {
  const loadFile = async (plan: string) => load({ plan, log: () => undefined });

  test("fails if the file is missing, with its name and how to create it", async () => {
    const plan = path.join(createTemporaryDirectory(), "plan.tfplan");
    for (const file of [plan, path.join(__filename, "plan.tfplan")])
      await expect(loadFile(file)).rejects.toMatchObject({
        message: `${noun} ${file} does not exist`,
        hint: expect.stringContaining(advice) as string,
      });
  });

  test.each([
    ["text", "# Title\n"],
    ["other JSON", '{"name":"app"}'],
    ["a list", "[]"],
    ["a cut plan", '{"format_version":"1.2","resource'],
    ["an image", Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d])],
  ])(
    "fails if the file is %s, with its name and what is accepted",
    async (__, bytes) => {
      const file = path.join(createTemporaryDirectory(), "README.md");
      writeFileSync(file, bytes);
      await expect(loadFile(file)).rejects.toMatchObject({
        message: expect.stringContaining(`${file}: `) as string,
        hint: expect.stringContaining("terraform show -json") as string,
      });
    },
  );
});

test("fails if the directory of the plan does not exist, also for JSON", async () => {
  const file = path.join(createTemporaryDirectory(), "plan.json");
  writeFileSync(file, "{}");
  const directory = path.join(path.dirname(file), "none");
  await expect(
    readPlanJson({ plan: file, directory, log: () => undefined }),
  ).rejects.toThrow(`directory ${directory} does not exist`);
});

test("an allow-list that is not named need not exist", () => {
  expect(readAllowances()).toEqual([]);
});

test("fails when an allow-list that is named does not exist, or is wrong, and names it", () => {
  expect(() => readAllowances(createTemporaryDirectory())).toThrow(
    "got a directory",
  );
  const file = path.join(createTemporaryDirectory(), ALLOWANCE_FILE);
  expect(() => readAllowances(file)).toThrow(
    `allow-list ${file} does not exist`,
  );
  writeFileSync(file, "{");
  expect(() => readAllowances(file)).toThrow(
    `${file}: the allow-list must be JSON`,
  );
});
