import { environment } from "../../../stacks/config";
import { caller, HANDED_OUT } from "./caller";
import { consoleUrl } from "./console-url";
import type { Credentials } from "./identity-credentials";
import { shellLines } from "../shell-lines";

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
      return shellLines({
        AWS_ACCESS_KEY_ID: AccessKeyId,
        AWS_SECRET_ACCESS_KEY: SecretKey,
        AWS_SESSION_TOKEN: SessionToken,
        AWS_CREDENTIAL_EXPIRATION: Expiration,
        [HANDED_OUT]: `${AccessKeyId}=${caller(environment())}`,
      }).join("\n");
    case "console-url":
      return consoleUrl(credentials, region);
  }
}
