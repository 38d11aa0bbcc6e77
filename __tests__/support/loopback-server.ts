import {
  createServer,
  request as startRequest,
  type IncomingMessage,
  type Server,
} from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import type { KeyPair } from "./certificate-authority";

/** A request that a {@link LoopbackServer} received. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Reply {
  /** @default 200 */
  readonly status?: number;
  /** @default the length only */
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON. */
  readonly body: string | object;
}

/** An HTTP server on a free port of this machine, which records the requests. */
export class LoopbackServer {
  readonly received: ReceivedRequest[] = [];

  /** Remains set after the server stopped. */
  endpoint = "";

  private constructor(private readonly server: Server) {}

  /**
   * @param answer returns the response, or `undefined` to close the connection
   * @param pair makes the server use TLS
   */
  static async start(
    answer: (
      request: ReceivedRequest,
    ) => Reply | undefined | Promise<Reply | undefined>,
    pair?: KeyPair,
  ): Promise<LoopbackServer> {
    const server =
      pair === undefined ? createServer() : createSecureServer(pair);
    const self = new LoopbackServer(server);
    server.on("request", (incoming: IncomingMessage, response) => {
      void (async () => {
        const { method = "", url = "", headers } = incoming;
        const request = { method, url, headers, body: await text(incoming) };
        self.received.push(request);
        const reply = await answer(request);
        if (reply === undefined) {
          incoming.socket.destroy();
          return;
        }
        const { body } = reply;
        response
          .writeHead(reply.status ?? 200, reply.headers)
          .end(typeof body === "string" ? body : JSON.stringify(body));
      })();
    });
    await new Promise<void>((resolve) =>
      server.listen(0, "127.0.0.1", resolve),
    );
    const { port } = server.address() as AddressInfo;
    self.endpoint = `${pair === undefined ? "http" : "https"}://127.0.0.1:${port}`;
    return self;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Forwards a request, and returns the response. */
export async function forwardRequest(
  { method, url, headers, body }: ReceivedRequest,
  target: string,
): Promise<Reply> {
  const forwarded = Object.entries(headers).filter(
    ([name]) => !/^(connection|content-length|host|expect)$/.test(name),
  );
  const answer = await fetch(new URL(url, target), {
    method,
    headers: Object.fromEntries(forwarded) as Record<string, string>,
    ...(body !== "" && { body }),
  });
  const type = answer.headers.get("content-type") ?? "text/plain";
  return {
    status: answer.status,
    headers: { "content-type": type },
    body: await answer.text(),
  };
}

/**
 * Forwards a request with all headers, including the host: they are signed. Returns the response with the headers that name its
 * type and a redirect.
 */
export function forwardSigned(
  { method, url, headers, body: received }: ReceivedRequest,
  target: string,
  body = received,
): Promise<Reply & { readonly body: string }> {
  return new Promise((resolve, reject) => {
    const sent = { ...headers, "content-length": Buffer.byteLength(body) };
    startRequest(new URL(url, target), { method, headers: sent }, (answer) => {
      const { statusCode: status = 502 } = answer;
      const { "content-type": type = "", location } = answer.headers;
      const reply = {
        "content-type": type,
        ...(location !== undefined && { location }),
      };
      text(answer).then((content) => {
        resolve({ status, headers: reply, body: content });
      }, reject);
    })
      .on("error", reject)
      .end(body);
  });
}
