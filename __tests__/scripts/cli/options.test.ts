import { writeFileSync } from "node:fs";
import path from "node:path";
import { resolveStage, STAGE_OPTIONS } from "../../../scripts/lib/cli/options";
import { UsageError } from "../../../scripts/lib/cli/usage-error";
import { restoreEnvironment, setEnvironment } from "../../support/environment";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

const project = process.cwd();

beforeEach(() => {
  setEnvironment({ PATH: process.env.PATH });
});

afterEach(() => {
  restoreEnvironment();
  process.chdir(project);
});

afterAll(removeTemporaryDirectories);

function enterDirectory(files: Readonly<Record<string, string>> = {}): void {
  const directory = createTemporaryDirectory();
  for (const [name, text] of Object.entries(files))
    writeFileSync(path.join(directory, name), text);
  process.chdir(directory);
}

describe("resolveStage", () => {
  test("is the stage in --stage, with the default stack name base", () => {
    enterDirectory();
    expect(resolveStage({ stage: "dev" })).toMatchObject({
      stage: "dev",
      stackName: "veda-auth-stack-dev",
    });
  });

  test.each(["dev", "account"])(
    "defaults to the stage of the only file .env.%s",
    (stage) => {
      enterDirectory({ [`.env.${stage}`]: "" });
      expect(resolveStage({}).stage).toBe(stage);
      expect(STAGE_OPTIONS.stage.defaultText).toContain(
        "the only file .env.<stage>, .env.account included",
      );
    },
  );

  test("defaults to STAGE", () => {
    enterDirectory();
    process.env.STAGE = "prod";
    expect(resolveStage({}).stackName).toBe("veda-auth-stack-prod");
  });

  test("prefers settings of .env.<stage> to those of .env", () => {
    enterDirectory({
      ".env": "APP_NAME=all\nAWS_REGION=us-east-1\nUSERNAME=jo\n",
      ".env.dev": "APP_NAME=own\n",
      ".env.prod": "APP_NAME=other\n",
    });
    const target = resolveStage({ stage: "dev" }, ["USERNAME"]);
    expect(target.stackName).toBe("own-dev");
    expect(target.awsTarget).toEqual({ region: "us-east-1" });
    expect(target.settings.USERNAME).toBe("jo");
    expect(
      resolveStage({ stage: "dev", "stack-name-base": "mine" }).stackName,
    ).toBe("mine-dev");
  });

  test("defaults to the only stage with a settings file", () => {
    enterDirectory({ ".env.prod": "" });
    expect(resolveStage({}).stage).toBe("prod");
  });

  test("defaults to the user name in an empty directory", () => {
    enterDirectory();
    expect(resolveStage({}).stage).toMatch(/^[a-z0-9-]+$/);
  });
});

describe("--env-file", () => {
  test("replaces all settings files, in child processes too", () => {
    enterDirectory({
      ".env": "APP_NAME=all\n",
      ".env.dev": "OWNER=own\n",
      mine: "OWNER=mine\n",
    });
    process.env.ENV_FILE = ".env";
    const target = resolveStage({ stage: "dev", "env-file": "mine" });
    expect(target.stackName).toBe("veda-auth-stack-dev");
    expect(target.settings.OWNER).toBe("mine");
    expect(target.origins?.OWNER).toBe(path.resolve("mine"));
    expect(process.env.ENV_FILE).toBe(path.resolve("mine"));
  });

  test.each(["missing", "", "."])("fails when it is %j", (file) => {
    enterDirectory();
    expect(() => resolveStage({ stage: "dev", "env-file": file })).toThrow(
      new UsageError(`--env-file must be a file, got "${file}"`),
    );
    expect(process.env.ENV_FILE).toBeUndefined();
  });
});

test("resolveStage warns if the stage has no file and others have, and options have no origin", () => {
  enterDirectory({ ".env.dev": "", ".env": "AWS_REGION=us-east-1\nOWNER=o\n" });
  const lines: string[] = [];
  const resolve = (stage: string) =>
    resolveStage({ stage, region: "us-west-2" }, [], (line) =>
      lines.push(line),
    );
  resolve("dev");
  expect(lines).toEqual([]);
  expect(resolve("prod").origins).toEqual({
    OWNER: ".env",
    STAGE: "the environment",
  });
  expect(lines).toEqual(["there is no .env.prod; stages with a file: dev"]);
});

describe("resolveStage fails when", () => {
  test("several stages have a settings file", () => {
    enterDirectory({ ".env.dev": "", ".env.prod": "" });
    expect(() => resolveStage({})).toThrow(
      "STAGE is required, since there are several stages: dev, prod",
    );
  });

  test("STAGE is not set in CI", () => {
    enterDirectory();
    process.env.CI = "true";
    expect(() => resolveStage({})).toThrow("STAGE is required");
  });

  test("a settings file is invalid", () => {
    enterDirectory({ ".env": "no setting\n" });
    expect(() => resolveStage({ stage: "dev" })).toThrow(
      ".env: line 1 must be NAME=value, such as STAGE=dev",
    );
  });

  test.each([
    [
      { stage: "" },
      '--stage must be 1-100 lowercase letters, digits or hyphens, got ""',
    ],
    [
      { stage: "../x" },
      '--stage must be 1-100 lowercase letters, digits or hyphens, got "../x"',
    ],
    [
      { stage: "dev", "stack-name-base": "A" },
      '--stack-name-base must be 1-100 lowercase letters, digits or hyphens, a letter first, got "A"',
    ],
    [
      { stage: "dev", region: "west" },
      '--region must be an AWS Region with user pools, such as us-west-2 or us-gov-west-1, got "west"',
    ],
    [
      { stage: "dev", region: "us-wset-2" },
      '--region must be an AWS Region, got "us-wset-2": did you mean us-west-2? Set ALLOW_UNKNOWN_REGION=true if AWS has this Region',
    ],
    [
      { stage: "dev", region: "cn-north-1" },
      '--region must be an AWS Region with user pools, such as us-west-2 or us-gov-west-1, got "cn-north-1": partition aws-cn has no Amazon Cognito user pools',
    ],
    [
      { stage: "dev", profile: " " },
      '--profile must be the name of an AWS profile, got " "',
    ],
  ])("an option is invalid: %j", (values, message) => {
    enterDirectory();
    expect(() => resolveStage(values)).toThrow(new UsageError(message));
  });
});
