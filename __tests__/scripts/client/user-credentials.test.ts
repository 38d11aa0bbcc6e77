import { readdirSync, statSync } from "node:fs";
import path from "node:path";
import { inspect } from "node:util";
import type { ClientErrorCode } from "../../../scripts/lib/client/client-error";
import { userCredentials } from "../../../scripts/lib/client/user-credentials";
import {
  restoreEnvironment,
  setEnvironment,
  withoutAwsVariables,
} from "../../support/environment";
import { FakeCognito, type ScriptedCall } from "../../support/fake-cognito";
import { scriptSrpSignIn } from "../../support/srp-server";
import {
  createTemporaryDirectory,
  removeTemporaryDirectories,
} from "../../support/stage";

const PASSWORD = "p4ss-Canary-1234";
const REFRESH_TOKEN = "refresh-canary";
const outputs = {
  identitypool_id: "us-east-1:12345678-1234-1234-1234-123456789012",
  userpool_id: "us-west-2_AbCdEfGhI",
  client_id: "4cl13nt",
};
const SIGN_IN = [
  "InitiateAuth",
  "RespondToAuthChallenge",
  "GetId",
  "GetCredentialsForIdentity",
];
const RENEWAL = [
  "GetTokensFromRefreshToken",
  "GetId",
  "GetCredentialsForIdentity",
];

let cognito: FakeCognito;
let home: string;

beforeAll(async () => {
  cognito = await FakeCognito.start();
});

beforeEach(() => {
  home = createTemporaryDirectory();
  setEnvironment({
    ...withoutAwsVariables(),
    AWS_ENDPOINT_URL: cognito.endpoint,
    XDG_CACHE_HOME: home,
  });
});

afterEach(() => {
  jest.restoreAllMocks();
});

afterAll(async () => {
  restoreEnvironment();
  await cognito.stop();
  removeTemporaryDirectories();
});

function createToken(claims: object = {}): string {
  const part = (value: object): string =>
    Buffer.from(JSON.stringify(value)).toString("base64url");
  const all = {
    token_use: "id",
    iss: "https://cognito-idp.us-west-2.amazonaws.com/us-west-2_AbCdEfGhI",
    ...claims,
  };
  return [part({ alg: "RS256" }), part(all), "t0ken-canary"].join(".");
}

const identity: ScriptedCall = {
  operation: "GetId",
  answer: { IdentityId: "us-east-1:me" },
};

/** Credentials of one hour. */
function issue(key: string): ScriptedCall {
  return {
    operation: "GetCredentialsForIdentity",
    answer: () => ({
      Credentials: {
        AccessKeyId: key,
        SecretKey: "s3cr3t-canary",
        SessionToken: "sess10n-canary",
        Expiration: Math.floor(Date.now() / 1000) + 3600,
      },
    }),
  };
}

function scriptSignIn(key: string): readonly ScriptedCall[] {
  const [userPoolId, userId] = [outputs.userpool_id, "ada"];
  return [
    ...scriptSrpSignIn(
      { userPoolId, userId, password: PASSWORD },
      {
        AuthenticationResult: {
          IdToken: createToken(),
          RefreshToken: REFRESH_TOKEN,
        },
      },
    ),
    identity,
    issue(key),
  ];
}

function scriptRenewal(key: string): readonly ScriptedCall[] {
  const AuthenticationResult = { IdToken: createToken() };
  return [
    {
      operation: "GetTokensFromRefreshToken",
      answer: { AuthenticationResult },
    },
    identity,
    issue(key),
  ];
}

function signIn(more: object = {}) {
  return userCredentials({
    outputs,
    signIn: "password",
    userName: "ada",
    password: PASSWORD,
    ...more,
  });
}

function getOperations(): string[] {
  return cognito.calls.map(({ operation }) => operation);
}

/** Moves the time, so that credentials of one hour have expired. */
function passHours(hours: number): void {
  const now = Date.now();
  jest.spyOn(Date, "now").mockImplementation(() => now + hours * 3_600_000);
}

/** Returns the error of a job, after a check that nothing of it has a secret. */
async function catchError(job: Promise<unknown>): Promise<Error> {
  const error = await job.then(
    () => new Error("no error"),
    (thrown: unknown) => thrown as Error,
  );
  expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(
    /canary/i,
  );
  return error;
}

describe("a sign-in by password", () => {
  test("yields credentials, and a refresh token renews them", async () => {
    const password = jest.fn(() => PASSWORD);
    const credentials = signIn({ password });
    cognito.expect(...scriptSignIn("ASIA1"));
    const keys = await Promise.all([credentials(), credentials()]);
    expect(keys.map(({ accessKeyId }) => accessKeyId)).toEqual([
      "ASIA1",
      "ASIA1",
    ]);
    expect(getOperations()).toEqual(SIGN_IN);
    expect(cognito.calls.some(({ isSigned }) => isSigned)).toBe(false);

    passHours(2);
    cognito.expect(...scriptRenewal("ASIA2"));
    expect((await credentials()).accessKeyId).toBe("ASIA2");
    expect(getOperations()).toEqual(RENEWAL);
    expect(cognito.calls[0]?.request.RefreshToken).toBe(REFRESH_TOKEN);
    expect(password).toHaveBeenCalledTimes(1);
    expect(readdirSync(home)).toEqual([]);
  });

  test("is repeated if the refresh token is refused", async () => {
    const credentials = signIn();
    cognito.expect(...scriptSignIn("ASIA1"));
    await credentials();
    passHours(2);
    cognito.expect(
      {
        operation: "GetTokensFromRefreshToken",
        error: ["NotAuthorizedException", "Refresh Token has been revoked"],
      },
      ...scriptSignIn("ASIA2"),
    );
    expect((await credentials()).accessKeyId).toBe("ASIA2");
  });

  test("is not repeated for a failure that passes, or a disabled user", async () => {
    const credentials = signIn();
    cognito.expect(...scriptSignIn("ASIA1"));
    await credentials();
    passHours(2);
    const renewal = { operation: "GetTokensFromRefreshToken" };
    cognito.expect({ ...renewal, error: ["InternalErrorException", "later"] });
    expect(await catchError(credentials())).toMatchObject({
      code: "endpoint_failed",
    });
    passHours(1);
    cognito.expect({
      ...renewal,
      error: ["NotAuthorizedException", "User is disabled."],
    });
    expect(await catchError(credentials())).toMatchObject({
      code: "sign_in_refused",
      message: "the sign-in cannot be renewed: the user is disabled",
    });
    expect(getOperations()).toEqual(["GetTokensFromRefreshToken"]);
  });

  test("asks the application for what the user pool requires in addition", async () => {
    const [initiate, , ...rest] = scriptSignIn("ASIA1");
    const challenge = {
      operation: "RespondToAuthChallenge",
      answer: { ChallengeName: "SOFTWARE_TOKEN_MFA", Session: "s" },
    };
    const script = [
      initiate,
      challenge,
      {
        operation: "RespondToAuthChallenge",
        answer: {
          AuthenticationResult: {
            IdToken: createToken(),
            RefreshToken: REFRESH_TOKEN,
          },
        },
      },
      ...rest,
    ] as readonly ScriptedCall[];
    cognito.expect(...script);
    expect(await catchError(signIn()())).toMatchObject({
      code: "sign_in_required",
      message:
        "the user pool requires SOFTWARE_TOKEN_MFA of ada, but the option prompt is not set",
    });
    cognito.expect(...script);
    const ask = jest.fn(() => Promise.resolve("123 456"));
    const credentials = signIn({ prompt: { show: jest.fn(), ask } });
    expect((await credentials()).accessKeyId).toBe("ASIA1");
    expect(ask.mock.calls).toEqual([
      ["Code of your authenticator app: ", false],
    ]);
  });

  test.each([
    [
      "USER_SRP_AUTH is not enabled for the client.",
      /client_id, or sign in through the browser$/,
    ],
    [
      "Client app is configured with secret but SECRET_HASH was not received",
      /client_id and has no secret$/,
    ],
    [
      "Incorrect username or password.",
      /^check the user name and the password$/,
    ],
  ])(
    "has no hint that names an option of a command: %s",
    async (text, hint) => {
      cognito.expect({
        operation: "InitiateAuth",
        error: ["NotAuthorizedException", text],
      });
      expect(await catchError(signIn()())).toMatchObject({
        code: "sign_in_refused",
        hint: expect.stringMatching(hint) as string,
      });
    },
  );

  test("fails with the error of the application's own function", async () => {
    cognito.expect();
    const failure = Object.assign(new Error("no keychain"), { code: "ENOENT" });
    const credentials = signIn({ password: () => Promise.reject(failure) });
    await expect(credentials()).rejects.toBe(failure);
    await expect(signIn({ password: () => 1 })()).rejects.toMatchObject({
      code: "invalid_option",
      message: "userCredentials: password must return text, got number",
    });
  });

  test.each([false, true])(
    "leaves no session if the user signs out during it, with diskCache: %s",
    async (diskCache) => {
      let enterPassword: (password: string) => void = () => undefined;
      const entered = new Promise<string>((resolve) => {
        enterPassword = resolve;
      });
      const credentials = signIn({ password: () => entered, diskCache });
      cognito.expect(...scriptSignIn("ASIA1"), { operation: "RevokeToken" });
      const failure = catchError(credentials());
      await new Promise(setImmediate);
      const signedOut = credentials.signOut();
      enterPassword(PASSWORD);
      await signedOut;
      expect(await failure).toMatchObject({ code: "sign_in_required" });
      expect(cognito.calls.at(-1)?.request.Token).toBe(REFRESH_TOKEN);
      cognito.expect(...scriptSignIn("ASIA2"));
      expect((await credentials()).accessKeyId).toBe("ASIA2");
    },
  );

  test("ends by a sign-out, which revokes its refresh token", async () => {
    const credentials = signIn();
    cognito.expect(...scriptSignIn("ASIA1"));
    await credentials();
    cognito.expect({ operation: "RevokeToken" }, ...scriptSignIn("ASIA2"));
    await credentials.signOut();
    expect(cognito.calls[0]?.request.Token).toBe(REFRESH_TOKEN);
    expect((await credentials()).accessKeyId).toBe("ASIA2");
  });
});

describe("with diskCache, a sign-in", () => {
  test("is shared by programs, in a file that only the user can read", async () => {
    cognito.expect(...scriptSignIn("ASIA1"));
    await signIn({ diskCache: true })();
    const [file = ""] = readdirSync(path.join(home, "veda-auth"));
    expect(statSync(path.join(home, "veda-auth", file)).mode & 0o777).toBe(
      0o600,
    );

    cognito.expect();
    const other = signIn({ diskCache: true });
    expect((await other()).accessKeyId).toBe("ASIA1");
    // another user has another sign-in
    cognito.expect({
      operation: "InitiateAuth",
      error: ["UserNotFoundException", "x"],
    });
    const someone = signIn({ diskCache: true, userName: "jo" });
    expect(await catchError(someone())).toMatchObject({
      code: "sign_in_refused",
    });

    passHours(2);
    cognito.expect(...scriptRenewal("ASIA2"));
    expect((await other()).accessKeyId).toBe("ASIA2");
    cognito.expect({ operation: "RevokeToken" });
    await other.signOut();
    expect(getOperations()).toEqual(["RevokeToken"]);
    expect(
      readdirSync(path.join(home, "veda-auth")).filter((name) => name === file),
    ).toEqual([]);
  });

  test("is renewed on demand, unless another program has done it", async () => {
    cognito.expect(...scriptSignIn("ASIA1"));
    const [one, other] = [
      signIn({ diskCache: true }),
      signIn({ diskCache: true }),
    ];
    await one();
    await other();
    const now = Date.now();
    jest.spyOn(Date, "now").mockImplementation(() => now + 60_000);
    cognito.expect(...scriptRenewal("ASIA2"));
    expect((await one({ forceRefresh: true })).accessKeyId).toBe("ASIA2");
    expect((await other({ forceRefresh: true })).accessKeyId).toBe("ASIA2");
    expect(getOperations()).toEqual(RENEWAL);
  });
});

describe("an id token", () => {
  const { identitypool_id: identityPoolId } = outputs;

  test("is exchanged without a sign-in, and requested again for each renewal", async () => {
    const idToken = jest.fn(() => Promise.resolve(createToken()));
    const credentials = userCredentials({ identityPoolId, idToken });
    cognito.expect(identity, issue("ASIA1"));
    expect((await credentials()).accessKeyId).toBe("ASIA1");
    passHours(2);
    cognito.expect(identity, issue("ASIA2"));
    expect((await credentials()).accessKeyId).toBe("ASIA2");
    expect(idToken).toHaveBeenCalledTimes(2);
    cognito.expect();
    await credentials.signOut();
  });

  test.each<[code: ClientErrorCode, idToken: string, message: string]>([
    ["token_expired", createToken({ exp: 1 }), "idToken has expired"],
    [
      "wrong_use",
      createToken({ token_use: "access" }),
      'idToken must be an id token, got token_use "access"',
    ],
    [
      "not_a_token",
      "canary",
      "idToken must be a JSON web token, got other text",
    ],
  ])("fails with %s before any call: %#", async (code, idToken, message) => {
    cognito.expect();
    const credentials = userCredentials({ identityPoolId, idToken });
    expect(await catchError(credentials())).toMatchObject({ code, message });
    expect(getOperations()).toEqual([]);
  });

  test.each<[code: ClientErrorCode, name: string, message: string]>([
    [
      "identity_pool_refused",
      "NotAuthorizedException",
      "Token is not from a supported provider of this identity pool.",
    ],
    [
      "no_role",
      "NotAuthorizedException",
      "Ambiguous role mapping rules for: cognito-identity.amazonaws.com, denied",
    ],
    [
      "no_role",
      "InvalidIdentityPoolConfigurationException",
      "Invalid identity pool configuration.",
    ],
    [
      "token_expired",
      "NotAuthorizedException",
      "Invalid login token. Token expired: 1 >= 0",
    ],
    [
      "sign_in_refused",
      "NotAuthorizedException",
      "Invalid login token. User is disabled.",
    ],
    ["identity_pool_refused", "ResourceNotFoundException", "not found"],
    ["endpoint_failed", "InvalidParameterException", "something else"],
  ])("fails with %s for %s: %s", async (code, ...error) => {
    cognito.expect({ operation: "GetId", error });
    const credentials = userCredentials({
      identityPoolId,
      idToken: createToken(),
    });
    expect(await catchError(credentials())).toMatchObject({
      name: "ClientError",
      code,
    });
  });
});
