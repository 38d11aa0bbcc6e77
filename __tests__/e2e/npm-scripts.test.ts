import {
  cpSync,
  existsSync,
  mkdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import {
  runProcess,
  type ProcessResult,
} from "../../scripts/lib/system/processes";
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

  /**
   * Runs npm in a directory, without the variables of an npm that runs this test. Must not block this process, which checks
   * the requests to the local AWS.
   */
  function npm(
    directory: string,
    ...args: readonly string[]
  ): Promise<ProcessResult> {
    const env = Object.entries(deployment.environment()).filter(
      ([name]) => !/^(npm_|INIT_CWD$)/.test(name),
    );
    return runProcess("npm", args, {
      directory,
      environment: Object.fromEntries(env),
      timeoutSeconds: 120,
    });
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

  test.each(callers)(
    "use the files of the caller in $caller",
    async ({ enter }) => {
      const { directory, select } = enter();
      const run = (...args: readonly string[]) =>
        npm(directory, ...select, "run", "-s", ...args);
      const plan = await run(
        "plan",
        "--",
        "--stage",
        "dev",
        "--out",
        "my dev.tfplan",
      );
      expect(plan).toMatchObject({ code: 0 });
      expect(existsSync(path.join(directory, "my dev.tfplan"))).toBe(true);

      const [, file = "", chdir = ""] =
        /^to review it: .* '(.+)' --chdir (\S+)$/m.exec(plan.stderr) ?? [];
      const review = await run("review-plan", "--", file, "--chdir", chdir);
      expect(review).toMatchObject({
        code: 0,
        stderr: expect.stringMatching(
          /^Reading .+ with Terraform…\n$/,
        ) as string,
        stdout: expect.stringMatching(/^Stage dev: \d+ to add$/m) as string,
      });

      writeFileSync(path.join(directory, "file.json"), "{}");
      expect((await run("access", "--", "file.json")).stderr).toContain(
        "the file must be a synthesized stack, a plan or a state, got other JSON",
      );
      expect((await run("access", "--", "none.json")).stderr).toMatch(
        /^file \S*none\.json does not exist$/m,
      );
    },
  );

  test("run the program with a command", async () => {
    const { directory } = deployment;
    const run = await npm(
      directory,
      ...["run", "-s", "veda-auth", "--", "outputs", "--help"],
    );
    expect(run.code).toBe(0);
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
  ])("explain the forgotten -- of %j", async (args, command) => {
    const { directory } = deployment;
    const { code, stdout, stderr } = await npm(directory, "run", "-s", ...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(/^the options must follow "--", got --/);
    expect(stderr).toContain(`hint: run ${command}\n`);
  });
});
