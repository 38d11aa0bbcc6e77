import {
  LoopbackServer,
  type ReceivedRequest,
  type Reply,
} from "./loopback-server";

/** Valid code of the MFA device. */
export const MFA_CODE = "123456";
/** Account of credentials that {@link FakeSts.accounts} does not have. */
export const ACCOUNT = "123456789012";

/**
 * Security Token Service, and a container that issues credentials at `/container`. The access key ids that it issues name
 * their source: `ASIA-<role>`, `ASIA-WEB-<role>` and `ASIA-CONTAINER`.
 */
export class FakeSts {
  /** Access key ids of the requests that were signed, in order. */
  readonly callers: string[] = [];
  /** Actions of STS, in order. */
  readonly actions: string[] = [];
  /** Accounts by access key id. */
  readonly accounts: Readonly<Record<string, string>> = {};
  private server?: LoopbackServer;

  static async start(): Promise<FakeSts> {
    const self = new FakeSts();
    self.server = await LoopbackServer.start((request) => self.answer(request));
    return self;
  }

  get endpoint(): string {
    return this.server?.endpoint ?? "";
  }

  async stop(): Promise<void> {
    await this.server?.stop();
  }

  /** Forgets the requests. */
  clear(): void {
    this.callers.length = 0;
    this.actions.length = 0;
  }

  private answer({ url, headers, body }: ReceivedRequest): Reply {
    if (url === "/container") return { body: createContainerCredentials() };
    const [, caller = ""] =
      /Credential=([^/]+)\//.exec(headers.authorization ?? "") ?? [];
    if (caller !== "") this.callers.push(caller);
    const call = new URLSearchParams(body);
    const action = call.get("Action") ?? "";
    this.actions.push(action);
    const role = (call.get("RoleArn") ?? "").replace(/^.*\//, "");
    switch (action) {
      case "GetCallerIdentity": {
        const account = this.accounts[caller] ?? ACCOUNT;
        return createResult(
          action,
          `<Arn>arn:aws:iam::${account}:user/${caller}</Arn><UserId>${caller}</UserId><Account>${account}</Account>`,
        );
      }
      case "AssumeRole": {
        const code = call.get("TokenCode");
        return code === null || code === MFA_CODE
          ? createResult(action, createCredentials(`ASIA-${role}`))
          : createError(
              "AccessDenied",
              "MultiFactorAuthentication failed with invalid MFA one time pass code. ",
            );
      }
      case "AssumeRoleWithWebIdentity":
        return role === "denied"
          ? createError(
              "AccessDenied",
              "Not authorized to perform sts:AssumeRoleWithWebIdentity",
            )
          : createResult(action, createCredentials(`ASIA-WEB-${role}`));
      default:
        return createError("InvalidAction", `no action ${action}`);
    }
  }
}

function createContainerCredentials(): object {
  return {
    AccessKeyId: "ASIA-CONTAINER",
    SecretAccessKey: "canary",
    Token: "canary",
    Expiration: getExpiration(),
  };
}

function createCredentials(keyId: string): string {
  return `<Credentials><AccessKeyId>${keyId}</AccessKeyId><SecretAccessKey>canary</SecretAccessKey><SessionToken>canary</SessionToken><Expiration>${getExpiration()}</Expiration></Credentials><AssumedRoleUser><Arn>arn:aws:sts::${ACCOUNT}:assumed-role/r/s</Arn><AssumedRoleId>AROA:s</AssumedRoleId></AssumedRoleUser>`;
}

function getExpiration(): string {
  return `${new Date(Date.now() + 3_600_000).toISOString().slice(0, 19)}Z`;
}

function createResult(action: string, result: string): Reply {
  return createReply(
    200,
    `<${action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><${action}Result>${result}</${action}Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></${action}Response>`,
  );
}

function createError(code: string, message: string): Reply {
  return createReply(
    403,
    `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
  );
}

function createReply(status: number, body: string): Reply {
  return { status, headers: { "content-type": "text/xml" }, body };
}
