import { USER_ADMIN_SCOPE } from "./constraints";
import type { SignInProvider } from "./identity-provider";
import { mayContainScope } from "./oauth-scopes";
import type { IUserPool } from "./user-pool";
import { isUnknown } from "./validation";

interface SignInProps {
  readonly userPool: IUserPool;
  /** @default COGNITO */
  readonly signIn?: readonly SignInProvider[];
}

const REFRESH = "ALLOW_REFRESH_TOKEN_AUTH";

/** Flow that has an effect only in a user pool with functions for custom challenges. */
const CUSTOM = "ALLOW_CUSTOM_AUTH";

/** Returns the flows with which the users of a user pool sign in from scripts. */
export function getScriptFlows(props: SignInProps): string[] {
  return hasLocalUsers(props)
    ? [
        "ALLOW_ADMIN_USER_PASSWORD_AUTH",
        REFRESH,
        "ALLOW_USER_PASSWORD_AUTH",
        "ALLOW_USER_SRP_AUTH",
        ...getChoiceFlows(props),
      ]
    : [REFRESH];
}

/**
 * Returns the flows of a page in a browser. With identity providers, users sign in on the sign-in pages alone: tokens of
 * another flow can change attributes that the providers map.
 */
export function getPageFlows(props: SignInProps): string[] {
  const { signIn = ["COGNITO"] } = props;
  const isLocal =
    !isUnknown(signIn) && signIn.every((one) => one === "COGNITO");
  return isLocal
    ? [REFRESH, "ALLOW_USER_SRP_AUTH", ...getChoiceFlows(props)]
    : getSignInPageFlows(props);
}

/** Returns the flows of a client whose users sign in on the sign-in pages alone. */
export function getSignInPageFlows(props: SignInProps): string[] {
  return [REFRESH, ...(hasLocalUsers(props) ? getChoiceFlows(props) : [])];
}

/** Returns flows of a client whose refresh tokens are rotated. AWS refuses rotation with the flow to refresh tokens. */
export function removeRefreshFlow(flows: readonly string[]): string[] {
  const others = flows.filter((flow) => flow !== REFRESH);
  // with an empty list, AWS allows users to sign in
  return others.length > 0 ? others : [CUSTOM];
}

/** Returns whether tokens of a client can change the attributes of its user. */
export function canChangeAttributes(
  { hasCustomChallenges = false }: IUserPool,
  flows: readonly string[],
  userScopes: readonly string[],
): boolean {
  return (
    isUnknown(flows) ||
    mayContainScope(userScopes, USER_ADMIN_SCOPE) ||
    flows.some(
      (flow) => flow !== REFRESH && (flow !== CUSTOM || hasCustomChallenges),
    )
  );
}

/** Returns the flow that the sign-in pages require too, if users choose their first factor. */
function getChoiceFlows({ userPool }: SignInProps): string[] {
  return userPool.hasFactorChoice === true ? ["ALLOW_USER_AUTH"] : [];
}

function hasLocalUsers({ signIn = ["COGNITO"] }: SignInProps): boolean {
  return !isUnknown(signIn) && signIn.includes("COGNITO");
}
