import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import {
  Deployment,
  describeLocal,
  startLocalAccount,
  useResource,
} from "../support/deployment";
import { createTemporaryDirectory } from "../support/stage";

const SOURCES = [
  "main.ts",
  "constructs",
  "stacks",
  "scripts",
  "cdktf.json",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
];

// each test starts npm, and the first of each program bundles it
jest.setTimeout(120_000);

const aws = useResource(startLocalAccount);

describeLocal("npm scripts of a checkout", () => {
  let deployment: Deployment;

  beforeAll(() => {
    deployment = new Deployment(aws().endpoint, {
      ".env.dev": { STATE_BACKEND: "local", OWNER: "owner" },
    });
    const { directory } = deployment;
    for (const source of SOURCES)
      cpSync(source, path.join(directory, source), { recursive: true });
    symlinkSync(
      path.resolve("node_modules"),
      path.join(directory, "node_modules"),
    );
    mkdirSync(path.join(directory, "docs"));
  }, 120_000);

  /** Runs npm in a directory, without the variables of an npm that runs this test. */
  function npm(directory: string, ...args: readonly string[]) {
    const env = Object.entries(deployment.environment()).filter(
      ([name]) => !/^(npm_|INIT_CWD$)/.test(name),
    );
    const { status, stdout, stderr } = spawnSync("npm", args, {
      cwd: directory,
      encoding: "utf8",
      env: Object.fromEntries(env),
    });
    return { status, stdout, stderr };
  }

  /** Directories in which a user calls npm, and the arguments that select the checkout there. */
  const callers = [
    {
      caller: "a directory of the checkout",
      enter: () => ({
        directory: path.join(deployment.directory, "docs"),
        select: [],
      }),
    },
    {
      caller: "another directory",
      enter: () => ({
        directory: createTemporaryDirectory(),
        select: ["--prefix", deployment.directory],
      }),
    },
  ];

  test.each(callers)("use the files of the caller in $caller", ({ enter }) => {
    const { directory, select } = enter();
    const run = (...args: readonly string[]) =>
      npm(directory, ...select, "run", "-s", ...args);
    const plan = run("plan", "--", "--stage", "dev", "--out", "my dev.tfplan");
    expect(plan).toMatchObject({ status: 0 });
    expect(existsSync(path.join(directory, "my dev.tfplan"))).toBe(true);

    const [, file = "", chdir = ""] =
      /^to review it: .* '(.+)' --chdir (\S+)$/m.exec(plan.stderr) ?? [];
    const review = run("review-plan", "--", file, "--chdir", chdir);
    expect(review).toMatchObject({
      status: 0,
      stderr: expect.stringMatching(/^Reading .+ with Terraform…\n$/) as string,
      stdout: expect.stringMatching(/^Stage dev: \d+ to add$/m) as string,
    });

    writeFileSync(path.join(directory, "file.json"), "{}");
    expect(run("access", "--", "file.json").stderr).toContain(
      "the file must be a synthesized stack, a plan or a state, got other JSON",
    );
    expect(run("access", "--", "none.json").stderr).toMatch(
      /^file \S*none\.json does not exist$/m,
    );
  });

  test("run the program with a command", () => {
    const { directory } = deployment;
    const run = npm(
      directory,
      ...["run", "-s", "veda-auth", "--", "outputs", "--help"],
    );
    expect(run.status).toBe(0);
    expect(run.stdout).toMatch(/^Usage: \S.* outputs \[options\]/);
  });

  test.each([
    [["outputs", "--stage", "dev"], "npm run -s outputs -- --stage <stage>"],
    [["outputs", "--stage=dev"], "npm run -s outputs -- --stage dev"],
    [
      ["veda-auth", "outputs", "--stage=dev"],
      "npm run -s veda-auth -- outputs --stage dev",
    ],
    [
      ["plan", "--stage=dev", "--detailed-exitcode"],
      "npm run -s plan -- --detailed-exitcode --stage dev",
    ],
  ])("explain the forgotten -- of %j", (args, command) => {
    const { directory } = deployment;
    const { status, stdout, stderr } = npm(directory, "run", "-s", ...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^the options must follow "--", got --/);
    expect(stderr).toContain(`hint: run ${command}\n`);
  });
});
