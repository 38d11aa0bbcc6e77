import { createHmac } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import { UserError } from "../../../constructs/errors";
import {
  refreshTokens,
  revokeToken,
  signIn,
  type SignInOptions,
} from "../../../scripts/lib/auth/sign-in";
import { formatOtpauthUri } from "../../../scripts/lib/auth/totp-setup";
import { connectToUserPool } from "../../../scripts/lib/auth/user-pool-connection";
import {
  restoreEnvironment,
  setEnvironment,
  withoutAwsVariables,
} from "../../support/environment";
import {
  type Answer,
  type Call,
  FakeCognito,
  type ScriptedCall,
} from "../../support/fake-cognito";
import { FakeTerminal } from "../../support/fake-terminal";
import { asCommand } from "../../support/invocation";
import { scriptSrpSignIn } from "../../support/srp-server";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../../support/stage";

const ids = {
  userPoolId: "us-gov-west-1_AbCdEfGhI",
  clientId: "client",
  clientRegion: "us-gov-west-1",
  identityPoolId: "us-gov-west-1:1",
};
const tokens = { IdToken: "id", RefreshToken: "refresh" };

let cognito: FakeCognito;
let lookupMarker: string;

beforeAll(async () => {
  cognito = await FakeCognito.start();
  const directory = createTemporaryDirectory();
  lookupMarker = path.join(directory, "looked-up");
  const config = path.join(directory, "config");
  writeFileSync(
    config,
    `[profile any]\ncredential_process = touch ${lookupMarker}\n`,
  );
  setEnvironment({
    ...withoutAwsVariables(),
    AWS_ENDPOINT_URL: cognito.endpoint,
    AWS_CONFIG_FILE: config,
    AWS_PROFILE: "any",
  });
});

afterAll(async () => {
  restoreEnvironment();
  await cognito.stop();
  removeTemporaryDirectories();
});

function challenge(
  operation: "InitiateAuth" | "RespondToAuthChallenge",
  name: string,
  parameters: object = {},
): ScriptedCall {
  return { operation, answer: challengeAnswer(name, parameters) };
}

function challengeAnswer(name: string, parameters: object = {}): Answer {
  return {
    ChallengeName: name,
    ChallengeParameters: parameters,
    Session: `${name}-session`,
  };
}

const associate: ScriptedCall = {
  operation: "AssociateSoftwareToken",
  answer: { SecretCode: "JBSWY3DPEHPK3PXP", Session: "associated" },
};

const incorrectCode: ScriptedCall = {
  operation: "VerifySoftwareToken",
  error: ["CodeMismatchException", "Code mismatch"],
};

const end: ScriptedCall = {
  operation: "RespondToAuthChallenge",
  answer: { AuthenticationResult: tokens },
};

/** Scripts a sign-in by SRP that returns this response to the correct password. */
function scriptPassword(
  answer: Answer,
  password = "old",
  userId = "0000-jo",
): ScriptedCall[] {
  return scriptSrpSignIn(
    { userPoolId: ids.userPoolId, userId, password },
    answer,
  );
}

/** Scripts a sign-in by SRP that returns a challenge. */
function scriptPasswordAndChallenge(
  name: string,
  parameters: object = {},
): ScriptedCall[] {
  return scriptPassword(challengeAnswer(name, parameters));
}

/** Signs jo in, and checks that every scripted call and answer is used. */
async function signInAs(
  terminal: FakeTerminal,
  script: readonly ScriptedCall[],
  options: Partial<SignInOptions> = {},
) {
  cognito.expect(...script);
  const result = await signIn(await connectToUserPool(ids), {
    userName: "jo",
    password: "old",
    authFlow: "srp",
    shouldAnswerChallenges: true,
    shouldResetPassword: false,
    terminal: terminal.open,
    ...options,
  });
  expect(terminal.remainingAnswers).toEqual([]);
  expect(cognito.remainingCalls).toEqual([]);
  return result;
}

/** Returns the responses to all challenges except the password's. */
function getResponses(): unknown[] {
  return cognito.calls
    .filter(
      ({ operation, request }) =>
        operation === "RespondToAuthChallenge" &&
        request.ChallengeName !== "PASSWORD_VERIFIER",
    )
    .map(({ request }: Call) => [
      request.ChallengeName,
      request.Session,
      request.ChallengeResponses,
    ]);
}

describe("signIn", () => {
  test("proves the password without sending it, in unsigned calls to the user pool's Region", async () => {
    const terminal = new FakeTerminal("jo", "secret canary");
    const result = await signInAs(
      terminal,
      scriptPassword({ AuthenticationResult: tokens }, "secret canary"),
      { userName: undefined, password: undefined },
    );
    expect(result).toEqual({
      userName: "jo",
      idToken: "id",
      refreshToken: "refresh",
    });
    expect(terminal.shown).toEqual(["User name: ", "Password of jo: "]);
    const [start, proof] = cognito.calls;
    expect(start).toMatchObject({
      request: {
        ClientId: "client",
        AuthFlow: "USER_SRP_AUTH",
        AuthParameters: { USERNAME: "jo" },
      },
      isSigned: false,
    });
    expect(proof).toMatchObject({
      request: {
        ClientId: "client",
        ChallengeName: "PASSWORD_VERIFIER",
        ChallengeResponses: { USERNAME: "0000-jo" },
      },
      isSigned: false,
    });
    expect(JSON.stringify(cognito.calls)).not.toContain("canary");
    expect(JSON.stringify(cognito.calls)).not.toContain("SECRET_HASH");
    expect(existsSync(lookupMarker)).toBe(false);
    const { client } = await connectToUserPool(ids);
    expect(await client.config.region()).toBe("us-gov-west-1");
  });

  test("uses the name in the user pool after a sign-in by email address", async () => {
    await signInAs(
      new FakeTerminal("123456"),
      [...scriptPasswordAndChallenge("SMS_MFA"), end],
      { userName: "jo@example.com" },
    );
    expect(cognito.calls[0]?.request).toMatchObject({
      AuthParameters: { USERNAME: "jo@example.com" },
    });
    expect(getResponses()).toEqual([
      [
        "SMS_MFA",
        "SMS_MFA-session",
        { USERNAME: "0000-jo", SMS_MFA_CODE: "123456" },
      ],
    ]);
  });

  test("sends the password with the password flow only", async () => {
    await signInAs(
      new FakeTerminal(),
      [{ operation: "InitiateAuth", answer: { AuthenticationResult: tokens } }],
      { authFlow: "password" },
    );
    expect(cognito.calls.map(({ request }) => request)).toEqual([
      {
        ClientId: "client",
        AuthFlow: "USER_PASSWORD_AUTH",
        AuthParameters: { USERNAME: "jo", PASSWORD: "old" },
      },
    ]);
  });

  test("asks again after an incorrect password, with new keys", async () => {
    const terminal = new FakeTerminal("wrong", "old");
    await signInAs(
      terminal,
      [
        ...scriptPassword({}),
        ...scriptPassword({ AuthenticationResult: tokens }),
      ],
      { password: undefined },
    );
    expect(terminal.shown).toContain("Incorrect user name or password.");
    const keys = cognito.calls
      .filter(({ operation }) => operation === "InitiateAuth")
      .map(({ request: { AuthParameters } }) => AuthParameters);
    expect(keys).toHaveLength(2);
    expect(keys[0]).not.toEqual(keys[1]);
  });

  test("selects SRP if the user pool offers a choice", async () => {
    const [start, proof] = scriptPassword({ AuthenticationResult: tokens });
    await signInAs(new FakeTerminal(), [
      {
        operation: "InitiateAuth",
        answer: {
          ChallengeName: "SELECT_CHALLENGE",
          AvailableChallenges: ["PASSWORD", "EMAIL_OTP", "PASSWORD_SRP"],
          Session: "selection",
        },
      },
      {
        operation: "RespondToAuthChallenge",
        answer: ({ ChallengeResponses: responses }) =>
          typeof start?.answer === "function"
            ? start.answer({ AuthParameters: responses })
            : {},
      },
      ...(proof === undefined ? [] : [proof]),
    ]);
    expect(cognito.calls[1]?.request).toMatchObject({
      ChallengeName: "SELECT_CHALLENGE",
      ChallengeResponses: { ANSWER: "PASSWORD_SRP", USERNAME: "jo" },
      Session: "selection",
    });
  });

  test("asks the user to select another method if SRP is not offered, and never sends the password", async () => {
    const terminal = new FakeTerminal("2", "123456");
    await signInAs(terminal, [
      {
        operation: "InitiateAuth",
        answer: {
          ChallengeName: "SELECT_CHALLENGE",
          AvailableChallenges: ["PASSWORD", "SMS_OTP", "EMAIL_OTP"],
          Session: "selection",
        },
      },
      challenge("RespondToAuthChallenge", "EMAIL_OTP"),
      end,
    ]);
    expect(getResponses()).toEqual([
      [
        "SELECT_CHALLENGE",
        "selection",
        { USERNAME: "jo", ANSWER: "EMAIL_OTP" },
      ],
      [
        "EMAIL_OTP",
        "EMAIL_OTP-session",
        { USERNAME: "jo", EMAIL_OTP_CODE: "123456" },
      ],
    ]);
  });

  test("adds the secret hash to each call, for the user name in the call", async () => {
    const connection = await connectToUserPool(ids, "client-secret-canary");
    const hash = (name: string) =>
      createHmac("sha256", "client-secret-canary")
        .update(`${name}client`)
        .digest("base64");
    cognito.expect(
      { operation: "ForgotPassword" },
      { operation: "ConfirmForgotPassword" },
      ...scriptPassword(challengeAnswer("SMS_MFA"), "New-pass-word1"),
      end,
    );
    await signIn(connection, {
      userName: "jo@example.com",
      password: undefined,
      authFlow: "srp",
      shouldAnswerChallenges: true,
      shouldResetPassword: true,
      terminal: new FakeTerminal(
        ...["1", "New-pass-word1", "New-pass-word1", "123456"],
      ).open,
    });
    expect(cognito.remainingCalls).toEqual([]);
    const alias = hash("jo@example.com");
    const own = hash("0000-jo");
    expect(cognito.calls.map(({ request }) => request)).toMatchObject([
      { SecretHash: alias },
      { SecretHash: alias },
      { AuthParameters: { SECRET_HASH: alias } },
      { ChallengeResponses: { SECRET_HASH: own } },
      { ChallengeResponses: { SECRET_HASH: own } },
    ]);
    expect(JSON.stringify(cognito.calls)).not.toContain("canary");
  });

  test("answers a chain of challenges with their sessions and the name in the user pool", async () => {
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
      ...scriptPasswordAndChallenge("NEW_PASSWORD_REQUIRED", {
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
    expect(getResponses()).toEqual([
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
    expect(terminal.shown).toContain("Code sent by email to j***@e***: ");
    expect(terminal.shown).toContain("  2  a code by email");
  });

  test("asks again for a new password that AWS rejects, but not for the attributes", async () => {
    const terminal = new FakeTerminal(
      ...["Short-pass-1", "Short-pass-1", "Jo"],
      ...["Longer-pass-1", "Longer-pass-1"],
    );
    await signInAs(terminal, [
      ...scriptPasswordAndChallenge("NEW_PASSWORD_REQUIRED", {
        requiredAttributes: '["userAttributes.name"]',
      }),
      {
        operation: "RespondToAuthChallenge",
        error: ["InvalidPasswordException", "Password not long enough"],
      },
      end,
    ]);
    expect(terminal.shown).toContain(
      "the new password is invalid: Password not long enough",
    );
    expect(getResponses()).toMatchObject(
      [
        [{}, {}, { NEW_PASSWORD: "Short-pass-1" }],
        [
          {},
          {},
          { NEW_PASSWORD: "Longer-pass-1", "userAttributes.name": "Jo" },
        ],
      ].map(([, , response]) => [
        "NEW_PASSWORD_REQUIRED",
        "NEW_PASSWORD_REQUIRED-session",
        response,
      ]),
    );
  });

  test("continues with the session of the authenticator app setup", async () => {
    const terminal = new FakeTerminal("1", "123456");
    await signInAs(terminal, [
      ...scriptPasswordAndChallenge("MFA_SETUP", {
        MFAS_CAN_SETUP: '["SMS_MFA","SOFTWARE_TOKEN_MFA"]',
      }),
      associate,
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
    expect(getResponses()).toEqual([
      ["MFA_SETUP", "verified", { USERNAME: "0000-jo" }],
    ]);
    expect(cognito.calls.slice(2, 5).map(({ request }) => request)).toEqual([
      { Session: "MFA_SETUP-session" },
      { Session: "associated", UserCode: "1" },
      { Session: "associated", UserCode: "123456" },
    ]);
    expect(terminal.shown).toContain(
      formatOtpauthUri("JBSWY3DPEHPK3PXP", "jo"),
    );
    expect(terminal.shown).toContain("key: JBSW Y3DP EHPK 3PXP");
  });

  test("resets a password if the user pool requires it, and signs in with the new one", async () => {
    const terminal = new FakeTerminal(
      ...["12345", "New-pass-word1", "New-pass-word1"],
    );
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
      ...scriptPassword({ AuthenticationResult: tokens }, "New-pass-word1"),
    ]);
    expect(terminal.shown[0]).toBe(
      "A code to reset the password was sent by text message to +***1.",
    );
    expect(JSON.stringify(cognito.calls.at(-1))).not.toContain("old");
  });
});

describe("formatOtpauthUri", () => {
  test("encodes the user name", () => {
    expect(formatOtpauthUri("KEY", "jo@example.com")).toBe(
      "otpauth://totp/VEDA%20Auth:jo%40example.com?secret=KEY&issuer=VEDA%20Auth",
    );
  });
});

describe("refreshTokens", () => {
  const operation = "GetTokensFromRefreshToken";

  test("returns the same refresh token, or the rotated one", async () => {
    const calls = await connectToUserPool(ids);
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

  test("returns undefined if the refresh token is no longer valid", async () => {
    cognito.expect({
      operation,
      error: ["NotAuthorizedException", "Refresh Token has expired"],
    });
    expect(await refreshTokens(await connectToUserPool(ids), "old")).toBe(
      undefined,
    );
  });

  test("fails when the user is disabled, instead of asking for another sign-in", async () => {
    cognito.expect({
      operation,
      error: ["NotAuthorizedException", "User is disabled."],
    });
    await expect(
      refreshTokens(await connectToUserPool(ids), "old"),
    ).rejects.toMatchObject({
      code: "sign_in_refused",
      message: "the sign-in cannot be renewed: the user is disabled",
    });
  });
});

describe("revokeToken", () => {
  const revoke = async (error: readonly [string, string]): Promise<void> => {
    cognito.expect({ operation: "RevokeToken", error });
    await revokeToken(await connectToUserPool(ids), "old");
  };

  test("ignores a client that was deleted, so that its sign-in can be removed", async () => {
    await expect(
      revoke(["ResourceNotFoundException", "User pool client x not found."]),
    ).resolves.toBeUndefined();
  });

  test("fails when the token cannot be revoked", async () => {
    await expect(
      revoke(["UnsupportedOperationException", "not supported"]),
    ).rejects.toThrow("not supported");
  });
});

describe("signIn fails when", () => {
  test.each([
    [
      "CUSTOM_CHALLENGE",
      {},
      "the user pool requires CUSTOM_CHALLENGE, which a sign-in by password does not support",
    ],
    ["DEVICE_SRP_AUTH", {}, "the user pool requires DEVICE_SRP_AUTH, which"],
    [
      "MFA_SETUP",
      { MFAS_CAN_SETUP: '["SMS_MFA"]' },
      "the user pool requires MFA_SETUP of jo by SMS_MFA, which a sign-in by password does not support",
    ],
    [
      "SELECT_MFA_TYPE",
      { MFAS_CAN_CHOOSE: "[" },
      "the user pool requires SELECT_MFA_TYPE of jo by no method, which",
    ],
  ])("the user pool requires %s %j", async (name, parameters, message) => {
    await expect(
      signInAs(new FakeTerminal(), [
        ...scriptPasswordAndChallenge(name, parameters),
      ]),
    ).rejects.toThrow(message);
  });

  test("challenges must not be answered", async () => {
    const options = { shouldAnswerChallenges: false };
    await expect(
      signInAs(
        new FakeTerminal(),
        scriptPasswordAndChallenge("SMS_MFA"),
        options,
      ),
    ).rejects.toThrow(
      "the user pool requires SMS_MFA, which RESOLVE_CHALLENGES=false leaves unanswered",
    );
    await expect(
      signInAs(new FakeTerminal(), [], {
        ...options,
        shouldResetPassword: true,
      }),
    ).rejects.toThrow("the user pool requires a password reset, which");
  });

  test.each([
    [
      ["CodeMismatchException", "Invalid code"],
      ["1", "2", "3"],
      "the code is incorrect",
    ],
    [
      ["NotAuthorizedException", "Invalid session for the user."],
      ["1"],
      "the session of the sign-in has expired",
    ],
    [
      ["ExpiredCodeException", "Invalid code provided"],
      ["1"],
      "the code has expired, or was used before",
    ],
    [
      ["InvalidParameterException", "1 validation error: Value '1'"],
      ["1"],
      "the format of an answer is invalid",
    ],
  ] as const)("a code fails with %j", async (error, codes, message) => {
    const terminal = new FakeTerminal(...codes);
    const rejections = codes.map(() => ({
      operation: "RespondToAuthChallenge",
      error,
    }));
    await expect(
      signInAs(terminal, [
        ...scriptPasswordAndChallenge("SMS_MFA"),
        ...rejections,
      ]),
    ).rejects.toThrow(message);
    expect(terminal.remainingAnswers).toEqual([]);
    expect(cognito.remainingCalls).toEqual([]);
  });

  test("three codes of a new authenticator app are incorrect, after one setup", async () => {
    const terminal = new FakeTerminal("1", "2", "3");
    await expect(
      signInAs(terminal, [
        ...scriptPasswordAndChallenge("MFA_SETUP"),
        associate,
        incorrectCode,
        incorrectCode,
        incorrectCode,
      ]),
    ).rejects.toThrow("the code is incorrect");
    expect(terminal.remainingAnswers).toEqual([]);
    expect(cognito.remainingCalls).toEqual([]);
  });

  test("a code of a new authenticator app has the status ERROR three times", async () => {
    const answer = { Status: "ERROR" };
    const operation = "VerifySoftwareToken";
    await expect(
      signInAs(new FakeTerminal("1", "2", "3"), [
        ...scriptPasswordAndChallenge("MFA_SETUP"),
        associate,
        { operation, answer },
        { operation, answer },
        { operation, answer },
      ]),
    ).rejects.toThrow("the code is incorrect");
    expect(cognito.remainingCalls).toEqual([]);
  });

  test.each(["MFA_SETUP", "SMS_MFA"])(
    "the user ends the input instead of answering %s, after one question",
    async (name) => {
      const terminal = new FakeTerminal();
      const ask = jest
        .spyOn(terminal, "ask")
        .mockRejectedValue(new UserError("an answer is required"));
      await expect(
        signInAs(terminal, [
          ...scriptPasswordAndChallenge(name),
          ...(name === "MFA_SETUP" ? [associate] : []),
        ]),
      ).rejects.toThrow("an answer is required");
      expect(ask).toHaveBeenCalledTimes(1);
      expect(terminal.shown).not.toContain(
        "Incorrect code; wait for the next one.",
      );
    },
  );

  test.each([
    [
      ["NotAuthorizedException", "Password attempts exceeded"],
      "the sign-in failed: Password attempts exceeded",
    ],
    [
      [
        "NotAuthorizedException",
        "Client c is configured with secret but SECRET_HASH was not received",
      ],
      "the client secret is invalid: Client c is configured with secret but SECRET_HASH was not received",
    ],
    [
      [
        "InvalidParameterException",
        "USER_SRP_AUTH is not enabled for the client.",
      ],
      "the client does not allow sign-in with SRP: USER_SRP_AUTH is not enabled for the client.",
    ],
    [
      ["ResourceNotFoundException", "User pool client c does not exist."],
      "the user pool has no such client",
    ],
    [["UserNotConfirmedException", "…"], "the user is not confirmed"],
  ] as const)("the password fails with %j", async (error, message) => {
    const terminal = new FakeTerminal("secret");
    await expect(
      signInAs(terminal, [{ operation: "InitiateAuth", error }], {
        password: undefined,
      }),
    ).rejects.toThrow(message);
  });

  test("the client does not allow the flow, without trying another", async () => {
    const rejection = {
      operation: "InitiateAuth",
      error: [
        "InvalidParameterException",
        "USER_PASSWORD_AUTH flow not enabled for this client",
      ],
    } as const;
    await expect(
      signInAs(new FakeTerminal(), [rejection], { authFlow: "password" }),
    ).rejects.toMatchObject({
      message:
        "the client does not allow sign-in with the password itself: USER_PASSWORD_AUTH flow not enabled for this client",
      hint: expect.stringContaining("--auth-flow") as string,
    });
    await expect(
      asCommand("credentials", () =>
        signInAs(new FakeTerminal(), [
          {
            ...rejection,
            error: [
              "InvalidParameterException",
              "USER_SRP_AUTH is not enabled for the client.",
            ],
          },
        ]),
      ),
    ).rejects.toMatchObject({
      hint: expect.stringContaining("--auth-flow password") as string,
    });
    expect(cognito.calls).toHaveLength(1);
    expect(JSON.stringify(cognito.calls)).not.toContain('"old"');
  });

  test("the server has another password", async () => {
    await expect(
      signInAs(new FakeTerminal(), scriptPassword({}, "another")),
    ).rejects.toThrow("the sign-in failed: Incorrect username or password.");
  });

  test("SRP has no user pool id, before the first question", async () => {
    const { clientId, clientRegion, identityPoolId } = ids;
    const others = { clientId, clientRegion, identityPoolId };
    const terminal = new FakeTerminal();
    await expect(
      signIn(await connectToUserPool(others), {
        userName: undefined,
        password: undefined,
        authFlow: "srp",
        shouldAnswerChallenges: true,
        shouldResetPassword: false,
        terminal: terminal.open,
      }),
    ).rejects.toThrow("user pool id is required to sign in with SRP");
    expect(terminal.shown).toEqual([]);
  });

  test("the challenges do not end", async () => {
    const endless = Array.from({ length: 12 }, () =>
      challenge("RespondToAuthChallenge", "SMS_MFA"),
    );
    await expect(
      signInAs(new FakeTerminal(...endless.map(() => "1")), [
        ...scriptPasswordAndChallenge("SMS_MFA"),
        ...endless,
      ]),
    ).rejects.toThrow(
      "the user pool required more than 10 challenges in a row",
    );
  });

  test("the two inputs of a new password are never equal", async () => {
    await expect(
      signInAs(
        new FakeTerminal(
          ...["New-pass-word1", "b"],
          "",
          ...["New-pass-word1", "c"],
          ...["New-pass-word1", "d"],
        ),
        scriptPasswordAndChallenge("NEW_PASSWORD_REQUIRED"),
      ),
    ).rejects.toThrow("no new password was entered twice in 3 attempts");
  });
});
