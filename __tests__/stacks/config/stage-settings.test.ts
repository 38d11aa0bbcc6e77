import { writeFileSync } from "node:fs";
import path from "node:path";
import {
  readCommonSettings,
  readStageSettings,
} from "../../../stacks/config/stage-settings";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = createTemporaryDirectory();
  for (const [name, text] of Object.entries(files))
    writeFileSync(path.join(folder, name), text);
  return folder;
}

test("settings that are common to stages are those in which all agree", () => {
  const folder = folderOf({
    ".env": "USER_POOL_ID=us-west-2_a\n",
    ".env.dev": "IDENTITY_POOL_ARN=a\n",
    ".env.prod": "IDENTITY_POOL_ARN=b\n",
  });
  expect(
    readCommonSettings(["USER_POOL_ID", "IDENTITY_POOL_ARN"], {}, folder),
  ).toEqual({
    values: { USER_POOL_ID: "us-west-2_a" },
    origins: { USER_POOL_ID: ".env" },
  });
});

test("a stage's settings name the file of each, or the environment", () => {
  const folder = folderOf({
    ".env": "OWNER=all\nPROJECT=all\napp_name=all\n",
    ".env.dev": "OWNER=own\nCLIENT_REGION=x\n",
  });
  const { values, origins } = readStageSettings(
    "dev",
    [],
    { App_Name: "e" },
    folder,
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
    (folder: string) => readCommonSettings(["OWNER"], {}, folder),
  ],
  [
    "a stage's settings",
    (folder: string) => readStageSettings("dev", [], {}, folder),
  ],
])("%s fail when a file cannot be read", (_, read) => {
  const folder = folderOf({ ".env": "no line of a file\n" });
  expect(() => read(folder)).toThrow(/^configuration: 1 problem\n/);
});

test("a stage's settings fail when there are several stages and none is named", () => {
  const folder = folderOf({ ".env.dev": "", ".env.prod": "" });
  expect(() => readStageSettings(undefined, [], {}, folder)).toThrow(
    "STAGE is required, since there are several stages: dev, prod",
  );
});

test.each([
  ["Not a stage", /^STAGE must be .*, got "Not a stage"$/],
  ["", /^STAGE is required$/],
])("a stage's settings fail if the stage in CI is %j", (stage, message) => {
  const env = { STAGE: stage, CI: "true" };
  expect(() => readStageSettings(undefined, [], env, folderOf({}))).toThrow(
    message,
  );
});
