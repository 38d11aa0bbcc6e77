import type { PlanModel } from "../../plan/plan-model";
import { describeResource } from "../../plan/resource-names";
import { type RichText, text } from "../../plan/rich-text";
import { type Resource, Snapshot } from "../../plan/snapshot";
import { findStateRegion } from "./provider";
import { describeConsequence, isDataLost } from "./removal";
import type { Rule, RuleFinding } from "./rule";

/** Rules about resources that the state has and that Terraform does not find in AWS. */
export const RECREATION_RULES = {
  "resource-recreated": {
    severity: "data-loss",
    covers: {},
    description:
      "A resource that the state has is created again, because it was deleted outside Terraform or is in another Region or account; for a resource whose loss is data loss, such as a user pool.",
  },
} as const satisfies Readonly<Record<string, Rule>>;

/** Reports resources that a plan creates although the state had them. */
export function checkRecreations(
  plan: PlanModel,
): readonly RuleFinding<keyof typeof RECREATION_RULES>[] {
  const created = new Set(
    plan.resources
      .filter(({ action }) => action === "create")
      .map(({ address }) => address),
  );
  const state = buildStateSnapshot(plan);
  const regions = findStateRegion(plan);
  return listMissing(plan)
    .filter(({ address, type }) => created.has(address) && isDataLost(type))
    .map((resource) => {
      const name = describeResource(resource, state);
      const message: RichText =
        regions === undefined
          ? text`${name} is in the state but not in AWS, and is created again: ${describeConsequence(resource, "replaced", state)}`
          : text`${name} is created a second time, in Region ${regions.configured}: the state has it in ${regions.state}, where it remains without Terraform`;
      return { rule: "resource-recreated", address: resource.address, message };
    });
}

/** Returns the resources of the state, including those that Terraform does not find in AWS. */
export function buildStateSnapshot(plan: PlanModel): Snapshot {
  return new Snapshot(
    [...plan.before.resources, ...listMissing(plan)],
    plan.redactor,
  );
}

function listMissing({ drift }: PlanModel): readonly Resource[] {
  return drift.flatMap(({ address, type, action, before }) =>
    action === "delete" && before !== undefined
      ? [{ address, type, values: before }]
      : [],
  );
}
