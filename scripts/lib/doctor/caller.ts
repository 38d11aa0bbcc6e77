import { type DoctorContext, createOnce } from "./check";

/** Caller of the credentials. */
interface Caller {
  readonly account: string;
  readonly arn: string;
}

/** Response of AWS to the first request. */
interface CallerReading {
  /** Throws if the request failed, even with a response. */
  readonly caller: Promise<Caller>;
  /** URL that the request was sent to; `undefined` if none was sent. */
  readonly endpoint: URL | undefined;
  /** Time by which the clock of this machine is ahead of that of the server; `undefined` without a response. */
  readonly clockSkewSeconds: number | undefined;
}

/** Reads the caller. A response has the time of the server, also that of an error. */
export const readCaller = createOnce(
  async (context: DoctorContext): Promise<CallerReading> => {
    const { STSClient, GetCallerIdentityCommand } =
      await import("@aws-sdk/client-sts");
    const client = await context.getClient(STSClient);
    let endpoint: URL | undefined;
    let clockSkewSeconds: number | undefined;
    client.middlewareStack.add(
      (next) => async (args) => {
        endpoint = toUrl(args.request as RequestParts);
        const result = await next(args);
        const { headers } = result.response as ResponseParts;
        const time = Date.parse(headers?.date ?? "");
        if (!Number.isNaN(time)) clockSkewSeconds = (Date.now() - time) / 1000;
        return result;
      },
      // the last step: the response of an error has no result in the ones before
      { step: "deserialize", priority: "low", name: "readServerTime" },
    );
    const caller = context
      .call("sts:GetCallerIdentity", () =>
        client.send(new GetCallerIdentityCommand({})),
      )
      .then(({ Account: account = "", Arn: arn = "" }) => ({ account, arn }));
    // the checks that await it report its error
    await caller.catch(() => undefined);
    return { caller, endpoint, clockSkewSeconds };
  },
);

interface RequestParts {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
}

interface ResponseParts {
  readonly headers?: Readonly<Record<string, string>>;
}

function toUrl({ protocol, hostname, port }: RequestParts): URL {
  return new URL(
    `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}`,
  );
}
