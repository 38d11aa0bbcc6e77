import {
  APP_SETTINGS,
  getAppDefault,
  listUnsetOptions,
  requireValidAppOptions,
  resolveAppValues,
  validateAppSetting,
} from "../../../scripts/lib/init/app-settings";
import { restoreEnvironment, setEnvironment } from "../../support/environment";

const [APP_NAME] = APP_SETTINGS;

function getDefaultAppName(directory: string): string | undefined {
  return APP_NAME && getAppDefault(APP_NAME, directory, {});
}

describe("the default app name", () => {
  test.each([
    ["our-auth", "our-auth"],
    ["/apps/Our Auth", "our-auth"],
    ["Café_Données", "cafe-donnees"],
    ["2024-data.platform", "data-platform"],
    ["-x-", "x"],
    ["veda-auth", "veda-auth"],
    ["a".repeat(60), "a".repeat(40)],
    [`${"a".repeat(39)}-b`, "a".repeat(39)],
  ])("of the directory %j is %j", (directory, expected) => {
    expect(getDefaultAppName(directory)).toBe(expected);
  });

  test.each(["/", "123", "日本", "my-aws-login", "cognito"])(
    "does not exist for the directory %j",
    (directory) => {
      expect(getDefaultAppName(directory)).toBeUndefined();
    },
  );

  test("of the working directory is its name", () => {
    expect(getDefaultAppName(".")).toBe(getDefaultAppName(process.cwd()));
  });
});

describe("resolveAppValues", () => {
  const getDefault = (
    setting: (typeof APP_SETTINGS)[number],
    values: Readonly<Record<string, string>>,
  ) => getAppDefault(setting, "our-auth", values);

  test("uses options, then defaults", async () => {
    expect(
      await resolveAppValues(
        { client: "Our Org", region: undefined },
        getDefault,
      ),
    ).toEqual({
      APP_NAME: "our-auth",
      AWS_REGION: "us-west-2",
      PROJECT: "our-auth",
      CLIENT: "Our Org",
    });
  });

  test("asks only for what no option sets, with the default", async () => {
    const asked: unknown[] = [];
    const values = await resolveAppValues(
      { "app-name": "data", client: "c" },
      getDefault,
      (setting, suggestion) => {
        asked.push([setting.option, suggestion]);
        return Promise.resolve(`own ${setting.option}`);
      },
    );
    expect(asked).toEqual([
      ["region", "us-west-2"],
      ["project", "data"],
    ]);
    expect(values).toEqual({
      APP_NAME: "data",
      AWS_REGION: "own region",
      PROJECT: "own project",
      CLIENT: "c",
    });
  });

  test("fails if the name of the directory makes no app name", async () => {
    await expect(
      resolveAppValues({}, (setting) => getAppDefault(setting, "123", {})),
    ).rejects.toThrow(
      "--app-name is required: the name of the directory makes no valid one",
    );
  });
});

describe("an option", () => {
  test.each([
    [
      "app-name",
      "Our",
      '--app-name must be 1-100 lowercase letters, digits or hyphens, a letter first, got "Our"',
    ],
    ["app-name", "aws-login", "--app-name in the domain prefix must be 1-63"],
    ["app-name", "a".repeat(44), "--app-name in a role name must be 1-64"],
    [
      "region",
      "us-wset-2",
      '--region must be an AWS Region, got "us-wset-2": did you mean us-west-2?',
    ],
    [
      "region",
      "cn-north-1",
      "partition aws-cn has no Amazon Cognito user pools",
    ],
    ["project", "a\nb", "--project must be"],
    ["client", "${x}", '--client must be free of "${" and "%{"'],
  ])("--%s must not be %j", (option, value, message) => {
    expect(() => {
      requireValidAppOptions({ [option]: value });
    }).toThrow(message);
  });

  test("can be a Region that is not known, with ALLOW_UNKNOWN_REGION", () => {
    const options = { region: "eu-west-9" };
    expect(() => {
      requireValidAppOptions(options);
    }).toThrow("Set ALLOW_UNKNOWN_REGION=true if AWS has this Region");
    setEnvironment({ ALLOW_UNKNOWN_REGION: "true" });
    requireValidAppOptions(options);
    restoreEnvironment();
  });

  test("that is valid passes, and one that is unset is named", () => {
    const options = { "app-name": "a".repeat(40), region: "eu-central-1" };
    requireValidAppOptions(options);
    expect(listUnsetOptions(options)).toEqual(["--project", "--client"]);
  });

  test("is called by its noun in the answer to a question", () => {
    const [, region] = APP_SETTINGS;
    expect(region && validateAppSetting(region, "x", region.noun)).toMatch(
      /^Region must be /,
    );
  });
});
