import { text } from "node:stream/consumers";
import type { ClientSecretFields } from "../../scripts/lib/stage/client-secret-fields";
import type { VirtualClock } from "./virtual-clock";

/** Beginning of every client secret and token, which no message may contain. */
export const CANARY = "5ecretcanary";

/** A response of the token endpoint. */
export interface TokenReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
}

/** A service client whose secret is rotated: its secret in Secrets Manager, and its token endpoint. */
export class FakeServiceClient {
  readonly requests: {
    readonly url: string;
    readonly clientSecret: string;
    readonly scope: string | null;
    readonly isRefused: boolean;
  }[] = [];
  readCount = 0;
  /** Seconds for which a token is valid. */
  validity = 3600;
  readMs = 20;
  requestMs = 50;
  /** Replaces a token. */
  reply: TokenReply | undefined;
  fields: ClientSecretFields = {
    flow: "client_credentials",
    cognito_domain: "https://stack.auth.us-west-2.amazoncognito.com",
    client_id: "the-client",
    client_secret: `${CANARY}-1`,
    scope: "server/read server/write",
  };
  /** Replaces what a read returns. */
  onRead: (() => Promise<ClientSecretFields>) | undefined;
  private newest = 1;
  private readonly valid = new Set([`${CANARY}-1`]);

  constructor(private readonly clock: VirtualClock) {}

  get refusedCount(): number {
    return this.requests.filter(({ isRefused }) => isRefused).length;
  }

  /** Adds a second client secret. */
  start(): void {
    this.newest += 1;
    this.valid.add(`${CANARY}-${this.newest}`);
  }

  /** Stores the newest client secret. */
  switch(): void {
    this.fields = {
      ...this.fields,
      client_secret: `${CANARY}-${this.newest}`,
    };
  }

  /** Deletes every client secret that is not stored. */
  finish(): void {
    for (const one of this.valid)
      if (one !== this.fields.client_secret) this.valid.delete(one);
  }

  rotate(): void {
    this.start();
    this.switch();
    this.finish();
  }

  readonly readSecret = async (): Promise<ClientSecretFields> => {
    this.readCount += 1;
    const { fields } = this;
    await this.clock.sleep(this.readMs);
    return this.onRead === undefined ? fields : this.onRead();
  };

  readonly fetch: typeof fetch = async (input, init) => {
    await this.clock.sleep(this.requestMs);
    const { url, headers, body } = new Request(input, init);
    const basic = (headers.get("authorization") ?? "").replace("Basic ", "");
    const [, clientSecret = ""] = Buffer.from(basic, "base64")
      .toString()
      .split(":");
    const form = new URLSearchParams(
      body === null ? "" : await text(body as AsyncIterable<Uint8Array>),
    );
    const isRefused = !this.valid.has(clientSecret);
    const scope = form.get("scope");
    this.requests.push({ url, clientSecret, scope, isRefused });
    const reply = this.reply ?? this.createReply(isRefused);
    return new Response(reply.body, reply);
  };

  private createReply(isRefused: boolean): TokenReply {
    return isRefused
      ? { status: 400, body: '{"error":"invalid_client"}' }
      : {
          status: 200,
          body: JSON.stringify({
            access_token: `${CANARY}-token-${this.requests.length}`,
            expires_in: this.validity,
            token_type: "Bearer",
          }),
        };
  }
}
