import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { requireWritablePlanFile } from "../../../scripts/lib/plan/plan-file";
import { StageWorkspace } from "../../../scripts/lib/plan/stage-workspace";
import type { StackDirectory } from "../../../scripts/lib/terraform/stack-directory";
import { TerraformError } from "../../../scripts/lib/terraform/terraform-error";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
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

/** Creates a plan that destroys a version of a secret, with the labels in the state and those that Terraform has read, and an output. */
function createDestroyPlan(
  labels: readonly string[],
  read: readonly string[] | undefined,
  removedOutput?: string,
): string {
  const address = "aws_secretsmanager_secret_version.a";
  const before = { id: "a", version_stages: labels };
  const values = { id: "a", version_stages: read };
  return JSON.stringify({
    format_version: "1.2",
    terraform_version: "1.11.4",
    planned_values: {},
    resource_changes: [
      {
        address,
        mode: "managed",
        type: "aws_secretsmanager_secret_version",
        name: "a",
        change: { actions: ["delete"], before, after: null },
      },
    ],
    output_changes:
      removedOutput === undefined
        ? {}
        : { [removedOutput]: { actions: ["delete"], before: "b" } },
    prior_state: {
      values: {
        root_module: {
          resources: read === undefined ? [] : [{ address, values }],
        },
      },
    },
  });
}

const LOCK = `provider "registry.terraform.io/hashicorp/aws" {\n  version = "6.1.0"\n  hashes = [\n    "zh:a",\n  ]\n}\n`;

const PLAN_FILE = Buffer.from([0x50, 0x4b, 3, 4, 0xff, 0]);

/** Creates a workspace whose Terraform prints `planned`, and exits with 0 unless `fail` returns its standard error. */
function createWorkspace({
  planned = "Plan: 1 to add",
  hasPlanFile = true,
  /** Plans in their order; the last one repeats. */
  plans = [JSON_PLAN],
  fail = undefined as
    ((words: readonly string[]) => string | undefined) | undefined,
} = {}) {
  const directory = createTemporaryDirectory();
  const calls: string[][] = [];
  const pending = [...plans];
  const run = (...words: string[]) => {
    calls.push(words);
    const file = words.find((word) => word.startsWith("-out="))?.slice(5);
    if (file !== undefined && hasPlanFile) writeFileSync(file, PLAN_FILE);
    const stderr = fail?.(words);
    if (stderr !== undefined) {
      const result = { code: 1, stdout: "", stderr };
      return Promise.reject(new TerraformError(words[0] ?? "", result));
    }
    const stdout = {
      plan: planned,
      show: `[command]terraform\n${pending[0] ?? ""}\n::debug::done`,
      state: `[command]terraform\ndata.aws_caller_identity.a\nmodule.a.data.b.c\naws_iam_role.a\nmodule.a.b.c["d"]\n`,
      output: `[command]terraform\n{"a":{"value":"b","sensitive":false},"c":{"value":"d","sensitive":true}}\n`,
    }[words[0] ?? ""];
    if (words[0] === "show" && pending.length > 1) pending.shift();
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
  const logged: string[] = [];
  const workspace = new StageWorkspace(
    "s",
    { directory, run } as unknown as StackDirectory,
    createTemporaryDirectory(),
    (line) => logged.push(line),
  );
  return { directory, workspace, calls, write, logged };
}

describe("the plan of a stage", () => {
  test("is made without locking the state, and applied with a lock", async () => {
    const { workspace, calls } = createWorkspace();
    const plan = await workspace.plan();
    await workspace.refresh();
    await workspace.apply(plan);
    const locked = calls
      .filter(([command]) => command === "plan" || command === "apply")
      .map((words) => [words[0], words.includes("-lock=false")]);
    expect(locked).toEqual([
      ["plan", true],
      ["plan", true],
      ["apply", false],
    ]);
    const files = calls.flatMap((words) =>
      words.filter((word) => word.startsWith("-out=")),
    );
    expect(new Set(files).size).toBe(2);
    expect(calls.at(-1)?.at(-1)).toBe(files[0]?.slice(5));
  });

  test("is made again if it destroys a version of a secret whose labels were moved", async () => {
    const moved = createDestroyPlan(["AWSPREVIOUS", "FIRST"], ["FIRST"], "a");
    const current = createDestroyPlan(["FIRST"], ["FIRST"]);
    const { workspace, calls } = createWorkspace({ plans: [moved, current] });
    await workspace.apply(await workspace.planDestroy());
    expect(
      calls
        .filter(([command]) => command !== "show")
        .map((words) => words.filter((word) => !word.startsWith("-out="))),
    ).toEqual([
      ["plan", "-input=false", "-lock=false", "-destroy"],
      [
        "apply",
        "-input=false",
        "-lock-timeout=0s",
        "-refresh-only",
        "-auto-approve",
      ],
      ["plan", "-input=false", "-lock=false", "-destroy"],
      ["apply", "-input=false", "-lock-timeout=0s", expect.stringMatching(/2/)],
    ]);
  });

  test.each([
    ["its labels are those of AWS", ["FIRST"], ["FIRST"]],
    ["its labels have another order", ["A", "FIRST"], ["FIRST", "A"]],
    ["the version is gone", ["FIRST"], undefined],
  ])("is not made again if %s", async (_, before, read) => {
    const plans = [createDestroyPlan(before, read)];
    const { workspace, calls } = createWorkspace({ plans });
    await workspace.apply(await workspace.plan());
    expect(calls.filter(([command]) => command === "apply")).toHaveLength(1);
  });

  test("fails if the plan that is made again does something else", async () => {
    const moved = createDestroyPlan(["AWSPREVIOUS"], []);
    const { workspace, calls } = createWorkspace({ plans: [moved, JSON_PLAN] });
    await expect(workspace.apply(await workspace.plan())).rejects.toThrow(
      /^nothing was applied: the state of s has changed/,
    );
    expect(calls.filter(([command]) => command === "apply")).toHaveLength(1);
  });

  test("has changes according to its JSON, whatever the exit code", async () => {
    const { workspace } = createWorkspace();
    expect(await workspace.plan()).toMatchObject({
      hasChanges: true,
      counts: { add: 1, change: 0, destroy: 0 },
    });
    expect(await workspace.readOutputs()).toEqual({ a: "b" });
  });

  test("has a hash that includes the backend and the providers", async () => {
    const { workspace, write } = createWorkspace();
    const hashes = [(await workspace.plan()).hash];
    write("b");
    hashes.push((await workspace.plan()).hash);
    write("a", LOCK.replace("6.1.0", "6.2.0"));
    hashes.push((await workspace.plan()).hash);
    write("a", LOCK.replace("zh:a", "zh:b"));
    hashes.push((await workspace.plan()).hash);
    expect(new Set(hashes).size).toBe(4);
    write("a");
    expect((await workspace.plan()).hash).toBe(hashes[0]);
  });

  test("fails when Terraform exits with 0 and writes no plan", async () => {
    const { workspace } = createWorkspace({
      hasPlanFile: false,
      planned: "Error: no",
    });
    await expect(workspace.plan()).rejects.toThrow(
      "terraform plan must write a plan file, got none\nError: no",
    );
  });

  test("fails with a provider that a CLI configuration overrides", async () => {
    const { workspace } = createWorkspace({
      planned:
        "Warning: Provider development overrides are in effect\n\nPlan: 1 to add",
    });
    await expect(workspace.plan()).rejects.toThrow(
      "providers must match the dependency lock file",
    );
  });

  test("fails to be applied in another workspace", async () => {
    const plan = await createWorkspace().workspace.plan();
    await expect(createWorkspace().workspace.apply(plan)).rejects.toThrow(
      "the plan is not of this workspace",
    );
  });
});

describe("the apply of a plan", () => {
  const LOCKED = `Error acquiring the state lock\nLock Info:\n  ID: 1\n  Who: jo@host\n  Created: 2030-01-01 00:00:00 +0000 UTC\n`;
  const getTimeouts = (calls: readonly string[][]) =>
    calls
      .filter(([command]) => command === "apply")
      .map((words) => words.find((word) => word.startsWith("-lock-timeout=")));

  test("waits for another run, and logs who runs it", async () => {
    const { workspace, calls, logged } = createWorkspace({
      fail: (words) =>
        words.includes("-lock-timeout=0s") ? LOCKED : undefined,
    });
    await workspace.apply(await workspace.plan());
    expect(getTimeouts(calls)).toEqual([
      "-lock-timeout=0s",
      "-lock-timeout=300s",
    ]);
    expect(logged.at(-1)).toMatch(
      /^the state is locked by jo@host since .*: waiting for at most 300 s…$/,
    );
  });

  test.each([
    ["Error: Saved plan is stale", /^nothing was applied: the state of s has/],
    [
      "Error: denied",
      /^terraform apply failed with exit code 1\n\nError: denied/,
    ],
  ])("fails once for %s", async (stderr, message) => {
    const { workspace, calls } = createWorkspace({
      fail: ([command]) => (command === "apply" ? stderr : undefined),
    });
    const plan = await workspace.plan();
    await expect(workspace.apply(plan)).rejects.toThrow(message);
    expect(getTimeouts(calls)).toEqual(["-lock-timeout=0s"]);
  });
});

describe("a stage", () => {
  test("lists the resources in its state, without data sources", async () => {
    const { workspace } = createWorkspace();
    expect(await workspace.listResources()).toEqual([
      "aws_iam_role.a",
      'module.a.b.c["d"]',
    ]);
  });

  test("has no resources without a state, and fails if it cannot be read", async () => {
    const list = (stderr: string) =>
      createWorkspace({ fail: () => stderr }).workspace.listResources();
    expect(await list("No state file was found!")).toEqual([]);
    await expect(list("Error: denied")).rejects.toThrow("denied");
  });

  test("leaves out or replaces sensitive outputs", async () => {
    const { workspace } = createWorkspace();
    expect(await workspace.readOutputs("-")).toEqual({ a: "b", c: "-" });
    const file = path.join(createTemporaryDirectory(), "outputs.json");
    await workspace.writeOutputs(file);
    expect(JSON.parse(readFileSync(file, "utf8"))).toEqual({ s: { a: "b" } });
  });
});

describe("a saved plan", () => {
  test("is a file that only its owner can read, even if it overwrites another", async () => {
    const directory = createTemporaryDirectory();
    const file = path.join(directory, "saved");
    writeFileSync(file, "old", { mode: 0o666 });
    const { workspace } = createWorkspace();
    workspace.save(await workspace.plan(), file);
    expect(readFileSync(file)).toEqual(PLAN_FILE);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(["saved"]);
  });

  test("fails to overwrite a directory, a link or a device, and to have no name", () => {
    const directory = createTemporaryDirectory();
    const file = path.join(directory, "file");
    writeFileSync(file, "a");
    symlinkSync(file, path.join(directory, "link"));
    symlinkSync("nowhere", path.join(directory, "dangling"));
    mkdirSync(path.join(directory, "directory"));
    for (const name of ["link", "dangling", "directory", "new/"])
      expect(() => {
        requireWritablePlanFile(`${directory}/${name}`);
      }).toThrow("the plan file must be a regular file or a new file");
    for (const name of ["", "/dev/null", "."])
      expect(() => {
        requireWritablePlanFile(name);
      }).toThrow("must be a regular file");
    expect(readFileSync(file, "utf8")).toBe("a");
  });
});
