import type { Redacted } from "../../plan/redactor";
import type { RichText } from "../../plan/rich-text";
import type { Rule } from "./rule";

function rule(documentation: string): Rule {
  return { severity: "weakening", covers: {}, description: documentation };
}

/** What no rule can judge: the review is a closed world, and the rest of it is reported. */
export const NOT_REVIEWED_RULES = {
  "value-unknown": rule(
    "A value that a rule judges is known only after the apply.",
  ),
  "value-hidden": rule(
    "A value that a rule judges is marked as a secret, so that no rule can read it.",
  ),
  "type-not-reviewed": rule(
    "A resource of a type that no stage has is created, changed or removed.",
  ),
  "attribute-not-reviewed": rule(
    "An attribute changes that the review does not know, such as one of a newer provider.",
  ),
  "provider-not-reviewed": rule(
    "A provider other than hashicorp/aws is used, or it has options that no stage sets: other credentials, endpoints, another role or a second configuration.",
  ),
  "data-source-not-reviewed": rule(
    "A data source is read that may run code, or reads from elsewhere than AWS.",
  ),
  "module-not-reviewed": rule(
    "A module comes from elsewhere than the directory of the stage.",
  ),
  "provisioner-not-reviewed": rule("A provisioner runs code on this machine."),
  "action-not-reviewed": rule(
    "An action of a provider is invoked, or an action on a resource that Terraform does not have today.",
  ),
  "change-deferred": rule("A change is left for a later plan."),
  "check-failed": rule("A check of the code fails."),
  "plan-partial": rule(
    "The plan is partial, so that changes outside it are not reviewed.",
  ),
  "plan-not-reviewed": rule(
    "The plan has a part that the review does not know.",
  ),
  "stack-tag-changed": rule(
    "The tag Stack changes, on which the permissions of the deploy roles depend.",
  ),
} as const satisfies Readonly<Record<string, Rule>>;

export type NotReviewedRuleId = keyof typeof NOT_REVIEWED_RULES;

/** Rules that judge what the review does know. */
const KNOWN_PARTS: readonly string[] = [
  "value-unknown",
  "stack-tag-changed",
] satisfies readonly NotReviewedRuleId[];

/** Whether a rule reports a part of the plan that the review does not know, rather than a weakening. */
export function isNotReviewed(rule: string): boolean {
  return Object.hasOwn(NOT_REVIEWED_RULES, rule) && !KNOWN_PARTS.includes(rule);
}

/** A part of a plan that no rule judges. */
export interface NotReviewed {
  readonly rule: NotReviewedRuleId;
  readonly address: Redacted;
  readonly message: RichText;
}
