import {
  findOidcEndpoints,
  getAuth0Endpoints,
  getKeycloakEndpoints,
  getOktaEndpoints,
  getUserPoolEndpoints,
} from "../../constructs/oidc-endpoints";

describe("endpoints of an issuer", () => {
  test.each([
    [
      "https://keycloak.example.org/realms/veda",
      "https://keycloak.example.org/realms/veda/protocol/openid-connect/auth",
      "https://keycloak.example.org/realms/veda/protocol/openid-connect/certs",
    ],
    [
      "https://sso.example.org:8443/auth/realms/a-b",
      "https://sso.example.org:8443/auth/realms/a-b/protocol/openid-connect/auth",
      "https://sso.example.org:8443/auth/realms/a-b/protocol/openid-connect/certs",
    ],
    [
      "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/v2.0",
      "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/oauth2/v2.0/authorize",
      "https://login.microsoftonline.com/11111111-2222-3333-4444-555555555555/discovery/v2.0/keys",
    ],
    [
      "https://accounts.google.com",
      "https://accounts.google.com/o/oauth2/v2/auth",
      "https://www.googleapis.com/oauth2/v3/certs",
    ],
    [
      "https://cilogon.org",
      "https://cilogon.org/authorize",
      "https://cilogon.org/oauth2/certs",
    ],
    [
      "https://example.okta.com",
      "https://example.okta.com/oauth2/v1/authorize",
      "https://example.okta.com/oauth2/v1/keys",
    ],
    [
      "https://example.oktapreview.com/oauth2/default",
      "https://example.oktapreview.com/oauth2/default/v1/authorize",
      "https://example.oktapreview.com/oauth2/default/v1/keys",
    ],
    [
      "https://example.us.auth0.com",
      "https://example.us.auth0.com/authorize",
      "https://example.us.auth0.com/.well-known/jwks.json",
    ],
  ])("are known for %s", (issuer, authorizationUrl, jwksUrl) => {
    expect(findOidcEndpoints(issuer)).toMatchObject({
      authorizationUrl,
      jwksUrl,
    });
  });

  test.each([
    "https://login.microsoftonline.com/common/v2.0",
    "https://login.microsoftonline.com/tenant",
    "https://sts.windows.net/tenant",
    "https://idp.example.edu",
    "https://idp.example.edu/realms",
    "https://accounts.google.com.example.org",
    "https://example.org/cilogon.org",
    "https://cognito-idp.us-west-2.amazonaws.com/us-west-2_a",
    "https://urs.earthdata.nasa.gov",
  ])("are not guessed for %s", (issuer) => {
    expect(findOidcEndpoints(issuer)).toBeUndefined();
  });

  test("are those of the public cloud or of the government's in Entra ID", () => {
    expect(
      ["com", "us"].map(
        (end) =>
          findOidcEndpoints(`https://login.microsoftonline.${end}/a/v2.0`)
            ?.userInfoUrl,
      ),
    ).toEqual([
      "https://graph.microsoft.com/oidc/userinfo",
      "https://graph.microsoft.us/oidc/userinfo",
    ]);
  });

  test("of a domain of one's own are returned for the kind of the provider", () => {
    const issuer = "https://login.example.org";
    expect([
      getKeycloakEndpoints(issuer).tokenUrl,
      getOktaEndpoints(issuer).tokenUrl,
      getAuth0Endpoints(issuer).tokenUrl,
    ]).toEqual([
      `${issuer}/protocol/openid-connect/token`,
      `${issuer}/oauth2/v1/token`,
      `${issuer}/oauth/token`,
    ]);
  });

  test("of a user pool are on its domain, and its keys at the issuer", () => {
    const issuer = "https://cognito-idp.us-west-2.amazonaws.com/us-west-2_a";
    const domain = "https://a.auth.us-west-2.amazoncognito.com";
    expect(getUserPoolEndpoints(issuer, domain)).toEqual({
      authorizationUrl: `${domain}/oauth2/authorize`,
      tokenUrl: `${domain}/oauth2/token`,
      userInfoUrl: `${domain}/oauth2/userInfo`,
      jwksUrl: `${issuer}/.well-known/jwks.json`,
    });
  });
});
