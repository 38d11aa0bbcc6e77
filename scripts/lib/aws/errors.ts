import { types } from "node:util";
import { UserError } from "../../../constructs/errors";

interface Explanation {
  readonly names: RegExp;
  readonly message: (error: Error) => string;
  readonly hint: string;
}

/** Errors of any AWS call, by name. A signature's error is not repeated: it can quote the request. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    names: /^(CredentialsProviderError|TokenProviderError)$/,
    message: ({ message }) =>
      `no AWS credentials can be used: ${firstLine(message)}`,
    hint: "name a profile with --profile or AWS_PROFILE; one of IAM Identity Center may need `aws sso login`",
  },
  {
    names: /^ExpiredToken(Exception)?$|^RequestExpired$/,
    message: () => "the AWS credentials have expired",
    hint: "take new ones, or name another profile with --profile or AWS_PROFILE",
  },
  {
    names:
      /^(InvalidClientTokenId|UnrecognizedClientException|AuthFailure|SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature.*|MissingAuthenticationToken.*)$/,
    message: ({ name }) => `AWS does not accept the credentials: ${name}`,
    hint: "name a profile of the stage's account with --profile or AWS_PROFILE",
  },
  {
    names: /^(AccessDenied|AccessDeniedException|UnauthorizedOperation)$/,
    message: ({ message }) => `AWS refused: ${firstLine(message)}`,
    hint: "check that the profile is one of the stage's account, and what it is allowed",
  },
  {
    names:
      /^(Throttling.*|TooManyRequestsException|RequestLimitExceeded|LimitExceededException|SlowDown)$/,
    message: ({ name }) =>
      `AWS asks for fewer requests (${name}), after several tries`,
    hint: "wait a minute and try again",
  },
  {
    names: /^(TimeoutError|AbortError)$/,
    message: () => "AWS did not answer in time, after several tries",
    hint: "check the network, a proxy, and the Region",
  },
];
const NO_ANSWER = new UserError(
  "what answered is not AWS, or something between changed the answer",
  "check that no proxy answers in AWS's place, and the AWS_ENDPOINT_URL variables",
);
const NETWORK =
  /^(ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EPIPE|CERT_.*|.*_CERT.*)$/;

/** What an error of the AWS SDK says to a person; `undefined` when it is none. */
export function explainAwsError(error: unknown): UserError | undefined {
  if (!types.isNativeError(error)) return undefined;
  const known = EXPLANATIONS.find(({ names }) => names.test(error.name));
  if (known !== undefined)
    return new UserError(known.message(error), known.hint);
  const { code, hostname, address, port, $fault } = error as Error & {
    readonly code?: unknown;
    readonly hostname?: string;
    readonly address?: string;
    readonly port?: number;
    readonly $fault?: string;
  };
  if (typeof code === "string" && NETWORK.test(code)) {
    const host = hostname ?? address;
    const where = host === undefined ? "" : ` at ${host}:${port ?? 443}`;
    return new UserError(
      `AWS cannot be reached${where}: ${code}`,
      "check the network, a proxy, and the Region",
    );
  }
  if ($fault === undefined) return isUnreadable(error) ? NO_ANSWER : undefined;
  const said = `${error.name}: ${firstLine(error.message)}`;
  return $fault === "server"
    ? new UserError(`AWS failed, after several tries: ${said}`, "try again")
    : new UserError(`AWS refused: ${said}`);
}

/** An answer that the SDK could not read; its error quotes it, and it may hold a secret. */
function isUnreadable(error: Error): boolean {
  return "$response" in error || "$responseBodyText" in error;
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0]?.trim() ?? "";
}
