import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
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

function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = createTemporaryDirectory();
  for (const [name, text] of Object.entries(files))
    writeFileSync(path.join(folder, name), text);
  return folder;
}

function names(
  files: Readonly<Record<string, string>>,
  env: Environment = {},
): string[] {
  return stages(env, folderOf(files)).map((stage) => stage.stackName);
}

function problems(
  files: Readonly<Record<string, string>>,
  env: Environment = {},
): string[] {
  try {
    stages(env, folderOf(files));
  } catch (error) {
    return (error as Error).message.split("\n  - ").slice(1);
  }
  return [];
}

describe("the stages of a folder", () => {
  test("are the one of the user's name where nothing else is said", () => {
    const [stage, ...more] = stages({ STATE_BACKEND: "local" }, folderOf({}));
    expect(stage?.stage).toMatch(/^[a-z0-9-]+$/);
    expect(more).toEqual([]);
  });

  test("are the one that STAGE names, with its own file", () => {
    const folder = folderOf({
      ".env": STATE + "PROJECT=common",
      ".env.dev": "PROJECT=dev",
      ".env.prod": "PROJECT=prod",
    });
    expect(stages({ STAGE: "dev" }, folder)).toMatchObject([
      { stackName: "veda-auth-stack-dev", tags: { Project: "dev" } },
    ]);
  });

  test("are one for each file, in the order of their names", () => {
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

  test("keep their state apart in one bucket", () => {
    const folder = folderOf({
      ".env": "STATE_BUCKET_NAME=ours",
      ".env.a": "",
      ".env.b": "",
    });
    expect(stages({}, folder).map((stage) => stage.state)).toEqual([
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

  test("take a setting from the process first, then from their own file, then from the common one", () => {
    const folder = folderOf({
      ".env": STATE + "OWNER=common\nPROJECT=common\nAPP_NAME=common",
      ".env.dev": "owner=file\nPROJECT=file\nUNKNOWN=ignored",
    });
    expect(
      stages({ STAGE: "dev", OWNER: "process", APP_NAME: "" }, folder),
    ).toMatchObject([
      {
        tags: { Owner: "process", Project: "file" },
        appName: "common",
      },
    ]);
  });

  test("come from the file of ENV_FILE alone", () => {
    const files = {
      ".env": "OWNER=common",
      ".env.dev": "",
      "other.env": STATE + 'STAGE=other\nPROJECT="a b"',
    };
    const folder = folderOf(files);
    const [stage, ...more] = stages({ ENV_FILE: "other.env" }, folder);
    expect(stage).toMatchObject({ stage: "other", tags: { Project: "a b" } });
    expect(stage?.tags.Owner).not.toBe("common");
    expect(more).toEqual([]);
  });

  test("are read from a file with a byte order mark, quotes, comments and several lines", () => {
    const text =
      '\ufeffSTAGE=dev # mine\r\n\r\n# a comment\r\nexport PROJECT="a b"\r\nUNKNOWN="one\r\ntwo"\r\nSTATE_BACKEND=local\r\n';
    expect(stages({}, folderOf({ ".env": text }))).toMatchObject([
      { stage: "dev", tags: { Project: "a b" } },
    ]);
  });

  test("do not come from folders", () => {
    const folder = folderOf({ ".env.dev": STATE });
    mkdirSync(path.join(folder, ".env"));
    mkdirSync(path.join(folder, ".env.venv"));
    expect(stages({}, folder).map((stage) => stage.stage)).toEqual(["dev"]);
  });

  test("say that the bootstrap qualifier has no meaning", () => {
    const lines: string[] = [];
    stages(
      { STAGE: "dev" },
      folderOf({ ".env.dev": STATE + "BOOTSTRAP_QUALIFIER=abc" }),
      (line) => lines.push(line),
    );
    expect(lines).toEqual([
      expect.stringContaining("BOOTSTRAP_QUALIFIER is ignored"),
    ]);
  });

  test("may both trust an issuer that one of them made", () => {
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

describe("the stages of a folder fail when", () => {
  test("two files are wrong, and name each with its file", () => {
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

  test("a file's name is no stage", () => {
    expect(problems({ ".env": STATE, ".env.dev.bak": "" })).toEqual([
      expect.stringMatching(
        /^\.env\.dev\.bak: STAGE must be .*got "dev\.bak"$/,
      ),
    ]);
  });

  test("ENV_FILE names no file", () => {
    expect(problems({}, { ENV_FILE: "nowhere.env" })).toEqual([
      'ENV_FILE must be a file, got "nowhere.env"',
    ]);
  });

  test("CI is set and no stage is", () => {
    expect(problems({}, { CI: "true", STATE_BACKEND: "local" })).toEqual([
      "STAGE is required in CI",
    ]);
    expect(problems({}, { CI: "false", STATE_BACKEND: "local" })).toEqual([]);
  });

  test("a machine would take the stages from files", () => {
    expect(problems({ ".env": STATE, ".env.dev": "" }, { CI: "true" })).toEqual(
      ["STAGE is required in CI"],
    );
  });

  test("a file is for another stage than its name says", () => {
    expect(problems({ ".env": STATE, ".env.dev": "STAGE=prod" })).toEqual([
      '.env.dev: STAGE must be "dev" in a file of that name, got "prod"',
    ]);
  });

  test("a file's name has no stage", () => {
    expect(problems({ ".env": STATE, ".env.": "" })).toContain(
      ".env.: name must be .env.<stage>",
    );
  });

  test.each([
    [
      "has a line that would be left out, which may be a part of a secret",
      'A="x\ny"\n\nSTAGE: dev\n',
      "got another at line 4",
    ],
    [
      "is not UTF-8",
      Buffer.from("STAGE=d\xffev", "latin1"),
      "UTF-8 text, got ",
    ],
    ["holds zeros", "A\0B=1\n", "got another at line 1"],
  ])("its file %s", (_, text, message) => {
    const folder = folderOf({});
    writeFileSync(path.join(folder, ".env"), text);
    expect(() => stages({}, folder)).toThrow(message);
  });

  test("its file is a link to nowhere", () => {
    const folder = folderOf({ ".env": STATE });
    symlinkSync("nowhere", path.join(folder, ".env.dev"));
    expect(() => stages({}, folder)).toThrow(
      ".env.dev: .env.dev must be a readable file of UTF-8 text, got ENOENT",
    );
  });

  test("two would have one stack", () => {
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

  test("two would write the same state", () => {
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

  test("two would add to one user pool", () => {
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

  test("two would make one OIDC provider in one account", () => {
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

const ACCOUNT =
  "AWS_ACCOUNT_ID=123456789012\nSTATE_BUCKET_NAME=ours\nOWNER=platform\n";
const REPOSITORY = "GITHUB_REPOSITORY=octo/auth\n";

function account(
  files: Readonly<Record<string, string>>,
  env: Environment = {},
) {
  return readAppConfig(env, folderOf(files)).account;
}

describe("the account of a folder", () => {
  test("is not there unless it is asked for", () => {
    expect(account({ ".env": ACCOUNT, ".env.dev": "" })).toBeUndefined();
  });

  test("is the whole app where STAGE is account", () => {
    const config = readAppConfig(
      { STAGE: "account" },
      folderOf({ ".env": ACCOUNT, ".env.dev": "" }),
    );
    expect(config.stages).toEqual([]);
    expect(config.account).toEqual({
      appName: "veda-auth-stack",
      stackName: "veda-auth-stack-account",
      tags: {
        Client: "nasa-impact",
        Owner: "platform",
        Project: "veda",
        Stack: "account",
      },
      region: "us-west-2",
      accountId: "123456789012",
      state: {
        backend: "s3",
        bucket: "ours",
        key: "veda-auth-stack/account/terraform.tfstate",
      },
      stateBucket: { name: "ours" },
      boundary: {
        origin: "created",
        policyName: "veda-auth-stack-boundary",
        buckets: ["veda-data-store*"],
      },
      stages: [],
    });
  });

  test.each<[string, Record<string, string>, Environment]>([
    ["ACCOUNT_STACK asks for it", { ".env.dev": "" }, { ACCOUNT_STACK: "yes" }],
    ["it has a file", { ".env.dev": "", ".env.account": "" }, {}],
    [
      "ACCOUNT_STACK asks for it beside one stage",
      { ".env.dev": "", ".env.prod": "" },
      { ACCOUNT_STACK: "1", STAGE: "dev" },
    ],
  ])("stands beside the stages where %s", (_, files, env) => {
    const config = readAppConfig(env, folderOf({ ".env": ACCOUNT, ...files }));
    expect(config.account?.stackName).toBe("veda-auth-stack-account");
    expect(config.stages.map(({ stage }) => stage)).toEqual(["dev"]);
  });

  test("takes its settings from its own file before the common one", () => {
    const config = account(
      { ".env": ACCOUNT, ".env.account": "PROJECT=shared", ".env.dev": "" },
      { ACCOUNT_STACK: "true", STAGE: "dev" },
    );
    expect(config?.tags.Project).toBe("shared");
  });

  test("has CI deploy the stages that have files, by their own settings", () => {
    const config = account(
      {
        ".env": ACCOUNT + REPOSITORY,
        ".env.dev": "",
        ".env.staging":
          "APP_NAME=other\nSTATE_BUCKET_KEY=a/b\nGITHUB_ENVIRONMENT=Staging area\nUSER_POOL_ID=us-west-2_a\nAWS_REGION=us-east-1",
        ".env.prod": "AWS_ACCOUNT_ID=999999999999",
      },
      { STAGE: "account" },
    );
    expect(config?.stages).toEqual([
      {
        stage: "dev",
        stackName: "veda-auth-stack-dev",
        region: "us-west-2",
        stateKey: "veda-auth-stack/dev/terraform.tfstate",
        githubEnvironment: "dev",
        environmentSecretName: "veda-auth-dev-env",
      },
      {
        stage: "staging",
        stackName: "other-staging",
        region: "us-east-1",
        stateKey: "a/b",
        githubEnvironment: "Staging area",
        environmentSecretName: "veda-auth-staging-env",
        userPoolId: "us-west-2_a",
      },
    ]);
  });

  test("has CI deploy the stages that are named, with a file or without", () => {
    const config = account(
      {
        ".env": ACCOUNT + REPOSITORY + "ACCOUNT_STAGES=prod, dev",
        ".env.dev": "GITHUB_ENVIRONMENT=d",
        ".env.staging": "",
      },
      { STAGE: "account" },
    );
    expect(
      config?.stages.map(({ stage, githubEnvironment: environment }) => [
        stage,
        environment,
      ]),
    ).toEqual([
      ["prod", "prod"],
      ["dev", "d"],
    ]);
  });

  test("trusts a repository by its numbers where they are known", () => {
    const ids = "GITHUB_OWNER_ID=1\nGITHUB_REPOSITORY_ID=2\n";
    const common = ACCOUNT + REPOSITORY + "ACCOUNT_STAGES=dev\n";
    const env = { STAGE: "account" };
    expect(account({ ".env": common }, env)?.github).toEqual({
      owner: "octo",
      repo: "auth",
      oidcProvider: {
        origin: "created",
        issuer: "token.actions.githubusercontent.com",
      },
    });
    expect(account({ ".env": common + ids }, env)?.github?.ids).toEqual({
      ownerId: "1",
      repoId: "2",
    });
  });

  test("bounds the roles that deploy by somebody else's policy alone", () => {
    const name = "PERMISSIONS_BOUNDARY_POLICY_NAME=theirs\n";
    const env = { STAGE: "account" };
    expect(
      account({ ".env": ACCOUNT + name }, env)?.permissionsBoundaryPolicyName,
    ).toBeUndefined();
    expect(
      account(
        { ".env": ACCOUNT + name + "PERMISSIONS_BOUNDARY_EXISTS=true" },
        env,
      ),
    ).toMatchObject({
      permissionsBoundaryPolicyName: "theirs",
      boundary: { origin: "existing", policyName: "theirs" },
    });
  });
});

describe("the account of a folder in GitHub's own runner", () => {
  test("is of the repository that its files name, not of the one that runs", () => {
    const ids = "GITHUB_OWNER_ID=1\nGITHUB_REPOSITORY_ID=2\n";
    const files = { ".env": ACCOUNT + REPOSITORY + ids + "ACCOUNT_STAGES=dev" };
    const runner = {
      STAGE: "account",
      GITHUB_ACTIONS: "true",
      GITHUB_REPOSITORY: "evil/other",
      GITHUB_REPOSITORY_ID: "999",
      GITHUB_REPOSITORY_OWNER_ID: "888",
    };
    expect(account(files, runner)?.github).toMatchObject({
      owner: "octo",
      repo: "auth",
      ids: { ownerId: "1", repoId: "2" },
    });
    expect(account({ ".env": ACCOUNT }, runner)?.github).toBeUndefined();
  });
});

describe("the account of a folder fails when", () => {
  const chosen = { STAGE: "account" };

  test("stages share what the role of one would reach the other by", () => {
    const common =
      ACCOUNT +
      REPOSITORY +
      "GITHUB_ENVIRONMENT=e\nSTATE_BUCKET_KEY=k\nUSER_POOL_ID=us-west-2_a\nACCOUNT_STAGES=dev,prod";
    expect(problems({ ".env": common }, chosen)).toEqual([
      'GITHUB_ENVIRONMENT must be unique, got "e" for stage "dev" and stage "prod"',
      'STATE_BUCKET_KEY must be unique, got "k" for stage "dev" and stage "prod"',
      'USER_POOL_ID must be unique, got "us-west-2_a" for stage "dev" and stage "prod"',
    ]);
    // and never is a stage's key the account's
    expect(
      account({ ".env": ACCOUNT + "STATE_BUCKET_KEY=k" }, chosen)?.state,
    ).toMatchObject({ key: "veda-auth-stack/account/terraform.tfstate" });
  });

  test.each<[string, string, string[]]>([
    [
      "it is not said which, or where states go",
      STATE,
      [
        "AWS_ACCOUNT_ID is required for the account stack",
        "STATE_BUCKET_NAME is required for the account stack",
      ],
    ],
    [
      "one number of the repository is missing",
      ACCOUNT + REPOSITORY + "ACCOUNT_STAGES=dev\nGITHUB_OWNER_ID=1",
      ["GITHUB_OWNER_ID requires GITHUB_REPOSITORY_ID"],
    ],
    [
      "numbers come without a repository",
      ACCOUNT + "GITHUB_OWNER_ID=1\nGITHUB_REPOSITORY_ID=2",
      [
        "GITHUB_OWNER_ID requires GITHUB_REPOSITORY",
        "GITHUB_REPOSITORY_ID requires GITHUB_REPOSITORY",
      ],
    ],
    [
      "a repository deploys no stage",
      ACCOUNT + REPOSITORY,
      [
        "ACCOUNT_STAGES is required with GITHUB_REPOSITORY if there is no file .env.<stage>",
      ],
    ],
    [
      "a stage has the account's name",
      ACCOUNT + REPOSITORY + "ACCOUNT_STAGES=dev,account",
      [
        'ACCOUNT_STAGES must not contain the name of the account stack, got "account"',
      ],
    ],
    [
      "stages are no names of stages",
      ACCOUNT + REPOSITORY + "ACCOUNT_STAGES=dev,Pro_d",
      [
        expect.stringMatching(
          /^ACCOUNT_STAGES must be comma-separated, each .*"Pro_d"/,
        ) as string,
      ],
    ],
    [
      "there are more than a hundred stages",
      ACCOUNT + REPOSITORY + `ACCOUNT_STAGES=${several(101)}`,
      ['ACCOUNT_STAGES must be at most 100, comma-separated, got "101"'],
    ],
    [
      "there are more than fifty kinds of buckets",
      ACCOUNT + `BOUNDARY_BUCKETS=${several(51)}`,
      ['BOUNDARY_BUCKETS must be at most 50, comma-separated, got "51"'],
    ],
    [
      "a boundary that exists has no name",
      ACCOUNT + "PERMISSIONS_BOUNDARY_EXISTS=true",
      ["PERMISSIONS_BOUNDARY_EXISTS requires PERMISSIONS_BOUNDARY_POLICY_NAME"],
    ],
    [
      "the repository is no repository",
      ACCOUNT + "GITHUB_REPOSITORY=octo/*",
      [
        'GITHUB_REPOSITORY must be owner/name, as GitHub writes it, got "octo/*"',
      ],
    ],
  ])("%s", (_, common, expected) => {
    expect(problems({ ".env": common }, chosen)).toEqual(expected);
  });

  test("two stages would have one stack", () => {
    expect(
      problems(
        {
          ".env": ACCOUNT + REPOSITORY,
          ".env.c": "APP_NAME=a-b\nSTATE_BUCKET_KEY=k1",
          ".env.b-c": "APP_NAME=a\nSTATE_BUCKET_KEY=k2",
        },
        chosen,
      ),
    ).toEqual([
      'APP_NAME-STAGE must be unique, got "a-b-c" for stage "b-c" and stage "c"',
    ]);
  });

  test("a hundred stages, and fifty kinds of buckets, are no problem", () => {
    const common = `ACCOUNT_STAGES=${several(100)}\nBOUNDARY_BUCKETS=${several(50)}`;
    expect(
      problems({ ".env": `${ACCOUNT}${REPOSITORY}${common}` }, chosen),
    ).toEqual([]);
  });

  test("a stage that is named lies in another account", () => {
    expect(
      problems(
        {
          ".env": ACCOUNT + REPOSITORY + "ACCOUNT_STAGES=prod",
          ".env.prod": "AWS_ACCOUNT_ID=999999999999",
        },
        chosen,
      ),
    ).toEqual([
      'stage "prod": AWS_ACCOUNT_ID must be the account\'s "123456789012", got "999999999999"',
    ]);
  });

  test("a stage of it has a setting that is not accepted", () => {
    expect(
      problems(
        {
          ".env": ACCOUNT + REPOSITORY,
          ".env.dev": "GITHUB_ENVIRONMENT=*",
        },
        chosen,
      ),
    ).toEqual([
      expect.stringMatching(/^stage "dev": GITHUB_ENVIRONMENT must be/),
    ]);
  });

  test("a stage would make the OIDC provider again, or write its state", () => {
    const url = "OIDC_PROVIDER_URL=token.actions.githubusercontent.com\n";
    const files = (dev: string) => ({
      ".env": ACCOUNT + REPOSITORY + url,
      ".env.account": "",
      ".env.dev": dev,
    });
    expect(problems(files("OIDC_PROVIDER_EXISTS=true"))).toEqual([]);
    expect(problems(files(""))).toEqual([
      expect.stringMatching(
        /^OIDC_PROVIDER_URL can be created once in an account.*the account stack and stage "dev"/,
      ),
    ]);
    expect(
      problems(
        files(
          "OIDC_PROVIDER_EXISTS=true\nSTATE_BUCKET_KEY=veda-auth-stack/account/terraform.tfstate",
        ),
      ),
    ).toEqual([
      expect.stringMatching(
        /^\.env\.dev: STATE_BUCKET_KEY must not be the default of an account stack/,
      ),
      expect.stringMatching(/^\.env\.account: stage "dev": STATE_BUCKET_KEY/),
    ]);
  });

  test.each([
    ["veda-auth-stack/account/terraform.tfstate", "an account stack"],
    ["other/account/terraform.tfstate", "an account stack"],
    ["veda-auth-stack/live/terraform.tfstate", 'stage "live"'],
  ])("a stage of it keeps its state as %s", (key, owner) => {
    const dev = `APP_NAME=veda-auth-stack\nSTATE_BUCKET_KEY=${key}`;
    expect(
      problems({ ".env": ACCOUNT + REPOSITORY, ".env.dev": dev }, chosen),
    ).toEqual([
      `stage "dev": STATE_BUCKET_KEY must not be the default of ${owner}, got "${key}"`,
    ]);
  });

  test.each(["a/*", "*", "a?b", "a.tflock", "${aws:username}"])(
    "a stage's key is %s in the policies of its roles",
    (key) => {
      expect(
        problems(
          {
            ".env": ACCOUNT + REPOSITORY,
            ".env.dev": `STATE_BUCKET_KEY=${key}`,
            ".env.prod": "STATE_BUCKET_KEY=a",
          },
          chosen,
        ),
      ).toEqual([
        expect.stringMatching(/^stage "dev": STATE_BUCKET_KEY must be /),
      ]);
    },
  );

  test.each([
    ["dev", {}, "dev-2", {}],
    ["dev", {}, "dev-", {}],
    ["dev-2", {}, "dev", {}],
    ["dev", { APP_NAME: "veda-auth" }, "auth-dev-x", { APP_NAME: "veda" }],
    ["auth", { APP_NAME: "veda" }, "dev", { APP_NAME: "veda-auth" }],
  ] as const)(
    "the roles of one stage are named like another's: %s %j, %s %j",
    (one, ofOne, other, ofOther) => {
      const files = {
        ".env": ACCOUNT + REPOSITORY,
        [`.env.${one}`]: lines(ofOne),
        [`.env.${other}`]: lines(ofOther),
      };
      const nested = expect.stringMatching(
        /^APP_NAME-STAGE of stage .* must not begin with "([a-z-]+)", the role prefix of stage .*, got "\1/,
      ) as string;
      expect(problems(files, chosen)).toEqual([nested]);
      // with a stage that CI does not deploy too
      for (const deployed of [one, other])
        expect(
          problems(files, { ...chosen, ACCOUNT_STAGES: deployed }),
        ).toEqual([nested]);
    },
  );

  test("stages are named alike, which is no problem in two accounts or by no hyphen", () => {
    expect(
      problems(
        {
          ".env": ACCOUNT + REPOSITORY,
          ".env.dev": "",
          ".env.dev2": "",
          ".env.dev-3": "AWS_ACCOUNT_ID=999999999999",
        },
        chosen,
      ),
    ).toEqual([]);
  });

  test("environments are one to GitHub, whatever their case", () => {
    const files = {
      ".env": ACCOUNT + REPOSITORY,
      ".env.dev": "GITHUB_ENVIRONMENT=Live",
      ".env.live": "",
    };
    expect(problems(files, chosen)).toEqual([
      'GITHUB_ENVIRONMENT must be unique, got "live" for stage "dev" and stage "live"',
    ]);
    // a stage without deploy roles trusts no environment
    expect(
      account(files, { ...chosen, ACCOUNT_STAGES: "dev" })?.stages,
    ).toEqual([expect.objectContaining({ githubEnvironment: "Live" })]);
  });

  test("a stage that CI does not deploy shares its state with one that CI does", () => {
    expect(
      problems(
        {
          ".env": ACCOUNT + REPOSITORY + "ACCOUNT_STAGES=dev",
          ".env.dev": "STATE_BUCKET_KEY=k",
          ".env.prod": "STATE_BUCKET_KEY=k\nUSER_POOL_ID=wrong",
        },
        chosen,
      ),
    ).toEqual([
      'STATE_BUCKET_KEY must be unique, got "k" for stage "dev" and stage "prod"',
    ]);
  });

  test.each([
    ["dev", "prod", "role/"],
    ["dev", "prod", "role/any/path/"],
    ["prod", "dev", "role/"],
  ])("stage %s passes on a role of stage %s, %s", (one, owner, path) => {
    const arn = `arn:aws:iam::123456789012:${path}veda-auth-stack-${owner}-editors`;
    const managers = `DATA_MANAGERS_ROLE_ARN=${arn}`;
    // its owner may pass it on
    expect(
      problems(
        {
          ".env": ACCOUNT + REPOSITORY,
          ".env.dev": managers,
          ".env.prod": managers,
        },
        chosen,
      ),
    ).toEqual([
      `DATA_MANAGERS_ROLE_ARN of stage "${one}" must not be a role of stage "${owner}", got "${arn}"`,
    ]);
  });
});

function lines(settings: Environment): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${value ?? ""}\n`)
    .join("");
}

/** So many names of stages or buckets. */
function several(count: number): string {
  return Array.from({ length: count }, (_, index) => `abc-${index}`).join(",");
}
