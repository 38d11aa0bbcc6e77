import { Token } from "cdktf";
import { LIMITS } from "./constraints";
import { check, checkCount, checkNotEmpty, isUnknown } from "./validation";

/** A rule that determines the role of a user by a claim of the token. */
export interface RoleRule {
  /** Claim of the token, such as `custom:department`. Users must not be able to change it. */
  readonly claim: string;
  /** How the claim is compared. For a claim that is a list, `Equals` is the only one that does not match other lists too. */
  readonly matchType: "Equals" | "NotEqual" | "StartsWith" | "Contains";
  readonly value: string;
  /** Role that trusts the identity pool. */
  readonly roleArn: string;
}

/**
 * Rules that determine the role of a user, instead of the role of the user's group.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/role-based-access-control.html
 */
export interface RoleRules {
  /** At most 25. The first rule that matches determines the role. */
  readonly rules: readonly RoleRule[];
  /** If no rule matches: no credentials, or those of the identity pool's role without permissions. */
  readonly ambiguousRoleResolution: "Deny" | "AuthenticatedRole";
}

/** How the users of a client get a role: by the token, which has the role of the user's group, or by rules. */
export type RoleMapping = "Token" | RoleRules;

/** Names of claims that can be lists: plurals such as `cognito:groups`, and names that directories use. */
const LIST_CLAIM =
  /(?:[^aiosu]s|group|role|member_?of|scope|entitlement|affiliation|^amr)$/i;

/** Creates the mapping of an identity provider. */
export function createRoleMapping(
  identityProvider: string,
  mapping: RoleMapping = "Token",
): Record<string, unknown> {
  return mapping === "Token"
    ? {
        identity_provider: identityProvider,
        type: "Token",
        ambiguous_role_resolution: "Deny",
      }
    : {
        identity_provider: identityProvider,
        type: "Rules",
        ambiguous_role_resolution: mapping.ambiguousRoleResolution,
        mapping_rule: toRules(mapping).map((rule) => ({
          claim: rule.claim,
          match_type: rule.matchType,
          role_arn: rule.roleArn,
          value: rule.value,
        })),
      };
}

/** Returns the errors of rules. Code without types can omit what a user gets if no rule matches. */
export function validateRoleRules({
  rules,
  ambiguousRoleResolution = "none",
}: Omit<RoleRules, "ambiguousRoleResolution"> & {
  readonly ambiguousRoleResolution?: string;
}): (string | undefined)[] {
  if (isUnknown(rules))
    return [
      "rules of a role mapping must be known at synth, got a list that only Terraform knows",
    ];
  return [
    checkNotEmpty("rules of a role mapping", rules),
    checkCount(LIMITS.rulesPerRoleMapping, rules),
    check(LIMITS.ambiguousRoleResolution, ambiguousRoleResolution),
    ...rules.flatMap((rule, index) => [
      Token.isUnresolved(rule.claim)
        ? "claim of a rule must be known at synth, got a text that only Terraform knows"
        : check(LIMITS.ruleClaim, rule.claim),
      check(LIMITS.ruleValue, rule.value),
      check(LIMITS.ruleMatchType, rule.matchType),
      check(LIMITS.roleArn, rule.roleArn),
      rule.matchType !== "Equals" && LIST_CLAIM.test(rule.claim)
        ? `match type of a rule on "${rule.claim}", which can be a list, must be Equals, got "${rule.matchType}", with which "readers" can match "readers-admin"`
        : undefined,
      checkReachable(rule, rules.slice(0, index)),
    ]),
  ];
}

/** Returns the rules of a mapping, or none if only Terraform knows them. */
export function toRules({ rules }: RoleRules): readonly RoleRule[] {
  return isUnknown(rules) ? [] : rules;
}

function checkReachable(
  rule: RoleRule,
  earlier: readonly RoleRule[],
): string | undefined {
  const first = earlier.find((other) => includes(other, rule));
  return first === undefined
    ? undefined
    : `rule must be before a rule that matches the same users, got ${format(rule)} after ${format(first)}, which determines their role`;
}

/** Returns whether a rule matches every user that another one matches. */
function includes(rule: RoleRule, other: RoleRule): boolean {
  const isKnown = ![rule, other].some(
    ({ claim, value }) =>
      Token.isUnresolved(claim) || Token.isUnresolved(value),
  );
  if (!isKnown || rule.claim !== other.claim) return false;
  switch (rule.matchType) {
    case "Equals":
      return other.matchType === "Equals" && other.value === rule.value;
    case "StartsWith":
      return (
        (other.matchType === "Equals" || other.matchType === "StartsWith") &&
        other.value.startsWith(rule.value)
      );
    case "Contains":
      return other.matchType !== "NotEqual" && other.value.includes(rule.value);
    case "NotEqual":
      return !matches(other, rule.value);
  }
}

function matches({ matchType, value }: RoleRule, claim: string): boolean {
  switch (matchType) {
    case "Equals":
      return claim === value;
    case "NotEqual":
      return claim !== value;
    case "StartsWith":
      return claim.startsWith(value);
    case "Contains":
      return claim.includes(value);
  }
}

function format({ claim, matchType, value }: RoleRule): string {
  return `${claim} ${matchType} "${value}"`;
}
