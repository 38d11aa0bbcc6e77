import { readCaller } from "../../../scripts/lib/aws/caller";
import {
  type CredentialSource,
  describePrecedence,
  requireCredentialSource,
} from "../../../scripts/lib/aws/credential-source";
import { createTerraformEnvironment } from "../../../scripts/lib/terraform/environment";
import type { Environment } from "../../../stacks/config/environment";
import {
  CREDENTIAL_CASES,
  createCredentialEnvironment,
} from "../../support/credential-cases";
import { restoreEnvironment, setEnvironment } from "../../support/environment";
import { FakeSts } from "../../support/fake-sts";
import { removeTemporaryDirectories } from "../../support/stage";

const REGION = "us-west-2";

let sts: FakeSts;

beforeAll(async () => {
  sts = await FakeSts.start();
});

beforeEach(() => {
  sts.clear();
});

afterEach(() => {
  restoreEnvironment();
  jest.restoreAllMocks();
});

afterAll(async () => {
  await sts.stop();
  removeTemporaryDirectories();
});

function setCredentials(env: Environment): void {
  setEnvironment(createCredentialEnvironment(sts.endpoint, env));
}

/** Selects the source in a new run, and returns what it prints. */
async function print(
  env: Environment,
  profile?: string,
  times = 1,
  isCommand = true,
): Promise<string> {
  setCredentials(env);
  const written: string[] = [];
  jest.spyOn(process.stderr, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  await jest.isolateModulesAsync(async () => {
    const run = await import("../../../scripts/lib/aws/credential-source");
    const { setInvocation } =
      await import("../../../scripts/lib/cli/invocation");
    if (isCommand)
      setInvocation({
        program: "veda-auth",
        current: { name: "token", form: "veda-auth token" },
        isNpmScript: false,
      });
    for (let time = 0; time < times; time += 1)
      run.requireCredentialSource(profile);
  });
  return written.join("");
}

describe("the caller of AWS", () => {
  test.each(CREDENTIAL_CASES)("is that of $title", async (one) => {
    setCredentials(one.env);
    await readCaller({ region: REGION, profile: one.profile });
    expect(sts.callers.at(-1)).toBe(one.caller);
  });

  test.each(CREDENTIAL_CASES)(
    "of Terraform is the same with $title, and can be no other",
    async ({ env, profile, caller }) => {
      setCredentials(env);
      const variables = await createTerraformEnvironment({
        region: REGION,
        profile,
      });
      const sources = Object.keys(variables).filter(
        (name) =>
          /^AWS_(ACCESS_KEY|SECRET|SESSION|SECURITY|(DEFAULT_)?PROFILE|WEB|ROLE)/.test(
            name,
          ) && variables[name] !== undefined,
      );
      const keys = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"];
      const token = ["AWS_SESSION_TOKEN"];
      switch (caller) {
        case "AKIA-KEYS":
          expect(sources.sort()).toEqual(keys);
          expect(variables.AWS_ACCESS_KEY_ID).toBe(caller);
          break;
        case "ASIA-WEB-pod":
          expect(sources.sort()).toEqual([
            "AWS_ROLE_ARN",
            "AWS_ROLE_SESSION_NAME",
            "AWS_WEB_IDENTITY_TOKEN_FILE",
          ]);
          break;
        default:
          // a profile that Terraform cannot load itself
          if (profile === "environment")
            expect(sources.sort()).toEqual([...keys, ...token]);
          else expect(sources).toEqual(getNamedProfile(env, profile));
      }
    },
  );
});

function getNamedProfile(env: Environment, profile?: string): string[] {
  const isNamed = [profile, env.AWS_PROFILE, env.AWS_DEFAULT_PROFILE].some(
    (name) => name !== undefined && name !== "",
  );
  return isNamed ? ["AWS_PROFILE"] : [];
}

const TOKEN = {
  AWS_WEB_IDENTITY_TOKEN_FILE: "token",
  AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/pod",
};

describe("two sources in the environment", () => {
  const keys = { AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "s" };

  test.each([
    ["AWS_PROFILE", keys, "the credentials of AWS_ACCESS_KEY_ID"],
    ["AWS_DEFAULT_PROFILE", keys, "the credentials of AWS_ACCESS_KEY_ID"],
    ["AWS_PROFILE", TOKEN, "the role of AWS_WEB_IDENTITY_TOKEN_FILE"],
    ["AWS_DEFAULT_PROFILE", TOKEN, "the role of AWS_WEB_IDENTITY_TOKEN_FILE"],
  ])(
    "print once which one is used, not %s: %j",
    async (variable, source, used) => {
      expect(await print({ ...source, [variable]: "x y" }, undefined, 2)).toBe(
        `using ${used}, not ${variable} "x y"; unset one of them\n`,
      );
    },
  );

  test("print nothing in an application that uses the client", async () => {
    const env = { ...keys, AWS_PROFILE: "x" };
    expect(await print(env, undefined, 1, false)).toBe("");
  });

  test.each([
    [keys, undefined],
    [{ AWS_PROFILE: "x" }, undefined],
    [{ ...keys, AWS_PROFILE: "" }, undefined],
    [{ ...keys, AWS_PROFILE: "x" }, "y"],
    [TOKEN, undefined],
    [{ ...TOKEN, AWS_PROFILE: "x" }, "y"],
    [
      { ...TOKEN, AWS_WEB_IDENTITY_TOKEN_FILE: "", AWS_PROFILE: "x" },
      undefined,
    ],
  ])("%j with the option %j prints nothing", async (env, option) => {
    expect(await print(env, option)).toBe("");
  });
});

test.each([
  [{ AWS_PROFILE: "x" }, undefined, ""],
  [
    { AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "s" },
    undefined,
    "; the credentials of AWS_ACCESS_KEY_ID precede it",
  ],
  [{ AWS_PROFILE: "x" }, "y", "; the option profile precedes it"],
  [TOKEN, undefined, "; the role of AWS_WEB_IDENTITY_TOKEN_FILE precedes it"],
])(
  "%j with the option %j: what precedes AWS_PROFILE is described",
  (env, option, text) => {
    setCredentials(env);
    expect(describePrecedence(option)).toBe(text);
  },
);

describe("one key of two", () => {
  const select = (env: Environment, profile?: string): CredentialSource => {
    setCredentials(env);
    return requireCredentialSource(profile);
  };

  test.each([
    [{ AWS_ACCESS_KEY_ID: "AKIA" }, "AWS_ACCESS_KEY_ID"],
    [{ AWS_SECRET_ACCESS_KEY: "s" }, "AWS_SECRET_ACCESS_KEY"],
    [
      { AWS_ACCESS_KEY_ID: "AKIA", AWS_SECRET_ACCESS_KEY: "" },
      "AWS_ACCESS_KEY_ID",
    ],
    [
      { AWS_ACCESS_KEY_ID: " ", AWS_SECRET_ACCESS_KEY: "s" },
      "AWS_SECRET_ACCESS_KEY",
    ],
  ])("%j is refused, also with AWS_PROFILE", (env, name) => {
    const message = new RegExp(`^${name} requires AWS_\\w+, which is not set$`);
    expect(() => select(env)).toThrow(message);
    expect(() => select({ ...env, AWS_PROFILE: "x" })).toThrow(message);
  });

  test("has no effect on --profile", () => {
    expect(select({ AWS_ACCESS_KEY_ID: "AKIA" }, "x")).toEqual({
      kind: "profile",
      profile: "x",
    });
  });
});

describe("a role of a token", () => {
  const read = async (env: Environment, profile?: string) => {
    setCredentials(env);
    return readCaller({ region: REGION, profile });
  };
  const terraform = async (env: Environment) => {
    setCredentials(env);
    return createTerraformEnvironment({ region: REGION });
  };
  const file = { ...TOKEN, AWS_WEB_IDENTITY_TOKEN_FILE: "{directory}/token" };

  test.each([
    [
      "without the role",
      { ...file, AWS_ROLE_ARN: " " },
      /^AWS_WEB_IDENTITY_TOKEN_FILE requires AWS_ROLE_ARN, which is not set$/,
      "set both, or unset AWS_WEB_IDENTITY_TOKEN_FILE",
    ],
    [
      "whose file does not exist",
      { ...file, AWS_WEB_IDENTITY_TOKEN_FILE: "/none/token" },
      /^cannot read the file of AWS_WEB_IDENTITY_TOKEN_FILE, "\/none\/token": no such file or directory \(ENOENT\)$/,
      "correct or unset AWS_WEB_IDENTITY_TOKEN_FILE",
    ],
    [
      "whose file is a directory",
      { ...file, AWS_WEB_IDENTITY_TOKEN_FILE: "{directory}" },
      /^cannot read the file of AWS_WEB_IDENTITY_TOKEN_FILE, ".*": illegal operation on a directory \(EISDIR\)$/,
      "correct or unset AWS_WEB_IDENTITY_TOKEN_FILE",
    ],
    [
      "that AWS denies",
      { ...file, AWS_ROLE_ARN: "arn:aws:iam::123456789012:role/denied" },
      /^cannot assume the role of AWS_ROLE_ARN with the token of AWS_WEB_IDENTITY_TOKEN_FILE: AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity$/,
      "check the token, and that the trust policy of the role allows it",
    ],
  ])(
    "%s fails with the reason, also with AWS_PROFILE",
    async (_, env, message, hint) => {
      const expected = {
        name: "UserError",
        message: expect.stringMatching(message) as string,
        hint,
      };
      const both = { ...env, AWS_PROFILE: "x" };
      for (const variables of [env, both]) {
        await expect(read(variables)).rejects.toMatchObject(expected);
        await expect(terraform(variables)).rejects.toMatchObject(expected);
      }
      await read(both, "y");
      expect(sts.callers).toEqual(["AKIA-Y"]);
    },
  );
});
