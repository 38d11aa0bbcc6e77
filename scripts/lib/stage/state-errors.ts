import { UserError } from "../../../constructs/errors";
import { getLastLines } from "../system/processes";

interface Explanation {
  readonly pattern: RegExp;
  readonly message: (match: RegExpExecArray, location: string) => string;
  readonly hint: string;
}

const OTHER_PROFILE =
  "name a profile of the stage's account with --profile or AWS_PROFILE";

/** What Terraform and OpenTofu say when a state cannot be read; the first that fits is told. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    pattern: /S3 bucket(?: "[^"]*")? does not exist|NoSuchBucket/,
    message: (_, location) => `the bucket of ${location} does not exist`,
    hint: "check STATE_BUCKET_NAME, the Region, and that the profile is one of the stage's account",
  },
  {
    pattern: /AWS account ID not allowed: (\d+)/,
    message: ([, account = ""]) =>
      `AWS_ACCOUNT_ID must be the account of the credentials, which is ${account}`,
    hint: OTHER_PROFILE,
  },
  {
    pattern: /requested bucket from "(\S+)", actual location "(\S+)"/,
    message: ([, asked = "", actual = ""], location) =>
      `the bucket of ${location} is in ${actual}, not in ${asked}`,
    hint: "give the Region of the stage with --region or AWS_REGION",
  },
  {
    pattern: /failed to get shared config profile, (\S+)/,
    message: ([, profile = ""]) =>
      `there is no profile ${JSON.stringify(profile)} in ~/.aws/config`,
    hint: "`aws configure list-profiles` lists those there are",
  },
  {
    pattern:
      /ExpiredToken|token (?:included in the request )?(?:is|has) expired/i,
    message: () => "the AWS credentials have expired",
    hint: "take new ones, or name another profile with --profile or AWS_PROFILE",
  },
  {
    pattern:
      /No valid credential sources found|failed to refresh cached credentials/,
    message: () => "no AWS credentials were found",
    hint: "name a profile with --profile or AWS_PROFILE; one of IAM Identity Center may need `aws sso login`",
  },
  {
    pattern:
      /\b(InvalidClientTokenId|InvalidAccessKeyId|SignatureDoesNotMatch)\b/,
    message: ([, name = ""]) => `AWS does not accept the credentials: ${name}`,
    hint: OTHER_PROFILE,
  },
  {
    pattern: /AccessDenied|Access Denied|StatusCode: 403|Forbidden/,
    message: (_, location) => `AWS refused to show ${location}`,
    hint: "check that the profile is one of the stage's account, and that it may list the bucket and read the object",
  },
  {
    pattern:
      /dial tcp:? (?:lookup )?(\S+?):? .*?(no such host|connection refused|i\/o timeout|network is unreachable)/,
    message: ([, host = "", reason = ""]) =>
      `AWS cannot be reached at ${host}: ${reason}`,
    hint: "check the network, a proxy, and the Region",
  },
];

/** Why a state could not be read, from what Terraform wrote on standard error. */
export function explainStateError(stderr: string, location: string): UserError {
  // it breaks its lines to the width of a terminal
  const said = stderr.replace(/\s+/g, " ");
  for (const { pattern, message, hint } of EXPLANATIONS) {
    const match = pattern.exec(said);
    if (match !== null) return new UserError(message(match, location), hint);
  }
  return new UserError(
    `Terraform cannot read ${location}\n${getLastLines(stderr.trim(), 15)}`,
  );
}
