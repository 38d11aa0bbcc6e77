import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export const ACCOUNT = "123456789012";

/** An emulator of IAM with one role, which stores the trust policy unchanged. */
export class IamServer {
  /** Trust policy of the role. */
  policy = "{}";
  /** Encodes the policy in responses, as IAM does. */
  encode: (policy: string) => string = encodeURIComponent;
  path = "/";
  id = "AROAEXAMPLE";
  /** Size quota of trust policies; `undefined` if IAM does not return it. */
  quota: number | undefined = 2048;
  /** Error codes of IAM by action. */
  readonly errors: Readonly<Record<string, string>> = {};
  /** Called before each response with the role, with the number of the read from 1. */
  onRead: (count: number) => void = () => undefined;
  /** Number of reads after a write that return the previous policy. */
  stale = 0;
  /** All actions in order. */
  readonly actions: string[] = [];
  private before = "";

  private constructor(private readonly server: Server) {
    server.on("request", (request, response) => {
      void text(request).then((body) => {
        this.respond(new URLSearchParams(body), response);
      });
    });
  }

  static async start(): Promise<IamServer> {
    const server = createServer();
    await new Promise<void>((resolve) =>
      server.listen(0, "127.0.0.1", resolve),
    );
    return new IamServer(server);
  }

  get environment(): Record<string, string> {
    const { port } = this.server.address() as AddressInfo;
    return {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
      AWS_CONFIG_FILE: "/dev/null",
      AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    };
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private respond(call: URLSearchParams, response: ServerResponse): void {
    const action = call.get("Action") ?? "";
    this.actions.push(action);
    const error = this.errors[action];
    const [status, body] =
      error === undefined
        ? [200, this.createResult(action, call)]
        : [
            400,
            `<ErrorResponse><Error><Type>Sender</Type><Code>${error}</Code><Message>message of IAM</Message></Error></ErrorResponse>`,
          ];
    response
      .writeHead(status, { "content-type": "text/xml", connection: "close" })
      .end(body);
  }

  private createResult(action: string, call: URLSearchParams): string {
    const name = call.get("RoleName") ?? "";
    const wrap = (inner: string) =>
      `<${action}Response><${action}Result>${inner}</${action}Result></${action}Response>`;
    if (action === "GetRole") {
      this.onRead(this.actions.filter((one) => one === action).length);
      const isStale = this.stale > 0 && this.before !== "";
      if (isStale) this.stale -= 1;
      const policy = isStale ? this.before : this.policy;
      return wrap(
        `<Role><RoleName>${name}</RoleName><Path>${this.path}</Path><RoleId>${this.id}</RoleId><Arn>arn:aws:iam::${ACCOUNT}:role${this.path}${name}</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate><AssumeRolePolicyDocument>${this.encode(policy)}</AssumeRolePolicyDocument></Role>`,
      );
    }
    if (action === "UpdateAssumeRolePolicy") {
      this.before = this.policy;
      this.policy = call.get("PolicyDocument") ?? "";
      return wrap("");
    }
    const entry =
      this.quota === undefined
        ? ""
        : `<entry><key>AssumeRolePolicySizeQuota</key><value>${this.quota}</value></entry>`;
    return wrap(
      `<SummaryMap><entry><key>Users</key><value>1</value></entry>${entry}</SummaryMap>`,
    );
  }
}
