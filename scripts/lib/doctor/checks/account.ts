import { addOrigin } from "../../../../stacks/config/stage-sources";
import { type DoctorContext, type Check, readOnce } from "../check";

/** The caller of the credentials, and the clock of AWS. */
interface Caller {
  readonly account: string;
  readonly arn: string;
}

/** Result of the request, and how far the clock of this machine is ahead of that of the server. */
interface CallerReading {
  readonly caller: Promise<Caller>;
  readonly clockSkewSeconds: number | undefined;
}

/** Reads the caller. Every response has the time of the server, also that of an error. */
export const readCaller = readOnce(
  async (context: DoctorContext): Promise<CallerReading> => {
    const { STSClient, GetCallerIdentityCommand } =
      await import("@aws-sdk/client-sts");
    const client = await context.getClient(STSClient);
    let clockSkewSeconds: number | undefined;
    client.middlewareStack.add(
      (next) => async (args) => {
        const result = await next(args);
        const { headers = {} } = result.response as {
          readonly headers?: Readonly<Record<string, string>>;
        };
        const time = Date.parse(headers.date ?? "");
        if (!Number.isNaN(time)) clockSkewSeconds = (Date.now() - time) / 1000;
        return result;
      },
      { step: "deserialize", priority: "low", name: "readServerTime" },
    );
    const caller = context
      .call("sts:GetCallerIdentity", () =>
        client.send(new GetCallerIdentityCommand({})),
      )
      .then(({ Account: account = "", Arn: arn = "" }) => ({ account, arn }));
    // the error is of the check that awaits it
    await caller.catch(() => undefined);
    return { caller, clockSkewSeconds };
  },
);

export const accountCheck: Check = {
  id: "account",
  section: "Tools and account",
  runsWithoutState: true,
  run: async (context) => {
    const { settings, origins = {} } = context.target;
    const { account, arn } = await (await readCaller(context)).caller;
    const { AWS_ACCOUNT_ID: expected } = settings;
    if (expected === undefined || expected === account)
      return {
        status: "ok",
        message: `The credentials are of account ${account} (${arn})`,
      };
    return {
      status: "failed",
      message: addOrigin(
        { label: "", origins },
        `AWS_ACCOUNT_ID must be the account of the credentials, got "${expected}" with credentials of "${account}" (${arn})`,
      ),
      fix: `name a profile of account ${expected} with --profile, or correct AWS_ACCOUNT_ID`,
    };
  },
};

/** AWS refuses a signature that is 5 minutes old, and tokens are valid from their first second. */
const LIMITS_SECONDS = { failed: 5 * 60, warning: 60 } as const;

export const clockCheck: Check = {
  id: "clock",
  section: "Tools and account",
  runsWithoutState: true,
  run: async (context) => {
    const { caller, clockSkewSeconds: skew } = await readCaller(context);
    if (skew === undefined) {
      await caller;
      return {
        status: "skipped",
        message: "the response of AWS has no Date header",
      };
    }
    const seconds = Math.round(Math.abs(skew));
    if (seconds <= LIMITS_SECONDS.warning)
      return {
        status: "ok",
        message: "The clock of this machine is that of AWS",
      };
    return {
      status: seconds > LIMITS_SECONDS.failed ? "failed" : "warning",
      message: `The clock of this machine must be that of AWS, got ${seconds} s ${skew > 0 ? "ahead" : "behind"}`,
      fix: "synchronize the clock, such as with sudo timedatectl set-ntp true",
    };
  },
};
