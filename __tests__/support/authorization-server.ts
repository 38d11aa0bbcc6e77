import { createHash, generateKeyPairSync, sign } from "node:crypto";
import {
  LoopbackServer,
  type ReceivedRequest,
  type Reply,
} from "./loopback-server";

const { privateKey, publicKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
});
// exported once: Node has blocked here when the tests ran in parallel
const PUBLIC_KEY = publicKey.export({ format: "jwk" });

/** Tokens and codes that no message may contain. */
export const CODE = "c0de-canary-0000";
export const REFRESH_TOKEN = "refresh.canary";

/** The domain and the keys of a user pool on this machine, with one client that requires PKCE. */
export class AuthorizationServer {
  /** Claims of the next id tokens. */
  claims: Readonly<Record<string, unknown>> = {};
  /** Replaces the response to a request for this path. */
  replies: Readonly<Record<string, Reply>> = {};
  /** Requests of tokens. */
  readonly tokenRequests: URLSearchParams[] = [];
  private server!: LoopbackServer;

  private constructor(
    readonly userPoolId: string,
    readonly clientId: string,
  ) {}

  static async start(
    userPoolId: string,
    clientId: string,
  ): Promise<AuthorizationServer> {
    const self = new AuthorizationServer(userPoolId, clientId);
    self.server = await LoopbackServer.start((request) => self.reply(request));
    return self;
  }

  get endpoint(): string {
    return this.server.endpoint;
  }

  get received(): readonly ReceivedRequest[] {
    return this.server.received;
  }

  clear(): void {
    this.claims = {};
    this.replies = {};
    this.server.received.splice(0);
    this.tokenRequests.splice(0);
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }

  /** Signs a user in as the sign-in pages do, and returns the URL that the browser then opens. */
  respond(signInUrl: string, response: object = { code: CODE }): string {
    const { searchParams } = new URL(signInUrl);
    const url = new URL(searchParams.get("redirect_uri") ?? "");
    url.search = new URLSearchParams({
      state: searchParams.get("state") ?? "",
      ...response,
    }).toString();
    return url.href;
  }

  private reply({ url, body }: ReceivedRequest): Reply {
    const { pathname } = new URL(url, this.endpoint);
    const replaced = this.replies[pathname];
    if (replaced !== undefined) return replaced;
    switch (pathname) {
      case "/oauth2/authorize":
        return { status: 302, headers: { location: "/login" }, body: "" };
      case "/oauth2/token":
        return this.issueTokens(new URLSearchParams(body));
      case `/${this.userPoolId}/.well-known/jwks.json`:
        return {
          body: {
            keys: [{ ...PUBLIC_KEY, kid: "k", alg: "RS256", use: "sig" }],
          },
        };
      default:
        return { status: 404, body: "" };
    }
  }

  private issueTokens(request: URLSearchParams): Reply {
    this.tokenRequests.push(request);
    const authorized = this.received.find(({ url }) =>
      url.startsWith("/oauth2/authorize?"),
    );
    const query = new URL(authorized?.url ?? "/", this.endpoint).searchParams;
    const challenge = createHash("sha256")
      .update(request.get("code_verifier") ?? "")
      .digest("base64url");
    const isValid =
      request.get("code") === CODE &&
      request.get("redirect_uri") === query.get("redirect_uri") &&
      challenge === query.get("code_challenge");
    if (!isValid) return { status: 400, body: { error: "invalid_grant" } };
    return {
      body: {
        id_token: this.createIdToken(query.get("nonce")),
        refresh_token: REFRESH_TOKEN,
        token_type: "Bearer",
        expires_in: 3600,
      },
    };
  }

  private createIdToken(nonce: string | null): string {
    const now = Math.floor(Date.now() / 1000);
    const [region = ""] = this.userPoolId.split("_");
    const claims = {
      iss: `https://cognito-idp.${region}.amazonaws.com/${this.userPoolId}`,
      aud: this.clientId,
      token_use: "id",
      "cognito:username": "Keycloak_ada",
      nonce,
      iat: now,
      exp: now + 3600,
      ...this.claims,
    };
    const signed = [{ alg: "RS256", kid: "k" }, claims]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
      .join(".");
    const signature = sign("sha256", Buffer.from(signed), privateKey);
    return `${signed}.${signature.toString("base64url")}`;
  }
}
