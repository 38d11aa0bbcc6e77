import { globMatches } from "./patterns";
import type { PatternSet, Statement } from "./policy";

/** Action by which users of an identity provider assume a role. */
export const WEB_IDENTITY = "sts:AssumeRoleWithWebIdentity";
/** Every action by which a principal assumes a role. */
export const ASSUME_ACTIONS = [
  "sts:AssumeRole",
  "sts:AssumeRoleWithSAML",
  WEB_IDENTITY,
] as const;

const IDENTITY_POOLS =
  /^Federated:(cognito-identity[a-z0-9.-]*\.amazonaws\.com(?:\.cn)?)$/i;

/** Whether a set of actions contains an action. IAM ignores the case of actions. */
export function hasAction(
  { patterns, isInverted }: PatternSet,
  action: string,
): boolean {
  const isNamed = patterns.some((pattern) =>
    globMatches(pattern.toLowerCase(), action.toLowerCase()),
  );
  return isNamed !== isInverted;
}

/** Returns the services of identity pools among principals, in lower case, since they begin the keys of conditions. */
export function identityPoolHosts(
  principals: PatternSet | undefined,
): readonly string[] {
  return principals === undefined || principals.isInverted
    ? []
    : principals.patterns.flatMap(
        (principal) => IDENTITY_POOLS.exec(principal)?.[1]?.toLowerCase() ?? [],
      );
}

/** Whether a statement of a trust policy lets users of an identity pool, which it names, assume the role. */
export function trustsIdentityPool(
  { effect, principals, actions, conditions }: Statement,
  identityPoolId: string,
): boolean {
  return (
    effect === "Allow" &&
    hasAction(actions, WEB_IDENTITY) &&
    identityPoolHosts(principals).some((host) =>
      conditions.some(
        ({ operator, key, values }) =>
          key === `${host}:aud` &&
          !operator.includes("Not") &&
          values.includes(identityPoolId),
      ),
    )
  );
}
