/** Endpoints of an OIDC issuer, which its discovery document lists. */
export interface OidcEndpoints {
  /** `authorization_endpoint` of the discovery document. */
  readonly authorizationUrl: string;
  /** `token_endpoint` of the discovery document. */
  readonly tokenUrl: string;
  /** `userinfo_endpoint` of the discovery document. */
  readonly userInfoUrl: string;
  /** `jwks_uri` of the discovery document. */
  readonly jwksUrl: string;
}

/** Returns the endpoints of a realm of Keycloak, whose issuer is `https://{host}/realms/{realm}`. */
export function getKeycloakEndpoints(issuer: string): OidcEndpoints {
  const base = `${issuer}/protocol/openid-connect`;
  return {
    authorizationUrl: `${base}/auth`,
    tokenUrl: `${base}/token`,
    userInfoUrl: `${base}/userinfo`,
    jwksUrl: `${base}/certs`,
  };
}

/**
 * Returns the endpoints of a user pool.
 *
 * @param baseUrl URL of the user pool's domain, such as `https://example.auth.us-west-2.amazoncognito.com`
 */
export function getUserPoolEndpoints(
  issuer: string,
  baseUrl: string,
): OidcEndpoints {
  return {
    authorizationUrl: `${baseUrl}/oauth2/authorize`,
    tokenUrl: `${baseUrl}/oauth2/token`,
    userInfoUrl: `${baseUrl}/oauth2/userInfo`,
    jwksUrl: `${issuer}/.well-known/jwks.json`,
  };
}

/** Returns the endpoints of an authorization server of Okta, also on its own domain. */
export function getOktaEndpoints(issuer: string): OidcEndpoints {
  const base = /\/oauth2\/[^/]+$/.test(issuer) ? issuer : `${issuer}/oauth2`;
  return {
    authorizationUrl: `${base}/v1/authorize`,
    tokenUrl: `${base}/v1/token`,
    userInfoUrl: `${base}/v1/userinfo`,
    jwksUrl: `${base}/v1/keys`,
  };
}

/** Returns the endpoints of a tenant of Auth0, also on its own domain. */
export function getAuth0Endpoints(issuer: string): OidcEndpoints {
  return {
    authorizationUrl: `${issuer}/authorize`,
    tokenUrl: `${issuer}/oauth/token`,
    userInfoUrl: `${issuer}/userinfo`,
    jwksUrl: `${issuer}/.well-known/jwks.json`,
  };
}

function getEntraIdEndpoints(issuer: string): OidcEndpoints {
  const { origin, hostname, pathname } = new URL(issuer);
  const tenant = `${origin}/${pathname.split("/")[1] ?? ""}`;
  const graph = hostname.endsWith(".us")
    ? "graph.microsoft.us"
    : "graph.microsoft.com";
  return {
    authorizationUrl: `${tenant}/oauth2/v2.0/authorize`,
    tokenUrl: `${tenant}/oauth2/v2.0/token`,
    userInfoUrl: `https://${graph}/oidc/userinfo`,
    jwksUrl: `${tenant}/discovery/v2.0/keys`,
  };
}

const GOOGLE_ENDPOINTS: OidcEndpoints = {
  authorizationUrl: "https://accounts.google.com/o/oauth2/v2/auth",
  tokenUrl: "https://oauth2.googleapis.com/token",
  userInfoUrl: "https://openidconnect.googleapis.com/v1/userinfo",
  jwksUrl: "https://www.googleapis.com/oauth2/v3/certs",
};

const CILOGON_ENDPOINTS: OidcEndpoints = {
  authorizationUrl: "https://cilogon.org/authorize",
  tokenUrl: "https://cilogon.org/oauth2/token",
  userInfoUrl: "https://cilogon.org/oauth2/userinfo",
  jwksUrl: "https://cilogon.org/oauth2/certs",
};

/** Forms of issuers, and the endpoints of an issuer of each form. */
const KNOWN_ISSUERS: readonly (readonly [
  RegExp,
  (issuer: string) => OidcEndpoints,
])[] = [
  [/^https:\/\/[^/]+(\/[^?]+)?\/realms\/[^/?]+$/, getKeycloakEndpoints],
  [
    /^https:\/\/login\.microsoftonline\.(com|us)\/(?!(?:common|organizations|consumers)\/)[^/?]+\/v2\.0$/,
    getEntraIdEndpoints,
  ],
  [/^https:\/\/accounts\.google\.com$/, () => GOOGLE_ENDPOINTS],
  [/^https:\/\/cilogon\.org$/, () => CILOGON_ENDPOINTS],
  [
    /^https:\/\/[^/.]+\.(okta|oktapreview|okta-emea|okta-gov)\.com(\/oauth2\/[^/?]+)?$/,
    getOktaEndpoints,
  ],
  [/^https:\/\/[^/]+\.auth0\.com$/, getAuth0Endpoints],
];

/** Returns the endpoints of an issuer whose form is known, without a request; otherwise `undefined`. */
export function findOidcEndpoints(issuer: string): OidcEndpoints | undefined {
  return KNOWN_ISSUERS.find(([form]) => form.test(issuer))?.[1](issuer);
}
