import { request } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import type { CertificateAuthority } from "./certificate-authority";

/**
 * Hosts of AWS on this machine, with TLS, such as the hosted domain of a user pool. A browser that resolves their names to it
 * takes the same route as one that uses AWS.
 */
export class HostedDomain {
  private constructor(
    private readonly server: Server,
    private readonly hosts: readonly string[],
  ) {}

  /**
   * @param hosts names of the hosts
   * @param target endpoint of the local AWS, which serves every host
   */
  static async start(
    hosts: readonly string[],
    target: string,
    authority: CertificateAuthority,
  ): Promise<HostedDomain> {
    const server = createServer(
      await authority.issue(hosts),
      (incoming, response) => {
        const { method, url = "/" } = incoming;
        const headers = { ...incoming.headers, "x-forwarded-proto": "https" };
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
    return new HostedDomain(server, hosts);
  }

  /** Arguments that make Chromium resolve the hosts to this machine. */
  get browserArguments(): readonly string[] {
    const { port } = this.server.address() as AddressInfo;
    const rules = this.hosts.map((host) => `MAP ${host}:443 127.0.0.1:${port}`);
    return [`--host-resolver-rules=${rules.join(",")}`];
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
