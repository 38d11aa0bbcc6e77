import {
  createServer,
  request,
  type IncomingMessage,
  type Server,
} from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** Stands between Terraform and a local AWS, and refuses what it is told to. */
export class RefusingProxy {
  /** Operation from whose first call on everything but the state is refused; none for none. */
  refuseFrom: string | undefined;
  /** Every operation but those of the state, in order. */
  readonly operations: string[] = [];
  private isRefusing = false;

  private constructor(
    private readonly server: Server,
    private readonly target: string,
  ) {
    server.on("request", (incoming: IncomingMessage, response) => {
      void this.answer(incoming).then(({ status, headers, body }) => {
        response.writeHead(status, headers).end(body);
      });
    });
  }

  static async start(target: string): Promise<RefusingProxy> {
    const server = createServer();
    await new Promise<void>((resolve) =>
      server.listen(0, "127.0.0.1", resolve),
    );
    return new RefusingProxy(server, target);
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Lets everything through again. */
  relent(): void {
    this.refuseFrom = undefined;
    this.isRefusing = false;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(incoming: IncomingMessage): Promise<Answer> {
    const body = await buffer(incoming);
    const operation = operationOf(incoming, body);
    if (operation !== undefined) this.operations.push(operation);
    this.isRefusing ||=
      operation !== undefined && operation === this.refuseFrom;
    return this.isRefusing && operation !== undefined
      ? refusal(incoming.headers["x-amz-target"] !== undefined)
      : this.forward(incoming, body);
  }

  private forward(incoming: IncomingMessage, body: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const { method, url = "/", headers } = incoming;
      const outgoing = request(
        new URL(url, this.target),
        { method, headers },
        (answer) => {
          buffer(answer).then((text) => {
            resolve({
              status: answer.statusCode ?? 502,
              headers: answer.headers,
              body: text,
            });
          }, reject);
        },
      );
      outgoing.on("error", reject).end(body);
    });
  }
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer | string;
}

/** AWS's name of the call; S3, which holds the state, has none. */
function operationOf(
  { headers }: IncomingMessage,
  body: Buffer,
): string | undefined {
  const target = headers["x-amz-target"];
  if (typeof target === "string") return target.split(".").at(-1);
  if (
    headers["content-type"]?.startsWith("application/x-www-form-urlencoded") !==
    true
  )
    return undefined;
  return new URLSearchParams(body.toString()).get("Action") ?? undefined;
}

function refusal(isJson: boolean): Answer {
  return isJson
    ? {
        status: 400,
        headers: { "content-type": "application/x-amz-json-1.1" },
        body: JSON.stringify({
          __type: "AccessDeniedException",
          message: "refused by a test",
        }),
      }
    : {
        status: 403,
        headers: { "content-type": "text/xml" },
        body: "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>refused by a test</Message></Error></ErrorResponse>",
      };
}
