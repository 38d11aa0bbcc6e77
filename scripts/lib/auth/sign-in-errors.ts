import { type ErrorExplanation, explainError } from "../aws/errors";
import { isCommand } from "../cli/invocation";

const CLIENT_HINT =
  "use the stage's programmatic client, which is its output client_id";

/** Errors of a user pool. AWS's own message is repeated only if it never quotes the user's input. */
const EXPLANATIONS: readonly ErrorExplanation[] = [
  {
    names: /^(InvalidParameterException|NotAuthorizedException)$/,
    text: /USER_SRP_AUTH/,
    message: ({ message }) =>
      `the client does not allow sign-in with SRP: ${message}`,
    hint: () =>
      isCommand()
        ? `${CLIENT_HINT}; --auth-flow password sends the password itself to the user pool, and --auth-flow browser uses the sign-in pages`
        : `${CLIENT_HINT}, or sign in through the browser`,
  },
  {
    names: /^(InvalidParameterException|NotAuthorizedException)$/,
    text: /USER_PASSWORD_AUTH/,
    message: ({ message }) =>
      `the client does not allow sign-in with the password itself: ${message}`,
    hint: `omit --auth-flow, or ${CLIENT_HINT}`,
  },
  {
    names: /^NotAuthorizedException$/,
    text: /session.*expired|invalid session/i,
    message: "the session of the sign-in has expired",
    hint: "sign in again; a session is valid for 3 minutes in the stages of this project",
  },
  {
    names: /^(InvalidParameterException|NotAuthorizedException)$/,
    text: /SECRET_HASH|secret hash/i,
    message: ({ message }) => `the client secret is invalid: ${message}`,
    hint: () =>
      `${CLIENT_HINT} and has no secret${isCommand() ? "; set USER_POOL_CLIENT_SECRET only for a client with a secret, to its current one" : ""}`,
  },
  {
    names: /^NotAuthorizedException$/,
    text: /temporary password has expired/i,
    message: ({ message }) => `the sign-in failed: ${message}`,
    hint: "ask an administrator for a new one: aws cognito-idp admin-create-user --message-action RESEND --desired-delivery-mediums EMAIL",
  },
  {
    names: /^NotAuthorizedException$/,
    text: /incorrect username or password/i,
    message: ({ message }) => `the sign-in failed: ${message}`,
    hint: () =>
      `check the user name and the password${isCommand() ? "; --reset-password sets a new password" : ""}`,
  },
  {
    names: /^(NotAuthorizedException|UserNotFoundException)$/,
    message: ({ message }) => `the sign-in failed: ${message}`,
    hint: "check the user name, or ask an administrator of the user pool",
  },
  {
    names: /^UserNotConfirmedException$/,
    message: "the user is not confirmed",
    hint: "ask an administrator to confirm the user: aws cognito-idp admin-confirm-sign-up",
  },
  {
    names: /^InvalidParameterException$/,
    text: /cannot reset password/i,
    message:
      "cannot reset the password: the user has no verified address for the code",
    hint: "ask an administrator to set a password: aws cognito-idp admin-set-user-password",
  },
  {
    names: /^InvalidParameterException$/,
    // AWS's message quotes the value
    text: /validation error/i,
    message: "the format of an answer is invalid",
    hint: "sign in again; a code has digits only, and a user name has no spaces",
  },
  {
    names: /^ResourceNotFoundException$/,
    message: "the user pool has no such client",
    hint: "check the client id and its Region, or use the ids of one stage",
  },
  {
    names: /^CodeMismatchException$|^EnableSoftwareTokenMFAException$/,
    message: "the code is incorrect",
    hint: "sign in again; check the clock of your device",
  },
  {
    names: /^ExpiredCodeException$/,
    message: "the code has expired, or was used before",
    hint: "sign in again for a new code",
  },
  {
    names:
      /^(InvalidPasswordException|PasswordHistoryPolicyViolationException)$/,
    message: ({ message }) => `the new password is invalid: ${message}`,
    hint: "sign in again, and choose another password",
  },
  {
    names:
      /^(LimitExceededException|TooManyFailedAttemptsException|TooManyRequestsException)$/,
    message: ({ message }) => `the user pool throttled the sign-in: ${message}`,
    hint: "wait 15 minutes and try again",
  },
  {
    names: /^(CodeDeliveryFailureException|UserLambdaValidationException)$/,
    message: ({ message }) => `the sign-in failed: ${message}`,
    hint: "ask an administrator of the user pool",
  },
];

/** Returns a `UserError` for an error of a user pool, or the error itself. */
export function explainSignInError(error: unknown): unknown {
  return explainError(error, EXPLANATIONS);
}
