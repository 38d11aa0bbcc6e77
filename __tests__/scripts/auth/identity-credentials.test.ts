import {
  getIdentityCredentials,
  getIdentityPoolRegion,
} from "../../../scripts/lib/auth/identity-credentials";
import type { ClientErrorCode } from "../../../scripts/lib/client/client-error";
import { restoreEnvironment } from "../../support/environment";
import { FakeCognito, type ScriptedCall } from "../../support/fake-cognito";

const POOL = "us-east-1:12345678-1234-1234-1234-123456789012";
const SECRET = {
  AccessKeyId: "ASIAX",
  SecretKey: "canary",
  SessionToken: "session",
};

let cognito: FakeCognito;

beforeAll(async () => {
  cognito = await FakeCognito.start();
  process.env.AWS_ENDPOINT_URL = cognito.endpoint;
});

afterAll(async () => {
  restoreEnvironment();
  await cognito.stop();
});

function token(claims: object): string {
  const part = (value: object): string =>
    Buffer.from(JSON.stringify(value)).toString("base64url");
  return [part({ alg: "RS256" }), part(claims), "signature"].join(".");
}

const idToken = token({
  token_use: "id",
  iss: "https://cognito-idp.us-west-2.amazonaws.com/us-west-2_Own",
});
const identity: ScriptedCall = {
  operation: "GetId",
  answer: { IdentityId: "us-east-1:me" },
};

describe("getIdentityCredentials", () => {
  test("logs in with the token's issuer, in unsigned calls", async () => {
    cognito.expect(identity, {
      operation: "GetCredentialsForIdentity",
      answer: { Credentials: { ...SECRET, Expiration: 1_900_000_000 } },
    });
    expect(await getIdentityCredentials(POOL, idToken)).toEqual({
      ...SECRET,
      Expiration: "2030-03-17T17:46:40.000Z",
    });
    const Logins = {
      "cognito-idp.us-west-2.amazonaws.com/us-west-2_Own": idToken,
    };
    expect(cognito.calls).toEqual([
      {
        operation: "GetId",
        request: { IdentityPoolId: POOL, Logins },
        isSigned: false,
      },
      {
        operation: "GetCredentialsForIdentity",
        request: { IdentityId: "us-east-1:me", Logins },
        isSigned: false,
      },
    ]);
  });

  test("uses the Region of the identity pool id", () => {
    expect(getIdentityPoolRegion(POOL)).toBe("us-east-1");
  });
});

describe("getIdentityCredentials explains", () => {
  test.each<[code: ClientErrorCode, name: string, ...texts: string[]]>([
    [
      "identity_pool_refused",
      "NotAuthorizedException",
      "Token is not from a supported provider of this identity pool.",
      "does not trust the client of the sign-in",
      "use the ids of one stage",
    ],
    [
      "no_role",
      "NotAuthorizedException",
      "Ambiguous role mapping rules for: cognito-identity.amazonaws.com, denied",
      "cannot select a role for the user",
      "add the user to a group with a role, or to set different precedences for the user's groups",
    ],
    [
      "no_role",
      "InvalidIdentityPoolConfigurationException",
      "Invalid identity pool configuration. Check assigned IAM roles for this pool.",
      "does not trust the identity pool",
      "veda-auth trust-policy",
    ],
    [
      "token_expired",
      "NotAuthorizedException",
      "Invalid login token. Token expired: 1 >= 0",
      "the id token has expired",
      "sign in again",
    ],
    [
      "identity_pool_refused",
      "ResourceNotFoundException",
      "IdentityPool 'x' not found.",
      "there is no such identity pool",
      "check the identity pool id",
    ],
    [
      "identity_pool_refused",
      "NotAuthorizedException",
      "Unauthenticated access is not supported",
      "the identity pool denied the sign-in: Unauthenticated access is not supported",
      "use the ids of one stage",
    ],
    [
      "sign_in_refused",
      "NotAuthorizedException",
      "Invalid login token. User is disabled.",
      "the user was signed out everywhere, or is disabled",
      "ask an administrator",
    ],
  ])("%s: %s: %s", async (code, name, awsMessage = "", message, hint) => {
    cognito.expect(identity, {
      operation: "GetCredentialsForIdentity",
      error: [name, awsMessage],
    });
    await expect(getIdentityCredentials(POOL, idToken)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message) as string,
      hint: expect.stringContaining(hint) as string,
    });
  });
});

describe("getIdentityCredentials fails when", () => {
  test.each([
    ["canary", "the id token must be a JSON web token, got other text"],
    [
      `x.${Buffer.from('{"token_use":"canary').toString("base64url")}.x`,
      "the id token must be a JSON web token, got other text",
    ],
    [
      "canary.e30.x",
      "the id token must be an id token, got a token without token_use",
    ],
    [
      token({ token_use: "access" }),
      'the id token must be an id token, got token_use "access"',
    ],
    [
      token({ token_use: "id", iss: "https://example.com" }),
      'the id token must be from a Cognito user pool, got the issuer "https://example.com"',
    ],
  ])("the token is %s", async (text, message) => {
    cognito.expect();
    const failure = getIdentityCredentials(POOL, text);
    await expect(failure).rejects.toThrow(message);
    await expect(failure).rejects.not.toThrow("canary");
    expect(cognito.calls).toEqual([]);
  });

  test("the credentials are incomplete, without repeating them", async () => {
    cognito.expect(identity, {
      operation: "GetCredentialsForIdentity",
      answer: { Credentials: SECRET },
    });
    await expect(getIdentityCredentials(POOL, idToken)).rejects.toThrow(
      /: the identity pool returned incomplete credentials$/,
    );
  });
});
