import { UserError } from "../../../constructs/errors";
import {
  type Environment,
  getSetting,
} from "../../../stacks/config/environment";
import { formatCommand } from "../cli/invocation";
import {
  type FetchOptions,
  fetchWithRetry,
  type HttpResponse,
} from "../http/fetch";
import { isLoopbackUrl } from "../http/local-endpoint";
import {
  type ClientSecretFields,
  requireFields,
} from "../stage/client-secret-fields";
import { type JsonObject, parseJsonObject } from "../system/json-object";

/** An access token, in the fields of an OAuth token response. */
export interface AccessToken {
  readonly access_token: string;
  /** Seconds until the token expires. */
  readonly expires_in: number;
  readonly token_type: string;
}

export interface TokenRequest {
  readonly url: URL;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Full names of scopes, separated by one space. */
  readonly scope: string;
}

/**
 * Creates a request for all scopes of the client that a secret describes.
 *
 * @throws UserError if a field is missing, or the client secret would be sent in plaintext
 */
export function createTokenRequest(
  secretName: string,
  fields: ClientSecretFields,
  env: Environment,
): TokenRequest {
  const { cognito_domain, client_id, client_secret, scope } = requireFields(
    secretName,
    fields,
    "cognito_domain",
    "client_id",
    "client_secret",
    "scope",
  );
  const source = `field cognito_domain of secret "${secretName}"`;
  return {
    url: resolveTokenUrl({ text: cognito_domain, source }, env),
    clientId: client_id,
    clientSecret: client_secret,
    scope,
  };
}

/** Thrown if the token endpoint returns an OAuth error, such as `invalid_client`. */
export class OAuthError extends Error {
  override readonly name = "OAuthError";

  constructor(readonly code: string) {
    super(`the token endpoint returned the OAuth error ${code}`);
  }
}

/**
 * Requests an access token for a service client (client credentials grant).
 *
 * No error contains the client secret or a token.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/token-endpoint.html
 * @throws OAuthError if the endpoint returns an OAuth error
 * @throws UserError if the endpoint cannot be reached, or returns another response
 */
export async function requestToken(
  { url, clientId, clientSecret, scope }: TokenRequest,
  options: Pick<FetchOptions, "log" | "fetch" | "pause">,
): Promise<AccessToken> {
  const subject = `the token endpoint at ${url.host}`;
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString("base64");
  const response = await fetchWithRetry(
    url,
    {
      method: "POST",
      headers: { authorization: `Basic ${basic}`, accept: "application/json" },
      body: new URLSearchParams({ grant_type: "client_credentials", scope }),
    },
    {
      ...options,
      subject,
      hints: {
        unreachable:
          "check the network, a proxy, and that the stage's domain exists",
        throttled:
          "wait a minute and try again; use cached tokens, since the limit is that of the account",
      },
    },
  );
  return parseTokenResponse(subject, response);
}

function parseTokenResponse(
  subject: string,
  { status, text }: HttpResponse,
): AccessToken {
  const fields = parseJsonObject(text);
  const error = readOAuthError(status, fields);
  if (error !== undefined) throw error;
  const { access_token, expires_in, token_type } = fields;
  if (
    status !== 200 ||
    !isTokenText(access_token) ||
    typeof expires_in !== "number" ||
    !(expires_in > 0) ||
    token_type !== "Bearer"
  ) {
    throw new UserError(
      `${subject} must return a token or an OAuth error, got another response (HTTP ${status})`,
      "check that cognito_domain in the secret is the domain of the stage, and that no proxy responds instead",
    );
  }
  return { access_token, expires_in, token_type };
}

/** Returns the OAuth error of a response. Another machine's text is only repeated if it is an error code. */
export function readOAuthError(
  status: number,
  { error }: JsonObject,
): OAuthError | undefined {
  return (status === 400 || status === 401) &&
    typeof error === "string" &&
    /^[a-z_]{1,40}$/.test(error)
    ? new OAuthError(error)
    : undefined;
}

/** Returns whether a value can be a token. */
export function isTokenText(value: unknown): value is string {
  return typeof value === "string" && /^[\x21-\x7e]+$/.test(value);
}

/** Returns the token endpoint of a user pool domain; see {@link resolveDomainUrl}. */
export function resolveTokenUrl(
  domain: { readonly text: string; readonly source: string },
  env: Environment,
): URL {
  return resolveDomainUrl(domain, "/oauth2/token", env);
}

/**
 * Returns a URL of a user pool domain.
 *
 * The token endpoint receives the client secret, so the URL must use https. The variable `COGNITO_DOMAIN_ENDPOINT` replaces
 * the domain, as a local AWS requires; it is read from the process environment only, not from files.
 *
 * @param domain text of the domain, and where it was read
 * @throws UserError if the client secret would be sent in plaintext
 */
export function resolveDomainUrl(
  domain: { readonly text: string; readonly source: string },
  pathname: string,
  env: Environment,
): URL {
  const override = getSetting(env, "COGNITO_DOMAIN_ENDPOINT");
  const { text, source } =
    override === undefined
      ? domain
      : { text: override, source: "COGNITO_DOMAIN_ENDPOINT" };
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isSecure =
    url?.protocol === "https:" ||
    (override !== undefined && url !== undefined && isLoopbackUrl(url));
  if (
    url === undefined ||
    !isSecure ||
    `${url.username}${url.password}${url.search}${url.hash}` !== ""
  ) {
    throw new UserError(
      `${source} must be a URL with https:// and no user, query or fragment, got ${url === undefined ? "none" : JSON.stringify(url.origin)}`,
      override === undefined
        ? "deploy the stage, which writes the field again"
        : "use http:// for an address of this machine only; unset the variable to use the stage's domain",
    );
  }
  url.pathname = `${url.pathname.replace(/\/+$/, "")}${pathname}`;
  return url;
}

/**
 * Explains an OAuth error for the client of a secret; returns `undefined` for another error.
 *
 * @param scope scopes in the secret
 */
export function explainOAuthError(
  error: unknown,
  secretName: string,
  scope: string,
): UserError | undefined {
  if (!(error instanceof OAuthError)) return undefined;
  const { code } = error;
  const client = `the client of secret "${secretName}"`;
  const explanations: Readonly<
    Record<string, readonly [message: string, hint: string]>
  > = {
    invalid_client: [
      `the user pool does not recognize ${client}: its client_id or client_secret in Secrets Manager is out of date`,
      `make a valid client secret current with ${formatCommand("rotate-secret", "--service-id", "<id>", "--back")}; if the client was replaced, deploy the stage`,
    ],
    invalid_scope: [
      `a scope that was requested for ${client} does not exist`,
      `the secret lists ${scope}; deploy the stage if a resource server was changed`,
    ],
    invalid_grant: [
      `the user pool does not grant these scopes to ${client}, or the client was deleted`,
      `the secret lists ${scope}; deploy the stage to update client and secret`,
    ],
    unauthorized_client: [
      `the client_credentials flow is not enabled for ${client}`,
      "it was disabled outside Terraform: deploy the stage",
    ],
    unsupported_grant_type: [
      `the token endpoint of ${client} does not support the client_credentials grant`,
      "check that cognito_domain in the secret is the domain of the stage",
    ],
  };
  const [message, hint] = explanations[code] ?? [
    `the user pool issues no token for ${client}`,
    "deploy the stage to update client and secret",
  ];
  return new UserError(`${message} (${code})`, hint);
}
