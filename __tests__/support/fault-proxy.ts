import {
  createServer,
  request,
  type IncomingMessage,
  type Server,
} from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";

/** A request. Requests to S3 have no operation. */
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
 * Faults of a call: AWS returns an error, throttles or denies it; the connection closes before the call reaches AWS, or
 * before the response arrives.
 */
export const FAULTS = [
  "error",
  "throttled",
  "denied",
  "dropped",
  "answer lost",
] as const;
export type Fault = (typeof FAULTS)[number];

/** A proxy between clients and a local AWS that injects faults. */
export class FaultProxy {
  /** Operation from whose first call on every call but those to S3 is denied. */
  refuseFrom: string | undefined;
  /** Operations of all calls but those to S3, in order. */
  readonly operations: string[] = [];
  /** Receives every call after its response from AWS, before the response is returned. */
  onAnswered: (call: AnsweredCall) => void = () => undefined;
  /** Returns whether to forward a call. */
  authorize: (call: Call) => Promise<boolean> = () => Promise.resolve(true);
  /** Returns the fault of a call, if any. */
  selectFault: (call: Call) => Fault | undefined = () => undefined;
  /** Returns another body for a call, if any. */
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
    // a connection that closes while idle would be an unexpected fault
    const server = createServer({ keepAliveTimeout: 600_000 });
    await new Promise<void>((resolve) =>
      server.listen(0, "127.0.0.1", resolve),
    );
    return new FaultProxy(server, target);
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Forwards everything again. */
  stopRefusing(): void {
    this.refuseFrom = undefined;
    this.isRefusing = false;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Returns the response to a call; `undefined` closes the connection. */
  private async answer(incoming: IncomingMessage): Promise<Answer | undefined> {
    const body = await buffer(incoming);
    const operation = readOperation(incoming, body);
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
      return createErrorResponse(call, fault);
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
        // like a load balancer that terminates TLS: a policy may require it
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

/** Returns the operation of a call; calls to S3 have none. */
function readOperation(
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

/** Status of an error response in XML and in JSON, and its error code. */
const ERRORS = {
  error: { xml: 500, json: 500, code: "InternalFailure" },
  throttled: { xml: 503, json: 400, code: "Throttling" },
  denied: { xml: 403, json: 400, code: "AccessDenied" },
} as const;

function createErrorResponse(
  { headers, operation }: Call,
  fault: keyof typeof ERRORS,
): Answer {
  const { xml, json, code } = ERRORS[fault];
  const error = `<Error><Type>Sender</Type><Code>${code}</Code><Message>injected by a test</Message></Error>`;
  return headers["x-amz-target"] !== undefined
    ? {
        status: json,
        headers: { "content-type": "application/x-amz-json-1.1" },
        body: JSON.stringify({
          __type: `${code}Exception`,
          message: "injected by a test",
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
