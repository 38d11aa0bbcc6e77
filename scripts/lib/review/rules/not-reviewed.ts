import { defineNotReviewedRule, definePlanRule, type Rule } from "./rule";

/** Rules about resources and values that no other rule can review. */
export const NOT_REVIEWED_RULES = {
  "value-unknown": definePlanRule(
    "A value that a rule reviews is known only after the apply.",
  ),
  "value-hidden": defineNotReviewedRule(
    "A value that a rule reviews is marked as a secret, so that no rule can read it.",
  ),
  "type-not-reviewed": defineNotReviewedRule(
    "A resource of a type that no stage has is created, changed or removed.",
  ),
  "attribute-not-reviewed": defineNotReviewedRule(
    "An attribute changes that the review does not know, such as one of a newer provider.",
  ),
} as const satisfies Readonly<Record<string, Rule>>;
