import { mkdirSync } from "node:fs";
import path from "node:path";
import { readAppConfig } from "../../../stacks/config/app-config";
import { readStageSettings } from "../../../stacks/config/command-settings";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

const STATE = { STATE_BACKEND: "local" };

function makeApp(
  settings: unknown,
  files: Readonly<Record<string, string>> = {},
): string {
  const file = { app: "node main.js", context: { "veda-auth": settings } };
  return createTemporaryDirectory({
    "cdktf.json": JSON.stringify(file),
    ...files,
  });
}

function readProblems(directory: string, env = { STAGE: "dev" }): string[] {
  try {
    readAppConfig(env, directory);
  } catch (error) {
    return (error as Error).message.split("\n  - ").slice(1);
  }
  return [];
}

describe("the settings that an app commits in cdktf.json", () => {
  test("are those of every stage, in any case, as text, numbers and booleans", () => {
    const directory = makeApp(
      {
        ...STATE,
        APP_NAME: "our-auth",
        project: "ours",
        Password_Min_Length: 20,
        DELETION_PROTECTION: false,
      },
      { ".env.dev": "", ".env.prod": "" },
    );
    const { stages } = readAppConfig({}, directory);
    expect(
      stages.map(({ stackName, tags, userPool }) => [
        stackName,
        tags.Project,
        userPool.password?.minimumLength,
        userPool.deletionProtection,
      ]),
    ).toEqual([
      ["our-auth-dev", "ours", 20, false],
      ["our-auth-prod", "ours", 20, false],
    ]);
  });

  test("are used if no other source has them, with their origin", () => {
    const directory = makeApp(
      { APP_NAME: "our-auth", PROJECT: "ours", CLIENT: "us", OWNER: "we" },
      { ".env": "PROJECT=shared\nCLIENT=\n", ".env.dev": "OWNER=dev-team" },
    );
    const { values, origins } = readStageSettings(
      "dev",
      [],
      { APP_NAME: "mine" },
      directory,
    );
    expect(values).toMatchObject({
      APP_NAME: "mine",
      OWNER: "dev-team",
      PROJECT: "shared",
      CLIENT: "us",
    });
    expect(origins).toMatchObject({
      APP_NAME: "the environment",
      OWNER: ".env.dev",
      PROJECT: ".env",
      CLIENT: "cdktf.json",
    });
  });

  test("are used together with the file that ENV_FILE names", () => {
    const directory = makeApp(
      { ...STATE, APP_NAME: "our-auth", PROJECT: "ours" },
      { mine: "STAGE=x\nPROJECT=mine\n", ".env": "PROJECT=shared\n" },
    );
    const { stages } = readAppConfig({ ENV_FILE: "mine" }, directory);
    expect(stages[0]).toMatchObject({
      stackName: "our-auth-x",
      tags: { Project: "mine" },
    });
  });

  test("can be absent", () => {
    for (const text of [
      "{}",
      '{"context":{}}',
      '{"context":{"veda-auth":{}}}',
      '\ufeff{"context":{"other":1}}',
    ])
      expect(
        readProblems(
          createTemporaryDirectory({
            "cdktf.json": text,
            ".env": "STATE_BACKEND=local\n",
          }),
        ),
      ).toEqual([]);
  });
});

describe("the settings in cdktf.json fail if", () => {
  test("a value is invalid, with the name of the file", () => {
    expect(readProblems(makeApp({ ...STATE, MFA: "maybe" }))).toEqual([
      expect.stringMatching(/^cdktf\.json: MFA must be .*, got "maybe"$/),
    ]);
  });

  test.each([
    [
      { APP_NAMES: "x" },
      "cdktf.json: APP_NAMES is not a setting, did you mean APP_NAME?",
    ],
    [
      { projekt: "x" },
      "cdktf.json: PROJEKT is not a setting, did you mean PROJECT?",
    ],
    [{ COLOR_OF_SKY: "x" }, "cdktf.json: COLOR_OF_SKY is not a setting"],
    [
      { stage: "dev" },
      "cdktf.json: STAGE must be set in the environment or in .env, since all stages have the settings in this file",
    ],
    [
      { OWNER: "a", owner: "b" },
      "cdktf.json: OWNER must be set once, whatever the case of its letters",
    ],
    [
      { OWNER: null },
      "cdktf.json: OWNER must be text, a number, true or false, got null",
    ],
    [
      { BOUNDARY_BUCKETS: ["a"] },
      'cdktf.json: BOUNDARY_BUCKETS must be text, a number, true or false, got ["a"]',
    ],
  ])("they are %j", (settings, problem) => {
    expect(readProblems(makeApp({ ...STATE, ...settings }))).toEqual([problem]);
  });

  test.each([
    [
      '{"context":{"veda-auth":"APP_NAME=x"}}',
      /"veda-auth" in context must be/,
    ],
    ['{"context":[]}', /^cdktf\.json: context must be an object$/],
    ["[]", /^cdktf\.json must be a JSON object/],
    ['{"context":', /^cdktf\.json must be JSON: /],
  ])("the file is %s", (text, problem) => {
    const directory = createTemporaryDirectory({ "cdktf.json": text });
    expect(readProblems(directory)).toEqual([expect.stringMatching(problem)]);
  });

  test("the file cannot be read", () => {
    const directory = createTemporaryDirectory();
    mkdirSync(path.join(directory, "cdktf.json"));
    expect(readProblems(directory)).toEqual([
      "cdktf.json must be a readable file, got EISDIR",
    ]);
  });

  test("they name a stage that a command reads, too", () => {
    expect(() =>
      readStageSettings("dev", [], {}, makeApp({ STAGE: "prod" })),
    ).toThrow("cdktf.json: STAGE must be set in the environment");
  });
});
