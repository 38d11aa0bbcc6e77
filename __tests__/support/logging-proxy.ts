import {
  createServer,
  type IncomingMessage,
  request,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import { createServer as createSecureServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { KeyPair } from "./certificate-authority";

export interface LoggingProxyOptions {
  /** Returns the port of this machine that answers for a host; the proxy answers HTTP 502 for another host. */
  readonly route: (authority: string) => number | undefined;
  /** User and password that the proxy requires, such as `user:password`. */
  readonly credentials?: string;
  /** Makes the connection to the proxy itself use TLS. */
  readonly pair?: KeyPair;
}

/** An HTTP proxy on a free port of this machine, which records the requests to it. */
export class LoggingProxy {
  /** Requests, such as `CONNECT iam.amazonaws.com:443` and `GET http://example.com/`. */
  readonly log: string[] = [];
  /** Status of all responses, instead of a connection. */
  refusal: number | undefined;
  /** Response to a CONNECT instead of a tunnel, with HTTP 200. */
  page: string | undefined;
  /** Makes the proxy not respond. */
  isSilent = false;
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly options: LoggingProxyOptions,
  ) {
    server.on("connection", (socket: Socket) => {
      this.track(socket);
    });
    server.on("connect", (incoming: IncomingMessage, socket: Socket) => {
      this.openTunnel(incoming, socket);
    });
    server.on("request", (incoming: IncomingMessage, response) => {
      this.forward(incoming, response);
    });
  }

  static async start(options: LoggingProxyOptions): Promise<LoggingProxy> {
    const { pair } = options;
    const server =
      pair === undefined ? createServer() : createSecureServer(pair);
    const proxy = new LoggingProxy(server, options);
    await new Promise<void>((resolve) =>
      server.listen(0, "127.0.0.1", resolve),
    );
    return proxy;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    const scheme = this.options.pair === undefined ? "http" : "https";
    return `${scheme}://127.0.0.1:${this.port}`;
  }

  /** Returns the requests since the last call, without repetitions. */
  takeLog(): readonly string[] {
    return [...new Set(this.log.splice(0))].sort();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private track(socket: Socket): void {
    this.sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => this.sockets.delete(socket));
  }

  /** Returns the status that refuses a request, if any. */
  private refuse(
    { headers }: IncomingMessage,
    port: number | undefined,
  ): number | undefined {
    const { credentials } = this.options;
    const expected =
      credentials === undefined
        ? undefined
        : `Basic ${Buffer.from(credentials).toString("base64")}`;
    if (this.refusal !== undefined) return this.refusal;
    if (headers["proxy-authorization"] !== expected) return 407;
    return port === undefined ? 502 : undefined;
  }

  private openTunnel(incoming: IncomingMessage, socket: Socket): void {
    const { url = "" } = incoming;
    this.log.push(`CONNECT ${url}`);
    if (this.isSilent) return;
    const port = this.options.route(url);
    const refusal = this.refuse(incoming, port);
    if (refusal !== undefined || port === undefined) {
      const status = refusal ?? 502;
      socket.end(
        `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\ncontent-length: 7\r\n\r\nrefused`,
      );
      return;
    }
    if (this.page !== undefined) {
      socket.end(`HTTP/1.1 200 OK\r\n\r\n${this.page}`);
      return;
    }
    const upstream = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    this.track(upstream);
    socket.once("close", () => upstream.destroy());
    upstream.once("close", () => socket.destroy());
  }

  private forward(incoming: IncomingMessage, response: ServerResponse): void {
    const { method = "", url = "", headers } = incoming;
    this.log.push(`${method} ${url}`);
    if (this.isSilent) return;
    const target = URL.canParse(url) ? new URL(url) : undefined;
    const port = target && this.options.route(target.host);
    const refusal = this.refuse(incoming, port);
    if (refusal !== undefined || target === undefined) {
      response.writeHead(refusal ?? 400).end("refused");
      return;
    }
    const path = `${target.pathname}${target.search}`;
    const outgoing = request(
      { host: "127.0.0.1", port, method, path, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    incoming.pipe(outgoing.on("error", () => response.destroy()));
  }
}
