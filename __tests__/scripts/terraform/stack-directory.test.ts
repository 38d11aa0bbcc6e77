import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { devNull } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { StackDirectory } from "../../../scripts/lib/terraform/stack-directory";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../../support/stage";
import { spawnScript, waitUntil } from "../../support/script-process";

jest.setTimeout(60_000);

/** The file .env.dev of the checkout is not read. */
const SETTINGS = {
  STAGE: "dev",
  OWNER: "o",
  STATE_BACKEND: "local",
  ENV_FILE: devNull,
};

afterAll(removeTemporaryDirectories);

/**
 * Starts a command in a stack's directory, whose Terraform ends when the file `finish` exists.
 *
 * @param trap command of a shell that handles signals
 */
async function startTerraform(
  args: readonly string[],
  trap = "trap 'exit 1' INT",
) {
  const directory = createTemporaryDirectory();
  mkdirSync(path.join(directory, "out", "stacks", "s"), { recursive: true });
  writeFileSync(
    path.join(directory, "terraform"),
    `#!/bin/sh
${trap}
echo > ${directory}/started
while ! test -e ${directory}/finish; do sleep 0.02; done
`,
    { mode: 0o755 },
  );
  const script = spawnScript(
    directory,
    `
      import { appendFileSync } from "node:fs";
      import { StackDirectory } from "./lib/terraform/stack-directory";
      process.env.TERRAFORM_BINARY_NAME = ${JSON.stringify(path.join(directory, "terraform"))};
      const stack = new StackDirectory({
        stackName: "s",
        outputDirectory: "out",
        target: { region: "us-west-2" },
        log: (line) => appendFileSync("log", line + "\\n"),
      });
      void stack.run(...${JSON.stringify(args)});
    `,
  );
  await waitUntil(() => existsSync(path.join(directory, "started")));
  return {
    ...script,
    finish: () => {
      writeFileSync(path.join(directory, "finish"), "");
    },
    readLog: () => {
      const file = path.join(directory, "log");
      return existsSync(file) ? readFileSync(file, "utf8") : "";
    },
  };
}

test("a stack lists the resources that Terraform refuses to destroy", () => {
  const outputDirectory = createTemporaryDirectory();
  const stack = new StackDirectory({
    stackName: "s",
    outputDirectory,
    target: { region: "us-west-2" },
    log: () => undefined,
  });
  mkdirSync(stack.directory, { recursive: true });
  const list = (content: object): readonly string[] => {
    writeFileSync(
      path.join(stack.directory, "cdk.tf.json"),
      JSON.stringify(content),
    );
    return stack.listProtectedResources();
  };
  expect(list({})).toEqual([]);
  const lifecycle = { prevent_destroy: true };
  const resource = {
    aws_iam_role: { a: {}, b: { lifecycle: { ignore_changes: ["name"] } } },
    aws_cognito_user_pool: { c: { lifecycle }, d: { lifecycle: {} } },
  };
  expect(list({ resource })).toEqual(["aws_cognito_user_pool.c"]);
});

test("a stack selects another provider if it no longer allows the selected one", async () => {
  const outputDirectory = createTemporaryDirectory();
  const stack = new StackDirectory({
    stackName: "s",
    outputDirectory,
    target: { region: "us-west-2" },
    log: () => undefined,
  });
  mkdirSync(stack.directory, { recursive: true });
  writeFileSync(path.join(stack.directory, "cdk.tf.json"), "{}");
  const lock = path.join(stack.directory, ".terraform.lock.hcl");
  writeFileSync(lock, "old");
  const binary = path.join(outputDirectory, "terraform");
  writeFileSync(
    binary,
    `#!/bin/sh
if grep -q old .terraform.lock.hcl 2>&1; then
  echo "locked provider registry.terraform.io/hashicorp/aws 5.100.0 does not match" >&2
  echo "configured version constraint >= 6.5.0, < 7.0.0" >&2
  exit 1
fi
mkdir -p .terraform
echo new > .terraform.lock.hcl
`,
    { mode: 0o755 },
  );
  process.env.TERRAFORM_BINARY_NAME = binary;
  try {
    await stack.initialize();
  } finally {
    delete process.env.TERRAFORM_BINARY_NAME;
  }
  expect(readFileSync(lock, "utf8")).toBe("new\n");
});

test("a stack prints the notices of the app once", async () => {
  const stack = new StackDirectory({
    stackName: "veda-auth-stack-dev",
    outputDirectory: createTemporaryDirectory(),
    target: { region: "us-west-2" },
    log: () => undefined,
  });
  const write = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  try {
    const settings = { ...SETTINGS, BOOTSTRAP_QUALIFIER: "abc" };
    await stack.synthesize(settings);
    await stack.synthesize(settings);
    expect(write.mock.calls.map(([text]) => text)).toEqual([
      "BOOTSTRAP_QUALIFIER is ignored: Terraform needs no bootstrap stack\n",
    ]);
  } finally {
    write.mockRestore();
  }
});

test("an error of another account has the account of the settings", async () => {
  const directory = createTemporaryDirectory();
  const terraform = path.join(directory, "terraform");
  writeFileSync(
    terraform,
    "#!/bin/sh\necho 'Error: AWS account ID not allowed: 111122223333' >&2\nexit 1\n",
    { mode: 0o755 },
  );
  const stack = new StackDirectory({
    stackName: "veda-auth-stack-dev",
    outputDirectory: directory,
    target: { region: "us-west-2" },
    log: () => undefined,
  });
  process.env.TERRAFORM_BINARY_NAME = terraform;
  try {
    await stack.synthesize({ ...SETTINGS, AWS_ACCOUNT_ID: "999999999999" });
    await expect(stack.run("plan")).rejects.toMatchObject({
      message:
        'AWS_ACCOUNT_ID must be the account of the credentials, got "999999999999" with credentials of "111122223333"',
      hint: "name a profile of account 999999999999 with --profile, or correct AWS_ACCOUNT_ID",
    });
  } finally {
    delete process.env.TERRAFORM_BINARY_NAME;
  }
});

test("a stack of settings from a pipe is synthesized", async () => {
  const directory = createTemporaryDirectory();
  const pipe = path.join(directory, "pipe");
  execFileSync("mkfifo", [pipe]);
  const stack = new StackDirectory({
    stackName: "veda-auth-stack-dev",
    outputDirectory: directory,
    target: { region: "us-west-2" },
    log: () => undefined,
  });
  process.env.ENV_FILE = pipe;
  try {
    const settings = { STAGE: "dev", OWNER: "o", STATE_BACKEND: "local" };
    await stack.synthesize(settings);
    expect(existsSync(path.join(stack.directory, "cdk.tf.json"))).toBe(true);
  } finally {
    delete process.env.ENV_FILE;
  }
});

test("a command of Terraform finishes if the output of its process is closed", async () => {
  const directory = createTemporaryDirectory();
  mkdirSync(path.join(directory, "out", "stacks", "s"), { recursive: true });
  writeFileSync(
    path.join(directory, "terraform"),
    `#!/bin/sh
echo > started
for i in 1 2 3 4 5; do echo "a: Creation complete"; sleep 0.1; done
echo > finished
`,
    { mode: 0o755 },
  );
  const script = spawnScript(
    directory,
    `
      import { writeFileSync } from "node:fs";
      import { runCommand } from "./lib/cli/run-command";
      import { StackDirectory } from "./lib/terraform/stack-directory";
      process.env.TERRAFORM_BINARY_NAME = ${JSON.stringify(path.join(directory, "terraform"))};
      const stack = new StackDirectory({
        stackName: "s",
        outputDirectory: "out",
        target: { region: "us-west-2" },
        log: console.error,
      });
      process.on("exit", (code) => { writeFileSync("code", String(code)); });
      void runCommand(async () => {
        await stack.run("apply", "plan");
        for (const line of "123") console.log(line);
        return 0;
      });
    `,
    "closed",
  );
  const stack = path.join(directory, "out", "stacks", "s");
  await waitUntil(() => existsSync(path.join(stack, "started")));
  script.kill("SIGPIPE");
  expect(await script.exit).toBeNull();
  expect(existsSync(path.join(stack, "finished"))).toBe(true);
  expect(readFileSync(path.join(directory, "code"), "utf8")).toBe("0");
});

describe("a command of Terraform, after Ctrl-C,", () => {
  test.each([
    [["apply", "plan"]],
    [["state", "push", "file"]],
    [["force-unlock", "-force", "1"]],
    [["init", "-migrate-state"]],
  ])("finishes if it changes resources or the state: %j", async (args) => {
    const run = await startTerraform(args);
    run.kill("SIGINT");
    await waitUntil(() => run.readLog() !== "");
    run.finish();
    expect(await run.exit).toBe("SIGINT");
    expect(run.readLog()).toMatch(
      new RegExp(
        `^Stopping after terraform ${args[0] ?? ""}, .*\nStopped: terraform ${args[0] ?? ""} is complete\n$`,
      ),
    );
  });

  test("is interrupted by another Ctrl-C", async () => {
    const run = await startTerraform(["apply", "plan"]);
    run.kill("SIGINT");
    // a repetition within half a second is the same Ctrl-C
    await sleep(600);
    run.kill("SIGINT");
    expect(await run.exit).toBe("SIGINT");
    expect(run.readLog()).toMatch(
      /^Stopping .*\nInterrupting Terraform, .*\nStopped: the state has all finished changes; .*\n$/,
    );
  });

  test.each([[["plan"]], [["init"]], [["state", "pull"]]])(
    "ends, with a message at once, if it changes nothing: %j",
    async (args) => {
      const run = await startTerraform(args);
      run.kill("SIGINT");
      expect(await run.exit).toBe("SIGINT");
      expect(run.readLog()).toBe(`Stopping terraform ${args[0] ?? ""}…\n`);
    },
  );

  test("is killed if it changes nothing and does not end", async () => {
    const run = await startTerraform(["plan"], "trap '' INT TERM");
    run.kill("SIGINT");
    await waitUntil(() => run.readLog() !== "");
    expect(run.readLog()).toBe("Stopping terraform plan…\n");
    expect(await run.exit).toBe("SIGINT");
  });
});
