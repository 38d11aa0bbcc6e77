import { describeResource } from "../../plan/resource-names";
import { literal, type RichText, text } from "../../plan/rich-text";
import type { Resource, Snapshot } from "../../plan/snapshot";
import {
  type Removal,
  type RemovalKind,
  REMOVALS,
} from "./removal-consequences";
import type { Rule, RuleFinding } from "./rule";

type RemovalType = keyof typeof REMOVALS;
export type RemovalRuleId =
  | `${(typeof REMOVALS)[RemovalType]["id"]}-${"replaced" | "destroyed"}`
  | "resource-forgotten";

/** Types whose removal is reported. */
export const REMOVAL_TYPES = Object.keys(REMOVALS) as readonly RemovalType[];

export function getRemovalRuleId(
  type: RemovalType,
  kind: "replaced" | "destroyed",
): RemovalRuleId {
  return `${REMOVALS[type].id}-${kind}`;
}

/** Two rules about each type, and one about resources that Terraform forgets. */
export const REMOVAL_RULES = Object.fromEntries([
  ...REMOVAL_TYPES.flatMap((type) =>
    (["replaced", "destroyed"] as const).map((kind): [string, Rule] => [
      getRemovalRuleId(type, kind),
      {
        severity: REMOVALS[type].severity,
        covers: {},
        description: `An ${type} is ${kind}.`,
      },
    ]),
  ),
  [
    "resource-forgotten",
    {
      severity: "weakening",
      covers: {},
      description:
        "Terraform no longer manages a resource that continues to exist: its protections are no longer applied, and its changes are no longer reported.",
    } satisfies Rule,
  ],
]) as unknown as Readonly<Record<RemovalRuleId, Rule>>;

/** Returns what is lost with a resource; `undefined` if its type is not reviewed. */
export function describeRemoval(
  resource: Resource,
  kind: RemovalKind,
  before: Snapshot,
): Omit<RuleFinding<RemovalRuleId>, "address"> | undefined {
  const type: string = resource.type;
  if (!isRemovalType(type)) return undefined;
  const name = describeResource(resource, before);
  if (kind === "forgotten")
    return {
      rule: "resource-forgotten",
      message: text`${name} is no longer managed by Terraform and continues to exist`,
    };
  return {
    rule: getRemovalRuleId(type, kind),
    message: text`${name} is ${literal(kind)}: ${describeConsequence(resource, kind, before)}`,
  };
}

/** Returns what users and services lose with a resource; nothing if its type is not reviewed. */
export function describeConsequence(
  resource: Resource,
  kind: "replaced" | "destroyed",
  before: Snapshot,
): RichText {
  const type: string = resource.type;
  if (!isRemovalType(type)) return [];
  const { [kind]: consequence }: Removal = REMOVALS[type];
  return typeof consequence === "function"
    ? consequence(resource, before)
    : consequence;
}

/** Whether the loss of a resource of a type is data loss. */
export function isDataLost(type: string): boolean {
  return isRemovalType(type) && REMOVALS[type].severity === "data-loss";
}

function isRemovalType(type: string): type is RemovalType {
  return Object.hasOwn(REMOVALS, type);
}
