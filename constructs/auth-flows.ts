import type { SignInProvider } from "./identity-provider";
import { isUnknown } from "./validation";

const REFRESH = "ALLOW_REFRESH_TOKEN_AUTH";

/** Flow without effect in a user pool without triggers for custom challenges. */
const UNUSED = "ALLOW_CUSTOM_AUTH";

/** Scope of the access tokens with which users change their attributes. */
export const USER_ADMIN_SCOPE = "aws.cognito.signin.user.admin";

/** Returns the flows with which the users of a user pool sign in through the API, without the sign-in pages. */
export function getUserFlows(
  signIn: readonly SignInProvider[] = ["COGNITO"],
): string[] {
  const hasLocalUsers = !isUnknown(signIn) && signIn.includes("COGNITO");
  return hasLocalUsers
    ? [
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        REFRESH,
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
      ]
    : [REFRESH];
}

/**
 * Returns the flows of a page in a browser. With identity providers, users sign in on the sign-in pages alone: tokens of
 * another flow can change attributes that the providers map.
 */
export function getPageFlows(
  signIn: readonly SignInProvider[] = ["COGNITO"],
): string[] {
  const isLocal =
    !isUnknown(signIn) && signIn.every((one) => one === "COGNITO");
  return isLocal ? [REFRESH, "ALLOW_USER_SRP_AUTH"] : [REFRESH];
}

/** Returns flows of a client whose refresh tokens are rotated. AWS refuses rotation with the flow to refresh tokens. */
export function removeRefreshFlow(flows: readonly string[]): string[] {
  const others = flows.filter((flow) => flow !== REFRESH);
  // with an empty list, AWS allows users to sign in
  return others.length > 0 ? others : [UNUSED];
}

/** Returns whether tokens of a client can change the attributes of its user. */
export function canChangeAttributes(
  flows: readonly string[],
  userScopes: readonly string[],
): boolean {
  return (
    isUnknown(flows) ||
    isUnknown(userScopes) ||
    userScopes.includes(USER_ADMIN_SCOPE) ||
    flows.some((flow) => flow !== REFRESH && flow !== UNUSED)
  );
}
