import { types } from "node:util";
import type { fromIni } from "@aws-sdk/credential-provider-ini";
import { UserError } from "../../../constructs/errors";
import {
  getEnvironment,
  readHostEnvironment,
} from "../../../stacks/config/environment";
import { describeFileError } from "../system/input-file";
import { getBundleHint } from "../http/connection-error";
import { quoteShellWord } from "../system/shell";
import { explainAwsError } from "./errors";

export type CredentialProvider = ReturnType<typeof fromIni>;
type Credentials = Awaited<ReturnType<CredentialProvider>>;

/** Settings of a profile, by name. */
type Profile = Readonly<Record<string, string | undefined>>;
type Profiles = Readonly<Record<string, Profile>>;

/** Settings that define the credentials of a profile. */
const CREDENTIAL_SETTING =
  /^(aws_access_key_id|role_arn|source_profile|credential_(source|process)|web_identity_token_file|login_session|sso_.+)$/;
/** Validity below which credentials are loaded again, as in the SDK. */
const MIN_VALIDITY_MS = 5 * 60_000;

/** Returns the file of profiles that Terraform and the SDK read. */
export function getConfigFile(): string {
  const { AWS_CONFIG_FILE: file = "" } = getEnvironment();
  return file === "" ? "~/.aws/config" : file;
}

function getCredentialsFile(): string {
  const { AWS_SHARED_CREDENTIALS_FILE: file = "" } = getEnvironment();
  return file === "" ? "~/.aws/credentials" : file;
}

/**
 * Returns whether a profile defines credentials. One that does not, such as one with only a Region, uses the role of the
 * container or machine.
 *
 * @throws UserError if the profile, or a profile that it names, does not exist
 */
export async function hasCredentials(name: string): Promise<boolean> {
  const [profile = {}] = await readProfileChain(name);
  return Object.keys(profile).some((key) => CREDENTIAL_SETTING.test(key));
}

/**
 * Returns whether only the SDK can load the credentials of a profile. Terraform cannot ask for an MFA code, does not know
 * `aws login`, and prefers keys in the environment to a profile that assumes a role with them.
 *
 * @throws UserError as {@link hasCredentials}
 */
export async function needsSdk(name: string): Promise<boolean> {
  const chain = await readProfileChain(name);
  return chain.some(
    ({ role_arn, mfa_serial, credential_source, login_session }) =>
      (role_arn !== undefined && mfa_serial !== undefined) ||
      credential_source === "Environment" ||
      login_session !== undefined,
  );
}

/** Reads a profile, and the profiles whose credentials it assumes a role with. */
async function readProfileChain(name: string): Promise<readonly Profile[]> {
  const { loadSsoSessionData, parseKnownFiles } =
    await import("@smithy/core/config");
  const profiles: Profiles = await parseKnownFiles({});
  if (profiles[name] === undefined && name !== "default")
    throw new UserError(
      `there is no profile ${JSON.stringify(name)} in ${getConfigFile()}`,
      "run `aws configure list-profiles` to list the profiles",
    );
  const names = [name];
  for (const last of names) {
    const next = profiles[last]?.source_profile;
    if (next === undefined || names.includes(next)) break;
    if (profiles[next] === undefined)
      throw new UserError(
        `source_profile of profile ${JSON.stringify(last)} must be a profile in ${getConfigFile()}, got ${JSON.stringify(next)}`,
        "run `aws configure list-profiles` to list the profiles",
      );
    names.push(next);
  }
  const chain = names.map((one) => profiles[one] ?? {});
  const sessions: Profiles = await loadSsoSessionData({});
  for (const { sso_session: session } of chain)
    if (session !== undefined && sessions[session] === undefined)
      throw new UserError(
        `sso_session of profile ${JSON.stringify(name)} must be a section [sso-session <name>] in ${getConfigFile()}, got ${JSON.stringify(session)}`,
        "run `aws configure sso` to write the section",
      );
  return chain;
}

/** Credentials by profile, of all clients: an MFA code can be used once. */
const loaded = new Map<string, Promise<Credentials>>();

/**
 * Loads the credentials of a profile, and of no other source. They are loaded once in a run, and again before they expire.
 * Asks for the code of an MFA device at the terminal.
 *
 * @throws UserError if they cannot be loaded
 */
export async function loadProfileCredentials(
  profile: string,
  properties: Parameters<CredentialProvider>[0],
): Promise<Credentials> {
  const previous = loaded.get(profile);
  if (previous !== undefined && isValid(await previous)) return previous;
  // another call may load them already
  const current = loaded.get(profile);
  if (current !== undefined && current !== previous) return current;
  const next = load(profile, properties);
  loaded.set(profile, next);
  return next;
}

function isValid({ expiration }: Credentials): boolean {
  return (
    expiration === undefined ||
    expiration.getTime() > Date.now() + MIN_VALIDITY_MS
  );
}

async function load(
  profile: string,
  properties: Parameters<CredentialProvider>[0],
): Promise<Credentials> {
  const { fromIni } = await import("@aws-sdk/credential-provider-ini");
  try {
    return await fromIni({
      profile,
      // a client of IAM Identity Center does not inherit it
      clientConfig: {
        requestHandler: properties?.callerClientConfig?.requestHandler,
      },
      mfaCodeProvider: (serial) => askMfaCode(profile, serial),
    })(properties);
  } catch (error) {
    throw explainProfileError(error, profile);
  }
}

/** @throws UserError if there is no terminal, or a CI job runs this */
async function askMfaCode(profile: string, serial: string): Promise<string> {
  const needs = `profile ${JSON.stringify(profile)} requires an MFA code`;
  const hint = `get temporary credentials at a terminal first, with version 2 of the AWS CLI: eval "$(aws configure export-credentials --profile ${quoteShellWord(profile)} --format env)"`;
  if (readHostEnvironment(getEnvironment()).isCi)
    throw new UserError(`${needs}, but CI is set`, hint);
  const { withTerminal } = await import("../cli/terminal");
  return withTerminal({ needs, hint }, async (open) => {
    const terminal = open();
    for (;;) {
      const code = await terminal.ask(`MFA code of ${serial}: `);
      if (/^\d{6}$/.test(code)) return code;
      terminal.writeLine("The code must be 6 digits.");
    }
  });
}

function explainProfileError(error: unknown, profile: string): unknown {
  if (error instanceof UserError || !types.isNativeError(error)) return error;
  const subject = `cannot load AWS credentials of profile ${JSON.stringify(profile)}`;
  const explain = (reason: string, hint: string | undefined): UserError =>
    new UserError(`${subject}: ${reason}`, hint);
  const { message } = error;
  // a client of IAM Identity Center turns an error into text
  const [firstLine = ""] = message.replace(/^(\w*Error: )+/, "").split("\n", 1);
  if (/\bcertificate/i.test(firstLine))
    return explain(firstLine, getBundleHint());
  if (message.includes("MultiFactorAuthentication failed"))
    return explain(
      "AWS did not accept the MFA code",
      "run the command again with the next code of the device: a code can be used once",
    );
  if (message.startsWith("Command failed:")) {
    const [, ...output] = message.trimEnd().split("\n");
    return explain(
      `its credential_process failed: ${output.at(-1) ?? "it printed no reason"}`,
      `run the credential_process of the profile in ${getConfigFile()} in a shell`,
    );
  }
  if (/\bsso\b|sso_|token is expired/i.test(message))
    return explain(
      firstLine,
      `run aws sso login --profile ${quoteShellWord(profile)}`,
    );
  if (message.startsWith("Could not resolve credentials using profile"))
    return explain(
      "a setting is missing",
      `complete its settings in ${getConfigFile()} or ${getCredentialsFile()}: aws_access_key_id and aws_secret_access_key, or role_arn with source_profile or credential_source`,
    );
  if (/login.cache|reauthenticate/i.test(message))
    return explain(
      firstLine,
      `run aws login --profile ${quoteShellWord(profile)}`,
    );
  if ("path" in error && typeof error.path === "string")
    return explain(
      `cannot use ${error.path}: ${describeFileError(error as NodeJS.ErrnoException)}`,
      `check the profile in ${getConfigFile()}`,
    );
  const explained =
    error.name === "CredentialsProviderError"
      ? undefined
      : explainAwsError(error);
  return explain(
    explained?.message ?? firstLine,
    explained?.hint ?? `check the profile in ${getConfigFile()}`,
  );
}
