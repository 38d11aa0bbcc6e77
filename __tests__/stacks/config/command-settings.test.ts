import {
  readCommonSettings,
  readStageName,
  readStageSettings,
} from "../../../stacks/config/command-settings";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

test("common settings are those that all stages share", () => {
  const directory = createTemporaryDirectory({
    ".env": "USER_POOL_ID=us-west-2_a\n",
    ".env.dev": "IDENTITY_POOL_ARN=a\n",
    ".env.prod": "IDENTITY_POOL_ARN=b\n",
  });
  expect(
    readCommonSettings(["USER_POOL_ID", "IDENTITY_POOL_ARN"], {}, directory),
  ).toEqual({
    values: { USER_POOL_ID: "us-west-2_a" },
    origins: { USER_POOL_ID: ".env" },
  });
});

test("a stage's settings name the file of each, or the environment", () => {
  const directory = createTemporaryDirectory({
    ".env": "OWNER=all\nPROJECT=all\napp_name=all\n",
    ".env.dev": "OWNER=own\nCLIENT_REGION=x\n",
  });
  const { values, origins } = readStageSettings(
    "dev",
    [],
    { App_Name: "e" },
    directory,
  );
  expect(values).toMatchObject({ OWNER: "own", APP_NAME: "e", STAGE: "dev" });
  expect(origins).toEqual({
    APP_NAME: "the environment",
    OWNER: ".env.dev",
    PROJECT: ".env",
    STAGE: "the environment",
  });
});

test.each([
  [
    "common settings",
    (directory: string) => readCommonSettings(["OWNER"], {}, directory),
  ],
  [
    "a stage's settings",
    (directory: string) => readStageSettings("dev", [], {}, directory),
  ],
])("%s fail if a file cannot be read", (_, read) => {
  const directory = createTemporaryDirectory({
    ".env": "not a line of a file\n",
  });
  expect(() => read(directory)).toThrow(/^configuration: 1 problem\n/);
});

test.each([
  [
    "common settings",
    (directory: string) => readCommonSettings(["USER_POOL_ID"], {}, directory),
  ],
  [
    "a stage's settings",
    (directory: string) => readStageSettings("dev", [], {}, directory),
  ],
])("%s fail if a file misspells one of them", (_, read) => {
  const directory = createTemporaryDirectory({ ".env": "USER_POL_ID=a\n" });
  expect(() => read(directory)).toThrow(
    /^configuration: 1 problem\n {2}- \.env: line 1: USER_POL_ID is not a setting, did you mean USER_POOL_ID\?/,
  );
});

test("the name of the only stage is read from a file that misspells other settings", () => {
  const directory = createTemporaryDirectory({
    ".env.dev": "COGNITO_GRUOPS=true\n",
  });
  expect(readStageName({}, directory)).toBe("dev");
  expect(() =>
    readStageName({}, createTemporaryDirectory({ ".env": "STGAE=dev\n" })),
  ).toThrow("did you mean STAGE?");
});

test("a stage's settings fail if there are several stages and STAGE is not set", () => {
  const directory = createTemporaryDirectory({
    ".env.dev": "",
    ".env.prod": "",
  });
  expect(() => readStageSettings(undefined, [], {}, directory)).toThrow(
    "STAGE is required, since there are several stages: dev, prod",
  );
});

test("a stage without a file is noted if other stages have one", () => {
  const directory = createTemporaryDirectory({
    ".env.dev": "",
    ".env.dev~": "",
  });
  const read = (stage?: string) =>
    readStageSettings(stage, [], {}, directory).note;
  expect(read("prod")).toBe("there is no .env.prod; stages with a file: dev");
  expect(read("account")).toBeUndefined();
  expect(read("dev")).toBeUndefined();
  expect(read()).toBeUndefined();
});

test("an invalid STAGE names its file", () => {
  const directory = createTemporaryDirectory({ ".env": "STAGE=My stage\n" });
  expect(() => readStageSettings(undefined, [], {}, directory)).toThrow(
    /^\.env: STAGE must be/,
  );
});

test.each([
  ["Not a stage", /^STAGE must be .*, got "Not a stage"$/],
  ["", /^STAGE is required$/],
])("a stage's settings fail if the stage in CI is %j", (stage, message) => {
  const env = { STAGE: stage, CI: "true" };
  expect(() =>
    readStageSettings(undefined, [], env, createTemporaryDirectory()),
  ).toThrow(message);
});
