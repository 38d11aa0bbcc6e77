import { UserError } from "../../../constructs/errors";
import { explainAwsError } from "../aws/errors";
import { explainRefusalIn } from "../http/local-endpoint";
import { getLastLines } from "../system/processes";

type Explain = (
  match: readonly string[],
  location: string,
) => UserError | undefined;

/** Errors of Terraform and OpenTofu, with line breaks as spaces. The first match wins. */
const EXPLANATIONS: readonly (readonly [pattern: RegExp, explain: Explain])[] =
  [
    [
      /S3 bucket(?: "[^"]*")? does not exist|NoSuchBucket/,
      (_, location) =>
        new UserError(
          `the bucket of ${location} does not exist`,
          "check STATE_BUCKET_NAME, the Region, and that the profile belongs to the stage's account",
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
    [
      /AccessDenied|Access Denied|StatusCode: 403|Forbidden/,
      (_, location) => explainAs("AccessDenied", `cannot read ${location}`),
    ],
    [
      /dial tcp:? (?:lookup )?(\S+?):? .*?(no such host|connection refused|i\/o timeout|network is unreachable)/,
      ([text = "", host = "", reason = ""]) =>
        explainRefusalIn(text) ??
        new UserError(
          `cannot reach AWS at ${host}: ${reason}`,
          "check the network, a proxy, and the Region",
        ),
    ],
  ];

/** Explains why a state cannot be read, from the standard error of Terraform. */
export function explainStateError(stderr: string, location: string): UserError {
  // Terraform wraps lines to the width of a terminal
  const text = stderr.replace(/\s+/g, " ");
  for (const [pattern, explain] of EXPLANATIONS) {
    const match = pattern.exec(text);
    const explained = match === null ? undefined : explain(match, location);
    if (explained !== undefined) return explained;
  }
  return new UserError(
    `Terraform cannot read ${location}\n${getLastLines(stderr.trim(), 15)}`,
  );
}

/** Explains an error as the AWS SDK names it. */
function explainAs(name: string, message: string): UserError | undefined {
  return explainAwsError(Object.assign(new Error(message), { name }));
}
