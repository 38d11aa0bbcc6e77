import { UserError } from "../../../constructs/errors";
import { explainAwsError } from "../aws/errors";
import { formatCommand } from "../cli/invocation";

/** Errors of Terraform and OpenTofu by a pattern, with line breaks as spaces. */
export type KnownErrors = readonly (readonly [
  pattern: RegExp,
  explain: (
    match: readonly string[],
    /** Location of the state. */
    location: string,
  ) => UserError | undefined,
])[];

/** Errors of the S3 backend and of credentials. */
export const BACKEND_ERRORS: KnownErrors = [
  [
    /S3 bucket(?: "[^"]*")? does not exist|NoSuchBucket/,
    (_, location) =>
      new UserError(
        `the bucket of ${location} does not exist`,
        `check STATE_BUCKET_NAME, the Region and the profile; ${formatCommand("bootstrap")} creates the bucket of a new account`,
      ),
  ],
  [
    /AWS account ID not allowed: (\d+)/,
    ([, account = ""]) =>
      new UserError(
        `AWS_ACCOUNT_ID must be the account of the credentials, which is ${account}`,
        "name a profile of the stage's account with --profile or AWS_PROFILE",
      ),
  ],
  [
    /requested bucket from "(\S+)", actual location "(\S+)"/,
    ([, requested = "", actual = ""], location) =>
      new UserError(
        `the bucket of ${location} is in ${actual}, not in ${requested}`,
        "set the Region of the stage with --region or AWS_REGION",
      ),
  ],
  [
    /failed to get shared config profile, (\S+)/,
    ([, profile = ""]) =>
      new UserError(
        `there is no profile ${JSON.stringify(profile)} in ~/.aws/config`,
        "run `aws configure list-profiles` to list the profiles",
      ),
  ],
  [
    /ExpiredToken|token (?:included in the request )?(?:is|has) expired/i,
    (_, location) => explainAs("ExpiredToken", location),
  ],
  [
    /No valid credential sources found|failed to refresh cached credentials/,
    ([text = ""]) => explainAs("CredentialsProviderError", text),
  ],
  [
    /\b(InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch)\b/,
    ([, name = ""], location) => explainAs(name, location),
  ],
];

/** Errors of a plan. */
export const PLAN_ERRORS: KnownErrors = [
  [
    /nstance cannot be destroyed .*?Resource (\S+) has lifecycle\.prevent_destroy/,
    ([, address = ""]) =>
      new UserError(
        `${address} is protected, and the plan would destroy or replace it`,
        `restore its settings, such as its name; if it was marked as tainted by a run that was killed, untaint it (docs/troubleshooting.md)`,
      ),
  ],
  ...BACKEND_ERRORS,
];

/** Returns the explanation of the first error that matches; `undefined` if none does. */
export function explainKnownError(
  output: string,
  errors: KnownErrors,
  location: string,
): UserError | undefined {
  // Terraform wraps lines to the width of a terminal
  const text = output.replace(/[\s│]+/g, " ");
  for (const [pattern, explain] of errors) {
    const match = pattern.exec(text);
    const explained = match === null ? undefined : explain(match, location);
    if (explained !== undefined) return explained;
  }
  return undefined;
}

/** Explains an error as the AWS SDK names it. */
export function explainAs(
  name: string,
  message: string,
): UserError | undefined {
  return explainAwsError(Object.assign(new Error(message), { name }));
}
