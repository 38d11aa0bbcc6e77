import { writeFileSync } from "node:fs";
import path from "node:path";
import { UsageError } from "../../../scripts/lib/cli/usage-error";
import {
  resolveStackTarget,
  resolveStackTargets,
} from "../../../scripts/lib/deploy/target";
import { restoreEnvironment, setEnvironment } from "../../support/environment";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../../support/stage";

const project = process.cwd();

beforeEach(() => {
  setEnvironment({ PATH: process.env.PATH });
  const directory = createTemporaryDirectory();
  writeFileSync(path.join(directory, ".env.prod"), "APP_NAME=own\n");
  process.chdir(directory);
});

afterEach(() => {
  restoreEnvironment();
  process.chdir(project);
});

afterAll(removeTemporaryDirectories);

describe("the stage of a stack", () => {
  test.each([
    ["veda-auth-stack-dev", {}, "dev"],
    ["veda-auth-stack-a-b", {}, "a-b"],
    ["own-prod", {}, "prod"],
    ["veda-auth-stack-dev", { stage: "dev" }, "dev"],
    ["other-name-dev", { "stack-name-base": "other-name" }, "dev"],
    ["other-name-dev", { "stack-name-base": "other" }, "name-dev"],
  ])("%s with %j is %s", (stack, options, stage) => {
    expect(resolveStackTarget(stack, options)).toMatchObject({
      stage,
      stackName: stack,
    });
  });

  test("is that of the options without a stack", () => {
    const { stackName } = resolveStackTarget(undefined, { stage: "dev" });
    expect(stackName).toBe("veda-auth-stack-dev");
  });

  test("prefers the stack to STAGE", () => {
    process.env.STAGE = "dev";
    expect(resolveStackTarget("own-prod", {}).stage).toBe("prod");
  });

  test.each([
    [
      "veda-auth-stack-dev",
      { stage: "qa" },
      '<stack> must be veda-auth-stack-qa, the stack of stage qa, got "veda-auth-stack-dev"',
    ],
    [
      "veda-auth-stack-prod",
      {},
      '<stack> must be the stack of a stage, such as our-auth-dev, got "veda-auth-stack-prod"',
    ],
    ["Stack", {}, "<stack> must be the stack of a stage"],
    ["other-dev", {}, "<stack> must be the stack of a stage"],
    ["veda-auth-stack-", {}, "<stack> must be the stack of a stage"],
  ])("fails for %s with %j", (stack, options, message) => {
    const resolve = () => resolveStackTarget(stack, options);
    expect(resolve).toThrow(UsageError);
    expect(resolve).toThrow(message);
  });
});

describe("all stacks, *,", () => {
  const list = (options = {}): readonly string[] =>
    resolveStackTargets("*", options).map(({ stackName }) => stackName);

  test("are the stages of the app: those with files, or STAGE", () => {
    writeFileSync(".env", "STATE_BACKEND=local\n");
    writeFileSync(".env.dev", "");
    expect(list()).toEqual(["veda-auth-stack-dev", "own-prod"]);
    process.env.STAGE = "dev";
    expect(list()).toEqual(["veda-auth-stack-dev"]);
    expect(resolveStackTargets("own-prod", {})).toHaveLength(1);
  });

  test("print the note for a stage without a file once", () => {
    const write = jest.spyOn(process.stderr, "write").mockReturnValue(true);
    process.env.STAGE = "misspelled";
    writeFileSync(".env", "STATE_BACKEND=local\n");
    expect(list()).toEqual(["veda-auth-stack-misspelled"]);
    expect(write.mock.calls).toEqual([
      ["there is no .env.misspelled; stages with a file: prod\n"],
    ]);
    write.mockRestore();
  });

  test("fail together with --stage, and for invalid settings", () => {
    expect(() => list({ stage: "dev" })).toThrow(
      new UsageError("--stage must not be used together with *"),
    );
    expect(() => list()).toThrow("STATE_BUCKET_NAME is required");
  });
});
