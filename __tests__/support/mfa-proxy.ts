import { randomBytes } from "node:crypto";
import { parseJsonObject } from "../../scripts/lib/system/json-object";
import {
  forwardSigned,
  LoopbackServer,
  type ReceivedRequest,
  type Reply,
} from "./loopback-server";

interface Tokens {
  readonly AuthenticationResult: { readonly AccessToken: string };
}

/**
 * A proxy of a local AWS that requires MFA. The local AWS issues tokens for a new password without MFA. AWS returns the
 * challenge `MFA_SETUP` first, as this proxy does: it holds the tokens until the setup is complete. With them the local AWS
 * issues the key and verifies the code. The proxy also records the calls.
 */
export class MfaProxy {
  /** Operations, in order. */
  readonly calls: string[] = [];
  /** Bodies of the requests. */
  readonly bodies: string[] = [];
  private readonly heldTokens = new Map<string, Tokens>();
  private server!: LoopbackServer;

  private constructor(private readonly target: string) {}

  static async start(target: string): Promise<MfaProxy> {
    const proxy = new MfaProxy(target);
    proxy.server = await LoopbackServer.start((received) =>
      proxy.reply(received),
    );
    return proxy;
  }

  get endpoint(): string {
    return this.server.endpoint;
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }

  private async reply(received: ReceivedRequest): Promise<Reply> {
    const { headers, body } = received;
    const operation = String(headers["x-amz-target"]).split(".").at(-1) ?? "";
    this.calls.push(operation);
    this.bodies.push(body);
    const response = await forwardSigned(
      received,
      this.target,
      this.addAccessToken(operation, body),
    );
    return response.status === 200
      ? { ...response, body: this.addSetup(operation, body, response.body) }
      : response;
  }

  /** The local AWS identifies a user by the access token only. */
  private addAccessToken(operation: string, body: string): string {
    if (!/^(Associate|Verify)SoftwareToken$/.test(operation)) return body;
    const fields = JSON.parse(body) as { readonly Session?: string };
    const tokens = this.heldTokens.get(fields.Session ?? "");
    if (tokens === undefined) return body;
    return JSON.stringify({
      ...fields,
      AccessToken: tokens.AuthenticationResult.AccessToken,
    });
  }

  private addSetup(operation: string, body: string, response: string): string {
    const fields = parseJsonObject(body) as {
      readonly ChallengeName?: string;
      readonly ChallengeResponses?: Readonly<Record<string, string>>;
      readonly Session?: string;
    };
    const { ChallengeName: name, Session: session = "" } = fields;
    if (/^(Associate|Verify)SoftwareToken$/.test(operation)) {
      const tokens = this.heldTokens.get(session);
      const { Session: next } = JSON.parse(response) as { Session?: string };
      if (tokens !== undefined && next !== undefined)
        this.heldTokens.set(next, tokens);
      return response;
    }
    if (operation !== "RespondToAuthChallenge") return response;
    if (name === "MFA_SETUP")
      return JSON.stringify(
        this.heldTokens.get(session) ?? JSON.parse(response),
      );
    if (name !== "NEW_PASSWORD_REQUIRED") return response;
    const next = randomBytes(30).toString("base64");
    this.heldTokens.set(next, JSON.parse(response) as Tokens);
    return JSON.stringify({
      ChallengeName: "MFA_SETUP",
      ChallengeParameters: {
        MFAS_CAN_SETUP: '["SOFTWARE_TOKEN_MFA"]',
        USER_ID_FOR_SRP: fields.ChallengeResponses?.USERNAME,
      },
      Session: next,
    });
  }
}
