import { toJsonObject } from "../../system/json-object";
import { readText } from "../../plan/attribute";
import type { PlanModel } from "../../plan/plan-model";
import { removeInstanceKeys } from "../../plan/resource-address";
import { describeResource } from "../../plan/resource-names";
import { literal, text } from "../../plan/rich-text";
import { isFirstVersion } from "../../plan/secret-versions";
import type { Resource } from "../../plan/snapshot";
import { isOfPublicClient, readsCurrentSecret } from "../secret-clients";
import type { Rule, RuleFinding } from "./rule";

const VERSION = "aws_secretsmanager_secret_version";

/** Rules about what preserves the client secret of a rotation. A plan shows it in the code, not as a change. */
export const SECRET_ROTATION_RULES = {
  "secret-read-removed": {
    severity: "breaking",
    covers: {},
    description:
      "The code no longer reads the current client secret before it writes a secret with a first version, so that the next change of its fields overwrites the secret of a rotation.",
  },
  "secret-check-removed": {
    severity: "weakening",
    covers: {},
    description:
      "The code no longer checks that the client secret is not empty before it writes a secret with a first version.",
  },
} as const satisfies Readonly<Record<string, Rule>>;

type Found = RuleFinding<keyof typeof SECRET_ROTATION_RULES>;

/** Reports secrets that can be rotated, and whose code writes another client secret than the current one. */
export function checkSecretRotation(plan: PlanModel): readonly Found[] {
  const rotatable = new Set(
    [plan.before, plan.after].flatMap((snapshot) =>
      snapshot
        .listByType(VERSION)
        .filter(({ values }) => isFirstVersion(values))
        .map((version) => findSecretAddress(version, plan)),
    ),
  );
  return plan.resources.flatMap((change): readonly Found[] => {
    const { address, type, action, after: values, code } = change;
    if (type !== VERSION || values === undefined || code === undefined)
      return [];
    const version = { address, type, values };
    if (
      change.deposed !== undefined ||
      isFirstVersion(values) ||
      !rotatable.has(findSecretAddress(version, plan)) ||
      isOfPublicClient(version, plan)
    )
      return [];
    const name = describeResource(version, plan.after);
    if (!readsCurrentSecret(code, plan)) {
      const overwriting =
        action === "create" || action === "replace"
          ? "this plan"
          : "the next change of the fields";
      return [
        {
          rule: "secret-read-removed",
          address,
          message: text`${name}: the code does not read the current client secret, so that ${literal(overwriting)} overwrites the secret of a rotation`,
        },
      ];
    }
    return hasCheck(address, plan)
      ? []
      : [
          {
            rule: "secret-check-removed",
            address,
            message: text`${name}: the code does not check that the client secret is not empty`,
          },
        ];
  });
}

/** Returns the address of the secret of a version, else its ARN. */
function findSecretAddress(
  { values }: Resource,
  { before, after }: PlanModel,
): string {
  const id = readText(values, "secret_id") ?? "";
  const find = (snapshot: PlanModel["after"]) =>
    snapshot.find("aws_secretsmanager_secret", id)?.address;
  return find(after) ?? find(before) ?? id;
}

/** Whether a resource has a precondition. A partial plan may not list it. */
function hasCheck(address: string, { json }: PlanModel): boolean {
  const { checks, complete } = json;
  return (
    complete === false ||
    (Array.isArray(checks) &&
      checks.some(
        (one) =>
          toJsonObject(toJsonObject(one).address).to_display ===
          removeInstanceKeys(address),
      ))
  );
}
