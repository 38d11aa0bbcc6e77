import { Fn } from "cdktf";
import {
  OidcIdentityProvider,
  type OidcIdentityProviderProps,
} from "../../constructs/oidc-identity-provider";
import {
  collectErrors,
  createUnknownText,
  getOnlyResource,
  synthesizeConstructs,
} from "../support/synth";
import { createUserPool } from "../support/user-pools";

const ISSUER = "https://keycloak.example.org/realms/veda";
const USER_POOL = createUserPool("us-west-2_Abc123");
const ENDPOINTS = {
  authorizationUrl: "https://idp.example.edu/authorize",
  tokenUrl: "https://idp.example.edu/token",
  userInfoUrl: "https://idp.example.edu/userinfo",
  jwksUrl: "https://idp.example.edu/keys",
};

function createProps(
  other: Partial<OidcIdentityProviderProps> = {},
): OidcIdentityProviderProps {
  return {
    userPool: USER_POOL,
    providerName: "Keycloak",
    issuer: ISSUER,
    clientId: "veda",
    attributes: { email: "email" },
    ...other,
  };
}

function synthesize(other: Partial<OidcIdentityProviderProps> = {}) {
  return getOnlyResource(
    synthesizeConstructs((scope) => {
      new OidcIdentityProvider(scope, "provider", createProps(other));
    }),
    "aws_cognito_identity_provider",
  );
}

function listErrors(other: Partial<OidcIdentityProviderProps>): string[] {
  return collectErrors((scope) => {
    new OidcIdentityProvider(scope, "provider", createProps(other));
  });
}

describe("an OIDC identity provider", () => {
  test("requires an issuer, a client id and the mapping of email, and has all endpoints and a placeholder as secret", () => {
    expect(synthesize()).toEqual({
      user_pool_id: "us-west-2_Abc123",
      provider_name: "Keycloak",
      provider_type: "OIDC",
      attribute_mapping: { email: "email", username: "sub" },
      idp_identifiers: [],
      provider_details: {
        client_id: "veda",
        client_secret: '${sensitive("set-by-identity-provider-secret")}',
        authorize_scopes: "openid email profile",
        oidc_issuer: ISSUER,
        attributes_request_method: "GET",
        authorize_url: `${ISSUER}/protocol/openid-connect/auth`,
        token_url: `${ISSUER}/protocol/openid-connect/token`,
        attributes_url: `${ISSUER}/protocol/openid-connect/userinfo`,
        jwks_uri: `${ISSUER}/protocol/openid-connect/certs`,
        attributes_url_add_attributes: "false",
      },
      lifecycle: {
        create_before_destroy: true,
        ignore_changes: ['provider_details["client_secret"]'],
      },
    });
  });

  test("has endpoints, scopes, domains and attributes", () => {
    expect(
      synthesize({
        issuer: "https://idp.example.edu",
        endpoints: ENDPOINTS,
        scopes: ["openid", "email", "org.cilogon.userinfo"],
        domains: ["example.edu"],
        attributes: {
          email: "mail",
          email_verified: "email_verified",
          "custom:groups": "groups",
        },
      }),
    ).toMatchObject({
      idp_identifiers: ["example.edu"],
      attribute_mapping: {
        email: "mail",
        email_verified: "email_verified",
        "custom:groups": "groups",
        username: "sub",
      },
      provider_details: {
        authorize_scopes: "openid email org.cilogon.userinfo",
        authorize_url: ENDPOINTS.authorizationUrl,
        token_url: ENDPOINTS.tokenUrl,
        attributes_url: ENDPOINTS.userInfoUrl,
        jwks_uri: ENDPOINTS.jwksUrl,
      },
    });
  });

  test("exposes its name, the mapped attributes and what clients depend on", () => {
    synthesizeConstructs((scope) => {
      const provider = new OidcIdentityProvider(
        scope,
        "provider",
        createProps({ attributes: { email: "email", name: "name" } }),
      );
      expect(provider.providerName).toBe("Keycloak");
      expect(provider.mappedAttributes).toEqual(["email", "name"]);
      expect(provider.dependencies).toEqual([
        provider.node.findChild("Resource"),
      ]);
    });
  });

  test("is imported by its name", () => {
    expect(OidcIdentityProvider.fromProviderName("Google", ["email"])).toEqual({
      providerName: "Google",
      mappedAttributes: ["email"],
      dependencies: [],
    });
  });

  test("can have values that only Terraform knows", () => {
    const unknown = createUnknownText();
    const text = {
      authorizationUrl: unknown,
      tokenUrl: unknown,
      userInfoUrl: unknown,
      jwksUrl: unknown,
    };
    const props = {
      issuer: unknown,
      clientId: unknown,
      endpoints: text,
      scopes: Fn.concat([["openid"], ["email"]]) as unknown as string[],
      domains: Fn.concat([["a"], ["b"]]) as unknown as string[],
      attributes: { email: unknown },
    };
    expect(listErrors(props)).toEqual([]);
    expect(synthesize(props)).toMatchObject({
      idp_identifiers: '${concat(["a"], ["b"])}',
      provider_details: {
        authorize_scopes: '${join(" ", concat(["openid"], ["email"]))}',
        token_url: "${timestamp()}",
      },
    });
  });

  test.each<[Partial<OidcIdentityProviderProps>, RegExp]>([
    [{ providerName: "ab" }, /^identity provider name must be 3-32 /],
    [{ issuer: `${ISSUER}/` }, /^issuer of an identity provider must be an /],
    [{ issuer: "http://keycloak.example.org/realms/a" }, /^issuer of /],
    [{ issuer: "https://secure.login.gov" }, /addSamlIdentityProvider/],
    [{ issuer: "https://idp.int.identitysandbox.gov" }, /Login\.gov/],
    [
      { issuer: "https://login.microsoftonline.com/common/v2.0" },
      /must have the id of a tenant/,
    ],
    [
      {
        issuer: "https://login.microsoftonline.com/organizations/v2.0",
        endpoints: ENDPOINTS,
      },
      /must have the id of a tenant/,
    ],
    [
      { issuer: "https://idp.example.edu" },
      /^endpoints .* required .* curl https:\/\/idp\.example\.edu\/\.well-known\/openid-configuration$/,
    ],
    [{ issuer: createUnknownText() }, /^endpoints .* only Terraform knows/],
    [{ clientId: "" }, /^client id of an identity provider must be /],
    [{ scopes: ["email"] }, /must contain openid, got email$/],
    [{ scopes: [] }, /must contain openid, got none$/],
    [{ scopes: ["openid", "a b"] }, /^scope of an identity provider must be /],
    [{ scopes: ["openid", "openid"] }, /must be unique/],
    [{ domains: ["a/b"] }, /^identity provider domain must be /],
    [{ domains: ["a", "a"] }, /must be unique/],
    [
      { domains: Array.from({ length: 51 }, (_, index) => `${index}.edu`) },
      /^number of domains of an identity provider must be at most 50, got 51$/,
    ],
    [
      { endpoints: { ...ENDPOINTS, tokenUrl: "http://a.example" } },
      /^tokenUrl must be an https URL/,
    ],
    [
      { endpoints: { ...ENDPOINTS, authorizationUrl: "a" } },
      /^authorizationUrl must be /,
    ],
    [{ endpoints: { ...ENDPOINTS, userInfoUrl: "" } }, /^userInfoUrl must be /],
    [{ endpoints: { ...ENDPOINTS, jwksUrl: "/a" } }, /^jwksUrl must be /],
  ])("fails when it is invalid: %j", (props, message) => {
    const errors = listErrors(props);
    expect(errors.some((error) => message.test(error))).toBe(true);
  });

  test("fails with one message for an issuer that is invalid", () => {
    for (const issuer of [
      "https://user:password@keycloak.example.org/realms/a",
      "https://keycloak.example.org/realms/a#b",
      "https://login.microsoftonline.com/common/v2.0",
      "https://secure.login.gov",
    ])
      expect(listErrors({ issuer })).toEqual([
        expect.stringMatching(/^issuer of an identity provider must /),
      ]);
  });

  test.each([
    "authorizationUrl",
    "tokenUrl",
    "userInfoUrl",
    "jwksUrl",
  ] as const)("fails without the endpoint %s", (name) => {
    const { [name]: omitted, ...endpoints } = ENDPOINTS;
    expect(omitted).toMatch(/^https:/);
    expect(
      listErrors({
        endpoints: endpoints as OidcIdentityProviderProps["endpoints"] & object,
      }),
    ).toEqual([`${name} of an identity provider is required`]);
  });

  test.each([
    [{ name: "name" }, /must map email, .* got name$/],
    [{}, /must map email, .* got none$/],
    [{ email: "" }, /^attribute of the identity provider for email must be /],
    [{ email: "email", mail: "mail" }, /^mapped attribute must be one of /],
    [{ email: "email", "custom:": "a" }, /^mapped attribute must be one of /],
    [
      Fn.merge([{ email: "email" }]) as Record<string, string>,
      /must be known at synth/,
    ],
  ])("fails when the mapping is invalid: %j", (attributes, message) => {
    expect(
      listErrors({
        attributes: attributes as OidcIdentityProviderProps["attributes"],
      }),
    ).toEqual([expect.stringMatching(message)]);
  });

  test("fails when it maps a custom attribute that its user pool does not have, if that is known", () => {
    const attributes = { email: "email", "custom:groups": "groups" };
    const withGroups = { groups: {} };
    const list = (customAttributes?: Readonly<Record<string, object>>) =>
      listErrors({
        attributes,
        userPool: {
          ...USER_POOL,
          ...(customAttributes !== undefined && { customAttributes }),
        },
      });
    expect(list()).toEqual([]);
    expect(list(withGroups)).toEqual([]);
    expect(list({})).toEqual([
      "mapped attribute must be a custom attribute of the user pool, got custom:groups: add it to customAttributes",
    ]);
    expect(list({ toString: {}, Groups: {} })).toHaveLength(1);
  });

  test("has one error for an issuer that is invalid in several ways", () => {
    expect(listErrors({ issuer: "http://secure.login.gov/" })).toHaveLength(1);
  });
});
