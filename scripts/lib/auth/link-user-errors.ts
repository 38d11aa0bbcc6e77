import { explainError } from "../aws/errors";
import { listCreateUserExplanations } from "./create-user-errors";
import type { FederatedIdentity } from "./link-user-calls";

/** IAM actions on the user pool that linking a user requires. */
export const LINK_USER_ACTIONS = [
  "DescribeUserPool",
  "ListGroups",
  "ListIdentityProviders",
  "ListUsers",
  "AdminGetUser",
  "AdminListGroupsForUser",
  "AdminCreateUser",
  "AdminLinkProviderForUser",
  "AdminAddUserToGroup",
].map((action) => `cognito-idp:${action}`);
/** Further actions for `--unlink` and `--attribute`. */
export const UNLINK_USER_ACTIONS = [
  "AdminDisableProviderForUser",
  "AdminUserGlobalSignOut",
].map((action) => `cognito-idp:${action}`);
export const MAPPING_ACTION = "cognito-idp:DescribeIdentityProvider";

/** Errors of AWS about an identity that signed in before, or that another user has. */
export const OCCUPIED = ["AliasExistsException", "InvalidParameterException"];

/** Returns a `UserError` for an error of a user pool, or the error itself. */
export function explainLinkUserError(
  error: unknown,
  userName: string,
  email: string | undefined,
  { provider, subject }: FederatedIdentity,
): unknown {
  return explainError(error, [
    {
      names: /^AccessDenied(Exception)?$/,
      message: ({ message }) => `AWS denied the request: ${message}`,
      hint: `use a profile of the stage's account with permission for ${LINK_USER_ACTIONS.join(", ")}; --unlink requires ${UNLINK_USER_ACTIONS.join(" and ")}, and --attribute requires ${MAPPING_ACTION}`,
    },
    {
      names: new RegExp(`^(${OCCUPIED.join("|")})$`),
      text: /merging|source ?user|federated identity|already linked/i,
      message: ({ message }) =>
        `cannot link subject ${JSON.stringify(subject)} of ${provider} to user ${userName}: ${message}`,
      hint: "an identity that has signed in, or that another user has, cannot be linked: find its user with aws cognito-idp list-users, and delete or unlink it first",
    },
    {
      names: /^LimitExceededException$/,
      text: /link/i,
      message: ({ message }) =>
        `user ${userName} cannot get another identity: ${message}`,
      hint: "unlink an identity that is not used any more, with --unlink",
    },
    ...listCreateUserExplanations({ userName, email: email ?? "" }),
  ]);
}
