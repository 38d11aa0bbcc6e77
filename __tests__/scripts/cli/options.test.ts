import { writeFileSync } from "node:fs";
import path from "node:path";
import { resolveStage } from "../../../scripts/lib/cli/options";
import { UsageError } from "../../../scripts/lib/cli/command";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

const outside = { ...process.env };
const project = process.cwd();

beforeEach(() => {
  for (const name of Object.keys(process.env))
    Reflect.deleteProperty(process.env, name);
  process.env.PATH = outside.PATH;
});

afterEach(() => {
  Object.assign(process.env, outside);
  process.chdir(project);
});

afterAll(removeTemporaryDirectories);

function inFolder(files: Readonly<Record<string, string>> = {}): void {
  const folder = createTemporaryDirectory();
  for (const [name, text] of Object.entries(files))
    writeFileSync(path.join(folder, name), text);
  process.chdir(folder);
}

describe("the stage of a command", () => {
  test("is the one that is named, with the usual first half of its stack's name", () => {
    inFolder();
    expect(resolveStage({ stage: "dev" })).toMatchObject({
      stage: "dev",
      stackName: "veda-auth-stack-dev",
    });
  });

  test("is the environment's when none is named", () => {
    inFolder();
    process.env.STAGE = "prod";
    expect(resolveStage({}).stackName).toBe("veda-auth-stack-prod");
  });

  test("has the settings of its own file before those of all", () => {
    inFolder({
      ".env": "APP_NAME=all\nAWS_REGION=us-east-1\nUSERNAME=jo\n",
      ".env.dev": "APP_NAME=own\n",
      ".env.prod": "APP_NAME=other\n",
    });
    const choice = resolveStage({ stage: "dev" }, ["USERNAME"]);
    expect(choice.stackName).toBe("own-dev");
    expect(choice.awsTarget).toEqual({ region: "us-east-1" });
    expect(choice.settings.USERNAME).toBe("jo");
    expect(
      resolveStage({ stage: "dev", "stack-name-base": "mine" }).stackName,
    ).toBe("mine-dev");
  });

  test("is the only one that the folder has a file of", () => {
    inFolder({ ".env.prod": "" });
    expect(resolveStage({}).stage).toBe("prod");
  });

  test("is the user's own in an empty folder", () => {
    inFolder();
    expect(resolveStage({}).stage).toMatch(/^[a-z0-9-]+$/);
  });
});

describe("a file that --env-file names", () => {
  test("has the settings alone, also those of the processes that are started", () => {
    inFolder({
      ".env": "APP_NAME=all\n",
      ".env.dev": "OWNER=own\n",
      mine: "OWNER=mine\n",
    });
    process.env.ENV_FILE = ".env";
    const choice = resolveStage({ stage: "dev", "env-file": "mine" });
    expect(choice.stackName).toBe("veda-auth-stack-dev");
    expect(choice.settings.OWNER).toBe("mine");
    expect(choice.origins?.OWNER).toBe(path.resolve("mine"));
    expect(process.env.ENV_FILE).toBe(path.resolve("mine"));
  });

  test.each(["missing", "", "."])("fails when it is %j", (file) => {
    inFolder();
    expect(() => resolveStage({ stage: "dev", "env-file": file })).toThrow(
      new UsageError(`--env-file must be a file, got "${file}"`),
    );
    expect(process.env.ENV_FILE).toBeUndefined();
  });
});

describe("choosing a stage fails when", () => {
  test("the folder has several and none is named", () => {
    inFolder({ ".env.dev": "", ".env.prod": "" });
    expect(() => resolveStage({})).toThrow(
      "STAGE must name one stage, got nothing, and there are dev, prod",
    );
  });

  test("a machine runs it and none is named", () => {
    inFolder();
    process.env.CI = "true";
    expect(() => resolveStage({})).toThrow(
      "STAGE must be 1-100 lower-case letters, digits or hyphens, got nothing",
    );
  });

  test("a file of settings cannot be read", () => {
    inFolder({ ".env": "what is this\n" });
    expect(() => resolveStage({ stage: "dev" })).toThrow(
      ".env must have lines of the form NAME=value, got another at line 1",
    );
  });

  test.each([
    [
      { stage: "" },
      '--stage must be 1-100 lower-case letters, digits or hyphens, got ""',
    ],
    [
      { stage: "../x" },
      '--stage must be 1-100 lower-case letters, digits or hyphens, got "../x"',
    ],
    [
      { stage: "dev", "stack-name-base": "A" },
      '--stack-name-base must be lower-case letters, digits or hyphens, a letter first, got "A"',
    ],
    [
      { stage: "dev", region: "west" },
      '--region must be a Region such as us-west-2, got "west"',
    ],
    [
      { stage: "dev", profile: " " },
      '--profile must be the name of an AWS profile, got " "',
    ],
  ])("an option is unfit: %j", (values, message) => {
    inFolder();
    expect(() => resolveStage(values)).toThrow(new UsageError(message));
  });
});
