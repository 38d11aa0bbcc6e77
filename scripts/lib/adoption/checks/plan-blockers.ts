import { isJsonObject, type JsonObject } from "../../system/json-object";
import type { PlanJson } from "../../plan/plan-json";
import { createPlanRedactor } from "../../plan/plan-secrets";
import { toPlainText } from "../../plan/rich-text";
import type { Change, PlanReview } from "../../review/review-model";
import { RULES, type RuleId } from "../../review/rules/registry";
import { ACCESS_RULES } from "../../review/rules/access";
import { CHECKED_ELSEWHERE, EXPECTED_CHANGES } from "./expected-changes";

/** Why an adoption must not go on. */
export interface Blocker {
  /** Address in the code, or name of what is live. */
  readonly at: string;
  readonly told: string;
  /** Whether nothing can let it pass. */
  readonly isFinal: boolean;
  /** Why it may pass all the same. */
  readonly allowedFor?: string;
}

/** Types that an adoption makes: each by one call that says what is there already, or that adds to it. */
const MADE: readonly string[] = [
  "aws_secretsmanager_secret_version",
  "aws_cognito_identity_pool_roles_attachment",
  "aws_iam_openid_connect_provider",
  "aws_secretsmanager_secret_policy",
];

/** Types whose ids others hold: one that was renamed by hand is given its name back instead of being made again. */
const WITH_IDS: readonly string[] = [
  "aws_cognito_identity_pool",
  "aws_cognito_user_pool",
  "aws_cognito_user_pool_client",
];

/** Attributes whose policies are compared as what they let through. */
const POLICIES: readonly string[] = ["assume_role_policy", "policy"];

/** Whether what is at an address is made by an adoption, so that no import has it. */
export function isCreatedByAdoption(address: string): boolean {
  return MADE.includes(address.replace(/\..*$/, ""));
}

/**
 * What in a plan of an adopted stage is a loss, or may be one: anything destroyed or made anew, anything made that is
 * not a mere record, and every value that nobody expects to change.
 *
 * @param allowed why values may change, by address: the allow-list has them
 * @param mayCreate addresses that may be made: somebody deleted them by hand, and wants them back
 */
export function findPlanBlockers(
  review: PlanReview,
  plan: PlanJson,
  {
    allowed,
    mayCreate,
  }: {
    readonly allowed: ReadonlyMap<string, string>;
    readonly mayCreate: readonly string[];
  },
): readonly Blocker[] {
  const updated = new Set<string>(
    review.changes
      .filter(({ action }) => action === "update")
      .map(({ address }) => address),
  );
  const redactor = createPlanRedactor(plan);
  const stops = [
    ...review.changes.flatMap((change) => stopsOf(change, plan, mayCreate)),
    ...review.findings
      .flatMap((finding) => [finding, ...finding.consequences])
      .filter(
        ({ rule, address }) =>
          !isCheckedElsewhere(rule, address, updated) &&
          // the ids of what is created again are unknown
          (mayCreate.length === 0 || rule !== "value-unknown"),
      )
      .map(({ rule, address, message }) => ({
        at: address,
        told: `${rule}: ${toPlainText(message)}`,
        isFinal: false,
      })),
  ];
  const once = stops.filter(
    ({ at, told }, index) =>
      stops.findIndex((stop) => stop.at === at && stop.told === told) === index,
  );
  return once.map(({ told, ...rest }) => {
    const stop = { ...rest, told: redactor.redact(told) };
    const reason = allowed.get(stop.at);
    return stop.isFinal || reason === undefined
      ? stop
      : { ...stop, allowedFor: reason };
  });
}

/**
 * Whether a finding says again what the expected changes decide, or what an adoption does on purpose. They decide about
 * what is live alone: what is created is judged by the review.
 */
function isCheckedElsewhere(
  rule: RuleId,
  address: string,
  updated: ReadonlySet<string>,
): boolean {
  if (CHECKED_ELSEWHERE.includes(rule)) return true;
  // the settings name the readers of a secret, and an adoption writes that policy on purpose
  if (rule === "resource-access-widened" && isCreatedByAdoption(address))
    return true;
  if (!updated.has(address)) return false;
  const [type = ""] = address.split(".");
  const expected = Object.keys(EXPECTED_CHANGES[type] ?? {});
  if (Object.hasOwn(ACCESS_RULES, rule))
    return expected.some((attribute) => POLICIES.includes(attribute));
  const covered = RULES[rule].covers[type] ?? [];
  return (
    covered.length > 0 &&
    covered.every((path) => expected.includes(path.replace(/\..*/, "")))
  );
}

function stopsOf(
  { address, type, action, values }: Change,
  plan: PlanJson,
  mayCreate: readonly string[],
): readonly Blocker[] {
  const stop = (told: string, isFinal = false): Blocker => ({
    at: address,
    told,
    isFinal,
  });
  switch (action) {
    case "replace":
    case "delete":
    case "forget":
      return [
        stop(
          action === "replace"
            ? `it would be destroyed and made anew${forcedBy(address, plan)}`
            : `it would be ${action === "delete" ? "destroyed" : "forgotten"}`,
          true,
        ),
      ];
    case "create":
      return MADE.includes(type) || mayCreate.includes(address)
        ? []
        : [
            stop(
              `it would be made${WITH_IDS.includes(type) ? ", with an id that nobody knows" : ""}, and nothing live was found for it; --create ${address} lets it be made`,
              true,
            ),
          ];
    case "update": {
      const { before, after } = valuesOf(address, plan);
      return values.flatMap(({ path, message }) => {
        const attribute = path.replace(/[.[].*/, "");
        const judge = EXPECTED_CHANGES[type]?.[attribute];
        return judge === undefined
          ? [stop(`${path}: ${toPlainText(message)}`)]
          : judge(before, after).map((reason) => stop(`${path}: ${reason}`));
      });
    }
    default:
      return [];
  }
}

function forcedBy(address: string, plan: PlanJson): string {
  const paths = changeOf(address, plan)?.replace_paths;
  return Array.isArray(paths) && paths.length > 0
    ? `, for ${paths.map((path) => String(path)).join(", ")}`
    : "";
}

function valuesOf(
  address: string,
  plan: PlanJson,
): { readonly before: JsonObject; readonly after: JsonObject } {
  const { before, after } = changeOf(address, plan) ?? {};
  return {
    before: isJsonObject(before) ? before : {},
    after: isJsonObject(after) ? after : {},
  };
}

function changeOf(address: string, { resource_changes }: PlanJson) {
  return resource_changes.find((change) => change.address === address)?.change;
}
