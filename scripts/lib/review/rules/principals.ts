import type { Grant } from "../../iam/compare";
import { findTrustRisks, type TrustRisk } from "../../iam/trust";
import type { PlanModel } from "../../plan/plan-model";
import type { Redacted } from "../../plan/redactor";
import { joinTexts, literal, type RichText, text } from "../../plan/rich-text";
import { isAssumeRoleGrant } from "../../access/policy-access";
import type { PolicyChange } from "../../access/policy-changes";
import { describePrincipals, getIssuerHost } from "../../access/principals";
import { definePlanRule, type Rule, type RuleFinding } from "./rule";

/** Rules about principals that trust policies and policies of resources name. */
export const PRINCIPAL_RULES = {
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
    "A role trusts more tokens than it names: any audience, any repository of GitHub, any subject or a wildcard in it, a whole account, or a service that acts for any account.",
  ),
  "trust-widened": definePlanRule(
    "An existing role can be assumed by more principals than before, or a new one by a user or role that is not part of the plan.",
  ),
  "resource-access-widened": definePlanRule(
    "More principals can read or change a secret, a bucket or a key.",
  ),
} as const satisfies Readonly<Record<string, Rule>>;

type PrincipalFinding = RuleFinding<keyof typeof PRINCIPAL_RULES>;

export function checkTrust(
  change: PolicyChange,
  plan: PlanModel,
): readonly PrincipalFinding[] {
  const { holder, before } = change;
  const isNew = before === undefined;
  return change.gained.flatMap((grant): readonly PrincipalFinding[] => {
    const principals = formatPrincipals(grant, plan);
    if (!isAssumeRoleGrant(grant)) {
      const message = text`${principals} can do more when they assume ${holder.text}: ${formatGrant(grant)}`;
      return isNew
        ? []
        : [reportGrant("trust-widened", change, grant, message)];
    }
    const message = text`${principals} can assume ${holder.text}`;
    const risks = reportRisks(
      change,
      grant,
      plan,
      message,
      // of an existing role, another identity pool widens the trust
      isNew ? undefined : "foreign-identity-pool",
    );
    return risks.length > 0 || (isNew && !hasOutsider(grant, plan))
      ? risks
      : [reportGrant("trust-widened", change, grant, message)];
  });
}

/** Whether a grant names a user or role that is not part of the plan. */
function hasOutsider(
  { principals }: Grant<Redacted>,
  { after }: PlanModel,
): boolean {
  return (principals?.patterns ?? []).some((principal) => {
    const arn = /^AWS:(arn:.*)$/.exec(principal)?.[1];
    return arn !== undefined && after.find("aws_iam_role", arn) === undefined;
  });
}

export function checkResourceAccess(
  change: PolicyChange,
  plan: PlanModel,
): readonly PrincipalFinding[] {
  const { holder, address } = change;
  const isNew = address !== undefined && isCreated(address, plan);
  const isNewKey = isNew && holder.kind === "resource";
  return change.gained.flatMap((grant): readonly PrincipalFinding[] => {
    const message = text`${formatPrincipals(grant, plan)} can use ${holder.text}: ${formatGrant(grant)}`;
    const risks = reportRisks(
      change,
      grant,
      plan,
      message,
      // the policy of a new key lets its account manage it
      isNewKey ? "whole-account" : undefined,
    );
    const isExpected = isNewKey || (isNew && hasOnlyKnownReaders(grant, plan));
    return risks.length > 0 || isExpected
      ? risks
      : [reportGrant("resource-access-widened", change, grant, message)];
  });
}

/** Whether a resource is new, and was not moved. */
function isCreated(address: Redacted, { before, resources }: PlanModel) {
  return (
    before.get(address) === undefined &&
    !resources.some(
      (one) => one.address === address && one.previousAddress !== undefined,
    )
  );
}

/**
 * Whether the policy of a new secret names only roles of the stage, or roles of the account that already read another secret of
 * the stage. In a new stage, any principal is expected.
 */
function hasOnlyKnownReaders(
  { principals }: Grant<Redacted>,
  { before, after }: PlanModel,
): boolean {
  const isNewStage = before.listByType("aws_cognito_user_pool").length === 0;
  return (principals?.patterns ?? []).every((principal) => {
    const name = principal.replace(/^AWS:/, "");
    return (
      isNewStage ||
      after.find("aws_iam_role", name) !== undefined ||
      before
        .listByType("aws_secretsmanager_secret_policy")
        .some(
          ({ values }) =>
            typeof values.policy === "string" &&
            values.policy.includes(JSON.stringify(name)),
        )
    );
  });
}

/** The rule of each risk, and the reason that its message adds to the sentence. */
const RISKS: Readonly<
  Record<TrustRisk, readonly [keyof typeof PRINCIPAL_RULES, RichText?]>
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
  "any-repository": ["trust-unbound", text` (no repository in the subject)`],
  "wildcard-subject": ["trust-unbound", text` (a wildcard in the subject)`],
  "unbound-service": [
    "trust-unbound",
    text` (a service that acts for any account)`,
  ],
};

/** Reports each risk of a grant, except for an expected one. */
function reportRisks(
  change: PolicyChange,
  grant: Grant<Redacted>,
  plan: PlanModel,
  message: RichText,
  expected?: TrustRisk,
): readonly PrincipalFinding[] {
  const risks = findTrustRisks(grant, {
    accounts: plan.accounts,
    getIssuerHost: (principal) =>
      getIssuerHost(principal as Redacted, plan.after),
    isIdentityPool: (id) => isOwnIdentityPool(id, plan),
  });
  return risks
    .filter((risk) => risk !== expected)
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

function formatPrincipals(
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
