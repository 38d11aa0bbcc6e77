import { UserError } from "../../../constructs/errors";
import {
  type Environment,
  getEnvironment,
} from "../../../stacks/config/environment";
import { formatOption, isCommand } from "../cli/invocation";
import { isHeaderValue } from "../http/connection-error";

/** Variables of static credentials. Terraform also reads the older names of the key, which the SDK and the AWS CLI do not. */
export const KEY_VARIABLES = [
  "AWS_ACCESS_KEY_ID",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "AWS_SECURITY_TOKEN",
  "AWS_CREDENTIAL_EXPIRATION",
  "AWS_ACCESS_KEY",
  "AWS_SECRET_KEY",
] as const;
const [KEY_ID, SECRET_KEY, SESSION_TOKEN] = KEY_VARIABLES;

/** Variables that name a profile. The first that is set wins. */
export const PROFILE_VARIABLES = [
  "AWS_PROFILE",
  "AWS_DEFAULT_PROFILE",
] as const;

/** Variables of a role that a token in a file assumes, as in a pod of EKS. */
export const WEB_IDENTITY_VARIABLES = [
  "AWS_WEB_IDENTITY_TOKEN_FILE",
  "AWS_ROLE_ARN",
  "AWS_ROLE_SESSION_NAME",
] as const;
const [TOKEN_FILE, ROLE] = WEB_IDENTITY_VARIABLES;

/** Static credentials. */
export interface StaticCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/** The source of the credentials of a run. */
export type CredentialSource =
  | {
      readonly kind: "keys";
      readonly keys: StaticCredentials;
      /** Variable that names a profile without effect, and the profile. */
      readonly unused?: string;
    }
  | { readonly kind: "profile"; readonly profile: string }
  | {
      /** The role of a token in a file. */
      readonly kind: "web-identity";
      readonly role: string;
      readonly unused?: string;
    }
  /** The profile `default`, or else the role of the container or the machine. */
  | { readonly kind: "default" };

/**
 * Selects the source of credentials in the order of the AWS CLI and of Terraform: `--profile`, the keys in the environment,
 * the role of a token in the environment, a profile in the environment, then what the AWS SDK finds by default. A blank
 * variable counts as not set.
 *
 * @param profile value of `--profile`
 */
export function selectCredentials(
  profile: string | undefined,
  env: Environment = getEnvironment(),
): CredentialSource {
  const read = (name: string): string | undefined =>
    env[name]?.trim() ? env[name] : undefined;
  if (profile !== undefined) return { kind: "profile", profile };
  const variable = PROFILE_VARIABLES.find((name) => read(name) !== undefined);
  const named = variable && read(variable);
  const unused = variable && {
    unused: `${variable} ${JSON.stringify(named)}`,
  };
  const accessKeyId = read(KEY_ID);
  const secretAccessKey = read(SECRET_KEY);
  const sessionToken = read(SESSION_TOKEN);
  if (accessKeyId !== undefined && secretAccessKey !== undefined)
    return {
      kind: "keys",
      keys: {
        accessKeyId,
        secretAccessKey,
        ...(sessionToken !== undefined && { sessionToken }),
      },
      ...unused,
    };
  const role = read(ROLE);
  if (read(TOKEN_FILE) !== undefined && role !== undefined)
    return { kind: "web-identity", role, ...unused };
  return named === undefined
    ? { kind: "default" }
    : { kind: "profile", profile: named };
}

/** Describes what precedes `AWS_PROFILE` in this run, as the end of a hint that names it. */
export function describePrecedence(profile: string | undefined): string {
  if (profile !== undefined) return `; ${formatOption("profile")} precedes it`;
  const { kind } = selectCredentials(profile);
  if (kind === "keys") return `; the credentials of ${KEY_ID} precede it`;
  return kind === "web-identity"
    ? `; the role of ${TOKEN_FILE} precedes it`
    : "";
}

let isPrinted = false;

/**
 * Selects the source of credentials for a request. A command prints a line, once, if the environment has two.
 *
 * @throws UserError if only one of the two keys, or a token without its role, is set: the request would be sent as another
 *   caller; or if a key has a line break
 */
export function requireCredentialSource(
  profile: string | undefined,
): CredentialSource {
  const source = selectCredentials(profile);
  if (source.kind === "keys") requireValidKeys();
  else if (profile === undefined) {
    requireNoPartialKeys();
    if (source.kind !== "web-identity") requireNoTokenWithoutRole();
  }
  if ("unused" in source && !isPrinted && isCommand()) {
    isPrinted = true;
    const used =
      source.kind === "keys"
        ? `the credentials of ${KEY_ID}`
        : `the role of ${TOKEN_FILE}`;
    process.stderr.write(
      `using ${used}, not ${source.unused}; unset one of them\n`,
    );
  }
  return source;
}

function requireNoPartialKeys(env: Environment = getEnvironment()): void {
  const keys = [KEY_ID, SECRET_KEY] as const;
  const set = keys.find((name) => env[name]?.trim());
  if (set === undefined) return;
  const missing = set === KEY_ID ? SECRET_KEY : KEY_ID;
  throw new UserError(
    `${set} requires ${missing}, which is not set`,
    `set both, or unset ${set} to use a profile`,
  );
}

function requireNoTokenWithoutRole(env: Environment = getEnvironment()): void {
  if (env[TOKEN_FILE]?.trim())
    throw new UserError(
      `${TOKEN_FILE} requires ${ROLE}, which is not set`,
      `set both, or unset ${TOKEN_FILE}`,
    );
}

/** The SDK reports a line break, such as one at the end of a copied value, late, and AWS as an invalid signature. */
function requireValidKeys(env: Environment = getEnvironment()): void {
  for (const name of [KEY_ID, SECRET_KEY, SESSION_TOKEN])
    if (!isHeaderValue(env[name] ?? ""))
      throw new UserError(
        `${name} must have no line break or control character`,
        `set ${name} again, without a line break at its end`,
      );
}
