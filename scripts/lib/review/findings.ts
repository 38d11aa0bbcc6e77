import { say, type Phrase } from "../access/phrase";
import { textOf, type Resource } from "../access/snapshot";
import type { Finding, InPlaceRule } from "./loss-rule";
import type { Gravity } from "./plan-review";

/** The one thing that a rule found. */
export function found(
  rule: string,
  gravity: Gravity,
  told: Phrase,
): readonly Finding[] {
  return [{ rule, gravity, told }];
}

/** What people know a resource by. */
export function name(resource: Resource): string {
  const { address } = resource;
  const pool = textOf(resource, "identity_pool_name", address);
  return textOf(resource, "name", pool);
}

/** A weakening by what is switched on. */
export function on(
  attribute: string,
  rule: string,
  ending: Phrase,
): InPlaceRule {
  return ({ before, after }) =>
    before.values[attribute] !== true && after.values[attribute] === true
      ? found(rule, "weakening", say`${name(after)}${ending}`)
      : [];
}

/** A weakening by what is switched off. */
export function off(
  attribute: string,
  rule: string,
  ending: Phrase,
): InPlaceRule {
  return ({ before, after }) =>
    before.values[attribute] === true && after.values[attribute] !== true
      ? found(rule, "weakening", say`${name(after)}${ending}`)
      : [];
}
