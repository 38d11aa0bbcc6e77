import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** Fields of an answer, by AWS's names. */
export type Answer = Readonly<Record<string, unknown>>;

/** One call and what it is answered. */
export interface ScriptedCall {
  readonly operation: string;
  /** A function makes it from the request. */
  readonly answer?: Answer | ((request: Call["request"]) => Answer);
  /** Name of an error, and what AWS says. */
  readonly error?: readonly [name: string, message: string];
}

/** Thrown by an answer's function: a refusal by an error of AWS. */
export class CognitoError extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

/** A call that was made. */
export interface Call {
  readonly operation: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly isSigned: boolean;
}

/** Cognito at this machine, which answers one call after the other as a test has written down, and refuses any other. */
export class FakeCognito {
  readonly calls: Call[] = [];
  private script: ScriptedCall[] = [];

  private constructor(private readonly server: Server) {
    server.on("request", (incoming: IncomingMessage, response) => {
      void this.answer(incoming).then(({ status, body }) => {
        response
          .writeHead(status, { "content-type": "application/x-amz-json-1.1" })
          .end(JSON.stringify(body));
      });
    });
  }

  static async start(): Promise<FakeCognito> {
    const server = createServer();
    await new Promise<void>((resolve) =>
      server.listen(0, "127.0.0.1", resolve),
    );
    return new FakeCognito(server);
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Calls that were not made of those expected. */
  get remainingCalls(): readonly ScriptedCall[] {
    return this.script;
  }

  expect(...script: readonly ScriptedCall[]): void {
    this.script = [...script];
    this.calls.length = 0;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(
    incoming: IncomingMessage,
  ): Promise<{ status: number; body: object }> {
    const { headers } = incoming;
    const operation = String(headers["x-amz-target"]).split(".").at(-1) ?? "";
    const request = JSON.parse(await text(incoming)) as Call["request"];
    this.calls.push({
      operation,
      request,
      isSigned: headers.authorization !== undefined,
    });
    const next = this.script.shift();
    if (next?.operation !== operation) {
      const wanted = next?.operation ?? "no more";
      return refusal("UnexpectedCall", `${operation} instead of ${wanted}`);
    }
    if (next.error !== undefined) return refusal(...next.error);
    const { answer = {} } = next;
    try {
      const body = typeof answer === "function" ? answer(request) : answer;
      return { status: 200, body };
    } catch (error) {
      if (error instanceof CognitoError)
        return refusal(error.name, error.message);
      return refusal("UnexpectedCall", String(error));
    }
  }
}

function refusal(
  name: string,
  message: string,
): { status: number; body: object } {
  return { status: 400, body: { __type: name, message } };
}
