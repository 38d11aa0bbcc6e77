import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import type { Environment } from "../../../stacks/config/environment";
import { readAppConfig } from "../../../stacks/config/app-config";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

function stages(...args: Parameters<typeof readAppConfig>) {
  return readAppConfig(...args).stages;
}

const STATE = "STATE_BACKEND=local\n";

function names(
  files: Readonly<Record<string, string>>,
  env: Environment = {},
): string[] {
  return stages(env, createTemporaryDirectory(files)).map(
    (stage) => stage.stackName,
  );
}

function problems(
  files: Readonly<Record<string, string>>,
  env: Environment = {},
): string[] {
  try {
    stages(env, createTemporaryDirectory(files));
  } catch (error) {
    return (error as Error).message.split("\n  - ").slice(1);
  }
  return [];
}

function catchHint(read: () => void): string | undefined {
  try {
    read();
  } catch (error) {
    return error instanceof UserError ? error.hint : undefined;
  }
  return undefined;
}

describe("the stages of a directory", () => {
  test("default to one stage with the OS user name", () => {
    const [stage, ...more] = stages(
      { STATE_BACKEND: "local" },
      createTemporaryDirectory(),
    );
    expect(stage?.stage).toMatch(/^[a-z0-9-]+$/);
    expect(more).toEqual([]);
  });

  test("are the stage that STAGE names, with its own file", () => {
    const directory = createTemporaryDirectory({
      ".env": STATE + "PROJECT=common",
      ".env.dev": "PROJECT=dev",
      ".env.prod": "PROJECT=prod",
    });
    expect(stages({ STAGE: "dev" }, directory)).toMatchObject([
      { stackName: "veda-auth-stack-dev", tags: { Project: "dev" } },
    ]);
  });

  test("are one stage for each file, sorted by name", () => {
    const files = {
      ".env": STATE,
      ".env.prod": "",
      ".env.dev": "",
      ".env.example": "APP_NAME=x",
      ".env.local": "",
    };
    expect(names(files)).toEqual([
      "veda-auth-stack-dev",
      "veda-auth-stack-prod",
    ]);
  });

  test.each([
    ".bak",
    ".swp",
    ".tmp",
    ".orig",
    ".bak~",
    "~",
    "#",
    ".backup-20261130T101112Z",
  ])("are not those of copies with the ending %s", (ending) => {
    const files = { ".env": STATE, ".env.dev": "" };
    const copies = { [`.env.dev${ending}`]: "A", [`.env.local${ending}`]: "A" };
    const expected = ["veda-auth-stack-dev"];
    expect(names({ ...files, ...copies })).toEqual(expected);
    expect(names({ ...files, ".env.backup-20261130T101112Z": "" })).toEqual(
      expected,
    );
  });

  test("can be without a file, which is reported if other stages have one", () => {
    const lines: string[] = [];
    const read = (env: Environment, files: Readonly<Record<string, string>>) =>
      readAppConfig(
        { STATE_BACKEND: "local", ...env },
        createTemporaryDirectory(files),
        (line) => lines.push(line),
      );
    const files = { ".env.dev": "", ".env.qa": "", ".env.prod.bak": "" };
    read({ STAGE: "dev" }, files);
    read({ STAGE: "prod" }, {});
    read({ STAGE: "prod" }, { ".env": "", ".env.account": "" });
    read({ ENV_FILE: ".env.dev", STAGE: "prod" }, files);
    expect(lines).toEqual([]);
    read({ STAGE: "prod" }, files);
    expect(lines).toEqual([
      "there is no .env.prod; stages with a file: dev, qa",
    ]);
    expect(
      catchHint(() => read({ STAGE: "prod", STATE_BACKEND: "x" }, files)),
    ).toMatch(/^there is no \.env\.prod; .*; change the settings/);
    expect(lines).toHaveLength(1);
  });

  test("have different state keys in one bucket", () => {
    const directory = createTemporaryDirectory({
      ".env": "STATE_BUCKET_NAME=ours",
      ".env.a": "",
      ".env.b": "",
    });
    expect(stages({}, directory).map((stage) => stage.state)).toEqual([
      {
        backend: "s3",
        bucket: "ours",
        key: "veda-auth-stack/a/terraform.tfstate",
      },
      {
        backend: "s3",
        bucket: "ours",
        key: "veda-auth-stack/b/terraform.tfstate",
      },
    ]);
  });

  test("use the environment of the process, then their own file, then the common file", () => {
    const directory = createTemporaryDirectory({
      ".env": STATE + "OWNER=common\nPROJECT=common\nAPP_NAME=common",
      ".env.dev": "owner=file\nPROJECT=file\nUNKNOWN=ignored",
    });
    expect(
      stages({ STAGE: "dev", OWNER: "process", APP_NAME: "" }, directory),
    ).toMatchObject([
      {
        tags: { Owner: "process", Project: "file" },
        appName: "common",
      },
    ]);
  });

  test("are read only from the file that ENV_FILE names", () => {
    const files = {
      ".env": "OWNER=common",
      ".env.dev": "",
      "other.env": STATE + 'STAGE=other\nPROJECT="a b"',
    };
    const directory = createTemporaryDirectory(files);
    const [stage, ...more] = stages({ ENV_FILE: "other.env" }, directory);
    expect(stage).toMatchObject({ stage: "other", tags: { Project: "a b" } });
    expect(stage?.tags.Owner).not.toBe("common");
    expect(more).toEqual([]);
  });

  test.each([
    ["OWNER=a\nowner=b\n", "b"],
    ["Owner=a\nOwnER=c\nowner=b\n", "b"],
    ["owner=a\nOWNER=b\nOwner=\n", undefined],
  ])("are those of the last line of a name in any case: %j", (text, owner) => {
    const files = { ".env": `${STATE}STAGE=dev\n${text}PROJECT=x` };
    const [{ tags } = { tags: undefined }] = stages(
      {},
      createTemporaryDirectory(files),
    );
    expect(tags?.Owner).toBe(owner ?? userInfo().username);
  });

  test("are read from a file with a byte order mark, quotes, comments and several lines", () => {
    const text =
      '\ufeffSTAGE=dev # mine\r\n\r\n# a comment\r\nexport PROJECT="a b"\r\nUNKNOWN="one\r\ntwo"\r\nSTATE_BACKEND=local\r\n';
    expect(
      stages({}, createTemporaryDirectory({ ".env": text })),
    ).toMatchObject([{ stage: "dev", tags: { Project: "a b" } }]);
  });

  test("are not read from directories", () => {
    const directory = createTemporaryDirectory({ ".env.dev": STATE });
    mkdirSync(path.join(directory, ".env"));
    mkdirSync(path.join(directory, ".env.venv"));
    expect(stages({}, directory).map((stage) => stage.stage)).toEqual(["dev"]);
  });

  test("print that BOOTSTRAP_QUALIFIER is ignored", () => {
    const lines: string[] = [];
    stages(
      { STAGE: "dev" },
      createTemporaryDirectory({
        ".env.dev": STATE + "BOOTSTRAP_QUALIFIER=abc",
      }),
      (line) => lines.push(line),
    );
    expect(lines).toEqual([
      expect.stringContaining("BOOTSTRAP_QUALIFIER is ignored"),
    ]);
  });

  test("can both use an OIDC provider that one of them creates", () => {
    const url = "OIDC_PROVIDER_URL=issuer.example\n";
    expect(
      names({
        ".env": STATE + url,
        ".env.a": "",
        ".env.b": "OIDC_PROVIDER_EXISTS=true",
      }),
    ).toHaveLength(2);
    expect(
      names({
        ".env": STATE + url,
        ".env.a": "AWS_ACCOUNT_ID=111111111111",
        ".env.b": "AWS_ACCOUNT_ID=222222222222",
      }),
    ).toHaveLength(2);
  });
});

test("other names in files, and misspelled settings in the environment, are ignored", () => {
  const others = "CLIENT_NAME=a\nOWNERS=b\nPROJECT_ID=c\nUSERPOOL_ID=d\n";
  const files = { ".env": STATE + others };
  const env = { STAGE: "dev", COGNITO_GRUOPS: "true" };
  expect(names(files, env)).toEqual(["veda-auth-stack-dev"]);
});

describe("the stages of a directory fail if", () => {
  test("two files are invalid, and each problem names its file", () => {
    expect(
      problems({
        ".env": STATE,
        ".env.a": "COGNITO_GROUPS=maybe",
        ".env.b": "AWS_REGION=x",
      }),
    ).toEqual([
      expect.stringMatching(/^\.env\.a: COGNITO_GROUPS must be/),
      expect.stringMatching(/^\.env\.b: AWS_REGION must be/),
    ]);
  });

  test.each(["Dev", "my_stage", "dev copy"])(
    "the name of the file .env.%s contains no valid stage",
    (stage) => {
      expect(problems({ ".env": STATE, [`.env.${stage}`]: "" })).toEqual([
        expect.stringMatching(
          `^\\.env\\.${stage}: STAGE must be .*got "${stage}"$`,
        ),
      ]);
    },
  );

  test("the only stage has an invalid setting, with the file that sets it", () => {
    const files = {
      ".env": STATE + "PROTECT=x\nCOGNITO_GROUPS=maybe",
      ".env.dev": "DELETION_PROTECTION=flase",
    };
    const env = { STAGE: "dev", AWS_REGION: "us-west2" };
    expect(problems(files, env).sort()).toEqual([
      expect.stringMatching(
        /^\.env\.dev: DELETION_PROTECTION must be .*"flase"$/,
      ),
      expect.stringMatching(/^\.env: COGNITO_GROUPS must be/),
      expect.stringMatching(/^AWS_REGION must be .*did you mean us-west-2\?$/),
    ]);
  });

  test.each([".env", ".env.dev"])("%s misspells a setting", (file) => {
    const files = { ".env": STATE, ".env.dev": "" };
    const text = `${STATE}# groups\nexport OTHER="a\nb"\nexport cognito_gruops = true\n`;
    expect(problems({ ...files, [file]: text }, { STAGE: "dev" })).toEqual([
      `${file}: line 5: cognito_gruops is not a setting, did you mean COGNITO_GROUPS? If another program reads it, move it out of this file`,
    ]);
  });

  test.each([
    ["without the setting", {}, "", 1],
    ["with the setting in its file", {}, "AWS_ACCOUNT_ID=123456789012\n", 0],
    ["with it in the environment", { aws_account_id: "123456789012" }, "", 0],
  ])(
    "a name lacks the last word of a setting: a stage %s",
    (_, env, own, count) => {
      const files = {
        ".env": `${STATE}AWS_ACCOUNT=data\n`,
        ".env.dev": own,
      };
      expect(problems(files, { STAGE: "dev", ...env })).toHaveLength(count);
    },
  );

  test("the file of the account or the file that ENV_FILE names misspells a setting", () => {
    const misspelled =
      /: line 1: STATE_BUKET is not a setting, did you mean STATE_BUCKET_NAME\?/;
    const text = "STATE_BUKET=ours\nAWS_ACCOUNT_ID=123456789012\n";
    expect(problems({ ".env.account": text }, { STAGE: "account" })).toEqual([
      expect.stringMatching(misspelled),
    ]);
    expect(
      problems({ "x.env": `${text}STAGE=dev` }, { ENV_FILE: "x.env" }),
    ).toEqual([expect.stringMatching(misspelled)]);
  });

  test("the common file of several stages misspells a setting, and reports it once with all other problems", () => {
    expect(
      problems({
        ".env": "STATE_BAKEND=local\n",
        ".env.a": "COGNITO_GROUPS=maybe",
        ".env.b": "OWNR=me",
      }),
    ).toEqual([
      expect.stringMatching(/^\.env: line 1: STATE_BAKEND is not a setting/),
      expect.stringMatching(/^\.env\.a: COGNITO_GROUPS must be/),
      expect.stringMatching(/^\.env\.b: line 1: OWNR is not a setting/),
    ]);
  });

  test("stages share an invalid setting, which is reported once with its origin", () => {
    const files = {
      ".env": STATE + "COGNITO_GROUPS=maybe",
      ".env.a": "",
      ".env.b": "SECRET_RECOVERY_DAYS=1",
    };
    expect(problems(files, { AWS_REGION: "us-wset-2" })).toEqual([
      expect.stringMatching(/^\.env: COGNITO_GROUPS must be/),
      expect.stringMatching(/^the environment: AWS_REGION must be/),
      expect.stringMatching(/^\.env\.b: SECRET_RECOVERY_DAYS must be/),
    ]);
  });

  test("a setting is missing, with the hint where to set it", () => {
    const read = () => readAppConfig({}, createTemporaryDirectory());
    expect(catchHint(read)).toBe(
      "change the settings in the environment, .env.<stage>, .env or cdktf.json; see docs/configuration.md",
    );
  });

  test("ENV_FILE does not name a file", () => {
    expect(problems({}, { ENV_FILE: "nowhere.env" })).toEqual([
      'ENV_FILE must be a file, got "nowhere.env"',
    ]);
    const directory = { ENV_FILE: ".", STATE_BACKEND: "local", STAGE: "dev" };
    expect(problems({}, directory)).toEqual([
      'ENV_FILE must be a file, got "."',
    ]);
  });

  test("CI is set and STAGE is not", () => {
    expect(problems({}, { CI: "true", STATE_BACKEND: "local" })).toEqual([
      "STAGE is required in CI",
    ]);
    expect(problems({}, { CI: "false", STATE_BACKEND: "local" })).toEqual([]);
  });

  test("CI is set and only files name stages", () => {
    expect(problems({ ".env": STATE, ".env.dev": "" }, { CI: "true" })).toEqual(
      ["STAGE is required in CI"],
    );
  });

  test("STAGE in a file differs from the name of the file", () => {
    expect(problems({ ".env": STATE, ".env.dev": "STAGE=prod" })).toEqual([
      '.env.dev: STAGE must be "dev" in a file of that name, got "prod"',
    ]);
  });

  test("the name of a file has an empty stage", () => {
    expect(problems({ ".env": STATE, ".env.": "" })).toContain(
      ".env.: name must be .env.<stage>",
    );
  });

  test.each([
    [
      "has a line that would be ignored, which can be part of a secret",
      'A="x\ny"\n\nSTAGE: dev\n',
      /^ {2}- \.env: line 4 must be NAME=value, such as STAGE=dev, .*, got a line without =$/m,
    ],
    [
      "has a line without a name, and one without a value",
      "STAGE=dev\n=secret\nsecret\n",
      /line 2 must be .*, got a line without a name, and 1 more$/m,
    ],
    [
      "is not UTF-8",
      Buffer.from("STAGE=d\xffev", "latin1"),
      "UTF-8 text, got ",
    ],
    ["holds zeros", "A\0B=1\n", "line 1 must be NAME=value"],
  ])("a file %s", (_, text, message) => {
    const directory = createTemporaryDirectory();
    writeFileSync(path.join(directory, ".env"), text);
    expect(() => stages({}, directory)).toThrow(message);
  });

  test("a file is a broken link", () => {
    const directory = createTemporaryDirectory({ ".env": STATE });
    symlinkSync("nowhere", path.join(directory, ".env.dev"));
    expect(() => stages({}, directory)).toThrow(
      "  - .env.dev must be a readable file of UTF-8 text, got ENOENT",
    );
  });

  test("two stages have the same stack name", () => {
    expect(
      problems({
        ".env": STATE,
        ".env.c": "APP_NAME=a-b",
        ".env.b-c": "APP_NAME=a",
      }),
    ).toEqual([
      'APP_NAME-STAGE must be unique, got "a-b-c" for stage "b-c" and stage "c"',
    ]);
  });

  test("two stages have the same state", () => {
    expect(
      problems({
        ".env": "STATE_BUCKET_NAME=ours\nSTATE_BUCKET_KEY=state",
        ".env.a": "",
        ".env.b": "",
      }),
    ).toEqual([
      'STATE_BUCKET_KEY must be unique, got "ours/state" for stage "a" and stage "b"',
    ]);
  });

  test("two stages use the same user pool", () => {
    expect(
      problems({
        ".env": STATE + "USER_POOL_ID=us-west-2_x",
        ".env.a": "",
        ".env.b": "",
      }),
    ).toEqual([
      'USER_POOL_ID must be unique, got "us-west-2_x" for stage "a" and stage "b"',
    ]);
  });

  test("two stages have the same custom domain", () => {
    expect(
      problems({
        ".env":
          STATE +
          "CUSTOM_DOMAIN=auth.example.org\nCUSTOM_DOMAIN_CERTIFICATE_ARN=arn:aws:acm:us-east-1:123456789012:certificate/a",
        ".env.a": "",
        ".env.b": "",
      }),
    ).toEqual([
      'CUSTOM_DOMAIN must be unique, got "auth.example.org" for stage "a" and stage "b"',
    ]);
  });

  test("two stages create the same OIDC provider in one account", () => {
    expect(
      problems({
        ".env": STATE + "OIDC_PROVIDER_URL=issuer.example",
        ".env.a": "",
        ".env.b": "",
      }),
    ).toEqual([
      expect.stringMatching(
        /^OIDC_PROVIDER_URL can be created once in an account/,
      ),
    ]);
  });
});
