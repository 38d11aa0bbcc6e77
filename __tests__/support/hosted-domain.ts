import { request } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { CertificateAuthority } from "./certificate-authority";

/**
 * The hosted domain of a user pool on this machine, with TLS. A browser that resolves the domain to it takes the same route
 * as one that uses AWS.
 */
export class HostedDomain {
  private constructor(
    private readonly server: Server,
    private readonly host: string,
  ) {}

  /**
   * @param host name of the domain
   * @param target endpoint of the local AWS, which serves every hosted domain
   */
  static async start(
    host: string,
    target: string,
    authority: CertificateAuthority,
  ): Promise<HostedDomain> {
    const server = createServer(
      await authority.issue([host]),
      (incoming, response) => {
        const { method, headers, url = "/" } = incoming;
        const outgoing = request(
          new URL(url, target),
          { method, headers, agent: false },
          (answer) => {
            response.writeHead(answer.statusCode ?? 502, answer.headers);
            answer.pipe(response);
          },
        );
        outgoing.on("error", () => incoming.socket.destroy());
        incoming.pipe(outgoing);
      },
    );
    await new Promise<void>((resolve) =>
      server.listen(0, "127.0.0.1", resolve),
    );
    return new HostedDomain(server, host);
  }

  /** Arguments that make Chromium resolve the domain to this machine. */
  get browserArguments(): readonly string[] {
    const { port } = this.server.address() as AddressInfo;
    return [`--host-resolver-rules=MAP ${this.host}:443 127.0.0.1:${port}`];
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
