import { readFileSync } from "node:fs";
import type { Environment } from "../../../stacks/config/environment";
import { parseSettings } from "../../../stacks/config/parse-settings";
import { InvalidValue } from "../../../stacks/config/setting-row";
import { SETTING_NAMES, SETTING_ROWS } from "../../../stacks/config/settings";
import { formatSettingsFiles } from "../../support/settings-docs";

const HOST = { userName: "Dev.User", isCi: false };

test.each(formatSettingsFiles())(
  "$file repeats the table of settings (npm run record-plans -- settings)",
  ({ file, content }) => {
    expect(readFileSync(file, "utf8")).toBe(content);
  },
);

test("each setting has one row, and requires settings that have one", () => {
  expect(new Set(SETTING_NAMES).size).toBe(SETTING_NAMES.length);
  for (const { requires } of SETTING_ROWS)
    expect(SETTING_NAMES).toEqual(expect.arrayContaining([...requires]));
});

describe("the documented default is the real one", () => {
  const page = readFileSync("docs/configuration.md", "utf8");
  const defaults = new Map(
    [...page.matchAll(/^\| `(\w+)`\s*\| (.*?)\s*\|/gm)].map(
      ([, name = "", text = ""]) => [name, text],
    ),
  );
  const isComputed = ({ name }: { readonly name: string }) =>
    !/^(none|`[^`{]*`)$/.test(defaults.get(name) ?? "");

  /** Returns the values of all settings by name. */
  function readValues(env: Environment): ReadonlyMap<string, unknown> {
    const settings = parseSettings(env, HOST, []);
    const values = Object.values(settings).flatMap((group) =>
      Object.values<unknown>(group),
    );
    return new Map(SETTING_NAMES.map((name, index) => [name, values[index]]));
  }

  test.each(SETTING_ROWS.filter((row) => !isComputed(row)))(
    "of $name",
    ({ name, parse }) => {
      const [, text] = /^`(.*)`$/.exec(defaults.get(name) ?? "") ?? [];
      const value = readValues({}).get(name);
      if (text === undefined) expect(value ?? []).toEqual([]);
      else expect(value).toEqual(parse(text));
    },
  );

  test.each([
    ["STAGE", "the OS user name, in lowercase and with hyphens", "dev-user"],
    ["OWNER", "the OS user name", "Dev.User"],
    [
      "PERMISSIONS_BOUNDARY_POLICY_NAME",
      "none; `{APP_NAME}-boundary` for the account stack",
      undefined,
      "app-boundary",
    ],
    [
      "STATE_BUCKET_KEY",
      "`{APP_NAME}/{STAGE}/terraform.tfstate`",
      "app/dev-user/terraform.tfstate",
      "app/account/terraform.tfstate",
    ],
    [
      "OIDC_PROVIDER_URL",
      "none; `token.actions.githubusercontent.com` for the account stack",
      undefined,
      "token.actions.githubusercontent.com",
    ],
    [
      "ACCOUNT_STAGES",
      "the stages that have a file `.env.<stage>`, or `STAGE`",
      undefined,
    ],
    ["GITHUB_ENVIRONMENT", "the value of `STAGE`", "dev-user", "account"],
  ])("of %s: %s", (name, text, stageValue, accountValue = stageValue) => {
    expect(SETTING_ROWS.filter(isComputed)).toHaveLength(7);
    expect(defaults.get(name)).toBe(text);
    const env = { APP_NAME: "app" };
    expect(readValues(env).get(name)).toBe(stageValue);
    if (name !== "STAGE")
      expect(readValues({ ...env, STAGE: "account" }).get(name)).toBe(
        accountValue,
      );
  });
});

test.each([
  "ACCOUNT_STACK",
  "COGNITO_GROUPS",
  "DATA_MANAGERS_GROUP",
  "DELETION_PROTECTION",
  "OIDC_PROVIDER_EXISTS",
  "PERMISSIONS_BOUNDARY_EXISTS",
  "STATE_CUSTOMER_KEY",
])("%s must be true or false", (name) => {
  const row = SETTING_ROWS.find((one) => one.name === name);
  expect(row?.parse("maybe")).toBeInstanceOf(InvalidValue);
});
