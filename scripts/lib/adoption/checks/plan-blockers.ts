import { toJsonObject } from "../../system/json-object";
import type { PlanJson } from "../../plan/plan-json";
import { createPlanRedactor } from "../../plan/plan-secrets";
import { toPlainText } from "../../plan/rich-text";
import type { Change, PlanReview } from "../../review/review-model";
import { ACCESS_RULES } from "../../review/rules/access";
import { RULES, type RuleId } from "../../review/rules/registry";
import { formatChangeHint } from "./change-hints";
import { CHECKED_ELSEWHERE, getChangeChecks } from "./expected-changes";

/** A reason why an adoption must not continue. */
export interface Blocker {
  /** Address in the configuration, or name of a live resource. */
  readonly subject: string;
  readonly message: string;
  /** Whether the allow-list has no effect on it. */
  readonly isFinal: boolean;
  /** Reason of the allow-list's entry that permits it. */
  readonly allowReason?: string;
}

/** Returns a blocker that the allow-list cannot permit. */
export function createBlocker(subject: string, message: string): Blocker {
  return { subject, message, isFinal: true };
}

/** Types that an adoption creates: one call writes the current value again, or adds to it. */
const CREATED_TYPES: readonly string[] = [
  "aws_secretsmanager_secret_version",
  "aws_cognito_identity_pool_roles_attachment",
  "aws_iam_openid_connect_provider",
  "aws_secretsmanager_secret_policy",
  // it adds to the permissions of the function
  "aws_lambda_permission",
];

const POLICY_ATTRIBUTES = ["assume_role_policy", "policy"];

/** Returns whether an adoption creates the resource, instead of importing it. */
export function isCreatedByAdoption(address: string): boolean {
  return CREATED_TYPES.includes(getType(address));
}

/**
 * Finds the changes of a plan that are not part of an adoption: every deletion and replacement, the creation of a
 * resource that must exist already, and every unexpected change of a value.
 *
 * @param allowed reasons of the allow-list, by address
 * @param createAddresses resources that were deleted manually, and that the plan may create again
 */
export function findPlanBlockers(
  review: PlanReview,
  plan: PlanJson,
  {
    allowed,
    createAddresses,
  }: {
    readonly allowed: ReadonlyMap<string, string>;
    readonly createAddresses: readonly string[];
  },
): readonly Blocker[] {
  const updated = new Set<string>(
    review.changes
      .filter(({ action }) => action === "update")
      .map(({ address }) => address),
  );
  const findings = review.findings
    .flatMap((finding) => [finding, ...finding.consequences])
    .filter(
      ({ rule, address }) =>
        !isCheckedElsewhere(rule, address, updated) &&
        // the ids of created resources are unknown
        (createAddresses.length === 0 || rule !== "value-unknown"),
    );
  const redactor = createPlanRedactor(plan);
  const blockers = [
    ...review.changes.flatMap((change) =>
      checkChange(change, plan, createAddresses),
    ),
    ...findings.map(({ rule, address, message }) => ({
      ...createBlocker(address, `${rule}: ${toPlainText(message)}`),
      isFinal: false,
    })),
  ].map(({ subject, message, isFinal }): Blocker => {
    const allowReason = isFinal ? undefined : allowed.get(subject);
    return {
      subject,
      message: redactor.redact(message),
      isFinal,
      ...(allowReason !== undefined && { allowReason }),
    };
  });
  return [
    ...new Map(
      blockers.map((one) => [`${one.subject}: ${one.message}`, one]),
    ).values(),
  ];
}

/** Returns whether the change checks decide about a finding, or an adoption causes it on purpose. */
function isCheckedElsewhere(
  rule: RuleId,
  address: string,
  updated: ReadonlySet<string>,
): boolean {
  if (CHECKED_ELSEWHERE.includes(rule)) return true;
  // the settings name the readers of a secret, and an adoption writes the policy on purpose
  if (rule === "resource-access-widened" && isCreatedByAdoption(address))
    return true;
  // the review alone decides about created resources
  if (!updated.has(address)) return false;
  const type = getType(address);
  const checked = Object.keys(getChangeChecks(type));
  if (Object.hasOwn(ACCESS_RULES, rule))
    return checked.some((attribute) => POLICY_ATTRIBUTES.includes(attribute));
  const covered = RULES[rule].covers[type] ?? [];
  return (
    covered.length > 0 &&
    covered.every((path) => checked.includes(getAttribute(path)))
  );
}

function checkChange(
  { address, type, action, values }: Change,
  plan: PlanJson,
  createAddresses: readonly string[],
): readonly Blocker[] {
  const block = (message: string): Blocker => createBlocker(address, message);
  const blockUnlessAllowed = (message: string): Blocker => ({
    ...block(message),
    isFinal: false,
  });
  const {
    before,
    after,
    replace_paths: paths,
  } = getPlannedChange(address, plan) ?? {};
  switch (action) {
    case "replace": {
      const forcedBy = Array.isArray(paths) ? paths.map(String) : [];
      const cause = forcedBy.length > 0 ? `, forced by ${forcedBy.join()}` : "";
      return [block(`must not be replaced, got a replacement${cause}`)];
    }
    case "delete":
      return [block("must not be destroyed")];
    case "forget":
      return [block("must not be removed from the state")];
    case "create":
      return CREATED_TYPES.includes(type) || createAddresses.includes(address)
        ? []
        : [
            block(
              `must exist already, got no live resource for it; pass --create ${address} to create it with a new id`,
            ),
          ];
    case "update":
      return values.flatMap(({ path, message }) => {
        const attribute = getAttribute(path);
        const check = getChangeChecks(type)[attribute];
        const violations =
          check === undefined
            ? [`must not change, got a change ${toPlainText(message)}`]
            : check(toJsonObject(before), toJsonObject(after), attribute);
        const name = check === undefined ? path : attribute;
        const hint = formatChangeHint(type, attribute);
        return violations.map((text) =>
          blockUnlessAllowed(`${name} ${text}${hint}`),
        );
      });
    default:
      return [];
  }
}

function getPlannedChange(address: string, { resource_changes }: PlanJson) {
  return resource_changes.find((one) => one.address === address)?.change;
}

function getType(address: string): string {
  return address.replace(/\..*$/, "");
}

function getAttribute(path: string): string {
  return path.replace(/[.[].*$/, "");
}
