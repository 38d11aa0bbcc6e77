import { setEnvironment, withoutAwsVariables } from "./environment";
import {
  LoopbackServer,
  type ReceivedRequest,
  type Reply,
} from "./loopback-server";

/** Fields of a response, by AWS's names. */
export type Answer = Readonly<Record<string, unknown>>;

/** A call that is expected, and its response. */
export interface ScriptedCall {
  readonly operation: string;
  /** A function creates the response from the request. */
  readonly answer?: Answer | ((request: Call["request"]) => Answer);
  /** Error code and message of AWS. */
  readonly error?: readonly [name: string, message: string];
}

/** Thrown by the function of a response to return an error of AWS. */
export class CognitoError extends Error {
  constructor(
    override readonly name: string,
    message: string,
  ) {
    super(message);
  }
}

/** A call that was received. */
export interface Call {
  readonly operation: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly isSigned: boolean;
}

/** Cognito on this machine, which responds to scripted calls in order, and rejects all others. */
export class FakeCognito {
  readonly calls: Call[] = [];
  private script: ScriptedCall[] = [];
  private server!: LoopbackServer;

  static async start(): Promise<FakeCognito> {
    const cognito = new FakeCognito();
    cognito.server = await LoopbackServer.start((request) =>
      cognito.reply(request),
    );
    return cognito;
  }

  /** Starts it as the only endpoint of AWS, with keys in the environment. */
  static async startForAdministrators(): Promise<FakeCognito> {
    const cognito = await FakeCognito.start();
    setEnvironment({
      ...withoutAwsVariables(),
      AWS_ENDPOINT_URL: cognito.endpoint,
      AWS_ACCESS_KEY_ID: "test",
      AWS_SECRET_ACCESS_KEY: "test",
    });
    return cognito;
  }

  get endpoint(): string {
    return this.server.endpoint;
  }

  /** Scripted calls that were not received. */
  get remainingCalls(): readonly ScriptedCall[] {
    return this.script;
  }

  expect(...script: readonly ScriptedCall[]): void {
    this.script = [...script];
    this.calls.length = 0;
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }

  private reply({ headers, body }: ReceivedRequest): Reply {
    const operation = String(headers["x-amz-target"]).split(".").at(-1) ?? "";
    const request = JSON.parse(body) as Call["request"];
    const isSigned = headers.authorization !== undefined;
    this.calls.push({ operation, request, isSigned });
    const next = this.script.shift();
    if (next?.operation !== operation) {
      const expected = next?.operation ?? "no call";
      return createReply(
        400,
        createError("UnexpectedCall", `${operation} instead of ${expected}`),
      );
    }
    if (next.error !== undefined)
      return createReply(400, createError(...next.error));
    const { answer = {} } = next;
    try {
      return createReply(
        200,
        typeof answer === "function" ? answer(request) : answer,
      );
    } catch (error) {
      return createReply(
        400,
        error instanceof CognitoError
          ? createError(error.name, error.message)
          : createError("UnexpectedCall", String(error)),
      );
    }
  }
}

function createReply(status: number, body: object): Reply {
  return {
    status,
    headers: { "content-type": "application/x-amz-json-1.1" },
    body,
  };
}

function createError(name: string, message: string): object {
  return { __type: name, message };
}
