import { UserError } from "../../../constructs/errors";
import {
  type Environment,
  getEnvironment,
} from "../../../stacks/config/environment";
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
const [TOKEN_FILE] = WEB_IDENTITY_VARIABLES;

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
  /** The role of a token in a file. */
  | { readonly kind: "web-identity" }
  /** The profile `default`, or else the role of the container or the machine. */
  | { readonly kind: "default" };

/**
 * Selects the source of credentials in the order of the AWS CLI and of Terraform: `--profile`, the keys in the environment,
 * a profile in the environment, then what the AWS SDK finds by default. A blank variable counts as not set.
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
      ...(variable !== undefined && {
        unused: `${variable} ${JSON.stringify(named)}`,
      }),
    };
  if (named !== undefined) return { kind: "profile", profile: named };
  return { kind: read(TOKEN_FILE) === undefined ? "default" : "web-identity" };
}

/** Describes what precedes `AWS_PROFILE` in this run, as the end of a hint that names it. */
export function describePrecedence(profile: string | undefined): string {
  if (profile !== undefined) return "; --profile precedes it";
  return selectCredentials(profile).kind === "keys"
    ? `; the credentials of ${KEY_ID} precede it`
    : "";
}

let isPrinted = false;

/**
 * Selects the source of credentials for a request. Prints a line, once, if the environment has two.
 *
 * @throws UserError if only one of the two keys is set: the request would be sent as another caller; or if a key has a line
 *   break
 */
export function requireCredentialSource(
  profile: string | undefined,
): CredentialSource {
  const source = selectCredentials(profile);
  if (profile === undefined && source.kind !== "keys") requireNoPartialKeys();
  if (source.kind === "keys") requireValidKeys();
  if (source.kind === "keys" && source.unused !== undefined && !isPrinted) {
    isPrinted = true;
    process.stderr.write(
      `using the credentials of ${KEY_ID}, not ${source.unused}; unset one of them\n`,
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

/** The SDK reports a line break, such as one at the end of a copied value, late, and AWS as an invalid signature. */
function requireValidKeys(env: Environment = getEnvironment()): void {
  for (const name of [KEY_ID, SECRET_KEY, SESSION_TOKEN])
    if (!isHeaderValue(env[name] ?? ""))
      throw new UserError(
        `${name} must have no line break or control character`,
        `set ${name} again, without a line break at its end`,
      );
}
