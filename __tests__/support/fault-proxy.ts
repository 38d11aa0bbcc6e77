import {
  createServer,
  request,
  type IncomingMessage,
  type Server,
} from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A call as it came: S3's has no operation, but a method and an address. */
export interface Call {
  readonly method: string;
  readonly url: string;
  readonly operation: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface AnsweredCall extends Call {
  readonly status: number;
  readonly answer: string;
}

/**
 * How a call fails: AWS has an error, too many calls, or no permission; the connection ends before the call reached AWS, or
 * after it did and before the answer came back.
 */
export const FAULTS = [
  "error",
  "throttled",
  "denied",
  "dropped",
  "answer lost",
] as const;
export type Fault = (typeof FAULTS)[number];

/** Stands between Terraform and a local AWS, and refuses what it is told to. */
export class FaultProxy {
  /** Operation from whose first call on everything but the state is refused; none for none. */
  refuseFrom: string | undefined;
  /** Every operation but those of the state, in order. */
  readonly operations: string[] = [];
  /** Told of every call once it has been answered, and before the answer is handed on. */
  onAnswered: (call: AnsweredCall) => void = () => undefined;
  /** Whether a call is let through. */
  authorize: (call: Call) => Promise<boolean> = () => Promise.resolve(true);
  /** How a call fails, if it does. */
  selectFault: (call: Call) => Fault | undefined = () => undefined;
  /** Body that a call is passed on with. */
  rewrite: (call: Call) => string | undefined = () => undefined;
  private isRefusing = false;

  private constructor(
    private readonly server: Server,
    private readonly target: string,
  ) {
    server.on("request", (incoming: IncomingMessage, response) => {
      void this.answer(incoming).then((answer) => {
        if (answer === undefined) incoming.socket.destroy();
        else response.writeHead(answer.status, answer.headers).end(answer.body);
      });
    });
  }

  static async start(target: string): Promise<FaultProxy> {
    // a connection that ends while it is idle would be a fault that nobody asked for
    const server = createServer({ keepAliveTimeout: 600_000 });
    await new Promise<void>((resolve) =>
      server.listen(0, "127.0.0.1", resolve),
    );
    return new FaultProxy(server, target);
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Lets everything through again. */
  stopRefusing(): void {
    this.refuseFrom = undefined;
    this.isRefusing = false;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** The answer to a call; `undefined` where the connection ends instead. */
  private async answer(incoming: IncomingMessage): Promise<Answer | undefined> {
    const body = await buffer(incoming);
    const operation = operationOf(incoming, body);
    if (operation !== undefined) this.operations.push(operation);
    this.isRefusing ||=
      operation !== undefined && operation === this.refuseFrom;
    const { method = "", url = "", headers } = incoming;
    const call = { method, url, operation, headers, body: body.toString() };
    const isRefused =
      (this.isRefusing && operation !== undefined) ||
      !(await this.authorize(call));
    const fault = isRefused ? "denied" : this.selectFault(call);
    if (fault === "dropped") return undefined;
    if (fault !== undefined && fault !== "answer lost")
      return refusal(call, fault);
    const answer = await this.forward(incoming, this.rewrite(call) ?? body);
    this.onAnswered({
      ...call,
      status: answer.status,
      answer: answer.body.toString(),
    });
    return fault === undefined ? answer : undefined;
  }

  private forward(
    { method, url = "/", headers: received }: IncomingMessage,
    body: Buffer | string,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const length = String(Buffer.byteLength(body));
      const headers =
        received["content-length"] === undefined
          ? received
          : { ...received, "content-length": length };
      const outgoing = request(
        new URL(url, this.target),
        // as a load balancer that ends TLS tells: a policy may ask for it
        { method, headers: { ...headers, "x-forwarded-proto": "https" } },
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

/** Status of a refusal in AWS's XML and in its JSON, and the error's code. */
const REFUSALS = {
  error: { xml: 500, json: 500, code: "InternalFailure" },
  throttled: { xml: 503, json: 400, code: "Throttling" },
  denied: { xml: 403, json: 400, code: "AccessDenied" },
} as const;

function refusal(
  { headers, operation }: Call,
  fault: keyof typeof REFUSALS,
): Answer {
  const { xml, json, code } = REFUSALS[fault];
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>refused by a test</Message></Error>`;
  return headers["x-amz-target"] !== undefined
    ? {
        status: json,
        headers: { "content-type": "application/x-amz-json-1.1" },
        body: JSON.stringify({
          __type: `${code}Exception`,
          message: "refused by a test",
        }),
      }
    : {
        status: xml,
        headers: { "content-type": "text/xml" },
        body:
          operation === undefined
            ? error
            : `<ErrorResponse>${error}</ErrorResponse>`,
      };
}
