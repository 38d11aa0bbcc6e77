import { request, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import { CertificateAuthority, type KeyPair } from "./certificate-authority";
import { LoggingProxy } from "./logging-proxy";

/** User and password of the proxy. */
const CREDENTIALS = "operator:hunter2@corp";
/** Hosts of AWS that the network has. */
const AWS_HOST = /(^|\.)(amazonaws\.com|amazoncognito\.com)$/;
const CONSOLE_HOST = "signin.aws.amazon.com";
const GITHUB_HOST = "api.github.com";

export interface AwsNetworkOptions {
  /** Endpoint of the local AWS, which answers for AWS. */
  readonly aws: string;
  /** Endpoint of the server that answers for GitHub's API. */
  readonly github: string;
}

/**
 * A network in which AWS and GitHub have their own host names, and a proxy that inspects TLS is the only way to them: it has
 * a certificate for each host, by an authority that no machine trusts.
 */
export class AwsNetwork {
  /** Hosts of the requests in the tunnels. */
  readonly requested = new Set<string>();
  proxy!: LoggingProxy;
  /** File with the certificate of the authority. */
  readonly bundle: string;
  private readonly contexts = new Map<string, Promise<SecureContext>>();
  private readonly server: Server;

  private constructor(
    private readonly authority: CertificateAuthority,
    private readonly options: AwsNetworkOptions,
    addressPair: KeyPair,
  ) {
    this.bundle = authority.writeBundle();
    this.server = createServer(
      {
        ...addressPair,
        SNICallback: (host, callback) => {
          this.getContext(host).then((context) => {
            callback(null, context);
          }, callback);
        },
      },
      (incoming, response) => {
        this.answer(incoming, response);
      },
    );
  }

  static async start(options: AwsNetworkOptions): Promise<AwsNetwork> {
    const authority = await CertificateAuthority.create("Network CA");
    const addressPair = await authority.issue(["127.0.0.1"]);
    const network = new AwsNetwork(authority, options, addressPair);
    await new Promise<void>((resolve) =>
      network.server.listen(0, "127.0.0.1", resolve),
    );
    network.proxy = await LoggingProxy.start({
      credentials: CREDENTIALS,
      route: (host) =>
        isKnown(host.replace(/:443$/, "")) ? network.port : undefined,
    });
    return network;
  }

  /** URL of the proxy, with user and password. */
  get proxyUrl(): string {
    const [user = "", password = ""] = CREDENTIALS.split(":");
    const url = new URL(this.proxy.url);
    url.username = user;
    url.password = encodeURIComponent(password);
    return url.href;
  }

  /** Address of the local AWS with TLS, which requires no proxy. */
  get endpoint(): string {
    return `https://127.0.0.1:${this.port}`;
  }

  private get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** Returns the hosts of the tunnels since the last call. */
  takeHosts(): readonly string[] {
    return this.proxy
      .takeLog()
      .map((line) => line.replace(/^CONNECT (.*):443$/, "$1"));
  }

  async stop(): Promise<void> {
    await this.proxy.stop();
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private getContext(host: string): Promise<SecureContext> {
    const known = this.contexts.get(host);
    if (known !== undefined) return known;
    const context = this.authority.issue([host]).then(createSecureContext);
    this.contexts.set(host, context);
    return context;
  }

  private answer(incoming: IncomingMessage, response: ServerResponse): void {
    const { method = "", url = "", headers } = incoming;
    const { host = "" } = headers;
    this.requested.add(host);
    if (host === CONSOLE_HOST) {
      response.end(JSON.stringify({ SigninToken: "token" }));
      return;
    }
    const { aws, github } = this.options;
    const target = new URL(host === GITHUB_HOST ? github : aws);
    const outgoing = request(
      { host: target.hostname, port: target.port, method, path: url, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    incoming.pipe(outgoing.on("error", () => response.destroy()));
  }
}

function isKnown(host: string): boolean {
  return AWS_HOST.test(host) || [CONSOLE_HOST, GITHUB_HOST].includes(host);
}
