import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { refreshTokens } from "../../../scripts/lib/sign-in/refresh-token";
import {
  signIn,
  type SignInOptions,
} from "../../../scripts/lib/sign-in/sign-in";
import { otpauthUri } from "../../../scripts/lib/sign-in/totp-setup";
import { userPoolCalls } from "../../../scripts/lib/sign-in/user-pool-calls";
import {
  FakeCognito,
  type Call,
  type Scripted,
} from "../../support/fake-cognito";
import { FakeTerminal } from "../../support/fake-terminal";
import { removeTemporaryFolders, temporaryFolder } from "../../support/stage";

const outside = { ...process.env };
const ids = {
  clientId: "client",
  clientRegion: "us-gov-west-1",
  identityPoolId: "us-gov-west-1:1",
};
const tokens = { IdToken: "id", RefreshToken: "refresh" };

let cognito: FakeCognito;
let traceOfLookup: string;

beforeAll(async () => {
  cognito = await FakeCognito.start();
  withoutAws();
  const folder = temporaryFolder();
  traceOfLookup = path.join(folder, "looked-up");
  const config = path.join(folder, "config");
  writeFileSync(
    config,
    `[profile any]\ncredential_process = touch ${traceOfLookup}\n`,
  );
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: cognito.endpoint,
    AWS_CONFIG_FILE: config,
    AWS_PROFILE: "any",
  });
});

afterAll(async () => {
  withoutAws();
  Object.assign(process.env, outside);
  await cognito.stop();
  removeTemporaryFolders();
});

function withoutAws(): void {
  for (const name of Object.keys(process.env))
    if (/^AWS_(?!SDK_JS_)/.test(name))
      Reflect.deleteProperty(process.env, name);
}

function challenge(
  operation: "InitiateAuth" | "RespondToAuthChallenge",
  name: string,
  parameters: object = {},
  session = `${name}-session`,
): Scripted {
  return {
    operation,
    answer: {
      ChallengeName: name,
      ChallengeParameters: parameters,
      Session: session,
    },
  };
}

const end: Scripted = {
  operation: "RespondToAuthChallenge",
  answer: { AuthenticationResult: tokens },
};

/** Signs jo in, whose every answer has to be asked for. */
async function signInAs(
  terminal: FakeTerminal,
  script: readonly Scripted[],
  options: Partial<SignInOptions> = {},
) {
  cognito.expect(...script);
  const result = await signIn(await userPoolCalls(ids), {
    userName: "jo",
    password: "old",
    resolvesChallenges: true,
    resetsPassword: false,
    terminal: terminal.open,
    ...options,
  });
  expect(terminal.left).toEqual([]);
  expect(cognito.left).toEqual([]);
  return result;
}

/** What was answered to challenges. */
function responses(): unknown[] {
  return cognito.calls
    .filter(({ operation }) => operation === "RespondToAuthChallenge")
    .map(({ request }: Call) => [
      request.ChallengeName,
      request.Session,
      request.ChallengeResponses,
    ]);
}

describe("a sign-in", () => {
  test("takes user name and password, in the user pool's Region, and no AWS credentials", async () => {
    const terminal = new FakeTerminal("jo", "secret");
    const result = await signInAs(
      terminal,
      [{ operation: "InitiateAuth", answer: { AuthenticationResult: tokens } }],
      { userName: undefined, password: undefined },
    );
    expect(result).toEqual({
      userName: "jo",
      idToken: "id",
      refreshToken: "refresh",
    });
    expect(terminal.shown).toEqual(["User name: ", "Password of jo: "]);
    expect(cognito.calls).toEqual([
      {
        operation: "InitiateAuth",
        request: {
          ClientId: "client",
          AuthFlow: "USER_PASSWORD_AUTH",
          AuthParameters: { USERNAME: "jo", PASSWORD: "secret" },
        },
        isSigned: false,
      },
    ]);
    expect(existsSync(traceOfLookup)).toBe(false);
    const { client } = await userPoolCalls(ids);
    expect(await client.config.region()).toBe("us-gov-west-1");
  });

  test("answers a chain of challenges, each with its own session and the user pool's own name of the user", async () => {
    const own = { USER_ID_FOR_SRP: "0000-jo" };
    const terminal = new FakeTerminal(
      ...["New-pass-word1!", "New-pass-word1!", "Jo"],
      ...["9", "2"],
      "12 34 56",
      "654321",
      "111111",
      "222222",
    );
    await signInAs(terminal, [
      challenge("InitiateAuth", "NEW_PASSWORD_REQUIRED", {
        ...own,
        requiredAttributes: '["userAttributes.name"]',
      }),
      challenge("RespondToAuthChallenge", "SELECT_MFA_TYPE", {
        MFAS_CAN_CHOOSE:
          '["SOFTWARE_TOKEN_MFA","WEB_AUTHN","EMAIL_OTP","SMS_MFA"]',
      }),
      challenge("RespondToAuthChallenge", "EMAIL_OTP", {
        CODE_DELIVERY_DESTINATION: "j***@e***",
      }),
      challenge("RespondToAuthChallenge", "SMS_MFA"),
      challenge("RespondToAuthChallenge", "SMS_OTP"),
      challenge("RespondToAuthChallenge", "SOFTWARE_TOKEN_MFA"),
      end,
    ]);
    expect(responses()).toEqual([
      [
        "NEW_PASSWORD_REQUIRED",
        "NEW_PASSWORD_REQUIRED-session",
        {
          USERNAME: "0000-jo",
          NEW_PASSWORD: "New-pass-word1!",
          "userAttributes.name": "Jo",
        },
      ],
      [
        "SELECT_MFA_TYPE",
        "SELECT_MFA_TYPE-session",
        { USERNAME: "0000-jo", ANSWER: "EMAIL_OTP" },
      ],
      [
        "EMAIL_OTP",
        "EMAIL_OTP-session",
        { USERNAME: "0000-jo", EMAIL_OTP_CODE: "123456" },
      ],
      [
        "SMS_MFA",
        "SMS_MFA-session",
        { USERNAME: "0000-jo", SMS_MFA_CODE: "654321" },
      ],
      [
        "SMS_OTP",
        "SMS_OTP-session",
        { USERNAME: "0000-jo", SMS_OTP_CODE: "111111" },
      ],
      [
        "SOFTWARE_TOKEN_MFA",
        "SOFTWARE_TOKEN_MFA-session",
        { USERNAME: "0000-jo", SOFTWARE_TOKEN_MFA_CODE: "222222" },
      ],
    ]);
    expect(terminal.shown).toContain("Code sent by e-mail to j***@e***: ");
    expect(terminal.shown).toContain("  2  a code by e-mail");
  });

  test("asks again for a new password that AWS refuses, and not for the attributes", async () => {
    const terminal = new FakeTerminal("short", "short", "Jo", "long", "long");
    await signInAs(terminal, [
      challenge("InitiateAuth", "NEW_PASSWORD_REQUIRED", {
        requiredAttributes: '["userAttributes.name"]',
      }),
      {
        operation: "RespondToAuthChallenge",
        error: ["InvalidPasswordException", "Password not long enough"],
      },
      end,
    ]);
    expect(terminal.shown).toContain(
      "the user pool refused the new password: Password not long enough",
    );
    expect(responses()).toMatchObject(
      [
        [{}, {}, { NEW_PASSWORD: "short" }],
        [{}, {}, { NEW_PASSWORD: "long", "userAttributes.name": "Jo" }],
      ].map(([, , response]) => [
        "NEW_PASSWORD_REQUIRED",
        "NEW_PASSWORD_REQUIRED-session",
        response,
      ]),
    );
  });

  test("goes on with the session of an authenticator app's set-up", async () => {
    const terminal = new FakeTerminal("1", "123456");
    await signInAs(terminal, [
      challenge("InitiateAuth", "MFA_SETUP", {
        MFAS_CAN_SETUP: '["SMS_MFA","SOFTWARE_TOKEN_MFA"]',
      }),
      {
        operation: "AssociateSoftwareToken",
        answer: { SecretCode: "JBSWY3DPEHPK3PXP", Session: "associated" },
      },
      {
        operation: "VerifySoftwareToken",
        error: ["EnableSoftwareTokenMFAException", "Code mismatch"],
      },
      {
        operation: "VerifySoftwareToken",
        answer: { Status: "SUCCESS", Session: "verified" },
      },
      end,
    ]);
    expect(responses()).toEqual([
      ["MFA_SETUP", "verified", { USERNAME: "jo" }],
    ]);
    expect(cognito.calls.slice(1, 4).map(({ request }) => request)).toEqual([
      { Session: "MFA_SETUP-session" },
      { Session: "associated", UserCode: "1" },
      { Session: "associated", UserCode: "123456" },
    ]);
    expect(terminal.shown).toContain(otpauthUri("JBSWY3DPEHPK3PXP", "jo"));
    expect(terminal.shown).toContain("key: JBSW Y3DP EHPK 3PXP");
  });

  test("resets a password that an administrator wants reset, and signs in with the new one", async () => {
    const terminal = new FakeTerminal("12345", "new", "new");
    await signInAs(terminal, [
      {
        operation: "InitiateAuth",
        error: ["PasswordResetRequiredException", "Password reset required"],
      },
      {
        operation: "ForgotPassword",
        answer: {
          CodeDeliveryDetails: { DeliveryMedium: "SMS", Destination: "+***1" },
        },
      },
      { operation: "ConfirmForgotPassword" },
      { operation: "InitiateAuth", answer: { AuthenticationResult: tokens } },
    ]);
    expect(terminal.shown[0]).toBe(
      "A code to reset the password was sent by text message to +***1.",
    );
    expect(cognito.calls.at(-1)?.request).toMatchObject({
      AuthParameters: { USERNAME: "jo", PASSWORD: "new" },
    });
  });
});

describe("an authenticator app's address", () => {
  test("has the user's name, whatever is in it", () => {
    expect(otpauthUri("KEY", "jo@example.com")).toBe(
      "otpauth://totp/VEDA%20Auth:jo%40example.com?secret=KEY&issuer=VEDA%20Auth",
    );
  });
});

describe("a refresh token", () => {
  const operation = "GetTokensFromRefreshToken";

  test("is kept where it gives new tokens, and replaced where it rotates", async () => {
    const calls = await userPoolCalls(ids);
    cognito.expect(
      { operation, answer: { AuthenticationResult: { IdToken: "new" } } },
      { operation, answer: { AuthenticationResult: tokens } },
    );
    expect(await refreshTokens(calls, "old")).toEqual({
      idToken: "new",
      refreshToken: "old",
    });
    expect((await refreshTokens(calls, "old"))?.refreshToken).toBe("refresh");
  });

  test("is no use when AWS does not take it any more", async () => {
    cognito.expect({
      operation,
      error: ["NotAuthorizedException", "Refresh Token has expired"],
    });
    expect(await refreshTokens(await userPoolCalls(ids), "old")).toBe(
      undefined,
    );
  });
});

describe("a sign-in fails when", () => {
  test.each([
    [
      "CUSTOM_CHALLENGE",
      {},
      "the user pool asks for CUSTOM_CHALLENGE, which cannot be answered here",
    ],
    [
      "DEVICE_SRP_AUTH",
      {},
      "the user pool asks for DEVICE_SRP_AUTH, which cannot be answered here",
    ],
    [
      "MFA_SETUP",
      { MFAS_CAN_SETUP: '["SMS_MFA"]' },
      "the user pool asks jo for MFA_SETUP by SMS_MFA, which cannot be done here",
    ],
    [
      "SELECT_MFA_TYPE",
      { MFAS_CAN_CHOOSE: "[" },
      "the user pool asks jo for SELECT_MFA_TYPE by nothing, which cannot be done here",
    ],
  ])("it is asked for %s %j", async (name, parameters, message) => {
    await expect(
      signInAs(new FakeTerminal(), [
        challenge("InitiateAuth", name, parameters),
      ]),
    ).rejects.toThrow(message);
  });

  test("challenges are not to be resolved, naming the one", async () => {
    const refusing = { resolvesChallenges: false };
    await expect(
      signInAs(
        new FakeTerminal(),
        [challenge("InitiateAuth", "SMS_MFA")],
        refusing,
      ),
    ).rejects.toThrow(
      "the user pool asks for SMS_MFA, and RESOLVE_CHALLENGES=false leaves it unanswered",
    );
    await expect(
      signInAs(new FakeTerminal(), [], { ...refusing, resetsPassword: true }),
    ).rejects.toThrow("the user pool asks for a password reset, and");
  });

  test.each([
    [
      ["CodeMismatchException", "Invalid code"],
      ["1", "2", "3"],
      "the code is not the right one",
    ],
    [
      ["NotAuthorizedException", "Invalid session for the user."],
      ["1"],
      "the sign-in took longer than its session lasts",
    ],
    [
      ["ExpiredCodeException", "Invalid code provided"],
      ["1"],
      "the code has expired, or was used before",
    ],
    [
      ["InvalidParameterException", "1 validation error: Value '1'"],
      ["1"],
      "the user pool does not accept the form of an answer",
    ],
  ] as const)("a code is refused with %j", async (error, codes, message) => {
    const terminal = new FakeTerminal(...codes);
    const refusals = codes.map(() => ({
      operation: "RespondToAuthChallenge",
      error,
    }));
    await expect(
      signInAs(terminal, [challenge("InitiateAuth", "SMS_MFA"), ...refusals]),
    ).rejects.toThrow(message);
    expect(terminal.left).toEqual([]);
    expect(cognito.left).toEqual([]);
  });

  test.each([
    [
      ["NotAuthorizedException", "Password attempts exceeded"],
      "the user pool refused the sign-in: Password attempts exceeded",
    ],
    [
      [
        "NotAuthorizedException",
        "Client c is configured with secret but SECRET_HASH was not received",
      ],
      "the client has a secret, as one of a service has",
    ],
    [
      [
        "InvalidParameterException",
        "USER_PASSWORD_AUTH flow not enabled for this client",
      ],
      "the client does not allow signing in with a password",
    ],
    [
      ["ResourceNotFoundException", "User pool client c does not exist."],
      "the user pool has no such client",
    ],
    [["UserNotConfirmedException", "…"], "the user is not confirmed yet"],
  ] as const)("it is refused at the start with %j", async (error, message) => {
    const terminal = new FakeTerminal("secret");
    await expect(
      signInAs(terminal, [{ operation: "InitiateAuth", error }], {
        password: undefined,
      }),
    ).rejects.toThrow(message);
  });

  test("the chain does not end", async () => {
    const endless = Array.from({ length: 12 }, () =>
      challenge("RespondToAuthChallenge", "SMS_MFA"),
    );
    await expect(
      signInAs(new FakeTerminal(...endless.map(() => "1")), [
        challenge("InitiateAuth", "SMS_MFA"),
        ...endless,
      ]),
    ).rejects.toThrow("the user pool asked for more than 10 proofs in a row");
  });

  test("a new password is never typed twice the same", async () => {
    await expect(
      signInAs(new FakeTerminal("a", "b", "", "c", "d"), [
        challenge("InitiateAuth", "NEW_PASSWORD_REQUIRED"),
      ]),
    ).rejects.toThrow("no new password was typed twice the same in 3 tries");
  });
});
