import { type JsonObject, toJsonObject } from "../../system/json-object";
import { toTexts } from "../read/terraform-configuration";
import type { Violations } from "./policy-changes";

/**
 * Checks a change of an attribute; returns no violation if an adoption makes this change on purpose.
 *
 * @param attribute the changed attribute
 */
export type ChangeCheck = (
  before: JsonObject,
  after: JsonObject,
  attribute: string,
) => Violations;

export const anyChange: ChangeCheck = () => [];

export const onlyFromUnset: ChangeCheck = (before, after, attribute) => {
  const { [attribute]: value } = before;
  return requireThat(
    value === undefined || value === null || value === "" || value === 0,
    `must stay ${format(value)}, got ${format(after[attribute])}`,
  );
};

/** A list that was not set may be set. */
export const onlyFromEmpty: ChangeCheck = (before, after, attribute) =>
  requireThat(
    toTexts(before[attribute]).length === 0,
    `must stay ${format(before[attribute])}, got ${format(after[attribute])}`,
  );

export function onlyTo(value: unknown): ChangeCheck {
  return (_, after, attribute) =>
    requireThat(
      after[attribute] === value,
      `must be ${format(value)}, got ${format(after[attribute])}`,
    );
}

/** @param getRemovable values that the change may remove */
export function onlyAdditions(
  getRemovable: (before: JsonObject) => readonly string[] = () => [],
): ChangeCheck {
  return (before, after, attribute) =>
    requireMembers(toTexts(before[attribute]), [
      ...toTexts(after[attribute]),
      ...getRemovable(before),
    ]);
}

export function requireThat(isMet: boolean, requirement: string): Violations {
  return isMet ? [] : [requirement];
}

export function requireMembers(
  members: readonly string[],
  remaining: readonly string[],
): Violations {
  return members
    .filter((member) => !remaining.includes(member))
    .map((member) => `must still contain ${member}, which the plan removes`);
}

function format(value: unknown): string {
  return JSON.stringify(value ?? null);
}

export function toBlocks(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.map(toJsonObject) : [];
}

export function toFirstBlock(value: unknown): JsonObject {
  return toBlocks(value)[0] ?? {};
}
