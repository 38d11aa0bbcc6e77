import { writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { UsageError } from "../../../scripts/lib/cli/usage-error";
import { resolveSignInSettings } from "../../../scripts/lib/auth/sign-in-settings";
import {
  requireNoCredentialLoop,
  readStageIds,
  type StageIds,
} from "../../../scripts/lib/stage/stage-ids";
import { resolveStage } from "../../../scripts/lib/cli/options";
import type { Environment } from "../../../stacks/config/environment";
import { restoreEnvironment, setEnvironment } from "../../support/environment";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

const project = process.cwd();
const OS_USER = userInfo().username;

const POOL = "us-west-2_Own";
const IDENTITY_POOL = "us-west-2:12345678-1234-1234-1234-123456789012";
const OTHER_IDENTITY_POOL = "eu-west-1:12345678-1234-1234-1234-123456789012";
const STAGE_IDS: StageIds = {
  userPoolId: "us-east-1_Stage",
  clientId: "stage",
  identityPoolId: OTHER_IDENTITY_POOL,
  origin: "Terraform outputs of s",
  isComplete: true,
};
const ALL_IDS = {
  USER_POOL_ID: POOL,
  CLIENT_ID: "own",
  IDENTITY_POOL_ID: IDENTITY_POOL,
};

beforeEach(() => {
  setEnvironment({});
});

afterEach(() => {
  restoreEnvironment();
  process.chdir(project);
});

afterAll(removeTemporaryDirectories);

/** Resolves settings in a directory with these files; `stageIds` replaces the ids of a deployed stage. */
function resolve(
  values: Parameters<typeof resolveSignInSettings>[0],
  env: Environment = {},
  files: Readonly<Record<string, string>> = {},
  stageIds: StageIds = STAGE_IDS,
) {
  const directory = createTemporaryDirectory();
  for (const [name, text] of Object.entries(files))
    writeFileSync(path.join(directory, name), text);
  process.chdir(directory);
  setEnvironment(env);
  const readStages: string[] = [];
  const lines: string[] = [];
  const settings = resolveSignInSettings(
    values,
    process.env,
    ({ stackName }) => {
      readStages.push(stackName);
      return Promise.resolve(stageIds);
    },
  );
  return {
    settings,
    readStages,
    lines,
    ids: async () =>
      (await settings.resolveIds((line) => lines.push(line))).ids,
    announcement: async () =>
      (await settings.resolveIds(() => undefined)).announcement,
  };
}

describe("resolveSignInSettings", () => {
  test("has no user in an empty directory, and answers challenges", () => {
    expect(resolve({}).settings).toMatchObject({
      userName: undefined,
      password: undefined,
      idToken: undefined,
      authFlow: "srp",
      clientSecret: undefined,
      shouldAnswerChallenges: true,
    });
  });

  test("reads the flow from the option only, not from settings", () => {
    const flow = { AUTH_FLOW: "password", "auth-flow": "password" };
    const files = { ".env": "AUTH_FLOW=password\nauth_flow=password\n" };
    expect(resolve({}, flow, files).settings.authFlow).toBe("srp");
    expect(resolve({ "auth-flow": "password" }).settings.authFlow).toBe(
      "password",
    );
  });

  test("reads the names of the Python client in any case, from environment and files", async () => {
    const { settings, ids, readStages } = resolve(
      {},
      { user_pool_id: POOL, Password: "canary", resolve_challenges: "No" },
      {
        ".env": "CLIENT_ID=own\nuser_pool_id=us-east-1_X\nusername=jo\n",
        ".env.dev": `IDENTITY_POOL_ID=${IDENTITY_POOL}\n`,
      },
    );
    expect(settings).toMatchObject({
      userName: "jo",
      password: "canary",
      shouldAnswerChallenges: false,
    });
    expect(await ids()).toEqual({
      userPoolId: POOL,
      clientId: "own",
      clientRegion: "us-west-2",
      identityPoolId: IDENTITY_POOL,
    });
    expect(readStages).toEqual([]);
  });

  test("reads the common settings of several stages if none is named", async () => {
    const { ids } = resolve({}, ALL_IDS, {
      ".env.dev": "CLIENT_ID=dev\n",
      ".env.prod": "CLIENT_ID=prod\n",
    });
    expect((await ids()).clientId).toBe("own");
  });

  test("prefers the user name of a file to the desktop's", () => {
    const desktop = { USERNAME: OS_USER };
    expect(
      resolve({}, desktop, { ".env": "USERNAME=jo\n" }).settings.userName,
    ).toBe("jo");
    expect(
      resolve({ stage: "dev" }, desktop, { ".env.dev": "USERNAME=jo\n" })
        .settings.userName,
    ).toBe("jo");
    expect(
      resolve({}, { USERNAME: "ann" }, { ".env": "USERNAME=jo\n" }).settings
        .userName,
    ).toBe("ann");
    expect(resolve({}, desktop).settings.userName).toBe(OS_USER);
    expect(resolve({ "user-name": "kim" }, desktop).settings.userName).toBe(
      "kim",
    );
  });

  test("builds a cache key of everything that the ids depend on, without the password", () => {
    const key = (
      values: Parameters<typeof resolveSignInSettings>[0],
      env: Environment = {},
    ): string => JSON.stringify(resolve(values, env).settings.idsKey);
    const setKeys = (id: string): Environment => ({
      AWS_ACCESS_KEY_ID: id,
      AWS_SECRET_ACCESS_KEY: "s",
    });
    const token = { AWS_WEB_IDENTITY_TOKEN_FILE: "t", AWS_PROFILE: "mine" };
    const keys = [
      key({ stage: "dev" }),
      key({ stage: "prod" }),
      key({ stage: "dev", profile: "operator" }),
      key({ stage: "dev", region: "us-east-1" }),
      key({ stage: "dev", "identity-pool-id": IDENTITY_POOL }),
      key({ stage: "dev" }, { AWS_ENDPOINT_URL: "http://localhost:1" }),
      key({ stage: "dev" }, setKeys("AKIA1")),
      key({ stage: "dev" }, setKeys("AKIA2")),
      key({ stage: "dev" }, { AWS_PROFILE: "mine" }),
      key({ stage: "dev" }, { ...token, AWS_ROLE_ARN: "role1" }),
      key({ stage: "dev" }, { ...token, AWS_ROLE_ARN: "role2" }),
      key({ stage: "dev" }, { AWS_ACCOUNT_ID: "111111111111" }),
      key({ stage: "dev" }, { STATE_BUCKET_KEY: "other" }),
      key({}, { ...ALL_IDS, password: "canary" }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.join("")).not.toContain("canary");
    const issued = { VEDA_AUTH_HANDED_OUT: "ASIAX=AKIA1" };
    const own = { ...setKeys("ASIAX"), ...issued };
    const others = { ...setKeys("ASIAY"), ...issued };
    const first = key({ stage: "dev" }, setKeys("AKIA1"));
    expect(key({ stage: "dev" }, own)).toBe(first);
    expect(key({ stage: "dev" }, others)).not.toBe(first);
    // the keys are used, not the profile
    const both = { ...setKeys("AKIA1"), AWS_PROFILE: "mine" };
    expect(key({ stage: "dev" }, both)).toBe(first);
    expect(key({ stage: "dev", profile: "mine" }, both)).toBe(
      key({ stage: "dev" }, { AWS_PROFILE: "mine" }),
    );
  });
});

describe("a sign-in through the browser", () => {
  const DOMAIN = "https://own.auth.us-west-2.amazoncognito.com";
  const ALL = { ...ALL_IDS, COGNITO_DOMAIN: DOMAIN };
  const browser = { identityProvider: undefined, canOpenBrowser: true };

  test("is selected by --auth-flow, or by an option that implies it", () => {
    expect(resolve({}, ALL).settings.browser).toBeUndefined();
    expect(resolve({ "auth-flow": "browser" }, ALL).settings.browser).toEqual(
      browser,
    );
    expect(
      resolve({ domain: DOMAIN, "identity-provider": "Keycloak" }, ALL_IDS)
        .settings.browser,
    ).toEqual({ ...browser, identityProvider: "Keycloak" });
    expect(resolve({ "no-browser": true }, ALL).settings.browser).toEqual({
      ...browser,
      canOpenBrowser: false,
    });
  });

  test.each([
    ["--user-name", { "user-name": "jo" }, "--auth-flow browser"],
    ["--reset-password", { "reset-password": true }, "--auth-flow browser"],
  ])("conflicts with %s", (name, values, other) => {
    expect(() => resolve({ "auth-flow": "browser", ...values }, ALL)).toThrow(
      new UsageError(`${name} must not be used together with ${other}`),
    );
  });

  test("conflicts with a flow that sends or proves the password", () => {
    expect(() =>
      resolve({ "auth-flow": "srp", "no-browser": true }, ALL),
    ).toThrow(
      new UsageError("--no-browser requires --auth-flow browser, got srp"),
    );
    expect(() => resolve({ "identity-provider": "x y" }, ALL)).toThrow(
      /^--identity-provider must be a name of 1-32 characters/,
    );
  });

  test("conflicts with a user name in settings, not with that of the desktop", () => {
    const values = { "auth-flow": "browser" } as const;
    expect(() => resolve(values, ALL, { ".env": "USERNAME=jo\n" })).toThrow(
      new UserError(
        "USERNAME in .env must not be set for a sign-in through the browser",
      ),
    );
    const { settings } = resolve(values, { ...ALL, USERNAME: OS_USER });
    expect(settings.userName).toBeUndefined();
    const idToken = { ...ALL, USERNAME: "jo", ID_TOKEN: "x" };
    expect(resolve(values, idToken).settings.idToken).toBe("x");
  });

  test("reads the domain from an option, then the named stage, then settings", async () => {
    const stage = { ...STAGE_IDS, domain: "https://stage.example.com" };
    const read = async (
      values: Parameters<typeof resolve>[0],
      env: Environment,
    ) => {
      const { ids, readStages } = resolve(
        { "auth-flow": "browser", ...values },
        env,
        {},
        stage,
      );
      return [(await ids()).domain, readStages.length];
    };
    expect(await read({}, ALL)).toEqual([DOMAIN, 0]);
    expect(await read({ stage: "dev" }, ALL)).toEqual([stage.domain, 1]);
    expect(await read({ stage: "dev", domain: "a.example.com" }, ALL)).toEqual([
      "https://a.example.com",
      1,
    ]);
    const options = {
      "client-id": "own",
      "identity-pool-id": IDENTITY_POOL,
    };
    expect(await read({ ...options, stage: "dev" }, {})).toEqual([
      stage.domain,
      1,
    ]);
    const local = { COGNITO_DOMAIN_ENDPOINT: "http://127.0.0.1:1" };
    expect(await read({}, { ...ALL_IDS, ...local })).toEqual([undefined, 0]);
  });

  test("requires the domain", async () => {
    const values = { "auth-flow": "browser" } as const;
    expect(() => resolve(values, ALL_IDS)).toThrow(
      new UserError("domain is required to sign in through the browser"),
    );
    await expect(resolve({ ...values, stage: "dev" }).ids()).rejects.toThrow(
      'stage "dev" has no domain, which a sign-in through the browser requires',
    );
  });

  test.each([
    "http://a.example.com",
    "a",
    "a.example.com/x",
    "https://a.example.com?x",
    "https://jo@a.example.com",
    "ftp://a.example.com",
    "https://a.example.com:x",
  ])("fails when the domain is %s", (domain) => {
    expect(() => resolve({ domain }, ALL_IDS)).toThrow(
      /domain must be a host name or an https URL/,
    );
  });

  test("names the domain in the announcement", async () => {
    const { announcement } = resolve({ "auth-flow": "browser" }, ALL);
    expect(await announcement()).toBe(
      `Signing in to user pool ${POOL} (USER_POOL_ID in the environment), client own (CLIENT_ID in the environment), Region us-west-2, domain ${DOMAIN} (COGNITO_DOMAIN in the environment)`,
    );
    const local = { COGNITO_DOMAIN_ENDPOINT: "http://127.0.0.1:1" };
    const { announcement: announceLocal } = resolve(
      { "auth-flow": "browser" },
      { ...ALL, ...local },
    );
    expect(await announceLocal()).toMatch(
      /, domain http:\/\/127\.0\.0\.1:1 \(COGNITO_DOMAIN_ENDPOINT\)$/,
    );
  });

  test("does not change the ids, nor the cache key, of a sign-in by password", async () => {
    const { ids, settings } = resolve({}, ALL);
    expect(await ids()).not.toHaveProperty("domain");
    expect(settings.idsKey).toEqual(resolve({}, ALL_IDS).settings.idsKey);
    expect(settings.idsKey.join("")).not.toContain("domain");
  });
});

describe("resolveIds", () => {
  test("prefers options to a named stage, and the stage to settings", async () => {
    const { ids, readStages } = resolve(
      { stage: "dev", "client-id": "option" },
      ALL_IDS,
    );
    expect(await ids()).toEqual({
      userPoolId: "us-east-1_Stage",
      clientId: "option",
      clientRegion: "us-east-1",
      identityPoolId: OTHER_IDENTITY_POOL,
    });
    expect(readStages).toEqual(["veda-auth-stack-dev"]);
  });

  test("prefers settings to a stage that is not named", async () => {
    const { ids, readStages } = resolve(
      {},
      { STAGE: "prod", CLIENT_ID: "own" },
    );
    expect(await ids()).toEqual({
      userPoolId: "us-east-1_Stage",
      clientId: "own",
      clientRegion: "us-east-1",
      identityPoolId: OTHER_IDENTITY_POOL,
    });
    expect(readStages).toEqual(["veda-auth-stack-prod"]);
  });

  test("reads the identity pool from settings if the stage's secret has none", async () => {
    const { ids } = resolve(
      { stage: "dev" },
      { IDENTITY_POOL_ID: IDENTITY_POOL },
      {},
      { userPoolId: POOL, clientId: "secret", origin: "s", isComplete: false },
    );
    expect(await ids()).toMatchObject({
      clientId: "secret",
      identityPoolId: IDENTITY_POOL,
    });
  });

  test("uses the Region of the user pool id, and logs that another is ignored", async () => {
    const { ids, lines } = resolve(
      {},
      { ...ALL_IDS, CLIENT_REGION: "us-east-1" },
    );
    expect((await ids()).clientRegion).toBe("us-west-2");
    expect(lines).toEqual([
      `ignoring client region us-east-1: user pool ${POOL} is in us-west-2`,
    ]);
    const { ids: resolveWithoutPool } = resolve(
      { "client-region": "us-gov-west-1" },
      { ...ALL_IDS, USER_POOL_ID: "" },
    );
    expect((await resolveWithoutPool()).clientRegion).toBe("us-gov-west-1");
  });

  test.each([
    [{ "client-region": "nz-south-1" }, {}],
    [{}, { CLIENT_REGION: "nz-south-1" }],
  ])("allows a Region that is not known: %j, %j", async (values, env) => {
    const { ids } = resolve(values, {
      ...ALL_IDS,
      USER_POOL_ID: "",
      ALLOW_UNKNOWN_REGION: "true",
      ...env,
    });
    expect((await ids()).clientRegion).toBe("nz-south-1");
  });

  test("requires only the identity pool for an id token", async () => {
    const { ids, readStages } = resolve(
      {},
      { ID_TOKEN: "x", IDENTITY_POOL_ID: IDENTITY_POOL },
    );
    expect(await ids()).toMatchObject({ identityPoolId: IDENTITY_POOL });
    expect(readStages).toEqual([]);
  });
});

describe("the announcement", () => {
  const POOL_OF_STAGE = "Terraform outputs of s";

  test("names pool, client and Region with their files or variables", async () => {
    const { announcement } = resolve(
      { stage: "dev", "identity-pool-id": IDENTITY_POOL },
      { CLIENT_ID: "own" },
      { ".env": `USER_POOL_ID=us-east-1_All\n`, ".env.dev": "" },
      { origin: "s", isComplete: false },
    );
    expect(await announcement()).toBe(
      "Signing in to user pool us-east-1_All (USER_POOL_ID in .env), client own (CLIENT_ID in the environment), Region us-east-1",
    );
  });

  test("names an option, and a stage with its settings files", async () => {
    const { announcement } = resolve(
      { stage: "dev", "client-id": "option" },
      { ...ALL_IDS, OWNER: "jo" },
      { ".env.dev": "STATE_BUCKET_NAME=b\n", ".env": "APP_NAME=x\n" },
    );
    expect(await announcement()).toBe(
      `Signing in to user pool us-east-1_Stage (${POOL_OF_STAGE}, by the settings in .env.dev and .env), client option (--client-id), Region us-east-1`,
    );
    const { announcement: announceWithoutFiles } = resolve({ stage: "dev" });
    expect(await announceWithoutFiles()).toBe(
      `Signing in to user pool us-east-1_Stage (${POOL_OF_STAGE}), client stage (${POOL_OF_STAGE}), Region us-east-1`,
    );
  });

  test("names the file in ENV_FILE, and every file with a common setting", async () => {
    const { announcement } = resolve(
      {},
      { ENV_FILE: "mine" },
      {
        mine: `USER_POOL_ID=${POOL}\nCLIENT_ID=own\nIDENTITY_POOL_ID=${IDENTITY_POOL}\n`,
        ".env": "USER_POOL_ID=us-east-1_X\n",
      },
    );
    expect(await announcement()).toBe(
      `Signing in to user pool ${POOL} (USER_POOL_ID in mine), client own (CLIENT_ID in mine), Region us-west-2`,
    );
    const { announcement: announceCommon } = resolve(
      {},
      { ...ALL_IDS, USER_POOL_ID: "" },
      {
        ".env.dev": `USER_POOL_ID=${POOL}\n`,
        ".env.prod": `USER_POOL_ID=${POOL}\n`,
      },
    );
    expect(await announceCommon()).toContain(
      `${POOL} (USER_POOL_ID in .env.dev and .env.prod)`,
    );
  });

  test("replaces control characters in a file name", async () => {
    const { announcement } = resolve(
      {},
      { ENV_FILE: "a\u001B[2K\nb" },
      {
        "a\u001B[2K\nb": `USER_POOL_ID=${POOL}\nCLIENT_ID=own\nIDENTITY_POOL_ID=${IDENTITY_POOL}\n`,
      },
    );
    expect(await announcement()).toContain(
      "(USER_POOL_ID in a\uFFFD[2K\uFFFDb)",
    );
  });

  test("names a Region setting, and an endpoint, which only the environment can set", async () => {
    const { announcement } = resolve(
      {},
      { ...ALL_IDS, USER_POOL_ID: "" },
      {
        ".env":
          "CLIENT_REGION=us-east-1\nAWS_ENDPOINT_URL=http://localhost:1\nAWS_ENDPOINT_URL_COGNITO_IDENTITY_PROVIDER=http://localhost:1\n",
      },
    );
    expect(await announcement()).toBe(
      "Signing in to user pool of the client (no id is set), client own (CLIENT_ID in the environment), Region us-east-1 (CLIENT_REGION in .env)",
    );
    expect(process.env.AWS_ENDPOINT_URL).toBeUndefined();
    const { announcement: announceEndpoint } = resolve(
      {},
      { ...ALL_IDS, AWS_ENDPOINT_URL: "http://localhost:4566" },
    );
    expect(await announceEndpoint()).toContain(
      ", Region us-west-2, at http://localhost:4566 (AWS_ENDPOINT_URL)",
    );
  });
});

describe("readStageIds", () => {
  const failing = (message: string) => () =>
    Promise.reject(new UserError(message, "do it"));

  function createTarget() {
    process.chdir(createTemporaryDirectory());
    return resolveStage({ stage: "dev" });
  }

  test("reads the outputs", async () => {
    const lines: string[] = [];
    const ids = await readStageIds(createTarget(), (line) => lines.push(line), {
      outputs: () => {
        expect(() => {
          requireNoCredentialLoop(createTarget());
        }).toThrow(
          "with the credentials of a profile whose credential_process is this command",
        );
        return Promise.resolve({
          userpool_id: POOL,
          client_id: "c",
          identitypool_id: IDENTITY_POOL,
        });
      },
      secret: failing("not asked"),
      identityPool: failing("not asked"),
    });
    expect(ids).toEqual({
      userPoolId: POOL,
      clientId: "c",
      identityPoolId: IDENTITY_POOL,
      origin: "Terraform outputs of veda-auth-stack-dev",
      isComplete: true,
    });
    expect(lines).toEqual([
      "ids from the Terraform outputs of veda-auth-stack-dev",
    ]);
    expect(() => {
      requireNoCredentialLoop(createTarget());
    }).not.toThrow();
  });

  test("reads the secret of the programmatic client if the outputs cannot be read", async () => {
    const names: string[] = [];
    const ids = await readStageIds(createTarget(), () => undefined, {
      outputs: failing("no state"),
      secret: (name) => {
        names.push(name);
        return Promise.resolve({ userpool_id: POOL, client_id: "c" });
      },
      identityPool: (name) => {
        names.push(name);
        return Promise.resolve(IDENTITY_POOL);
      },
    });
    expect(ids).toEqual({
      userPoolId: POOL,
      clientId: "c",
      identityPoolId: IDENTITY_POOL,
      origin: "secret veda-auth-stack-dev/programmatic-client",
      isComplete: false,
    });
    expect(names).toEqual([
      "veda-auth-stack-dev/programmatic-client",
      "veda-auth-stack-dev IdentityPool",
    ]);
  });

  test("has no identity pool if the caller has no permission to list them", async () => {
    const ids = await readStageIds(createTarget(), () => undefined, {
      outputs: failing("no state"),
      secret: () => Promise.resolve({ userpool_id: POOL, client_id: "c" }),
      identityPool: failing("denied"),
    });
    expect(ids.identityPoolId).toBeUndefined();
  });

  test("fails with both reasons if neither can be read", async () => {
    await expect(
      readStageIds(createTarget(), () => undefined, {
        outputs: failing("no state"),
        secret: failing("no secret"),
        identityPool: failing("not asked"),
      }),
    ).rejects.toThrow(
      "cannot read the ids of veda-auth-stack-dev:\n" +
        "  - no state (do it)\n" +
        "  - no secret (do it)",
    );
  });

  test("throws an internal error unchanged", async () => {
    const internalError = new TypeError("a mistake");
    await expect(
      readStageIds(createTarget(), () => undefined, {
        outputs: () => Promise.reject(internalError),
        secret: failing("not asked"),
        identityPool: failing("not asked"),
      }),
    ).rejects.toBe(internalError);
  });
});

describe("resolveSignInSettings fails when", () => {
  test("RESOLVE_CHALLENGES is neither true nor false", () => {
    expect(() => resolve({}, { RESOLVE_CHALLENGES: "maybe" })).toThrow(
      'RESOLVE_CHALLENGES must be one of 1, true, t, yes, y, on, 0, false, f, no, n, off, got "maybe"',
    );
  });

  test.each([
    [
      "settings",
      UserError,
      {},
      {
        USER_POOL_ID: "x",
        CLIENT_ID: "a b",
        IDENTITY_POOL_ID: "x",
        CLIENT_REGION: "west",
      },
    ],
    [
      "options",
      UsageError,
      {
        "user-pool-id": "x",
        "client-id": "a b",
        "identity-pool-id": "x",
        "client-region": "west",
      },
      {},
    ],
  ])(
    "ids are invalid, listing all of them: %s",
    async (subject, Kind, values, env) => {
      const error: unknown = await (async () =>
        resolve(values, env).ids())().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Kind);
      expect((error as Error).message).toBe(
        [
          `${subject === "options" ? "options" : "sign-in"}: 4 problems`,
          '  - identity pool id must be of the form <region>:<uuid>, got "x"',
          '  - client id must be 1-128 letters, digits or any of _ +, got "a b"',
          '  - user pool id must be 1-55 characters of the form <region>_<id>, got "x"',
          '  - client region must be an AWS Region with user pools, such as us-west-2 or us-gov-west-1, got "west"',
        ].join("\n"),
      );
    },
  );

  test.each([
    ["us-wset-2", "did you mean us-west-2?"],
    ["cn-north-1", "partition aws-cn has no Amazon Cognito user pools"],
  ])("the client Region is %s", async (region, reason) => {
    const message = new RegExp(
      `client region must be an AWS Region.*, got "${region}": .*${reason.replace("?", "\\?")}`,
    );
    expect(() => resolve({ "client-region": region }, ALL_IDS)).toThrow(
      message,
    );
    const { ids } = resolve({}, { ...ALL_IDS, CLIENT_REGION: region });
    await expect(ids()).rejects.toThrow(message);
  });

  test("the stage has no identity pool", async () => {
    const { ids } = resolve(
      { stage: "dev" },
      {},
      {},
      {
        userPoolId: POOL,
        clientId: "c",
        origin: "Terraform outputs of s",
        isComplete: true,
      },
    );
    await expect(ids()).rejects.toThrow(
      'stage "dev" has no identity pool, since it has no groups: its users get no AWS credentials',
    );
  });

  test("ids are missing and several stages exist", () => {
    expect(() => resolve({}, {}, { ".env.dev": "", ".env.prod": "" })).toThrow(
      "STAGE is required, since there are several stages: dev, prod",
    );
  });
});
