import { UserError } from "../../../constructs/errors";
import {
  type Environment,
  getEnvironment,
} from "../../../stacks/config/environment";
import { getPartition } from "../../../constructs/aws";
import { selectCredentials } from "../aws/credential-source";
import { type FetchOptions, fetchWithRetry } from "../http/fetch";
import { parseJsonObject } from "../system/json-object";
import { formatShellExports } from "../system/shell";
import type { Credentials } from "./identity-credentials";

/** Formats of credentials, and their descriptions. */
export const CREDENTIAL_FORMATS = {
  json: '{"AccessKeyId", "SecretKey", "SessionToken", "Expiration"}',
  env: "lines for a shell to eval",
  process: "for the credential_process of an AWS profile",
  "console-url":
    "address that opens the AWS console; it is as secret as the credentials",
} as const;

export type CredentialFormat = keyof typeof CREDENTIAL_FORMATS;

/** Variable that records which caller the credentials in the environment were issued to: `<access key id>=<caller>`. */
const ISSUED_TO_VARIABLE = "VEDA_AUTH_HANDED_OUT";

/**
 * Formats credentials for the Python client (`json`), a shell (`env`), the `credential_process` of an AWS profile
 * (`process`) or a browser (`console-url`).
 *
 * @param region Region of the identity pool; its partition decides the console's host
 * @see https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sourcing-external.html
 */
export async function formatCredentials(
  credentials: Credentials,
  format: CredentialFormat,
  region: string,
  log: (line: string) => void,
): Promise<string> {
  const { AccessKeyId, SecretKey, SessionToken, Expiration } = credentials;
  const common = { SessionToken, Expiration };
  switch (format) {
    case "json":
      return JSON.stringify({ AccessKeyId, SecretKey, ...common });
    case "process": {
      const keys = { AccessKeyId, SecretAccessKey: SecretKey };
      return JSON.stringify({ Version: 1, ...keys, ...common });
    }
    case "env":
      return formatShellExports({
        // some programs prefer a profile to keys
        AWS_PROFILE: undefined,
        AWS_DEFAULT_PROFILE: undefined,
        AWS_ACCESS_KEY_ID: AccessKeyId,
        AWS_SECRET_ACCESS_KEY: SecretKey,
        AWS_SESSION_TOKEN: SessionToken,
        AWS_CREDENTIAL_EXPIRATION: Expiration,
        [ISSUED_TO_VARIABLE]: `${AccessKeyId}=${identifyCaller(undefined, getEnvironment())}`,
      }).join("\n");
    case "console-url":
      return createConsoleUrl(credentials, region, { log });
  }
}

/**
 * Returns an address that opens the AWS console with credentials. It is valid for 15 minutes, for anyone who has it.
 *
 * The credentials are sent in the body of a request: proxies log addresses, not bodies.
 *
 * @throws UserError if AWS's federation endpoint cannot be reached, or rejects the credentials
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html
 */
export async function createConsoleUrl(
  { AccessKeyId, SecretKey, SessionToken }: Credentials,
  region: string,
  options: Pick<FetchOptions, "log" | "fetch" | "pause">,
): Promise<string> {
  const hosts = getConsoleHosts(region);
  const url = new URL(`https://${hosts.signIn}/federation`);
  const { status, text } = await fetchWithRetry(
    url,
    {
      method: "POST",
      body: new URLSearchParams({
        Action: "getSigninToken",
        Session: JSON.stringify({
          sessionId: AccessKeyId,
          sessionKey: SecretKey,
          sessionToken: SessionToken,
        }),
      }),
    },
    {
      ...options,
      subject: url.href,
      hints: {
        unreachable: "check the network and a proxy, or use another --format",
      },
      timeoutSeconds: 20,
    },
  );
  // the text of an error can repeat the credentials
  const { SigninToken: token } = parseJsonObject(text);
  if (status !== 200 || typeof token !== "string")
    throw new UserError(
      `${url.href} denied the credentials (HTTP ${status})`,
      "get new credentials with --refresh",
    );
  url.search = new URLSearchParams({
    Action: "login",
    Destination: `https://${hosts.console}/console/home?region=${region}`,
    SigninToken: token,
  }).toString();
  return url.href;
}

function getConsoleHosts(region: string): {
  readonly signIn: string;
  readonly console: string;
} {
  switch (getPartition(region)) {
    case "aws-us-gov":
      return {
        signIn: "signin.amazonaws-us-gov.com",
        console: "console.amazonaws-us-gov.com",
      };
    case "aws-eusc":
      return {
        signIn: `${region}.signin.amazonaws-eusc.eu`,
        console: "console.amazonaws-eusc.eu",
      };
    default:
      return {
        signIn: "signin.aws.amazon.com",
        console: "console.aws.amazon.com",
      };
  }
}

/**
 * Identifies the caller of AWS by the profile, the role of a token, or the access key id, whose credentials are used.
 *
 * Credentials that were issued by this command stand for the caller they were issued to. Otherwise the cached sign-in
 * would not be found after the credentials expire.
 *
 * @param profile value of `--profile`
 */
export function identifyCaller(
  profile: string | undefined,
  env: Environment,
): string {
  const source = selectCredentials(profile, env);
  if (source.kind === "profile") return source.profile;
  if (source.kind === "web-identity") return source.role;
  if (source.kind !== "keys") return "";
  const { accessKeyId: key } = source.keys;
  const issuedTo = env[ISSUED_TO_VARIABLE] ?? "";
  return issuedTo.startsWith(`${key}=`) ? issuedTo.slice(key.length + 1) : key;
}
