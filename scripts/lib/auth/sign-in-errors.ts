import { types } from "node:util";
import { UserError } from "../../../constructs/errors";

interface Explanation {
  readonly names: RegExp;
  /** What AWS says, where one name has several meanings. */
  readonly says?: RegExp;
  readonly message: (said: string) => string;
  readonly hint: string;
}

/** What a user pool refuses, the first that fits; none of these sentences of AWS repeats what was typed. */
const EXPLANATIONS: readonly Explanation[] = [
  {
    names: /^(InvalidParameterException|NotAuthorizedException)$/,
    says: /USER_SRP_AUTH/,
    message: (said) => `the client does not allow sign-in with SRP: ${said}`,
    hint: "use the stage's programmatic client, which is its output client_id; --auth-flow password sends the password itself to the user pool",
  },
  {
    names: /^(InvalidParameterException|NotAuthorizedException)$/,
    says: /USER_PASSWORD_AUTH/,
    message: (said) =>
      `the client does not allow sign-in with the password itself: ${said}`,
    hint: "leave out --auth-flow, or use the stage's programmatic client, which is its output client_id",
  },
  {
    names: /^NotAuthorizedException$/,
    says: /session.*expired|invalid session/i,
    message: () => "the sign-in took longer than its session lasts",
    hint: "start again; a session lasts 3 minutes in the stages of this project",
  },
  {
    names: /^(InvalidParameterException|NotAuthorizedException)$/,
    says: /SECRET_HASH|secret hash/i,
    message: (said) =>
      `the user pool refused the secret of the client: ${said}`,
    hint: "use the stage's programmatic client, which has none and is its output client_id; set USER_POOL_CLIENT_SECRET for a client with a secret, and for no other",
  },
  {
    names: /^NotAuthorizedException$/,
    says: /temporary password has expired/i,
    message: (said) => `the user pool refused the sign-in: ${said}`,
    hint: "an administrator makes a new one: aws cognito-idp admin-create-user --message-action RESEND",
  },
  {
    names: /^NotAuthorizedException$/,
    says: /incorrect username or password/i,
    message: (said) => `the user pool refused the sign-in: ${said}`,
    hint: "check the user name and the password; --reset-password sets a new one by a code",
  },
  {
    names: /^(NotAuthorizedException|UserNotFoundException)$/,
    message: (said) => `the user pool refused the sign-in: ${said}`,
    hint: "check the user name, or ask an administrator of the user pool",
  },
  {
    names: /^UserNotConfirmedException$/,
    message: () => "the user is not confirmed yet",
    hint: "an administrator confirms: aws cognito-idp admin-confirm-sign-up",
  },
  {
    names: /^InvalidParameterException$/,
    says: /cannot reset password/i,
    message: () =>
      "the password cannot be reset: the user has no verified address to send a code to",
    hint: "an administrator sets one: aws cognito-idp admin-set-user-password",
  },
  {
    names: /^InvalidParameterException$/,
    // it repeats the value
    says: /validation error/i,
    message: () => "the user pool does not accept the form of an answer",
    hint: "start again; a code is of digits, and a user name has no spaces",
  },
  {
    names: /^ResourceNotFoundException$/,
    message: () => "the user pool has no such client",
    hint: "check the client id and its Region: those of a stage are given with --stage",
  },
  {
    names: /^CodeMismatchException$|^EnableSoftwareTokenMFAException$/,
    message: () => "the code is not the right one",
    hint: "start again; check that the clock of the device is right",
  },
  {
    names: /^ExpiredCodeException$/,
    message: () => "the code has expired, or was used before",
    hint: "start again for a new code",
  },
  {
    names:
      /^(InvalidPasswordException|PasswordHistoryPolicyViolationException)$/,
    message: (said) => `the user pool refused the new password: ${said}`,
    hint: "start again with another one",
  },
  {
    names:
      /^(LimitExceededException|TooManyFailedAttemptsException|TooManyRequestsException)$/,
    message: (said) => `the user pool has been asked too often: ${said}`,
    hint: "wait a quarter of an hour and try again",
  },
  {
    names: /^(CodeDeliveryFailureException|UserLambdaValidationException)$/,
    message: (said) => `the user pool refused the sign-in: ${said}`,
    hint: "ask an administrator of the user pool",
  },
];

/** A user pool's refusal as a sentence with what to do; any other error as it is. */
export function explainSignInError(error: unknown): unknown {
  if (!types.isNativeError(error)) return error;
  const { name, message: said } = error;
  const known = EXPLANATIONS.find(
    ({ names, says }) => names.test(name) && (says?.test(said) ?? true),
  );
  return known === undefined
    ? error
    : new UserError(known.message(said), known.hint);
}

/** Whether an error is one of AWS's with one of these names. */
export function isAwsError(error: unknown, ...names: string[]): error is Error {
  return types.isNativeError(error) && names.includes(error.name);
}
