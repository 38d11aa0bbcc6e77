import { Fn, Token } from "cdktf";
import type { Construct } from "constructs";
import { LIMITS, PLACEHOLDER_CLIENT_SECRET } from "./constraints";
import {
  IdentityProvider,
  type IdentityProviderProps,
} from "./identity-provider";
import { findOidcEndpoints, type OidcEndpoints } from "./oidc-endpoints";
import {
  addValidationErrors,
  check,
  checkEach,
  isUnknown,
  toList,
} from "./validation";

/** Configuration of {@link OidcIdentityProvider}. */
export interface OidcIdentityProviderProps extends IdentityProviderProps {
  /** Claim `iss` of the provider's tokens, such as `https://keycloak.example.org/realms/veda`. */
  readonly issuer: string;
  /**
   * Id of the client that is registered at the provider, with the callback URL `{domain}/oauth2/idpresponse`. The command
   * `identity-provider-secret` sets the secret of this client.
   */
  readonly clientId: string;
  /**
   * Without them, Cognito reads the provider's discovery document, and later plans show changes that no one made.
   *
   * @default those of an issuer of Keycloak, Microsoft Entra ID, Google, CILogon, Okta or Auth0; required for others
   */
  readonly endpoints?: OidcEndpoints;
  /**
   * Scopes that the user pool requests. Must contain `openid`.
   *
   * @default openid, email and profile
   */
  readonly scopes?: readonly string[];
}

/**
 * An OIDC identity provider of a user pool. The real client secret is not in the code: the resource has a placeholder, and
 * Terraform does not change the secret that the command `identity-provider-secret` sets.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-oidc-idp.html
 */
export class OidcIdentityProvider extends IdentityProvider {
  constructor(scope: Construct, id: string, props: OidcIdentityProviderProps) {
    const { issuer, clientId } = props;
    const scopes = toList(props.scopes ?? ["openid", "email", "profile"]);
    const issuerErrors = checkIssuer(issuer).filter(
      (error) => error !== undefined,
    );
    const isKnownIssuer =
      issuerErrors.length === 0 && !Token.isUnresolved(issuer);
    const endpoints =
      props.endpoints ??
      (isKnownIssuer ? findOidcEndpoints(issuer) : undefined);
    super(scope, id, {
      ...props,
      providerType: "OIDC",
      providerDetails: {
        client_id: clientId,
        // marks this key alone, so that no plan and no drift shows the real secret
        client_secret: Token.asString(Fn.sensitive(PLACEHOLDER_CLIENT_SECRET)),
        authorize_scopes: isUnknown(scopes)
          ? Fn.join(" ", [...scopes])
          : scopes.join(" "),
        oidc_issuer: issuer,
        attributes_request_method: "GET",
        authorize_url: endpoints?.authorizationUrl ?? "",
        token_url: endpoints?.tokenUrl ?? "",
        attributes_url: endpoints?.userInfoUrl ?? "",
        jwks_uri: endpoints?.jwksUrl ?? "",
        attributes_url_add_attributes: "false",
      },
      ignoredDetails: ["client_secret"],
      fixedAttributes: { username: "sub" },
    });
    addValidationErrors(
      this,
      check(LIMITS.oidcClientId, clientId),
      ...issuerErrors,
      ...(endpoints === undefined
        ? issuerErrors.length === 0
          ? [explainEndpoints(issuer)]
          : []
        : checkEndpoints(endpoints)),
      ...checkEach(LIMITS.oidcScope, scopes),
      isUnknown(scopes) || scopes.includes("openid")
        ? undefined
        : `scopes of an identity provider must contain openid, got ${scopes.join(", ") || "none"}`,
    );
  }
}

function checkIssuer(issuer: string): (string | undefined)[] {
  const problem = check(LIMITS.oidcIssuer, issuer);
  if (problem !== undefined || Token.isUnresolved(issuer)) return [problem];
  const { hostname, pathname } = new URL(issuer);
  return [
    /(^|\.)(login|identitysandbox)\.gov$/.test(hostname)
      ? `issuer of an identity provider must accept a client secret, got "${issuer}", which does not: use addSamlIdentityProvider for Login.gov`
      : undefined,
    hostname.startsWith("login.microsoftonline.") &&
    /^\/(common|organizations|consumers)\//.test(pathname)
      ? `issuer of an identity provider must have the id of a tenant, got "${issuer}", which is the issuer of no token`
      : undefined,
  ];
}

function explainEndpoints(issuer: string): string {
  return Token.isUnresolved(issuer)
    ? "endpoints of an identity provider are required if only Terraform knows its issuer"
    : `endpoints of an identity provider are required if its issuer has no known form, got "${issuer}": copy authorization_endpoint, token_endpoint, userinfo_endpoint and jwks_uri from the output of curl ${issuer}/.well-known/openid-configuration`;
}

/** Code without types can omit an endpoint, and the changes of later plans would never end. */
function checkEndpoints(
  endpoints: Partial<OidcEndpoints>,
): (string | undefined)[] {
  const names = [
    "authorizationUrl",
    "tokenUrl",
    "userInfoUrl",
    "jwksUrl",
  ] as const;
  return names.map((name) => {
    const { [name]: url } = endpoints;
    return url === undefined
      ? `${name} of an identity provider is required`
      : check(LIMITS.oidcEndpoint, url, name);
  });
}
