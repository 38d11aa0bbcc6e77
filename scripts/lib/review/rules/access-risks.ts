import type { Grant } from "../../iam/compare";
import { findTrustRisks, type TrustRisk } from "../../iam/trust";
import type { PlanModel } from "../../plan/plan-model";
import type { Redacted } from "../../plan/redactor";
import { joinTexts, literal, type RichText, text } from "../../plan/rich-text";
import type { PolicyChange } from "../../access/policy-changes";
import { describePrincipals, getIssuerHost } from "../../access/principals";
import { definePlanRule, type Rule, type RuleFinding } from "./rule";

/** Rules about principals that gain access or can assume a role. */
export const RISK_RULES = {
  "access-public": definePlanRule(
    "Anyone, or everyone except some, gains access or can assume a role.",
  ),
  "access-foreign-account": definePlanRule(
    "A principal of another account, or of an account that is not part of the plan, gains access or can assume a role.",
  ),
  "access-unauthenticated": definePlanRule(
    "A role can be assumed by users who have not signed in, or by users of an identity pool that is not part of the plan.",
  ),
  "trust-unbound": definePlanRule(
    "A role trusts more tokens than it names: any audience, any subject or a wildcard in it, a whole account, or a service that acts for any account.",
  ),
} as const satisfies Readonly<Record<string, Rule>>;

/** The rule of each risk, and the reason that its message adds to the sentence. */
const RISKS: Readonly<
  Record<TrustRisk, readonly [keyof typeof RISK_RULES, RichText?]>
> = {
  public: ["access-public"],
  inverted: ["access-public", text` (everyone except some)`],
  "foreign-account": ["access-foreign-account", text` (another account)`],
  "whole-account": ["trust-unbound", text` (a whole account)`],
  "any-identity-pool": [
    "access-unauthenticated",
    text` (an identity pool of any account)`,
  ],
  "foreign-identity-pool": [
    "access-unauthenticated",
    text` (an identity pool that is not part of the plan)`,
  ],
  unauthenticated: [
    "access-unauthenticated",
    text` (users who have not signed in)`,
  ],
  "any-audience": ["trust-unbound", text` (a token for any audience)`],
  "any-subject": ["trust-unbound", text` (a token of any subject)`],
  "wildcard-subject": ["trust-unbound", text` (a wildcard in the subject)`],
  "unbound-service": [
    "trust-unbound",
    text` (a service that acts for any account)`,
  ],
};

/** Returns one finding for each risk of a grant, except for those that `ignore` names. */
export function reportRisks(
  change: PolicyChange,
  grant: Grant<Redacted>,
  plan: PlanModel,
  message: RichText,
  ignored?: TrustRisk,
): readonly RuleFinding<keyof typeof RISK_RULES>[] {
  const risks = findTrustRisks(grant, {
    accounts: plan.accounts,
    getIssuerHost: (principal) =>
      getIssuerHost(principal as Redacted, plan.after),
    isIdentityPool: (id) => isOwnIdentityPool(id, plan),
  });
  return risks
    .filter((risk) => risk !== ignored)
    .map((risk) => {
      const [rule, reason = []] = RISKS[risk];
      return reportGrant(rule, change, grant, text`${message}${reason}`);
    });
}

/** Whether the stage has an identity pool, or uses an existing one that its roles already trust. */
function isOwnIdentityPool(id: string, { before, after }: PlanModel): boolean {
  if (after.find("aws_cognito_identity_pool", id) !== undefined) return true;
  const roles = before.listByType("aws_iam_role");
  const isOfNewStage =
    roles.length === 0 &&
    after.listByType("aws_cognito_identity_pool").length === 0;
  return (
    isOfNewStage ||
    roles.some(
      ({ values }) =>
        typeof values.assume_role_policy === "string" &&
        values.assume_role_policy.includes(JSON.stringify(id)),
    )
  );
}

export function reportGrant<Id extends string>(
  rule: Id,
  change: PolicyChange,
  { origin }: Pick<Grant<Redacted>, "origin">,
  message: RichText,
): RuleFinding<Id> {
  return { rule, address: origin ?? getAddress(change), message };
}

export function getAddress({ address, holder }: PolicyChange): Redacted {
  return address ?? holder.name;
}

export function formatPrincipals(
  grant: Grant<Redacted>,
  { after }: PlanModel,
): RichText {
  return joinTexts(
    describePrincipals(grant, after).map(
      ({ entity, condition }) => text`${entity.text}${condition}`,
    ),
  );
}

export function formatGrant({
  actions,
  resources,
}: Pick<Grant<Redacted>, "actions" | "resources">): RichText {
  const formatSet = (
    { patterns, isInverted }: Grant<Redacted>["actions"],
    everyOther: RichText,
  ): RichText => {
    const names = joinTexts(patterns.map((name) => [{ name }]));
    return isInverted ? [...everyOther, ...names] : names;
  };
  return text`${formatSet(actions, literal("any action except "))} on ${formatSet(resources, literal("anything except "))}`;
}
