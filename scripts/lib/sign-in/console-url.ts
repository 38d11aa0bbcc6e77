import { UserError } from "../../../constructs/errors";
import { partitionOf } from "../../../constructs/names";
import type { Credentials } from "./identity-credentials";

const TIMEOUT_MS = 20_000;

const HOSTS = {
  aws: { signIn: "signin.aws.amazon.com", console: "console.aws.amazon.com" },
  "aws-us-gov": {
    signIn: "signin.amazonaws-us-gov.com",
    console: "console.amazonaws-us-gov.com",
  },
} as const;

/**
 * Address that opens the AWS console with credentials: whoever has it within 15 minutes is who they are.
 *
 * They are sent in a request's body, which no proxy writes down as it does an address.
 *
 * @param send given by tests
 * @throws UserError when AWS's sign-in pages do not answer, or refuse
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
 */
export async function consoleUrl(
  { AccessKeyId, SecretKey, SessionToken }: Credentials,
  region: string,
  send: typeof fetch = fetch,
): Promise<string> {
  const hosts = HOSTS[partitionOf(region)];
  const federation = `https://${hosts.signIn}/federation`;
  const session = {
    sessionId: AccessKeyId,
    sessionKey: SecretKey,
    sessionToken: SessionToken,
  };
  const token = await signInToken(federation, session, send);
  const url = new URL(federation);
  url.search = new URLSearchParams({
    Action: "login",
    Destination: `https://${hosts.console}/console/home?region=${region}`,
    SigninToken: token,
  }).toString();
  return url.href;
}

async function signInToken(
  federation: string,
  session: object,
  send: typeof fetch,
): Promise<string> {
  let response: Response;
  try {
    response = await send(federation, {
      method: "POST",
      body: new URLSearchParams({
        Action: "getSigninToken",
        Session: JSON.stringify(session),
      }),
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch {
    throw new UserError(
      `${federation} cannot be reached, or does not answer in ${TIMEOUT_MS / 1000} s`,
      "check the network and a proxy, or take the credentials in another --format",
    );
  }
  // what it says of an error can repeat the credentials
  const answer = (await response.json().catch(() => undefined)) as
    { readonly SigninToken?: unknown } | null | undefined;
  if (response.ok && typeof answer?.SigninToken === "string")
    return answer.SigninToken;
  throw new UserError(
    `${federation} refused the credentials (HTTP ${response.status})`,
    "take new ones with --refresh",
  );
}
