import { type Attributes, readText } from "../../plan/attribute";
import type { PlannedChange } from "../../plan/plan-model";
import type { Redacted } from "../../plan/redactor";
import { literal, text } from "../../plan/rich-text";
import { definePlanRule, type Rule, type RuleFinding } from "./rule";

/** Rules about the tag that limits the permissions of the deploy roles. */
export const STACK_TAG_RULES = {
  "stack-tag-changed": definePlanRule(
    "The tag Stack changes, on which the permissions of the deploy roles depend.",
  ),
} as const satisfies Readonly<Record<string, Rule>>;

const NONE = literal("missing");

/** Reports a change of the tag, or a new resource that has the tag of another stage. */
export function checkStackTag(
  { address, before, after, action = "read" }: PlannedChange,
  stage: Redacted | undefined,
): readonly RuleFinding<keyof typeof STACK_TAG_RULES>[] {
  if (after === undefined || !["create", "update", "replace"].includes(action))
    return [];
  const to = getStackTag(after);
  const from = before === undefined ? undefined : getStackTag(before);
  // a resource without the tag may receive that of its stage
  const isExpected =
    to === from ||
    (from === undefined &&
      (to === undefined || to === stage || stage === undefined));
  return isExpected
    ? []
    : [
        {
          rule: "stack-tag-changed",
          address,
          message: text`the tag Stack, on which permissions depend, is ${to ?? NONE}, was ${from ?? NONE}`,
        },
      ];
}

export function getStackTag({
  tags,
  tags_all,
}: Attributes): Redacted | undefined {
  return readText({ tags_all: tags_all ?? tags ?? null }, "tags_all.Stack");
}
