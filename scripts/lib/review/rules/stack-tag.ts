import { readText, type Attributes } from "../../plan/attribute";
import type { PlannedChange } from "../../plan/plan-model";
import type { Redacted } from "../../plan/redactor";
import { literal, text } from "../../plan/rich-text";
import type { NotReviewed } from "./not-reviewed";

/**
 * Returns the change of the tag on which permissions of the deploy roles depend, or a new resource that has the tag of another
 * stage.
 */
export function checkStackTag(
  { address, before, after, action }: PlannedChange,
  stage: Redacted | undefined,
): readonly NotReviewed[] {
  if (after === undefined) return [];
  if (action !== "update" && action !== "replace" && action !== "create")
    return [];
  const is = getStackTag(after);
  const was = before === undefined ? undefined : getStackTag(before);
  // a resource that had none gets the tag of its stage
  const isOwn = was === undefined && (is === undefined || is === stage);
  return was === is || isOwn || (was === undefined && stage === undefined)
    ? []
    : [
        {
          rule: "stack-tag-changed",
          address,
          message: text`the tag Stack, on which permissions depend, is ${is ?? NONE}, was ${was ?? NONE}`,
        },
      ];
}

const NONE = literal("missing");

export function getStackTag({
  tags,
  tags_all,
}: Attributes): Redacted | undefined {
  return readText({ tags_all: tags_all ?? tags ?? null }, "tags_all.Stack");
}
