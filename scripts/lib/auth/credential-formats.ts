import {
  type Environment,
  getEnvironment,
} from "../../../stacks/config/environment";
import type { Credentials } from "./identity-credentials";
import { formatShellExports } from "../system/shell";
import { UserError } from "../../../constructs/errors";
import { getPartition } from "../../../constructs/aws";

/** Ways to write credentials. */
export const CREDENTIAL_FORMATS = [
  "json",
  "env",
  "process",
  "console-url",
] as const;

export type CredentialFormat = (typeof CREDENTIAL_FORMATS)[number];

export function isCredentialFormat(text: string): text is CredentialFormat {
  return (CREDENTIAL_FORMATS as readonly string[]).includes(text);
}

/**
 * Credentials as text for who reads them: the Python client's users, a shell, the `credential_process` of an AWS
 * profile, or a browser.
 *
 * @param region of the identity pool, whose partition has the console
 * @see https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sourcing-external.html
 */
export async function formatCredentials(
  credentials: Credentials,
  format: CredentialFormat,
  region: string,
): Promise<string> {
  const { AccessKeyId, SecretKey, SessionToken, Expiration } = credentials;
  switch (format) {
    case "json":
      return JSON.stringify({
        AccessKeyId,
        SecretKey,
        SessionToken,
        Expiration,
      });
    case "process":
      return JSON.stringify({
        Version: 1,
        AccessKeyId,
        SecretAccessKey: SecretKey,
        SessionToken,
        Expiration,
      });
    case "env":
      return formatShellExports({
        AWS_ACCESS_KEY_ID: AccessKeyId,
        AWS_SECRET_ACCESS_KEY: SecretKey,
        AWS_SESSION_TOKEN: SessionToken,
        AWS_CREDENTIAL_EXPIRATION: Expiration,
        [ISSUED_TO_VARIABLE]: `${AccessKeyId}=${identifyCaller(getEnvironment())}`,
      }).join("\n");
    case "console-url":
      return createConsoleUrl(credentials, region);
  }
}

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
export async function createConsoleUrl(
  { AccessKeyId, SecretKey, SessionToken }: Credentials,
  region: string,
  send: typeof fetch = fetch,
): Promise<string> {
  const hosts = HOSTS[getPartition(region)];
  const federation = `https://${hosts.signIn}/federation`;
  const session = {
    sessionId: AccessKeyId,
    sessionKey: SecretKey,
    sessionToken: SessionToken,
  };
  const token = await requestSignInToken(federation, session, send);
  const url = new URL(federation);
  url.search = new URLSearchParams({
    Action: "login",
    Destination: `https://${hosts.console}/console/home?region=${region}`,
    SigninToken: token,
  }).toString();
  return url.href;
}

async function requestSignInToken(
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

/** Says of credentials in the environment that they were handed out here, and for whom: `<access key id>=<caller>`. */
export const ISSUED_TO_VARIABLE = "VEDA_AUTH_HANDED_OUT";

/**
 * Whose AWS credentials the environment has, as far as telling accounts apart needs: a profile, or an access key id.
 *
 * Those that a user was given here stand for the caller they were handed out to, so that the sign-in is found again when
 * they have expired.
 */
export function identifyCaller(env: Environment): string {
  const { AWS_PROFILE: profile = "", AWS_ACCESS_KEY_ID: key = "" } = env;
  if (profile !== "") return profile;
  const handedOut = env[ISSUED_TO_VARIABLE] ?? "";
  return handedOut.startsWith(`${key}=`)
    ? handedOut.slice(key.length + 1)
    : key;
}
