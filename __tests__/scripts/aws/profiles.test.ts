import type { Environment } from "../../../stacks/config/environment";
import { createCredentialEnvironment } from "../../support/credential-cases";
import { restoreEnvironment, setEnvironment } from "../../support/environment";
import { FakeTerminal } from "../../support/fake-terminal";
import { FakeSts, MFA_CODE } from "../../support/fake-sts";
import { removeTemporaryDirectories } from "../../support/stage";

const REGION = "us-west-2";
const SERIAL = "arn:aws:iam::123456789012:mfa/ada";

let sts: FakeSts;
let terminal: FakeTerminal | undefined;

jest.mock("../../../scripts/lib/cli/terminal", () => {
  const { UserError } = jest.requireActual<
    typeof import("../../../constructs/errors")
  >("../../../constructs/errors");
  return {
    withTerminal: async (
      { needs, hint }: { readonly needs: string; readonly hint: string },
      job: (open: () => FakeTerminal) => Promise<unknown>,
    ) =>
      job(() => {
        if (terminal !== undefined) return terminal;
        throw new UserError(`${needs}, but there is no terminal`, hint);
      }),
  };
});

beforeAll(async () => {
  sts = await FakeSts.start();
});

beforeEach(() => {
  sts.clear();
  terminal = undefined;
});

afterEach(restoreEnvironment);

afterAll(async () => {
  await sts.stop();
  removeTemporaryDirectories();
});

/** Runs `job` with the modules of a new run, which share the loaded credentials. */
async function inRun<T>(
  env: Environment,
  job: (run: {
    readonly readCaller: (profile?: string) => Promise<unknown>;
    readonly readTerraform: (profile?: string) => Promise<Environment>;
  }) => Promise<T>,
): Promise<T> {
  setEnvironment(
    createCredentialEnvironment(sts.endpoint, { CI: undefined, ...env }),
  );
  let result: T | undefined;
  await jest.isolateModulesAsync(async () => {
    const caller = await import("../../../scripts/lib/aws/caller");
    const { createTerraformEnvironment } =
      await import("../../../scripts/lib/terraform/environment");
    result = await job({
      readCaller: (profile) => caller.readCaller({ region: REGION, profile }),
      readTerraform: (profile) =>
        createTerraformEnvironment({ region: REGION, profile }),
    });
  });
  return result as T;
}

describe("a profile with mfa_serial", () => {
  test.each<[string, Environment, string | undefined]>([
    ["--profile", {}, "code"],
    ["AWS_PROFILE", { AWS_PROFILE: "code" }, undefined],
    ["the profile default", { AWS_CONFIG_FILE: "{directory}/mfa" }, undefined],
    [
      "AWS_PROFILE as the source of another role",
      { AWS_PROFILE: "chained" },
      undefined,
    ],
  ])(
    "from %s asks for the code once, for all requests and for Terraform",
    async (_, env, profile) => {
      terminal = new FakeTerminal("12", MFA_CODE);
      const variables = await inRun(env, async (run) => {
        await Promise.all([run.readCaller(profile), run.readCaller(profile)]);
        await run.readCaller(profile);
        return run.readTerraform(profile);
      });
      expect(terminal.shown).toEqual([
        `MFA code of ${SERIAL}: `,
        "The code must be 6 digits.",
        `MFA code of ${SERIAL}: `,
      ]);
      const role = env.AWS_PROFILE === "chained" ? "chained" : "coded";
      expect(sts.callers.at(-1)).toBe(`ASIA-${role}`);
      expect(variables).toMatchObject({
        AWS_ACCESS_KEY_ID: `ASIA-${role}`,
        AWS_SECRET_ACCESS_KEY: "canary",
        AWS_SESSION_TOKEN: "canary",
        AWS_PROFILE: undefined,
      });
    },
  );

  test("is loaded for Terraform even if no request was sent", async () => {
    terminal = new FakeTerminal(MFA_CODE);
    const { AWS_ACCESS_KEY_ID } = await inRun({}, async (run) =>
      run.readTerraform("code"),
    );
    expect(AWS_ACCESS_KEY_ID).toBe("ASIA-coded");
  });

  test("fails with the reason when the code is wrong, without another question", async () => {
    terminal = new FakeTerminal("000000", MFA_CODE);
    await inRun({ AWS_PROFILE: "code" }, async (run) => {
      for (const request of [run.readCaller, run.readTerraform])
        await expect(request()).rejects.toMatchObject({
          message:
            'cannot load AWS credentials of profile "code": AWS did not accept the MFA code',
          hint: expect.stringContaining("next code") as string,
        });
    });
    expect(terminal.remainingAnswers).toEqual([MFA_CODE]);
  });

  test.each([
    ["without a terminal", {}, "there is no terminal"],
    ["in CI", { CI: "true" }, "CI is set"],
  ])("fails %s, with another way", async (_, env, reason) => {
    terminal = reason.includes("CI") ? new FakeTerminal(MFA_CODE) : undefined;
    await inRun({ ...env, AWS_PROFILE: "code" }, async (run) => {
      await expect(run.readCaller()).rejects.toMatchObject({
        message: expect.stringContaining(
          `profile "code" requires an MFA code, but ${reason}`,
        ) as string,
        hint: expect.stringContaining(
          "aws configure export-credentials --profile code --format env",
        ) as string,
      });
    });
  });
});

describe("a profile whose credentials cannot be loaded", () => {
  const INCOMPLETE =
    /^complete its settings in \S+config or \S+credentials: aws_access_key_id and aws_secret_access_key, or role_arn with source_profile or credential_source$/;

  test.each([
    [
      "none",
      /^there is no profile "none" in .*config$/,
      /aws configure list-profiles/,
    ],
    [
      "lost",
      /^source_profile of profile "lost" must be a profile in .*config, got "none"$/,
      /list-profiles/,
    ],
    [
      "failing",
      /^cannot load AWS credentials of profile "failing": its credential_process failed: the vault is locked$/,
      /in a shell/,
    ],
    ["garbage", /profile "garbage".*invalid JSON/, /check the profile in/],
    ["sso", /profile "sso".*SSO/, /^run aws sso login --profile sso$/],
    ["endless", /profile "endless".*cycle/, /check the profile in/],
    [
      "sessionless",
      /^sso_session of profile "sessionless" must be a section .*, got "none"$/,
      /aws configure sso/,
    ],
    ["half", /profile "half": a setting is missing$/, INCOMPLETE],
    ["half-credentials", /: a setting is missing$/, INCOMPLETE],
    ["sourceless", /: a setting is missing$/, INCOMPLETE],
    [
      "tokenless",
      /profile "tokenless": cannot use \/none\/token: no such file/,
      /check the profile in/,
    ],
    [
      "signed-out",
      /profile "signed-out"/,
      /^run aws login --profile signed-out$/,
    ],
  ])("%s fails with the reason and a fix", async (profile, message, hint) => {
    await inRun({}, async (run) => {
      await expect(run.readCaller(profile)).rejects.toMatchObject({
        name: "UserError",
        message: expect.stringMatching(message) as string,
        hint: expect.stringMatching(hint) as string,
      });
    });
  });

  test.each([["none"], ["lost"], ["failing"], ["sso"], ["half"]])(
    "%s fails before Terraform starts, for the same reason",
    async (profile) => {
      await inRun({}, async (run) => {
        const message = await run
          .readCaller(profile)
          .catch((error: unknown) => (error as Error).message);
        await expect(run.readTerraform(profile)).rejects.toThrow(
          String(message),
        );
      });
    },
  );
});
