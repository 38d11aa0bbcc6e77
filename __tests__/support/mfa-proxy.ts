import { randomBytes } from "node:crypto";
import {
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

interface Tokens {
  readonly AuthenticationResult: { readonly AccessToken: string };
}

/**
 * Stands in front of a local AWS, which gives tokens for a new password whatever the user pool's MFA is. As AWS does
 * where MFA is on, this asks a user without an authenticator app for `MFA_SETUP` first. The tokens are held back until
 * then; with them the local AWS itself gives the key and checks the code. It also keeps the calls.
 */
export class MfaProxy {
  /** Operations that were called, in order. */
  readonly calls: string[] = [];
  /** Bodies of the requests. */
  readonly bodies: string[] = [];
  private readonly held = new Map<string, Tokens>();

  private constructor(
    private readonly server: Server,
    private readonly target: string,
  ) {
    server.on("request", (incoming: IncomingMessage, response) => {
      void this.answer(incoming, response);
    });
  }

  static async start(target: string): Promise<MfaProxy> {
    const server = createServer();
    await new Promise<void>((resolve) =>
      server.listen(0, "127.0.0.1", resolve),
    );
    return new MfaProxy(server, target);
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(
    incoming: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const { headers } = incoming;
    const operation = String(headers["x-amz-target"]).split(".").at(-1) ?? "";
    this.calls.push(operation);
    const body = await text(incoming);
    this.bodies.push(body);
    const { status, contentType, answer } = await this.forward(
      incoming,
      this.withAccessToken(operation, body),
    );
    response
      .writeHead(status, { "content-type": contentType })
      .end(status === 200 ? this.withSetup(operation, body, answer) : answer);
  }

  /** With its headers, the host's among them: they are signed. */
  private forward(
    { method, url = "/", headers }: IncomingMessage,
    body: string,
  ): Promise<{ status: number; contentType: string; answer: string }> {
    return new Promise((resolve, reject) => {
      const own = { ...headers, "content-length": Buffer.byteLength(body) };
      request(new URL(url, this.target), { method, headers: own }, (answer) => {
        text(answer).then((content) => {
          resolve({
            status: answer.statusCode ?? 502,
            contentType: answer.headers["content-type"] ?? "",
            answer: content,
          });
        }, reject);
      })
        .on("error", reject)
        .end(body);
    });
  }

  /** The local AWS knows a user by the access token alone. */
  private withAccessToken(operation: string, body: string): string {
    if (!/^(Associate|Verify)SoftwareToken$/.test(operation)) return body;
    const request = JSON.parse(body) as { readonly Session?: string };
    const tokens = this.held.get(request.Session ?? "");
    if (tokens === undefined) return body;
    return JSON.stringify({
      ...request,
      AccessToken: tokens.AuthenticationResult.AccessToken,
    });
  }

  private withSetup(operation: string, body: string, answer: string): string {
    const request = (body === "" ? {} : tryJson(body)) as {
      readonly ChallengeName?: string;
      readonly ChallengeResponses?: Readonly<Record<string, string>>;
      readonly Session?: string;
    };
    const { ChallengeName: name, Session: session = "" } = request;
    if (/^(Associate|Verify)SoftwareToken$/.test(operation)) {
      const tokens = this.held.get(session);
      const { Session: next } = JSON.parse(answer) as { Session?: string };
      if (tokens !== undefined && next !== undefined)
        this.held.set(next, tokens);
      return answer;
    }
    if (operation !== "RespondToAuthChallenge") return answer;
    if (name === "MFA_SETUP")
      return JSON.stringify(this.held.get(session) ?? JSON.parse(answer));
    if (name !== "NEW_PASSWORD_REQUIRED") return answer;
    const next = randomBytes(30).toString("base64");
    this.held.set(next, JSON.parse(answer) as Tokens);
    return JSON.stringify({
      ChallengeName: "MFA_SETUP",
      ChallengeParameters: {
        MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]',
        USER_ID_FOR_SRP: request.ChallengeResponses?.USERNAME,
      },
      Session: next,
    });
  }
}

function tryJson(body: string): object {
  try {
    return JSON.parse(body) as object;
  } catch {
    // another service's form
    return {};
  }
}
