import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

export const ACCOUNT = "123456789012";

/** A stand-in for IAM with one role, which keeps a policy as the bytes that it is. */
export class IamServer {
  /** Trust policy of the role, as it is written. */
  policy = "{}";
  /** How it is given: IAM encodes it. */
  encode: (policy: string) => string = encodeURIComponent;
  path = "/";
  id = "AROAEXAMPLE";
  /** Quota of the account; `undefined` where IAM does not tell. */
  quota: number | undefined = 2048;
  /** Error by action, as IAM names it. */
  readonly errors: Readonly<Record<string, string>> = {};
  /** Done before the answer to each reading of the role, the first one being 1. */
  onRead: (count: number) => void = () => undefined;
  /** How many readings after a write show what was there before. */
  stale = 0;
  /** Every action, in order. */
  readonly actions: string[] = [];
  private before = "";

  private constructor(private readonly server: Server) {
    server.on("request", (request, response) => {
      void text(request).then((body) => {
        this.answer(new URLSearchParams(body), response);
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

  private answer(call: URLSearchParams, response: ServerResponse): void {
    const action = call.get("Action") ?? "";
    this.actions.push(action);
    const error = this.errors[action];
    const [status, body] =
      error === undefined
        ? [200, this.result(action, call)]
        : [
            400,
            `<ErrorResponse><Error><Type>Sender</Type><Code>${error}</Code><Message>said by IAM</Message></Error></ErrorResponse>`,
          ];
    response
      .writeHead(status, { "content-type": "text/xml", connection: "close" })
      .end(body);
  }

  private result(action: string, call: URLSearchParams): string {
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
