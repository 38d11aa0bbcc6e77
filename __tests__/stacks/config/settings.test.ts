import { readFileSync } from "node:fs";
import type {
  Environment,
  HostEnvironment,
} from "../../../stacks/config/environment";
import { parseSettings } from "../../../stacks/config/parse-settings";
import { InvalidValue, type Setting } from "../../../stacks/config/setting-row";
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
  const isComputed = (row: Setting) => row.defaultText !== undefined;

  /** Returns the values of all settings by name. */
  function readValues(
    env: Environment,
    host: HostEnvironment,
  ): ReadonlyMap<string, unknown> {
    const settings = parseSettings(env, host, []);
    const values = Object.values(settings).flatMap((group) =>
      Object.values<unknown>(group),
    );
    return new Map(SETTING_NAMES.map((name, index) => [name, values[index]]));
  }

  test.each(SETTING_ROWS.filter((row) => !isComputed(row)))(
    "of $name",
    ({ name, parse }) => {
      const [, text] = /^`(.*)`$/.exec(defaults.get(name) ?? "") ?? [];
      const value = readValues({}, HOST).get(name);
      if (text === undefined) expect(value ?? []).toEqual([]);
      else expect(value).toEqual(parse(text));
    },
  );

  const HOSTS = [
    { ...HOST, stage: "dev-user", owner: "Dev.User" },
    { userName: "jo", isCi: false, stage: "jo", owner: "jo" },
    { userName: undefined, isCi: false, stage: "", owner: "unknown" },
    { userName: "jo", isCi: true, stage: "", owner: "jo" },
  ];
  const CONTEXTS = HOSTS.flatMap((host) => [
    { host, env: { APP_NAME: "app" }, ...host },
    ...["dev", "prod", "account"].map((stage) => ({
      host,
      env: { APP_NAME: "app", STAGE: stage },
      owner: host.owner,
      stage,
    })),
  ]);
  type Context = (typeof CONTEXTS)[number];
  const ifAccount =
    (value: string) =>
    ({ stage }: Context) =>
      stage === "account" ? value : undefined;

  const COMPUTED: readonly (readonly [
    name: string,
    text: string,
    getDefault: (context: Context) => unknown,
  ])[] = [
    [
      "STAGE",
      "the OS user name, in lowercase and with hyphens",
      ({ stage }) => stage,
    ],
    ["OWNER", "the OS user name", ({ owner }) => owner],
    [
      "PERMISSIONS_BOUNDARY_POLICY_NAME",
      "none; `{APP_NAME}-boundary` for the account stack",
      ifAccount("app-boundary"),
    ],
    [
      "STATE_BUCKET_KEY",
      "`{APP_NAME}/{STAGE}/terraform.tfstate`",
      ({ stage }) => `app/${stage}/terraform.tfstate`,
    ],
    [
      "BROWSER_SIGN_IN",
      "`true` if `SIGN_IN_OIDC_ISSUER` or `SIGN_IN_SAML_METADATA` is set, otherwise `false`",
      () => undefined,
    ],
    [
      "OIDC_PROVIDER_URL",
      "none; `token.actions.githubusercontent.com` for the account stack",
      ifAccount("token.actions.githubusercontent.com"),
    ],
    [
      "ACCOUNT_STAGES",
      "the stages that have a file `.env.<stage>`, or `STAGE`",
      () => undefined,
    ],
    ["GITHUB_ENVIRONMENT", "the value of `STAGE`", ({ stage }) => stage],
  ];

  test("of settings with a text only if it is computed", () => {
    const computed = SETTING_ROWS.filter(isComputed);
    expect(computed.map(({ name }) => name)).toEqual(
      COMPUTED.map(([name]) => name),
    );
  });

  test.each(COMPUTED)("of %s: %s", (name, text, getDefault) => {
    expect(defaults.get(name)).toBe(text);
    for (const context of CONTEXTS) {
      const value = readValues(context.env, context.host).get(name);
      expect({ ...context, value }).toEqual({
        ...context,
        value: getDefault(context),
      });
    }
  });
});

test.each([
  "ACCOUNT_STACK",
  "BROWSER_SIGN_IN",
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
