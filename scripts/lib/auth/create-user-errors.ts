import { type ErrorExplanation, explainError } from "../aws/errors";
import { INVALID_PASSWORD_ERRORS } from "./new-password";

/** IAM actions on the user pool that creating a user requires. */
export const CREATE_USER_ACTIONS = [
  "DescribeUserPool",
  "ListGroups",
  "ListUsers",
  "AdminGetUser",
  "AdminListGroupsForUser",
  "AdminCreateUser",
  "AdminSetUserPassword",
  "AdminAddUserToGroup",
].map((action) => `cognito-idp:${action}`);

const COMPLETE = "run the command again: it completes a user who exists";

const EMAIL_FAILURE = {
  message: ({ message }: Error) => `Cognito cannot send the email: ${message}`,
  hint: "use --ask-password to set a password without an email, or check the email settings of the user pool",
};

/** Lists the errors of creating a user. */
export function listCreateUserExplanations({
  userName,
  email,
}: {
  readonly userName: string;
  readonly email: string;
}): readonly ErrorExplanation[] {
  return [
    {
      names: /^AccessDenied(Exception)?$/,
      message: ({ message }) => `AWS denied the request: ${message}`,
      hint: `use a profile of the stage's account with permission for ${CREATE_USER_ACTIONS.join(", ")}`,
    },
    {
      names: /^AliasExistsException$/,
      message: `email address ${email} must not be that of another user`,
      hint: "use another address",
    },
    {
      names: /^UsernameExistsException$/,
      message: `user ${userName} was created in the meantime`,
      hint: COMPLETE,
    },
    {
      names: /^UserNotFoundException$/,
      message: `user ${userName} was deleted in the meantime`,
      hint: "run the command again",
    },
    {
      names: /^ResourceNotFoundException$/,
      text: /user ?pool/i,
      message: ({ message }) => `the user pool does not exist: ${message}`,
      hint: "deploy the stage, or check --region and the account of the profile",
    },
    {
      names: /^ResourceNotFoundException$/,
      message: ({ message }) =>
        `a group was deleted in the meantime: ${message}`,
      hint: COMPLETE,
    },
    {
      names: new RegExp(`^(${INVALID_PASSWORD_ERRORS.join("|")})$`),
      message: ({ message }) => `the password is invalid: ${message}`,
      hint: `${COMPLETE}, with another password`,
    },
    {
      names: /^InvalidParameterException$/,
      // AWS's message quotes the value
      text: /validation error/i,
      message:
        "the format of the user name, email address or password is invalid",
      hint: "use other characters",
    },
    {
      names: /^InvalidParameterException$/,
      message: ({ message }) => `the user pool refuses the user: ${message}`,
      hint: "if the user pool requires more attributes, create the user with the AWS CLI: aws cognito-idp admin-create-user",
    },
    {
      names: /^CodeDeliveryFailureException$/,
      ...EMAIL_FAILURE,
    },
    {
      names: /^LimitExceededException$/,
      text: /email/i,
      ...EMAIL_FAILURE,
    },
    {
      names:
        /^(UserLambdaValidationException|UnexpectedLambdaException|InvalidLambdaResponseException)$/,
      message: ({ message }) =>
        `a Lambda trigger of the user pool refuses the user: ${message}`,
      hint: "check the triggers of the user pool",
    },
    {
      names: /^NotAuthorizedException$/,
      message: ({ message }) => `the user pool refuses the request: ${message}`,
      hint: "check the user in the AWS console",
    },
  ];
}

/** Returns a `UserError` for an error of a user pool, or the error itself. */
export function explainCreateUserError(
  error: unknown,
  user: { readonly userName: string; readonly email: string },
): unknown {
  return explainError(error, listCreateUserExplanations(user));
}
