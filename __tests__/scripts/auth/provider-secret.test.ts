import { PLACEHOLDER_CLIENT_SECRET } from "../../../constructs/constraints";
import {
  checkProviderSecrets,
  setProviderSecret,
} from "../../../scripts/lib/auth/provider-secret";
import { connectToAdminApi } from "../../../scripts/lib/auth/user-pool-admin";
import { restoreEnvironment } from "../../support/environment";
import { FakeCognito, type ScriptedCall } from "../../support/fake-cognito";

const POOL = "us-west-2_Ab1";
const SECRET = "Canary-secret-1";
const DETAILS = {
  client_id: "veda",
  client_secret: PLACEHOLDER_CLIENT_SECRET,
  oidc_issuer: "https://keycloak.example.org/realms/veda",
};
const KEYCLOAK = {
  ProviderName: "Keycloak",
  ProviderType: "OIDC",
  ProviderDetails: DETAILS,
  AttributeMapping: { email: "email", username: "sub" },
  IdpIdentifiers: ["example.org"],
};
const TYPES = { Keycloak: "OIDC", University: "SAML" };

let cognito: FakeCognito;

beforeAll(async () => {
  cognito = await FakeCognito.startForAdministrators();
});

afterAll(async () => {
  restoreEnvironment();
  await cognito.stop();
});

function list(types: Readonly<Record<string, string>> = TYPES): ScriptedCall {
  return {
    operation: "ListIdentityProviders",
    answer: {
      Providers: Object.entries(types).map(([ProviderName, ProviderType]) => ({
        ProviderName,
        ProviderType,
      })),
    },
  };
}

function describeKeycloak(
  secret: string = PLACEHOLDER_CLIENT_SECRET,
): ScriptedCall {
  return {
    operation: "DescribeIdentityProvider",
    answer: {
      IdentityProvider: {
        ...KEYCLOAK,
        ProviderDetails: { ...DETAILS, client_secret: secret },
      },
    },
  };
}

const UPDATE: ScriptedCall = {
  operation: "UpdateIdentityProvider",
  answer: { IdentityProvider: KEYCLOAK },
};

const asked: string[] = [];

async function set(
  provider: string | undefined,
  ...script: readonly ScriptedCall[]
) {
  asked.length = 0;
  cognito.expect(...script);
  const pool = await connectToAdminApi(POOL, { region: "us-west-2" });
  return setProviderSecret(pool, provider, (name) => {
    asked.push(name);
    return Promise.resolve(SECRET);
  });
}

async function check(
  provider: string | undefined,
  ...script: readonly ScriptedCall[]
) {
  cognito.expect(...script);
  const pool = await connectToAdminApi(POOL, { region: "us-west-2" });
  return checkProviderSecrets(pool, provider);
}

describe("the client secret of an identity provider", () => {
  test.each(["Keycloak", undefined])(
    "is set for the provider %s, and everything else stays",
    async (name) => {
      expect(await set(name, list(), describeKeycloak(), UPDATE)).toEqual({
        provider: "Keycloak",
        status: "changed",
      });
      expect(asked).toEqual(["Keycloak"]);
      expect(cognito.calls.at(-1)).toMatchObject({
        operation: "UpdateIdentityProvider",
        request: {
          UserPoolId: POOL,
          ProviderName: "Keycloak",
          ProviderDetails: { ...DETAILS, client_secret: SECRET },
          AttributeMapping: KEYCLOAK.AttributeMapping,
          IdpIdentifiers: KEYCLOAK.IdpIdentifiers,
        },
      });
    },
  );

  test("is rotated", async () => {
    expect(
      await set("Keycloak", list(), describeKeycloak("old"), UPDATE),
    ).toEqual({
      provider: "Keycloak",
      status: "changed",
    });
  });

  test("is unchanged if it is set already", async () => {
    expect(await set("Keycloak", list(), describeKeycloak(SECRET))).toEqual({
      provider: "Keycloak",
      status: "unchanged",
    });
    expect(cognito.remainingCalls).toEqual([]);
  });

  test.each(["Google", "Facebook", "LoginWithAmazon"])(
    "is set for a provider of type %s",
    async (type) => {
      const script = [list({ Keycloak: type }), describeKeycloak(), UPDATE];
      expect(await set(undefined, ...script)).toMatchObject({
        status: "changed",
      });
    },
  );

  test.each<[string | undefined, Readonly<Record<string, string>>, string]>([
    ["Keyclaok", TYPES, 'identity provider "Keyclaok" does not exist'],
    ["Keycloak", {}, 'identity provider "Keycloak" does not exist'],
    [
      "University",
      TYPES,
      "identity provider University must have a client secret, got one of type SAML",
    ],
    [
      "Apple",
      { Apple: "SignInWithApple" },
      "identity provider Apple must have a client secret, got one of type SignInWithApple",
    ],
    [undefined, {}, "--provider is required"],
    [undefined, { University: "SAML" }, "--provider is required"],
    [undefined, { a: "OIDC", b: "Google" }, "--provider is required"],
  ])(
    "fails when the provider is %j of %j, before the secret is read",
    async (name, types, message) => {
      await expect(set(name, list(types))).rejects.toThrow(message);
      expect(asked).toEqual([]);
    },
  );

  test("fails with the names of the providers as a hint", async () => {
    await expect(set("Keyclaok", list())).rejects.toMatchObject({
      hint: "did you mean Keycloak? the identity providers are Keycloak, University",
    });
    await expect(
      set(undefined, list({ a: "OIDC", b: "OIDC" })),
    ).rejects.toMatchObject({ hint: "the identity providers are a, b" });
    await expect(set("University", list())).rejects.toMatchObject({
      hint: "those with a client secret are Keycloak",
    });
  });

  test.each([
    ["AccessDeniedException", `not authorized: ${"x".repeat(10)}`],
    ["ResourceNotFoundException", "User pool us-west-2_Ab1 does not exist."],
    ["ResourceNotFoundException", "IdentityProvider does not exist."],
    ["ConcurrentModificationException", "try again"],
    ["InvalidParameterException", `invalid client_secret ${SECRET}`],
  ])("is in no error when AWS returns %s: %s", async (...error) => {
    const update: ScriptedCall = { operation: "UpdateIdentityProvider", error };
    const failure = await set(
      "Keycloak",
      list(),
      describeKeycloak(),
      update,
    ).catch((one: unknown) => one);
    expect(failure).toMatchObject({ name: "UserError" });
    expect(JSON.stringify(failure) + String(failure)).not.toContain(SECRET);
  });

  test("names the action of a secret that cannot be read", async () => {
    await expect(
      set("Keycloak", {
        operation: "ListIdentityProviders",
        error: ["AccessDeniedException", "not authorized"],
      }),
    ).rejects.toMatchObject({
      hint: expect.stringContaining("secretsmanager:GetSecretValue") as unknown,
    });
  });

  test("is reported as placeholder or set", async () => {
    expect(await check(undefined, list(), describeKeycloak())).toEqual([
      { provider: "Keycloak", status: "placeholder" },
    ]);
    expect(await check("Keycloak", list(), describeKeycloak(SECRET))).toEqual([
      { provider: "Keycloak", status: "set" },
    ]);
    expect(await check(undefined, list({ University: "SAML" }))).toEqual([]);
    await expect(check("University", list())).rejects.toThrow("must have a");
  });
});
