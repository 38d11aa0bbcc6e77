import { formatPage } from "../../../stacks/config/documentation";
import { UserError } from "../../../constructs/errors";
import { findProviderFeature } from "../../../stacks/provider-versions";
import { explainAwsError } from "../aws/errors";
import { getConfigFile } from "../aws/profiles";
import { formatCommand } from "../cli/invocation";
import { getBundleHint } from "../http/connection-error";
import { BUNDLE_VARIABLE } from "../http/network-variables";
import { DEPENDENCY_LOCK_FILE } from "./dependency-lock";

/** Errors of Terraform and OpenTofu by a pattern, with line breaks as spaces. */
export type KnownErrors = readonly (readonly [
  pattern: RegExp,
  explain: (
    match: readonly string[],
    context: ErrorContext,
  ) => UserError | undefined,
])[];

/** The stack for which Terraform failed. */
export interface ErrorContext {
  /** Location of the state. */
  readonly location: string;
  readonly stage?: string | undefined;
  /** Value of `AWS_ACCOUNT_ID`, if it is known. */
  readonly accountId?: string | undefined;
}

/** Errors of proxies and certificates, in the words of Go. */
const NETWORK_ERRORS: KnownErrors = [
  [
    /proxyconnect tcp: (?:.*?(connection refused|no such host|i\/o timeout))?/,
    ([, reason = "the connection failed"]) =>
      new UserError(
        `Terraform cannot reach the proxy (HTTPS_PROXY): ${reason}`,
        "check HTTPS_PROXY, or add the hosts of AWS to NO_PROXY",
      ),
  ],
  [
    /Proxy Authentication Required/,
    () =>
      new UserError(
        "the proxy (HTTPS_PROXY) requires a user and a password, or denied them",
        "write them into HTTPS_PROXY, percent-encoded: http://<user>:<password>@<host>:<port>",
      ),
  ],
  [
    /\w+ "https?:\/\/([^/"]+)[^"]*": (Forbidden|Method Not Allowed|Bad Gateway|Service Unavailable|Gateway Timeout)/,
    ([, host = "", status = ""]) =>
      new UserError(
        `the proxy (HTTPS_PROXY) does not connect to ${host}: ${status}`,
        "allow the host in the proxy, check HTTPS_PROXY, or add the host to NO_PROXY",
      ),
  ],
  [
    /"https:\/\/((?:registry|releases|github|objects)\.[^/":]+)[^"]*": (?:tls: [^:]*: )?(x509: certificate signed by unknown authority)/,
    ([, host = "", text = ""]) =>
      new UserError(
        `Terraform cannot reach ${host}: the certificate is not trusted (${text})`,
        `Terraform uses ${BUNDLE_VARIABLE} for AWS only: add the certificate authority to those of the system, or set SSL_CERT_FILE to a PEM file with it`,
      ),
  ],
  [
    /invalid header field value for "([\w-]+)"/,
    ([, header = ""]) =>
      explainAwsError(
        Object.assign(new Error(`["${header}"]`), { code: "ERR_INVALID_CHAR" }),
      ),
  ],
  [
    /x509: certificate signed by unknown authority/,
    ([text = ""]) =>
      new UserError(
        `Terraform cannot reach AWS: the certificate is not trusted (${text})`,
        getBundleHint(),
      ),
  ],
];

/** Errors of the selection of a version of the AWS provider. */
const PROVIDER_ERRORS: KnownErrors = [
  [
    /hashicorp\/aws: no available releases match the given constraints (>= (\S+), < [\d.]+)/,
    ([, constraint = "", version = ""]) =>
      explainProviderVersion(
        version,
        `Terraform found none that matches ${constraint}`,
        "add a newer version to the provider mirror",
      ),
  ],
  [
    /locked provider \S+\/hashicorp\/aws (\S+) does not match configured version constraint >= ([^,\s]+),/,
    ([, locked = "", version = ""]) =>
      explainProviderVersion(
        version,
        `${DEPENDENCY_LOCK_FILE} selects ${locked}`,
        `select a newer version for all stages (${formatPage("deploy#one-provider-build")})`,
      ),
  ],
];

/** Errors of the S3 backend and of credentials. */
export const BACKEND_ERRORS: KnownErrors = [
  ...NETWORK_ERRORS,
  [
    /S3 bucket(?: "[^"]*")? does not exist|NoSuchBucket/,
    (_, { location }) =>
      new UserError(
        `the bucket of ${location} does not exist`,
        `check STATE_BUCKET_NAME, the Region and the profile; ${formatCommand("bootstrap")} creates the bucket of a new account`,
      ),
  ],
  [
    /AWS account ID not allowed: (\d+)/,
    ([, account = ""], { accountId }) =>
      accountId === undefined
        ? new UserError(
            `AWS_ACCOUNT_ID must be the account of the credentials, which is ${account}`,
            "name a profile of the stage's account with --profile or AWS_PROFILE",
          )
        : new UserError(
            `AWS_ACCOUNT_ID must be the account of the credentials, got "${accountId}" with credentials of "${account}"`,
            `name a profile of account ${accountId} with --profile, or correct AWS_ACCOUNT_ID`,
          ),
  ],
  [
    /requested bucket from "(\S+)", actual location "(\S+)"/,
    ([, requested = "", actual = ""], { location }) =>
      new UserError(
        `the bucket of ${location} is in ${actual}, not in ${requested}`,
        "set the Region of the stage with --region or AWS_REGION",
      ),
  ],
  [
    /failed to get shared config profile, (\S+)/,
    ([, profile = ""]) =>
      new UserError(
        `there is no profile ${JSON.stringify(profile)} in ${getConfigFile()}`,
        "run `aws configure list-profiles` to list the profiles",
      ),
  ],
  [
    /ExpiredToken|token (?:included in the request )?(?:is|has) expired/i,
    (_, { location }) => explainAs("ExpiredToken", location),
  ],
  [
    /No valid credential sources found|failed to refresh cached credentials/,
    ([text = ""]) => explainAs("CredentialsProviderError", text),
  ],
  [
    /\b(InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch)\b/,
    ([, name = ""], { location }) => explainAs(name, location),
  ],
];

/** Errors of AWS for a resource that exists, such as `ResourceExistsException` or `EntityAlreadyExists`. */
const EXISTS =
  /already exists|already associated|AlreadyExists|AlreadyOwnedByYou|\b(?:Resource|Group|Alias)ExistsException/i;

/** Error of AWS for the name of a secret that is in its recovery window. */
const DELETED_SECRET =
  /(?:Secrets Manager Secret \(([^\s)]+)\):(?:(?! Error: ).)*)?(?:scheduled|marked) for deletion/i;

/** Error of AWS for email MFA, which the provider sends when MFA is disabled. */
const DISABLED_WITH_FACTOR =
  /(?:Cognito User Pool \(([^\s)]+)\)(?:(?! Error: ).)*)?can't turn off MFA and configure an MFA together/;

/** Error of the provider when it reads an empty client secret, which the plan did not have. */
const FIRST_SECRET_DELETED =
  /aws_cognito_user_pool_client\.(?:(?! Error: ).)*unexpected new value: \.client_secret:/;

/** Precondition of a version of a secret. */
const NO_CLIENT_SECRET =
  /The secret (\S+\/(\S+)) contains no secret of its client/;

/** Errors of a plan. */
export const PLAN_ERRORS: KnownErrors = [
  [
    NO_CLIENT_SECRET,
    ([, secret = "", client = ""], { stage }) =>
      new UserError(
        `the secret ${secret} contains no secret of its client, and Cognito no longer returns one`,
        formatRotationHint(client, stage),
      ),
  ],
  [
    /nstance cannot be destroyed .*?Resource (\S+) has lifecycle\.prevent_destroy/,
    ([, address = ""]) =>
      new UserError(
        `${address} is protected, and the plan would destroy or replace it`,
        `restore its settings, such as its name; if it was marked as tainted by a run that was killed, untaint it (${formatPage("troubleshooting")})`,
      ),
  ],
  ...BACKEND_ERRORS,
];

/** Errors of the initialization of a stack. */
export const INIT_ERRORS: KnownErrors = [...PROVIDER_ERRORS, ...BACKEND_ERRORS];

/** Returns whether a dependency lock file selects a provider that the stack no longer allows. */
export function isLockOutdated(output: string): boolean {
  return /locked provider .* does not match configured version constraint/.test(
    unwrapLines(output),
  );
}

/** Returns the explanation of the first error that matches; `undefined` if none does. */
export function explainKnownError(
  output: string,
  errors: KnownErrors,
  context: ErrorContext,
): UserError | undefined {
  const text = unwrapLines(output);
  for (const [pattern, explain] of errors) {
    const match = pattern.exec(text);
    const explained = match === null ? undefined : explain(match, context);
    if (explained !== undefined) return explained;
  }
  return undefined;
}

/** Returns a hint for an apply that failed. */
export function findApplyHint(
  output: string,
  stage: string | undefined,
): string {
  const text = unwrapLines(output);
  const deleted = DELETED_SECRET.exec(text);
  if (deleted !== null) {
    const [, secret = "<name>"] = deleted;
    return `run aws secretsmanager restore-secret --secret-id ${secret}, and import the secret (${formatPage("troubleshooting")}); or deploy again when SECRET_RECOVERY_DAYS have passed since its deletion`;
  }
  const disabled = DISABLED_WITH_FACTOR.exec(text);
  if (disabled !== null) {
    const [, userPool = "<id>"] = disabled;
    return `Terraform cannot remove email MFA: run aws cognito-idp set-user-pool-mfa-config --user-pool-id ${userPool} --mfa-configuration OFF, and deploy again`;
  }
  if (FIRST_SECRET_DELETED.test(text))
    return "a rotation deleted the first secret of the client after the plan was made, and the secret in use is unchanged: deploy again";
  const [, , client] = NO_CLIENT_SECRET.exec(text) ?? [];
  if (client !== undefined) return formatRotationHint(client, stage);
  if (stage !== undefined && EXISTS.test(text))
    return `AWS has a resource that the state does not have: ${formatCommand("orphans", "--stage", stage)} lists such resources, and how to import or delete them`;
  return "the state has all finished changes: fix the error, and run the command again";
}

function formatRotationHint(client: string, stage: string | undefined): string {
  const target = stage === undefined ? [] : ["--stage", stage];
  const command = formatCommand(
    "rotate-secret",
    ...target,
    "--service-id",
    client,
  );
  return `run ${command}, or restore the previous version of the secret (${formatPage("troubleshooting")}), and deploy again`;
}

function explainProviderVersion(
  version: string,
  reason: string,
  fix: string,
): UserError {
  const feature = findProviderFeature(version);
  return new UserError(
    `${feature === undefined ? "the stack" : feature.name} requires version ${version} or later of the AWS provider: ${reason}`,
    feature === undefined ? fix : `${fix}, or ${feature.removal}`,
  );
}

/** Joins lines, which Terraform wraps to the width of a terminal. */
function unwrapLines(output: string): string {
  return output.replace(/[\s│]+/g, " ");
}

/** Explains an error as the AWS SDK names it. */
export function explainAs(
  name: string,
  message: string,
): UserError | undefined {
  return explainAwsError(Object.assign(new Error(message), { name }));
}
