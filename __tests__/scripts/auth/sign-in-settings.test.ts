import { writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import { UsageError } from "../../../scripts/lib/cli/command";
import { resolveSignInSettings } from "../../../scripts/lib/auth/sign-in-settings";
import {
  assertNoCredentialLoop,
  readStageIds,
  type StageIds,
} from "../../../scripts/lib/stage/stage-ids";
import { resolveStage } from "../../../scripts/lib/cli/options";
import type { Environment } from "../../../stacks/config/environment";
import {
  removeTemporaryDirectories,
  createTemporaryDirectory,
} from "../../support/stage";

const outside = { ...process.env };
const project = process.cwd();
const OS_USER = userInfo().username;

const POOL = "us-west-2_Own";
const IDENTITY_POOL = "us-west-2:12345678-1234-1234-1234-123456789012";
const OTHER_IDENTITY_POOL = "eu-west-1:12345678-1234-1234-1234-123456789012";
const OF_STAGE: StageIds = {
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

function emptyEnvironment(): void {
  for (const name of Object.keys(process.env))
    Reflect.deleteProperty(process.env, name);
}

beforeEach(emptyEnvironment);

afterEach(() => {
  Object.assign(process.env, outside);
  process.chdir(project);
});

afterAll(removeTemporaryDirectories);

/** Settings in a folder, and what is looked up and told to have the ids. */
function read(
  values: Parameters<typeof resolveSignInSettings>[0],
  env: Environment = {},
  files: Readonly<Record<string, string>> = {},
  ofStage: StageIds = OF_STAGE,
) {
  const folder = createTemporaryDirectory();
  for (const [name, text] of Object.entries(files))
    writeFileSync(path.join(folder, name), text);
  process.chdir(folder);
  emptyEnvironment();
  Object.assign(process.env, env);
  const lookedUp: string[] = [];
  const lines: string[] = [];
  const settings = resolveSignInSettings(
    values,
    process.env,
    ({ stackName }) => {
      lookedUp.push(stackName);
      return Promise.resolve(ofStage);
    },
  );
  return {
    settings,
    lookedUp,
    lines,
    ids: async () =>
      (await settings.resolveIds((line) => lines.push(line))).ids,
    announcement: async () =>
      (await settings.resolveIds(() => undefined)).announcement,
  };
}

describe("settings of a sign-in", () => {
  test("are none in an empty folder, where challenges are resolved", () => {
    expect(read({}).settings).toMatchObject({
      userName: undefined,
      password: undefined,
      idToken: undefined,
      authFlow: "srp",
      clientSecret: undefined,
      shouldAnswerChallenges: true,
    });
  });

  test("have the flow of the option alone, which no setting changes", () => {
    const flow = { AUTH_FLOW: "password", "auth-flow": "password" };
    const files = { ".env": "AUTH_FLOW=password\nauth_flow=password\n" };
    expect(read({}, flow, files).settings.authFlow).toBe("srp");
    expect(read({ "auth-flow": "password" }).settings.authFlow).toBe(
      "password",
    );
  });

  test("have the Python client's names, in any case, from environment and files", async () => {
    const { settings, ids, lookedUp } = read(
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
    expect(lookedUp).toEqual([]);
  });

  test("are those of all stages where there are several and none is named", async () => {
    const { ids } = read({}, ALL_IDS, {
      ".env.dev": "CLIENT_ID=dev\n",
      ".env.prod": "CLIENT_ID=prod\n",
    });
    expect((await ids()).clientId).toBe("own");
  });

  test("have a user name of a file before the one that a desktop sets, which is better than none", () => {
    const desktop = { USERNAME: OS_USER };
    expect(
      read({}, desktop, { ".env": "USERNAME=jo\n" }).settings.userName,
    ).toBe("jo");
    expect(
      read({ stage: "dev" }, desktop, { ".env.dev": "USERNAME=jo\n" }).settings
        .userName,
    ).toBe("jo");
    expect(
      read({}, { USERNAME: "ann" }, { ".env": "USERNAME=jo\n" }).settings
        .userName,
    ).toBe("ann");
    expect(read({}, desktop).settings.userName).toBe(OS_USER);
    expect(read({ "user-name": "kim" }, desktop).settings.userName).toBe("kim");
  });

  test("make a key of all that the ids depend on, which is no password", () => {
    const key = (
      values: Parameters<typeof resolveSignInSettings>[0],
      env: Environment = {},
    ): string => JSON.stringify(read(values, env).settings.idsKey);
    const keys = [
      key({ stage: "dev" }),
      key({ stage: "prod" }),
      key({ stage: "dev", profile: "operator" }),
      key({ stage: "dev", region: "us-east-1" }),
      key({ stage: "dev", "identity-pool-id": IDENTITY_POOL }),
      key({ stage: "dev" }, { AWS_ENDPOINT_URL: "http://localhost:1" }),
      key({ stage: "dev" }, { AWS_ACCESS_KEY_ID: "AKIA1" }),
      key({ stage: "dev" }, { AWS_ACCESS_KEY_ID: "AKIA2" }),
      key({ stage: "dev" }, { AWS_ACCOUNT_ID: "111111111111" }),
      key({ stage: "dev" }, { STATE_BUCKET_KEY: "other" }),
      key({}, { ...ALL_IDS, password: "canary" }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys.join("")).not.toContain("canary");
    const handedOut = { VEDA_AUTH_HANDED_OUT: "ASIAX=AKIA1" };
    const own = { AWS_ACCESS_KEY_ID: "ASIAX", ...handedOut };
    const others = { AWS_ACCESS_KEY_ID: "ASIAY", ...handedOut };
    const first = key({ stage: "dev" }, { AWS_ACCESS_KEY_ID: "AKIA1" });
    expect(key({ stage: "dev" }, own)).toBe(first);
    expect(key({ stage: "dev" }, others)).not.toBe(first);
  });
});

describe("ids of a sign-in", () => {
  test("are a named stage's before settings, and options' before both", async () => {
    const { ids, lookedUp } = read(
      { stage: "dev", "client-id": "option" },
      ALL_IDS,
    );
    expect(await ids()).toEqual({
      userPoolId: "us-east-1_Stage",
      clientId: "option",
      clientRegion: "us-east-1",
      identityPoolId: OTHER_IDENTITY_POOL,
    });
    expect(lookedUp).toEqual(["veda-auth-stack-dev"]);
  });

  test("are settings' before those of a stage that is not named", async () => {
    const { ids, lookedUp } = read({}, { STAGE: "prod", CLIENT_ID: "own" });
    expect(await ids()).toEqual({
      userPoolId: "us-east-1_Stage",
      clientId: "own",
      clientRegion: "us-east-1",
      identityPoolId: OTHER_IDENTITY_POOL,
    });
    expect(lookedUp).toEqual(["veda-auth-stack-prod"]);
  });

  test("take a setting for the identity pool that a stage's secret does not name", async () => {
    const { ids } = read(
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

  test("have the Region of the user pool's id, and tell of another one that is given", async () => {
    const { ids, lines } = read({}, { ...ALL_IDS, CLIENT_REGION: "us-east-1" });
    expect((await ids()).clientRegion).toBe("us-west-2");
    expect(lines).toEqual([
      `ignoring client region us-east-1: user pool ${POOL} is in us-west-2`,
    ]);
    const { ids: withoutPool } = read(
      { "client-region": "us-gov-west-1" },
      { ...ALL_IDS, USER_POOL_ID: "" },
    );
    expect((await withoutPool()).clientRegion).toBe("us-gov-west-1");
  });

  test("are the identity pool's alone for an id token", async () => {
    const { ids, lookedUp } = read(
      {},
      { ID_TOKEN: "x", IDENTITY_POOL_ID: IDENTITY_POOL },
    );
    expect(await ids()).toMatchObject({ identityPoolId: IDENTITY_POOL });
    expect(lookedUp).toEqual([]);
  });
});

describe("the announcement of a sign-in", () => {
  const POOL_OF_STAGE = "Terraform outputs of s";

  test("names pool, client and Region, and the file or variable that each is from", async () => {
    const { announcement } = read(
      { stage: "dev", "identity-pool-id": IDENTITY_POOL },
      { CLIENT_ID: "own" },
      { ".env": `USER_POOL_ID=us-east-1_All\n`, ".env.dev": "" },
      { origin: "s", isComplete: false },
    );
    expect(await announcement()).toBe(
      "Signing in to user pool us-east-1_All (USER_POOL_ID in .env), client own (CLIENT_ID in the environment), Region us-east-1",
    );
  });

  test("names an option, and a stage with the files of its settings", async () => {
    const { announcement } = read(
      { stage: "dev", "client-id": "option" },
      { ...ALL_IDS, OWNER: "jo" },
      { ".env.dev": "STATE_BUCKET_NAME=b\n", ".env": "APP_NAME=x\n" },
    );
    expect(await announcement()).toBe(
      `Signing in to user pool us-east-1_Stage (${POOL_OF_STAGE}, by the settings in .env.dev and .env), client option (--client-id), Region us-east-1`,
    );
    const { announcement: withoutFiles } = read({ stage: "dev" });
    expect(await withoutFiles()).toBe(
      `Signing in to user pool us-east-1_Stage (${POOL_OF_STAGE}), client stage (${POOL_OF_STAGE}), Region us-east-1`,
    );
  });

  test("names the file of ENV_FILE, and every file that has a setting of all stages", async () => {
    const { announcement } = read(
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
    const { announcement: ofAll } = read(
      {},
      { ...ALL_IDS, USER_POOL_ID: "" },
      {
        ".env.dev": `USER_POOL_ID=${POOL}\n`,
        ".env.prod": `USER_POOL_ID=${POOL}\n`,
      },
    );
    expect(await ofAll()).toContain(
      `${POOL} (USER_POOL_ID in .env.dev and .env.prod)`,
    );
  });

  test("is one line without control characters, whatever a file's name is", async () => {
    const { announcement } = read(
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

  test("names a Region that is set by itself, and an endpoint, which only the environment can set", async () => {
    const { announcement } = read(
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
    const { announcement: elsewhere } = read(
      {},
      { ...ALL_IDS, AWS_ENDPOINT_URL: "http://localhost:4566" },
    );
    expect(await elsewhere()).toContain(
      ", Region us-west-2, at http://localhost:4566 (AWS_ENDPOINT_URL)",
    );
  });
});

describe("ids of a stage", () => {
  const failing = (message: string) => () =>
    Promise.reject(new UserError(message, "do it"));

  function choice() {
    process.chdir(createTemporaryDirectory());
    return resolveStage({ stage: "dev" });
  }

  test("are from its outputs", async () => {
    const lines: string[] = [];
    const ids = await readStageIds(choice(), (line) => lines.push(line), {
      outputs: () => {
        expect(() => {
          assertNoCredentialLoop(choice());
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
      assertNoCredentialLoop(choice());
    }).not.toThrow();
  });

  test("are from its programmatic client's secret where the outputs cannot be read", async () => {
    const names: string[] = [];
    const ids = await readStageIds(choice(), () => undefined, {
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

  test("are without an identity pool for who may not look for it", async () => {
    const ids = await readStageIds(choice(), () => undefined, {
      outputs: failing("no state"),
      secret: () => Promise.resolve({ userpool_id: POOL, client_id: "c" }),
      identityPool: failing("denied"),
    });
    expect(ids.identityPoolId).toBeUndefined();
  });

  test("fails with both reasons when neither can be read", async () => {
    await expect(
      readStageIds(choice(), () => undefined, {
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

  test("fails with a defect of ours as it is", async () => {
    const defect = new TypeError("a mistake");
    await expect(
      readStageIds(choice(), () => undefined, {
        outputs: () => Promise.reject(defect),
        secret: failing("not asked"),
        identityPool: failing("not asked"),
      }),
    ).rejects.toBe(defect);
  });
});

describe("a sign-in's settings fail when", () => {
  test("RESOLVE_CHALLENGES is neither true nor false", () => {
    expect(() => read({}, { RESOLVE_CHALLENGES: "maybe" })).toThrow(
      'RESOLVE_CHALLENGES must be one of 1, true, t, yes, y, on, 0, false, f, no, n, off, got "maybe"',
    );
  });

  test("the flow is neither of the two", () => {
    expect(() => read({ "auth-flow": "SRP" })).toThrow(
      new UsageError('--auth-flow must be one of srp, password, got "SRP"'),
    );
  });

  test("an option is empty", () => {
    expect(() => read({ "user-name": " " })).toThrow(
      new UsageError("--user-name must have a value, got none"),
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
    "ids are not fit, with all of them: %s",
    async (subject, Kind, values, env) => {
      const error: unknown = await (async () =>
        read(values, env).ids())().catch((thrown: unknown) => thrown);
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

  test("the stage has no identity pool", async () => {
    const { ids } = read(
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

  test("ids are missing and no stage can be told", () => {
    expect(() => read({}, {}, { ".env.dev": "", ".env.prod": "" })).toThrow(
      "STAGE is required, since there are several stages: dev, prod",
    );
  });
});
