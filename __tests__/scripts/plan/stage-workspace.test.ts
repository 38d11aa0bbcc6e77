import { writeFileSync } from "node:fs";
import path from "node:path";
import { StageWorkspace } from "../../../scripts/lib/plan/stage-workspace";
import type { StackDirectory } from "../../../scripts/lib/terraform/stack-directory";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

const CHANGE = {
  address: "aws_iam_role.a",
  mode: "managed",
  type: "aws_iam_role",
  name: "a",
  change: { actions: ["create"], before: null, after: { name: "a" } },
};
const JSON_PLAN = JSON.stringify({
  format_version: "1.2",
  terraform_version: "1.11.4",
  planned_values: {},
  resource_changes: [CHANGE],
});
const LOCK = `provider "registry.terraform.io/hashicorp/aws" {\n  version = "6.1.0"\n  hashes = [\n    "zh:a",\n  ]\n}\n`;

/** A workspace whose Terraform says this of a plan, and ends with 0 whatever happens. */
function workspace({ planned = "Plan: 1 to add", makesFile = true } = {}) {
  const directory = createTemporaryDirectory();
  const called: string[][] = [];
  const terraform = (...words: string[]) => {
    called.push(words);
    const file = words.find((word) => word.startsWith("-out="))?.slice(5);
    if (file !== undefined && makesFile) writeFileSync(file, "plan");
    const stdout = {
      plan: planned,
      show: `[command]terraform\n${JSON_PLAN}\n::debug::done`,
      output: `[command]terraform\n{"a":{"value":"b","sensitive":false},"c":{"value":"d","sensitive":true}}\n`,
    }[words[0] ?? ""];
    return Promise.resolve({ code: 0, stdout: stdout ?? "", stderr: "" });
  };
  const write = (key: string, lock = LOCK): void => {
    const terraform = { backend: { s3: { key } } };
    writeFileSync(
      path.join(directory, "cdk.tf.json"),
      JSON.stringify({ terraform }),
    );
    writeFileSync(path.join(directory, ".terraform.lock.hcl"), lock);
  };
  write("a");
  const folder = { directory, terraform } as unknown as StackDirectory;
  const own = new StageWorkspace(
    "s",
    folder,
    createTemporaryDirectory(),
    () => {
      // nothing is read of it
    },
  );
  return { own, called, write };
}

describe("the plan of a stage", () => {
  test("is made without the state's lock, and applied with it", async () => {
    const { own, called } = workspace();
    const plan = await own.plan();
    await own.refresh();
    await own.apply(plan);
    const locked = called
      .filter(([command]) => command === "plan" || command === "apply")
      .map((words) => [words[0], words.includes("-lock=false")]);
    expect(locked).toEqual([
      ["plan", true],
      ["plan", true],
      ["apply", false],
    ]);
    const files = called.flatMap((words) =>
      words.filter((word) => word.startsWith("-out=")),
    );
    expect(new Set(files).size).toBe(2);
    expect(called.at(-1)?.at(-1)).toBe(files[0]?.slice(5));
  });

  test("has changes by what is in it, whatever the exit code says", async () => {
    const { own } = workspace();
    expect(await own.plan()).toMatchObject({
      hasChanges: true,
      counts: { add: 1, change: 0, destroy: 0 },
    });
    expect(await own.readOutputs()).toEqual({ a: "b" });
  });

  test("has the hash of its backend and its providers", async () => {
    const { own, write } = workspace();
    const hashes = [(await own.plan()).hash];
    write("b");
    hashes.push((await own.plan()).hash);
    write("a", LOCK.replace("6.1.0", "6.2.0"));
    hashes.push((await own.plan()).hash);
    write("a", LOCK.replace("zh:a", "zh:b"));
    hashes.push((await own.plan()).hash);
    expect(new Set(hashes).size).toBe(4);
    write("a");
    expect((await own.plan()).hash).toBe(hashes[0]);
  });

  test("fails when there is none, although Terraform seems to have made it", async () => {
    const { own } = workspace({ makesFile: false, planned: "Error: no" });
    await expect(own.plan()).rejects.toThrow(
      "terraform plan must leave a plan, got none\nError: no",
    );
  });

  test("fails with a provider that a CLI configuration puts in place", async () => {
    const { own } = workspace({
      planned:
        "Warning: Provider development overrides are in effect\n\nPlan: 1 to add",
    });
    await expect(own.plan()).rejects.toThrow(
      "providers must be those of the dependency lock file",
    );
  });

  test("is saved and applied only where it was made", async () => {
    const plan = await workspace().own.plan();
    await expect(workspace().own.apply(plan)).rejects.toThrow(
      "the plan was not made here",
    );
  });
});
