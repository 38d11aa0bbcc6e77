import { readFileSync } from "node:fs";
import path from "node:path";
import { DEMO_ACCOUNT } from "../../scripts/lib/demo/account";
import type { DoctorReport } from "../../scripts/lib/doctor/run-checks";
import {
  Deployment,
  describeLocal,
  expectSuccess,
  startLocalAccount,
  useResource,
} from "../support/deployment";

const STACK = "veda-auth-stack-dev";
const SETTINGS = {
  STATE_BACKEND: "local",
  DELETION_PROTECTION: "false",
  SECRET_RECOVERY_DAYS: "0",
};

const getAws = useResource(startLocalAccount);

describeLocal("doctor, in this order,", () => {
  let deployment: Deployment;
  let secret: string;

  const run = (...args: readonly string[]) =>
    deployment.runCommand("doctor", "--stage", "dev", ...args);
  const runJson = async (): Promise<
    readonly [code: number, DoctorReport["checks"]]
  > => {
    const { code, stdout } = await run("--format", "json");
    const { checks } = JSON.parse(stdout) as DoctorReport;
    return [code, checks.filter(({ status }) => status === "failed")];
  };

  beforeAll(async () => {
    deployment = new Deployment(getAws().endpoint, { ".env.dev": SETTINGS });
    await deployment.createStage(STACK);
    const file = path.join(deployment.directory, `terraform.${STACK}.tfstate`);
    const state = readFileSync(file, "utf8");
    secret = /"client_secret": "([^"]{20,})"/.exec(state)?.[1] ?? "";
  }, 120_000);

  test("finds that a stage is well, with a warning for its protection", async () => {
    const { code, stdout, stderr } = await run();
    expect([code, stderr]).toEqual([0, `Checking ${STACK}…\n`]);
    expect(stdout).toMatch(/^ {2}✓ the state has \d+ resources/m);
    expect(stdout).toMatch(/^ {2}! deletion-protection: /m);
    expect(stdout).toMatch(/, 1 warning, 0 failed, \d+ skipped\n$/);
  }, 60_000);

  test("finds another account", async () => {
    deployment.write(".env.dev", {
      ...SETTINGS,
      AWS_ACCOUNT_ID: "111122223333",
    });
    const result = await runJson();
    deployment.write(".env.dev", SETTINGS);
    expect(result).toMatchObject([
      3,
      [
        {
          id: "account",
          message: expect.stringContaining(".env.dev") as string,
        },
      ],
    ]);
  }, 60_000);

  test.each([
    // Node refuses to send requests to well-known ports such as 9
    ["network", { AWS_ENDPOINT_URL: "http://127.0.0.1:2" }, "account"],
    [
      "credentials",
      { AWS_ACCESS_KEY_ID: "", AWS_SECRET_ACCESS_KEY: "" },
      "account",
    ],
  ])(
    "reports once, without a stack trace, that there is no %s",
    async (_problem, variables, id) => {
      deployment.variables = variables;
      const { code, stdout } = await run();
      deployment.variables = {};
      expect(code).toBe(1);
      expect(stdout.match(/✗ [\w-]+/g)).toEqual([`✗ ${id}`]);
      expect(stdout).toContain(`the same error as ${id}`);
      expect(stdout).toContain("✓ no earlier run in this directory");
    },
    60_000,
  );

  test("finds that there is no Terraform", async () => {
    deployment.variables = { TERRAFORM_BINARY_NAME: "no-terraform-here" };
    const result = await runJson();
    deployment.variables = {};
    expect(result).toMatchObject([3, [{ id: "terraform" }]]);
  }, 60_000);

  test("finds that there is no state, in a file or a bucket", async () => {
    for (const settings of [
      { ...SETTINGS, APP_NAME: "other" },
      {
        ...SETTINGS,
        STATE_BACKEND: "s3",
        STATE_BUCKET_NAME: DEMO_ACCOUNT.stateBucket,
      },
    ]) {
      deployment.write(".env.dev", settings);
      expect(await runJson()).toMatchObject([
        3,
        [
          {
            id: "state",
            message: expect.stringContaining(
              "the stage must have a state, got none",
            ) as string,
          },
        ],
      ]);
    }
    deployment.write(".env.dev", SETTINGS);
  }, 60_000);

  test("finds that the stage was destroyed", async () => {
    expectSuccess(await deployment.destroy(STACK));
    const { code, stdout } = await run();
    expect(code).toBe(3);
    expect(stdout).toMatch(/✗ state: .* the stage was destroyed$/m);
    expect(stdout).toContain("outputs: skipped: the stage has no state");
    expect(stdout).toMatch(/ 1 failed, \d+ skipped\n$/);
  }, 60_000);

  test("prints no secret", () => {
    expect(secret).not.toBe("");
    const printed = deployment.printed.filter((text) =>
      text.includes("checks"),
    );
    expect(printed.length).toBeGreaterThan(5);
    expect(printed.join("")).not.toContain(secret);
  });
});
