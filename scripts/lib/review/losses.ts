import type { Resource, Snapshot } from "../access/snapshot";
import type { PlanJson, ResourceChange } from "../plan/plan-json";
import { IN_PLACE_RULES } from "./in-place-rules";
import type { Finding } from "./loss-rule";
import type { Gravity, Loss } from "./plan-review";
import { removal } from "./removals";
import { actionOf, forcedBy } from "./resource-change";

const GRAVITIES: readonly Gravity[] = ["loss", "break", "weakening"];

/** Everything that a plan would lose, break or weaken: the gravest first, then by address. */
export function lossesOf(
  plan: PlanJson,
  was: Snapshot,
  is: Snapshot,
): readonly Loss[] {
  const before = byAddress(was);
  const after = byAddress(is);
  return plan.resource_changes
    .filter(({ deposed, mode }) => deposed === undefined && mode === "managed")
    .flatMap((resource) => {
      const { address, previous_address } = resource;
      const [one, other] = [
        before.get(previous_address ?? address),
        after.get(address),
      ];
      if (one === undefined) return [];
      const moved = { ...one, address };
      return [
        ...removed(resource, moved, was),
        ...inPlace(resource, moved, other, was, is),
      ];
    })
    .sort(byGravity);
}

function byAddress({ resources }: Snapshot): ReadonlyMap<string, Resource> {
  return new Map(resources.map((resource) => [resource.address, resource]));
}

function removed(
  resource: ResourceChange,
  before: Resource,
  was: Snapshot,
): readonly Loss[] {
  const action = actionOf(resource);
  if (action !== "replace" && action !== "delete") return [];
  const how = action === "replace" ? "replaced" : "destroyed";
  const finding = removal(before, how, was);
  return finding === undefined
    ? []
    : [loss(resource.address, finding, forcedBy(resource))];
}

function inPlace(
  resource: ResourceChange,
  before: Resource,
  after: Resource | undefined,
  was: Snapshot,
  is: Snapshot,
): readonly Loss[] {
  const action = actionOf(resource);
  if (after === undefined || (action !== "update" && action !== "replace"))
    return [];
  const rules = Object.hasOwn(IN_PLACE_RULES, resource.type)
    ? (IN_PLACE_RULES[resource.type] ?? [])
    : [];
  return rules
    .flatMap((rule) => rule({ before, after, was, is }))
    .map((finding) => loss(resource.address, finding, []));
}

function loss(
  address: string,
  { rule, gravity, told }: Finding,
  forced: readonly string[],
): Loss {
  return { rule, gravity, address, told, forcedBy: forced };
}

function byGravity(one: Loss, other: Loss): number {
  const [a, b] = [one, other].map(({ gravity }) => GRAVITIES.indexOf(gravity));
  return (
    (a ?? 0) - (b ?? 0) ||
    (one.address < other.address ? -1 : one.address > other.address ? 1 : 0)
  );
}
