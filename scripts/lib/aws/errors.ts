import { types } from "node:util";
import { UserError } from "../../../constructs/errors";
import { formatOption } from "../cli/invocation";
import {
  findConnectionError,
  findConnectionProblem,
} from "../http/connection-error";
import { explainRefusal, formatRestartHint } from "../http/local-endpoint";

/** Selects AWS errors. */
export interface ErrorPattern {
  /** Matches the error code, which the SDK uses as the error's name. */
  readonly names: RegExp;
  /** Matches AWS's message, if one error code has several causes. */
  readonly text?: RegExp;
}

/** Explains the AWS errors that its pattern matches. */
export interface ErrorExplanation extends ErrorPattern {
  readonly message: string | ((error: Error) => string);
  readonly hint?: string | (() => string);
}

/** Errors of an endpoint that does not have an operation. */
const UNSUPPORTED =
  /^(InvalidAction|UnknownOperation(Exception)?|UnsupportedOperation(Exception)?|NotImplemented(Exception|Error)?)$/;

/** Errors that every AWS service returns. The message of a signature error is left out: it can quote the request. */
const COMMON_EXPLANATIONS: readonly ErrorExplanation[] = [
  {
    names: /^(CredentialsProviderError|TokenProviderError)$/,
    message: ({ message }) =>
      `cannot load AWS credentials: ${firstLine(message)}`,
    hint: () =>
      `name a profile with ${formatOption("profile")} or AWS_PROFILE; a profile of IAM Identity Center may need \`aws sso login\``,
  },
  {
    names: /^ExpiredToken(Exception)?$|^RequestExpired$/,
    message: "the AWS credentials have expired",
    hint: () =>
      `refresh them, or name another profile with ${formatOption("profile")} or AWS_PROFILE`,
  },
  {
    names:
      /^(InvalidClientTokenId|InvalidAccessKeyId|UnrecognizedClientException|AuthFailure|SignatureDoesNotMatch|InvalidSignatureException|IncompleteSignature.*|MissingAuthenticationToken.*)$/,
    message: ({ name }) => `invalid AWS credentials: ${name}`,
    hint: () =>
      `name a profile of the stage's account with ${formatOption("profile")} or AWS_PROFILE`,
  },
  {
    names: /^(AccessDenied|AccessDeniedException|UnauthorizedOperation)$/,
    message: ({ message }) => `AWS denied the request: ${firstLine(message)}`,
    hint: "check that the profile belongs to the stage's account, and its permissions",
  },
  {
    names:
      /^(Throttling.*|TooManyRequestsException|RequestLimitExceeded|LimitExceededException|SlowDown)$/,
    message: ({ name }) => `AWS throttled the request (${name}), after retries`,
    hint: "wait a minute and try again",
  },
  {
    names: /^(TimeoutError|AbortError)$/,
    message: "AWS did not respond in time, after retries",
    hint: "check the network, a proxy, and the Region",
  },
];

/** Returns a `UserError` for the first explanation that matches an AWS error, or the error itself. */
export function explainError(
  error: unknown,
  explanations: readonly ErrorExplanation[],
): unknown {
  if (!types.isNativeError(error)) return error;
  const found = explanations.find((pattern) => isMatch(error, pattern));
  if (found === undefined) return error;
  const { message, hint } = found;
  return new UserError(
    typeof message === "string" ? message : message(error),
    typeof hint === "function" ? hint() : hint,
  );
}

/** Explains an error that any AWS call can return; returns `undefined` for an error of other code. */
export function explainAwsError(error: unknown): UserError | undefined {
  const explained =
    explainReset(error) ?? explainError(error, COMMON_EXPLANATIONS);
  if (explained instanceof UserError) return explained;
  if (!types.isNativeError(error)) return undefined;
  const { $fault } = error as Error & { readonly $fault?: string };
  const unreachable = explainConnection(error);
  if (unreachable !== undefined) return unreachable;
  // the error quotes the response, which can hold a secret
  if (
    $fault === undefined &&
    ("$response" in error || "$responseBodyText" in error)
  )
    return new UserError(
      "cannot read the response: the server is not AWS, or a proxy changed the response",
      "check that no proxy responds instead of AWS, and the AWS_ENDPOINT_URL variables",
    );
  const details = `${error.name}: ${firstLine(error.message)}`;
  if ($fault === "server")
    return new UserError(`AWS failed, after retries: ${details}`, "try again");
  return $fault === undefined
    ? undefined
    : new UserError(
        `the AWS request failed: ${details}`,
        UNSUPPORTED.test(error.name) ? formatRestartHint() : undefined,
      );
}

/** Explains a connection that was closed, which the SDK calls a timeout. */
function explainReset(error: unknown): UserError | undefined {
  return isAwsError(error, "TimeoutError") && "code" in error
    ? explainConnection(error)
    : undefined;
}

/** Explains a request without a response; returns `undefined` for another error. */
function explainConnection(error: Error): UserError | undefined {
  const problem = findConnectionProblem(error);
  const found = findConnectionError(error);
  if (problem === undefined || found === undefined) return undefined;
  const { code, hostname, address, port, errors } = found;
  const stopped =
    code === "ECONNREFUSED"
      ? explainRefusal(port ?? errors?.[0]?.port)
      : undefined;
  if (stopped !== undefined) return stopped;
  const host = hostname ?? address;
  const location = host === undefined ? "" : ` at ${host}:${port ?? 443}`;
  const { reason, hint = "check the network, a proxy, and the Region" } =
    problem;
  return new UserError(`cannot reach AWS${location}: ${reason}`, hint);
}

/** Returns whether an error has one of these AWS error codes. */
export function isAwsError(error: unknown, ...names: string[]): error is Error {
  return types.isNativeError(error) && names.includes(error.name);
}

/** Returns what an AWS call returns, or `undefined` if it fails with an expected error. */
export async function ignoreAwsError<T>(
  expected: ErrorPattern,
  call: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    if (types.isNativeError(error) && isMatch(error, expected))
      return undefined;
    throw error;
  }
}

/**
 * Returns what a call of Cognito, IAM or Secrets Manager finds, or `undefined` if the resource does not exist.
 *
 * Other errors with a similar name, such as that of a missing dependency, are thrown.
 */
export async function findOrUndefined<T>(
  find: () => Promise<T>,
): Promise<T | undefined> {
  return ignoreAwsError(
    { names: /^(ResourceNotFoundException|NoSuchEntity(Exception)?)$/ },
    find,
  );
}

/** Returns what an AWS call returns, or `undefined` if the endpoint does not have the operation, as a local AWS may not. */
export async function ignoreUnsupported<T>(
  call: () => Promise<T>,
): Promise<T | undefined> {
  return ignoreAwsError({ names: UNSUPPORTED }, call);
}

function isMatch(error: Error, { names, text }: ErrorPattern): boolean {
  return names.test(error.name) && (text?.test(error.message) ?? true);
}

function firstLine(text: string): string {
  return text.split("\n", 1)[0]?.trim() ?? "";
}
