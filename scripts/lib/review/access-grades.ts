import type { Grant } from "../iam/compare";
import { isGlobMatch } from "../iam/patterns";
import { findTrustRisks, type TrustRisk } from "../iam/trust";
import type { PlanModel } from "../plan/plan-model";
import type { Redacted } from "../plan/redactor";
import { literal, text, type RichText } from "../plan/rich-text";
import { BUCKET_ACTIONS } from "../../../constructs/bucket-access";
import { isAssumeRoleGrant } from "../access/grant-sentences";
import { resolveBucket } from "../access/permissions";
import type { PolicyChange } from "../access/policy-changes";
import { getIssuerHost, describePrincipals } from "../access/principals";
import type { AccessFinding, AccessRuleId } from "./rules/access";

export function checkTrust(
  change: PolicyChange,
  plan: PlanModel,
): readonly AccessFinding[] {
  const { holder, before } = change;
  return change.gained.flatMap((grant) => {
    const who = describePrincipals(grant, plan.after);
    if (!isAssumeRoleGrant(grant))
      return before === undefined
        ? []
        : [
            createFinding(
              "trust-widened",
              change,
              grant,
              text`${principalText(who)} can do more when they assume ${holder.text}: ${formatGrant(grant)}`,
            ),
          ];
    const risks = risksOf(grant, plan).filter(
      // another pool than before is a wider trust
      (risk) => before === undefined || risk !== "foreign-identity-pool",
    );
    const message = text`${principalText(who)} can assume ${holder.text}`;
    const risky = riskFindings(risks, change, grant, message);
    const isWider = before !== undefined || trustsOutsider(grant, plan);
    return risky.length > 0 || !isWider
      ? risky
      : [createFinding("trust-widened", change, grant, message)];
  });
}

/** Whether a grant lets in a user or role of the account that is not part of the plan. */
function trustsOutsider(
  { principals }: Grant<Redacted>,
  { after }: PlanModel,
): boolean {
  return (principals?.patterns ?? []).some((principal) => {
    const arn = /^AWS:(arn:.*)$/.exec(principal)?.[1];
    return arn !== undefined && after.find("aws_iam_role", arn) === undefined;
  });
}

/** Data of named buckets is what groups are for; all else has to be agreed to. */
export function checkPermissions(
  change: PolicyChange,
  plan: PlanModel,
): readonly AccessFinding[] {
  return change.gained
    .filter(
      (grant) =>
        // a role that the plan does not have is not one of the stage
        change.address === undefined ||
        !isBucketData(grant, plan) ||
        losesCondition(grant, change),
    )
    .map((grant) =>
      createFinding(
        "permissions-widened",
        change,
        grant,
        text`${change.holder.text} gains ${formatGrant(grant)}`,
      ),
    );
}

/** Whether the same was allowed before under a condition alone. */
function losesCondition(
  grant: Grant<Redacted>,
  { before }: PolicyChange,
): boolean {
  const has = (some: readonly string[], wanted: readonly string[]): boolean =>
    wanted.every((one) => some.includes(one));
  return (before?.statements ?? []).some(
    ({ effect, actions, resources, conditions }) =>
      effect === "Allow" &&
      conditions.length > grant.conditions.length &&
      has(actions.patterns, grant.actions.patterns) &&
      has(resources.patterns, grant.resources.patterns),
  );
}

const DATA_ACTIONS = BUCKET_ACTIONS.map((action) => action.toLowerCase());

function isBucketData(
  { actions, resources }: Grant<Redacted>,
  plan: PlanModel,
): boolean {
  if (actions.isInverted || resources.isInverted) return false;
  const isData = actions.patterns.every((action) =>
    DATA_ACTIONS.some(
      (known) =>
        known === action.toLowerCase() ||
        (known.endsWith("*") && isGlobMatch(known, action.toLowerCase())),
    ),
  );
  return (
    isData &&
    resources.patterns.every((resource) => {
      const part = resolveBucket(resource, plan.after);
      return (
        part !== undefined &&
        isBucketName(part.bucket) &&
        !isOwnBucket(resource, plan)
      );
    })
  );
}

/** Whether a text names one bucket, without a wildcard or variable of IAM, and none that its name says is for states. */
function isBucketName(name: string): boolean {
  return (
    /^[a-z0-9][a-z0-9.-]+$/.test(name) &&
    !/(^|[.-])(tf)?states?($|[.-])|terraform/.test(name)
  );
}

/** A bucket of the account stack holds the states, which hold secrets. */
function isOwnBucket(resource: Redacted, plan: PlanModel): boolean {
  const reference = /^(\$\{.+\.arn\})/.exec(resource)?.[1];
  return plan.after.find("aws_s3_bucket", reference) !== undefined;
}

export function checkResourceAccess(
  change: PolicyChange,
  plan: PlanModel,
): readonly AccessFinding[] {
  const { holder, address } = change;
  const isNew = address !== undefined && isCreated(address, plan);
  return change.gained.flatMap((grant) => {
    const who = describePrincipals(grant, plan.after);
    const message = text`${principalText(who)} can use ${holder.text}: ${formatGrant(grant)}`;
    const risks = risksOf(grant, plan).filter(
      // the key's own account manages it by its policies
      (risk) => !(isNew && risk === "whole-account" && isKey(change)),
    );
    const risky = riskFindings(risks, change, grant, message);
    if (risky.length > 0) return risky;
    const isKnown = isNew && isReader(grant, plan);
    return isKnown || (isNew && isKey(change))
      ? []
      : [createFinding("resource-access-widened", change, grant, message)];
  });
}

/** Whether there is nothing of a resource before the apply, under another address either. */
function isCreated(address: Redacted, { before, resources }: PlanModel) {
  return (
    before.get(address) === undefined &&
    !resources.some(
      (one) => one.address === address && one.previousAddress !== undefined,
    )
  );
}

function isKey({ holder }: PolicyChange): boolean {
  return holder.kind === "resource";
}

/**
 * Whether the policy of a new secret is for a role of the stage, or for a role of the account that reads another secret of the
 * stage already; in a new stage, for any role of the account.
 */
function isReader(grant: Grant<Redacted>, plan: PlanModel): boolean {
  const isNewStage =
    plan.before.listByType("aws_cognito_user_pool").length === 0;
  return (grant.principals?.patterns ?? []).every((principal) => {
    const name = principal.replace(/^AWS:/, "");
    if (plan.after.find("aws_iam_role", name) !== undefined) return true;
    if (isNewStage) return true;
    return plan.before
      .listByType("aws_secretsmanager_secret_policy")
      .some(
        ({ values }) =>
          typeof values.policy === "string" &&
          values.policy.includes(JSON.stringify(name)),
      );
  });
}

function risksOf(
  grant: Grant<Redacted>,
  plan: PlanModel,
): readonly TrustRisk[] {
  return findTrustRisks(grant, {
    accounts: plan.accounts,
    getIssuerHost: (principal) =>
      getIssuerHost(principal as Redacted, plan.after),
    isIdentityPool: (id) => isOwnIdentityPool(id, plan),
  });
}

/** Whether the stage makes an identity pool, or uses an existing one that its roles trust already. */
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

/** The rule of each risk, and the words after its sentence that say why, unless the sentence does. */
const RISKS: Readonly<Record<TrustRisk, readonly [AccessRuleId, RichText?]>> = {
  public: ["access-public"],
  inverted: ["access-public", literal(" (everyone except some)")],
  "foreign-account": ["access-foreign-account", literal(" (another account)")],
  "whole-account": ["trust-unbound", literal(" (a whole account)")],
  "any-identity-pool": [
    "access-unauthenticated",
    literal(" (an identity pool of any account)"),
  ],
  "foreign-identity-pool": [
    "access-unauthenticated",
    literal(" (an identity pool that is not part of the plan)"),
  ],
  unauthenticated: [
    "access-unauthenticated",
    literal(" (users who have not signed in)"),
  ],
  "any-audience": ["trust-unbound", literal(" (a token for any audience)")],
  "any-subject": ["trust-unbound", literal(" (a token of any subject)")],
  "wildcard-subject": [
    "trust-unbound",
    literal(" (a wildcard in the subject)"),
  ],
  "unbound-service": [
    "trust-unbound",
    literal(" (a service that acts for any account)"),
  ],
};

function riskFindings(
  risks: readonly TrustRisk[],
  change: PolicyChange,
  grant: Grant<Redacted>,
  message: RichText,
): readonly AccessFinding[] {
  return risks.map((risk) => {
    const [id, reason = []] = RISKS[risk];
    return createFinding(id, change, grant, text`${message}${reason}`);
  });
}

export function createFinding(
  id: AccessRuleId,
  change: PolicyChange,
  { origin }: Pick<Grant<Redacted>, "origin">,
  message: RichText,
): AccessFinding {
  return { rule: id, address: origin ?? getAddress(change), message };
}

export function getAddress({ address, holder }: PolicyChange): Redacted {
  return address ?? holder.name;
}

function principalText(
  principals: ReturnType<typeof describePrincipals>,
): RichText {
  return principals.flatMap(({ entity: who, condition: where }, index) => [
    ...(index === 0 ? [] : literal(", ")),
    ...who.text,
    ...where,
  ]);
}

export function formatGrant({
  actions,
  resources,
}: Pick<Grant<Redacted>, "actions" | "resources">): RichText {
  const part = (
    { patterns, isInverted }: Grant<Redacted>["actions"],
    but: RichText,
  ): RichText => {
    const names = patterns.flatMap((name, index) => [
      ...(index === 0 ? [] : literal(", ")),
      { name },
    ]);
    return isInverted ? [...but, ...names] : names;
  };
  return text`${part(actions, literal("any action except "))} on ${part(resources, literal("anything except "))}`;
}
