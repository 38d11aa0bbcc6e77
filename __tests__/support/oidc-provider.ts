import {
  createHash,
  createSign,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
} from "node:crypto";
import { getKeycloakEndpoints } from "../../constructs/oidc-endpoints";
import type { KeyPair } from "./certificate-authority";
import {
  LoopbackServer,
  type ReceivedRequest,
  type Reply,
} from "./loopback-server";

/** Path of the issuer, as Keycloak has it. */
const REALM = "/realms/example";
const KEY_ID = "test-key";
const TOKEN_SECONDS = 300;

/** A person who can sign in. */
export interface Person {
  readonly password: string;
  /** Claims of the ID token and of the userinfo endpoint, `sub` included. */
  readonly claims: Readonly<Record<string, unknown>> & { readonly sub: string };
}

export interface OidcProviderOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where the provider may redirect to. */
  readonly redirectUri: string;
  readonly people: Readonly<Record<string, Person>>;
  /** Key and certificate of the server. */
  readonly pair: KeyPair;
}

/** A parameter list of a valid authorization request, and who signed in. */
interface Grant {
  readonly person: Person;
  readonly redirectUri: string;
  readonly nonce: string | null;
  readonly challenge: string | null;
}

/**
 * An OpenID Connect provider on this machine, with the addresses of Keycloak and the authorization code flow of one confidential client. It refuses
 * everything that the specification does not allow.
 *
 * @see https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth
 */
export class OidcProvider {
  /** Client secret with which tokens are requested; a test changes it. */
  clientSecret: string;
  /** Reasons of refused requests. */
  readonly refusals: string[] = [];
  private readonly codes = new Map<string, Grant>();
  private readonly accessTokens = new Map<string, Person>();
  private readonly keys: { privateKey: KeyObject; publicKey: KeyObject } =
    generateKeyPairSync("rsa", { modulusLength: 2048 });
  private server!: LoopbackServer;

  private constructor(private readonly options: OidcProviderOptions) {
    this.clientSecret = options.clientSecret;
  }

  static async start(options: OidcProviderOptions): Promise<OidcProvider> {
    const provider = new OidcProvider(options);
    provider.server = await LoopbackServer.start(
      (request) => provider.reply(request),
      options.pair,
    );
    return provider;
  }

  get issuer(): string {
    return `${this.server.endpoint}${REALM}`;
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }

  private reply({ method, url, headers, body }: ReceivedRequest): Reply {
    const { pathname, searchParams } = new URL(url, this.issuer);
    const form = new URLSearchParams(body);
    switch (`${method} ${pathname.replace(REALM, "")}`) {
      case "GET /.well-known/openid-configuration":
        return { body: this.describe() };
      case "GET /protocol/openid-connect/certs":
        return { body: { keys: [this.createJwk()] } };
      case "GET /protocol/openid-connect/auth":
        return this.showSignIn(searchParams);
      case "POST /sign-in":
        return this.signIn(form);
      case "POST /protocol/openid-connect/token":
        return this.issueTokens(form, headers.authorization);
      case "GET /protocol/openid-connect/userinfo":
        return this.returnClaims(headers.authorization);
      default:
        return { status: 404, body: "not found" };
    }
  }

  private describe(): object {
    const { authorizationUrl, tokenUrl, userInfoUrl, jwksUrl } =
      getKeycloakEndpoints(this.issuer);
    return {
      issuer: this.issuer,
      authorization_endpoint: authorizationUrl,
      token_endpoint: tokenUrl,
      userinfo_endpoint: userInfoUrl,
      jwks_uri: jwksUrl,
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
    };
  }

  private createJwk(): object {
    const jwk = this.keys.publicKey.export({ format: "jwk" });
    return { ...jwk, kid: KEY_ID, alg: "RS256", use: "sig" };
  }

  /** Never redirects to an address that is not registered. */
  private findProblem(request: URLSearchParams): string | undefined {
    const scopes = request.get("scope")?.split(" ") ?? [];
    if (request.get("client_id") !== this.options.clientId)
      return "unknown client";
    if (request.get("redirect_uri") !== this.options.redirectUri)
      return `redirect URI ${request.get("redirect_uri") ?? ""} is not registered`;
    if (request.get("response_type") !== "code")
      return "response_type must be code";
    if (!scopes.includes("openid")) return "scope must contain openid";
    if ((request.get("state") ?? "") === "") return "state is required";
    return undefined;
  }

  private showSignIn(request: URLSearchParams): Reply {
    const problem = this.findProblem(request);
    if (problem !== undefined) return this.refuse(problem);
    const fields = [...request].map(
      ([name, value]) =>
        `<input type="hidden" name="${escapeHtml(name)}" value="${escapeHtml(value)}">`,
    );
    return html(
      `<h1>Example University</h1><form method="post" action="${REALM}/sign-in">${fields.join("")}
      <label>User <input name="user" required></label>
      <label>Password <input name="password" type="password" required></label>
      <button>Sign in</button></form>`,
    );
  }

  private signIn(form: URLSearchParams): Reply {
    const problem = this.findProblem(form);
    if (problem !== undefined) return this.refuse(problem);
    const person = this.options.people[form.get("user") ?? ""];
    if (person === undefined) return this.refuse("unknown user");
    if (person.password !== form.get("password"))
      return this.refuse("wrong password");
    const code = randomUUID();
    const redirectUri = form.get("redirect_uri") ?? "";
    this.codes.set(code, {
      person,
      redirectUri,
      nonce: form.get("nonce"),
      challenge: form.get("code_challenge"),
    });
    const location = new URL(redirectUri);
    location.searchParams.set("code", code);
    location.searchParams.set("state", form.get("state") ?? "");
    return { status: 302, headers: { location: location.href }, body: "" };
  }

  private issueTokens(
    form: URLSearchParams,
    authorization: string | undefined,
  ): Reply {
    const [id, secret] = readClient(form, authorization);
    if (id !== this.options.clientId || secret !== this.clientSecret)
      return this.refuse("invalid_client", 401);
    if (form.get("grant_type") !== "authorization_code")
      return this.refuse("unsupported_grant_type");
    const code = form.get("code") ?? "";
    const grant = this.codes.get(code);
    // a code is valid once
    this.codes.delete(code);
    if (grant === undefined) return this.refuse("invalid_grant");
    if (grant.redirectUri !== form.get("redirect_uri"))
      return this.refuse("invalid_grant");
    const { challenge } = grant;
    if (challenge !== null && challenge !== hash(form.get("code_verifier")))
      return this.refuse("invalid_grant");
    const accessToken = randomUUID();
    this.accessTokens.set(accessToken, grant.person);
    return json({
      access_token: accessToken,
      id_token: this.createIdToken(grant),
      token_type: "Bearer",
      expires_in: TOKEN_SECONDS,
    });
  }

  private createIdToken({ person, nonce }: Grant): string {
    const now = Math.floor(Date.now() / 1000);
    const parts = [
      { alg: "RS256", kid: KEY_ID, typ: "JWT" },
      {
        ...person.claims,
        iss: this.issuer,
        aud: this.options.clientId,
        iat: now,
        exp: now + TOKEN_SECONDS,
        ...(nonce !== null && { nonce }),
      },
    ].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
    const text = parts.join(".");
    const signature = createSign("RSA-SHA256")
      .update(text)
      .sign(this.keys.privateKey, "base64url");
    return `${text}.${signature}`;
  }

  private returnClaims(authorization = ""): Reply {
    const person = this.accessTokens.get(authorization.replace("Bearer ", ""));
    return person === undefined
      ? this.refuse("invalid_token", 401)
      : json(person.claims);
  }

  private refuse(reason: string, status = 400): Reply {
    this.refusals.push(reason);
    return { ...json({ error: reason }), status };
  }
}

function readClient(
  form: URLSearchParams,
  authorization: string | undefined,
): readonly (string | undefined)[] {
  if (authorization === undefined)
    return [
      form.get("client_id") ?? undefined,
      form.get("client_secret") ?? undefined,
    ];
  return Buffer.from(authorization.replace("Basic ", ""), "base64")
    .toString()
    .split(":")
    .map(decodeURIComponent);
}

function hash(verifier: string | null): string {
  return createHash("sha256")
    .update(verifier ?? "")
    .digest("base64url");
}

function json(body: object): Reply {
  return { headers: { "content-type": "application/json" }, body };
}

function html(body: string): Reply {
  const headers = { "content-type": "text/html; charset=utf-8" };
  return { headers, body: `<!doctype html><title>Sign in</title>${body}` };
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
