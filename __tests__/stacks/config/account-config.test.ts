import type { Environment } from "../../../stacks/config/environment";
import { readAppConfig } from "../../../stacks/config/app-config";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

afterAll(removeTemporaryDirectories);

const ACCOUNT_ONLY = { STAGE: "account" };

function problems(
  files: Readonly<Record<string, string>>,
  env: Environment = {},
): string[] {
  try {
    readAppConfig(env, createTemporaryDirectory(files));
  } catch (error) {
    return (error as Error).message.split("\n  - ").slice(1);
  }
  return [];
}

const ACCOUNT =
  "AWS_ACCOUNT_ID=123456789012\nSTATE_BUCKET_NAME=ours\nOWNER=platform\n";
const REPOSITORY = "GITHUB_REPOSITORY=octo/auth\n";

function account(
  files: Readonly<Record<string, string>>,
  env: Environment = {},
) {
  return readAppConfig(env, createTemporaryDirectory(files)).account;
}

describe("the account of a directory", () => {
  test("is absent unless it is requested", () => {
    expect(account({ ".env": ACCOUNT, ".env.dev": "" })).toBeUndefined();
  });

  test("is the whole app if STAGE is account", () => {
    const config = readAppConfig(
      { STAGE: "account" },
      createTemporaryDirectory({ ".env": ACCOUNT, ".env.dev": "" }),
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
    ["ACCOUNT_STACK requests it", { ".env.dev": "" }, { ACCOUNT_STACK: "yes" }],
    ["it has a file", { ".env.dev": "", ".env.account": "" }, {}],
    [
      "ACCOUNT_STACK requests it with one stage",
      { ".env.dev": "", ".env.prod": "" },
      { ACCOUNT_STACK: "1", STAGE: "dev" },
    ],
  ])("is added to the stages if %s", (_, files, env) => {
    const config = readAppConfig(
      env,
      createTemporaryDirectory({ ".env": ACCOUNT, ...files }),
    );
    expect(config.account?.stackName).toBe("veda-auth-stack-account");
    expect(config.stages.map(({ stage }) => stage)).toEqual(["dev"]);
  });

  test("uses its own file before the common file", () => {
    const config = account(
      { ".env": ACCOUNT, ".env.account": "PROJECT=shared", ".env.dev": "" },
      { ACCOUNT_STACK: "true", STAGE: "dev" },
    );
    expect(config?.tags.Project).toBe("shared");
  });

  test("has the stages with files, with their own settings", () => {
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

  test("has the existing resources that the settings of a stage name", () => {
    const arn = (service: string, resource: string) =>
      `arn:aws:${service}:us-west-2:123456789012:${resource}`;
    const uses = (settings: string) => {
      const [stage] =
        account(
          { ".env": ACCOUNT + REPOSITORY, ".env.dev": settings },
          ACCOUNT_ONLY,
        )?.stages ?? [];
      const { triggerArns, webAclArn, customDomain, usesSes } = stage ?? {};
      return { triggerArns, webAclArn, customDomain, usesSes };
    };
    const settings = {
      PRE_TOKEN_GENERATION_ARN: arn("lambda", "function:add-groups"),
      WEB_ACL_ARN: arn("wafv2", "regional/webacl/sign-in/1-2"),
      EMAIL_IDENTITY_ARN: arn("ses", "identity/example.org"),
      EMAIL_FROM: "no-reply@example.org",
      CUSTOM_DOMAIN: "auth.example.org",
      CUSTOM_DOMAIN_CERTIFICATE_ARN: `arn:aws:acm:us-east-1:123456789012:certificate/${"1".repeat(36)}`,
      CUSTOM_DOMAIN_ZONE_ID: "Z1234567890",
    };
    expect(
      uses(
        Object.entries(settings)
          .map(([name, value]) => `${name}=${value}\n`)
          .join(""),
      ),
    ).toEqual({
      triggerArns: [settings.PRE_TOKEN_GENERATION_ARN],
      webAclArn: settings.WEB_ACL_ARN,
      customDomain: { domain: "auth.example.org", zoneId: "Z1234567890" },
      usesSes: true,
    });
  });

  test("has the stages that ACCOUNT_STAGES names, with or without a file", () => {
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

  test("trusts a repository by its ids if they are set", () => {
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

  test("trusts subjects with the claims of a customized template", () => {
    const common = `${ACCOUNT}${REPOSITORY}ACCOUNT_STAGES=dev\n`;
    const claims = "GITHUB_SUBJECT_CLAIMS=repo, environment";
    expect(
      account({ ".env": common + claims }, ACCOUNT_ONLY)?.github?.claimKeys,
    ).toEqual(["repo", "environment"]);
  });

  test("bounds the deploy roles only with an existing policy", () => {
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

  test("can have a hundred stages and fifty buckets", () => {
    const common = `ACCOUNT_STAGES=${several(100)}\nBOUNDARY_BUCKETS=${several(50)}`;
    expect(
      problems({ ".env": `${ACCOUNT}${REPOSITORY}${common}` }, ACCOUNT_ONLY),
    ).toEqual([]);
  });

  test("can have stages with similar names, or one prefix in two accounts", () => {
    expect(
      problems(
        {
          ".env": ACCOUNT + REPOSITORY,
          ".env.dev": "",
          ".env.dev2": "",
          ".env.dev-3": "AWS_ACCOUNT_ID=999999999999",
        },
        ACCOUNT_ONLY,
      ),
    ).toEqual([]);
  });
});

describe("the account of a directory in GitHub's runner", () => {
  test("has the repository that its files name, not the repository of the workflow", () => {
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

describe("the account of a directory fails if", () => {
  test("the deploy role of one stage could access another stage", () => {
    const common =
      ACCOUNT +
      REPOSITORY +
      "GITHUB_ENVIRONMENT=e\nSTATE_BUCKET_KEY=k\nUSER_POOL_ID=us-west-2_a\nACCOUNT_STAGES=dev,prod";
    expect(problems({ ".env": common }, ACCOUNT_ONLY)).toEqual([
      '.env: GITHUB_ENVIRONMENT must be unique, got "e" for stage "dev" and stage "prod"',
      '.env: STATE_BUCKET_KEY must be unique, got "k" for stage "dev" and stage "prod"',
      '.env: USER_POOL_ID must be unique, got "us-west-2_a" for stage "dev" and stage "prod"',
    ]);
    // the account ignores the state key in a file of all stages
    expect(
      account({ ".env": ACCOUNT + "STATE_BUCKET_KEY=k" }, ACCOUNT_ONLY)?.state,
    ).toMatchObject({ key: "veda-auth-stack/account/terraform.tfstate" });
  });

  test.each<[string, string, string[]]>([
    ...["local", "s3"].map((backend): [string, string, string[]] => [
      `the account and the bucket of the states are not set, with the backend ${backend}`,
      `STATE_BACKEND=${backend}\n`,
      [
        "AWS_ACCOUNT_ID is required for the account stack",
        "STATE_BUCKET_NAME is required for the account stack",
      ],
    ]),
    [
      "one id of the repository is missing",
      ACCOUNT + REPOSITORY + "ACCOUNT_STAGES=dev\nGITHUB_OWNER_ID=1",
      [".env: GITHUB_OWNER_ID requires GITHUB_REPOSITORY_ID"],
    ],
    [
      "ids are set without a repository",
      ACCOUNT + "GITHUB_OWNER_ID=1\nGITHUB_REPOSITORY_ID=2",
      [
        ".env: GITHUB_OWNER_ID requires GITHUB_REPOSITORY",
        ".env: GITHUB_REPOSITORY_ID requires GITHUB_REPOSITORY",
      ],
    ],
    [
      "the repository deploys no stage",
      ACCOUNT + REPOSITORY,
      [
        "ACCOUNT_STAGES is required with GITHUB_REPOSITORY if there is no file .env.<stage>",
      ],
    ],
    [
      "a stage has the name of the account stack",
      ACCOUNT + REPOSITORY + "ACCOUNT_STAGES=dev,account",
      [
        '.env: ACCOUNT_STAGES must not contain the name of the account stack, got "account"',
      ],
    ],
    [
      "the name of a stage is invalid",
      ACCOUNT + REPOSITORY + "ACCOUNT_STAGES=dev,Pro_d",
      [
        expect.stringMatching(
          /^\.env: ACCOUNT_STAGES must be comma-separated, each .*"Pro_d"/,
        ) as string,
      ],
    ],
    [
      "there are more than a hundred stages",
      ACCOUNT + REPOSITORY + `ACCOUNT_STAGES=${several(101)}`,
      ['.env: ACCOUNT_STAGES must be at most 100, comma-separated, got "101"'],
    ],
    [
      "there are more than fifty buckets",
      ACCOUNT + `BOUNDARY_BUCKETS=${several(51)}`,
      ['.env: BOUNDARY_BUCKETS must be at most 50, comma-separated, got "51"'],
    ],
    ...(
      [
        [
          "workflow,repo,environment",
          'comma-separated, each one of repo, repository, repository_id, repository_owner, repository_owner_id, context, environment, got "workflow"',
        ],
        [
          "repo,Environment",
          'comma-separated, each one of repo, repository, repository_id, repository_owner, repository_owner_id, context, environment, got "Environment"',
        ],
        [
          "repo,context,ref",
          'comma-separated, each one of repo, repository, repository_id, repository_owner, repository_owner_id, context, environment, got "ref"',
        ],
        [
          '["repo","context"]',
          String.raw`comma-separated, each one of repo, repository, repository_id, repository_owner, repository_owner_id, context, environment, got "[\"repo\",\"context\"]": omit brackets and quotes`,
        ],
      ] as const
    ).map(([claims, expected]): [string, string, string[]] => [
      `a claim of the subject has a value that is not known: ${claims}`,
      `${ACCOUNT}${REPOSITORY}ACCOUNT_STAGES=dev\nGITHUB_SUBJECT_CLAIMS=${claims}`,
      [`.env: GITHUB_SUBJECT_CLAIMS must be ${expected}`],
    ]),
    ...(
      [
        [
          "repository_owner,context",
          'include repo, repository or repository_id, got "repository_owner,context"',
        ],
        ["repo", 'include context or environment, got "repo"'],
        ["repo,context, repo", 'not repeat a key, got "repo,context,repo"'],
        [
          "repository_id,context",
          'not include an id without GITHUB_OWNER_ID and GITHUB_REPOSITORY_ID, got "repository_id,context"',
        ],
        [
          "context,repo,repository_owner_id",
          'not include an id without GITHUB_OWNER_ID and GITHUB_REPOSITORY_ID, got "context,repo,repository_owner_id"',
        ],
      ] as const
    ).map(([claims, expected]): [string, string, string[]] => [
      `the claims of the subject do not separate the roles: ${claims}`,
      `${ACCOUNT}${REPOSITORY}ACCOUNT_STAGES=dev\nGITHUB_SUBJECT_CLAIMS=${claims}`,
      [`.env: GITHUB_SUBJECT_CLAIMS must ${expected}`],
    ]),
    [
      "the claims of the subject are set without a repository",
      `${ACCOUNT}GITHUB_SUBJECT_CLAIMS=repo,context`,
      [".env: GITHUB_SUBJECT_CLAIMS requires GITHUB_REPOSITORY"],
    ],
    [
      "an existing permissions boundary has no name",
      ACCOUNT + "PERMISSIONS_BOUNDARY_EXISTS=true",
      [
        ".env: PERMISSIONS_BOUNDARY_EXISTS requires PERMISSIONS_BOUNDARY_POLICY_NAME",
      ],
    ],
    [
      "the repository is invalid",
      ACCOUNT + "GITHUB_REPOSITORY=octo/*",
      [
        '.env: GITHUB_REPOSITORY must be owner/name, as GitHub writes it, got "octo/*"',
      ],
    ],
  ])("%s", (_, common, expected) => {
    expect(problems({ ".env": common }, ACCOUNT_ONLY)).toEqual(expected);
  });

  test("two deployed stages have the same stack name", () => {
    expect(
      problems(
        {
          ".env": ACCOUNT + REPOSITORY,
          ".env.c": "APP_NAME=a-b\nSTATE_BUCKET_KEY=k1",
          ".env.b-c": "APP_NAME=a\nSTATE_BUCKET_KEY=k2",
        },
        ACCOUNT_ONLY,
      ),
    ).toEqual([
      'APP_NAME-STAGE must be unique, got "a-b-c" for stage "b-c" and stage "c"',
    ]);
  });

  test("ACCOUNT_STAGES names a stage of another account", () => {
    expect(
      problems(
        {
          ".env": ACCOUNT + REPOSITORY + "ACCOUNT_STAGES=prod",
          ".env.prod": "AWS_ACCOUNT_ID=999999999999",
        },
        ACCOUNT_ONLY,
      ),
    ).toEqual([
      'stage "prod": AWS_ACCOUNT_ID must be the account\'s "123456789012", got "999999999999"',
    ]);
  });

  test("a setting of a deployed stage is invalid", () => {
    expect(
      problems(
        {
          ".env": ACCOUNT + REPOSITORY,
          ".env.dev": "GITHUB_ENVIRONMENT=*",
        },
        ACCOUNT_ONLY,
      ),
    ).toEqual([
      expect.stringMatching(/^stage "dev": GITHUB_ENVIRONMENT must be/),
    ]);
  });

  test("a stage creates the same OIDC provider, or has the same state", () => {
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
  ])("a deployed stage has the state key %s", (key, owner) => {
    const dev = `APP_NAME=veda-auth-stack\nSTATE_BUCKET_KEY=${key}`;
    expect(
      problems({ ".env": ACCOUNT + REPOSITORY, ".env.dev": dev }, ACCOUNT_ONLY),
    ).toEqual([
      `stage "dev": STATE_BUCKET_KEY must not be the default of ${owner}, got "${key}"`,
    ]);
  });

  test.each(["a/*", "*", "a?b", "a.tflock", "${aws:username}"])(
    "the state key %s has another meaning in a policy",
    (key) => {
      expect(
        problems(
          {
            ".env": ACCOUNT + REPOSITORY,
            ".env.dev": `STATE_BUCKET_KEY=${key}`,
            ".env.prod": "STATE_BUCKET_KEY=a",
          },
          ACCOUNT_ONLY,
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
    "the role prefix of one stage matches another stage: %s %j, %s %j",
    (one, ofOne, other, ofOther) => {
      const files = {
        ".env": ACCOUNT + REPOSITORY,
        [`.env.${one}`]: lines(ofOne),
        [`.env.${other}`]: lines(ofOther),
      };
      const nested = expect.stringMatching(
        /^APP_NAME-STAGE of stage .* must not begin with "([a-z-]+)", the role prefix of stage .*, got "\1/,
      ) as string;
      expect(problems(files, ACCOUNT_ONLY)).toEqual([nested]);
      // also with a stage that CI does not deploy
      for (const deployed of [one, other])
        expect(
          problems(files, { ...ACCOUNT_ONLY, ACCOUNT_STAGES: deployed }),
        ).toEqual([nested]);
    },
  );

  test("two stages have the same GitHub environment, regardless of case", () => {
    const files = {
      ".env": ACCOUNT + REPOSITORY,
      ".env.dev": "GITHUB_ENVIRONMENT=Live",
      ".env.live": "",
    };
    expect(problems(files, ACCOUNT_ONLY)).toEqual([
      'GITHUB_ENVIRONMENT must be unique, got "live" for stage "dev" and stage "live"',
    ]);
    // a stage without deploy roles does not trust an environment
    expect(
      account(files, { ...ACCOUNT_ONLY, ACCOUNT_STAGES: "dev" })?.stages,
    ).toEqual([expect.objectContaining({ githubEnvironment: "Live" })]);
  });

  test("a stage that CI does not deploy has the state of a deployed stage", () => {
    expect(
      problems(
        {
          ".env": ACCOUNT + REPOSITORY + "ACCOUNT_STAGES=dev",
          ".env.dev": "STATE_BUCKET_KEY=k",
          ".env.prod": "STATE_BUCKET_KEY=k\nUSER_POOL_ID=wrong",
        },
        ACCOUNT_ONLY,
      ),
    ).toEqual([
      'STATE_BUCKET_KEY must be unique, got "k" for stage "dev" and stage "prod"',
    ]);
  });

  test.each([
    ["dev", "prod", "role/"],
    ["dev", "prod", "role/any/path/"],
    ["prod", "dev", "role/"],
  ])("stage %s passes a role of stage %s on path %s", (one, owner, path) => {
    const arn = `arn:aws:iam::123456789012:${path}veda-auth-stack-${owner}-editors`;
    const managers = `DATA_MANAGERS_ROLE_ARN=${arn}`;
    // the owner of the role can pass it
    expect(
      problems(
        {
          ".env": ACCOUNT + REPOSITORY,
          ".env.dev": managers,
          ".env.prod": managers,
        },
        ACCOUNT_ONLY,
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

/** Returns a list of names of stages or buckets. */
function several(count: number): string {
  return Array.from({ length: count }, (_, index) => `abc-${index}`).join(",");
}
