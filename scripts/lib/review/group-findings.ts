import type { PlanModel } from "../plan/plan-model";
import { type RichText, text, toPlainText } from "../plan/rich-text";
import type { Resource } from "../plan/snapshot";
import { groupBy } from "../system/group-by";
import { CAUSES, createCauseContext } from "./causes";
import type { Finding, FindingGroup } from "./review-model";

/** Groups findings by their cause, and merges findings of one rule at one address. */
export function groupFindings(
  findings: readonly Finding[],
  plan: PlanModel,
): readonly FindingGroup[] {
  const merged = mergeFindings(findings);
  const context = createCauseContext(plan);
  const resources = mapResources(plan);
  // an object that remains from an earlier replacement causes nothing
  const current = merged.flatMap((finding) => {
    const resource = resources.get(finding.address);
    const isCurrent =
      !/-(replaced|destroyed)$/.test(finding.rule) ||
      context.removed.has(resource?.address ?? "");
    return resource !== undefined && isCurrent ? [{ finding, resource }] : [];
  });
  const grouped = new Set<Finding>();
  const groups = new Map<Finding, Finding[]>();
  for (const { cause, consequence, find } of CAUSES) {
    const heads = new Map(
      current
        .filter(({ finding }) => cause.test(finding.rule))
        .filter(({ finding }) => !grouped.has(finding))
        .map(({ finding, resource }) => [resource.address, finding]),
    );
    if (heads.size === 0) continue;
    for (const { finding, resource } of current) {
      if (grouped.has(finding) || !consequence.test(finding.rule)) continue;
      const head = find(resource, context)
        .map((one) => one && heads.get(one.address))
        .find((one) => one !== undefined && one !== finding);
      if (head === undefined || isMoreSevere(finding, head)) continue;
      grouped.add(finding);
      groups.set(head, [
        ...(groups.get(head) ?? []),
        finding,
        ...(groups.get(finding) ?? []),
      ]);
    }
  }
  return merged
    .filter((finding) => !grouped.has(finding))
    .map((finding) => ({
      ...finding,
      consequences: groups.get(finding) ?? [],
    }));
}

/** Whether a resource is destroyed whose cause is only replaced. */
function isMoreSevere({ rule }: Finding, head: Finding): boolean {
  return rule.endsWith("-destroyed") && head.rule.endsWith("-replaced");
}

function mergeFindings(findings: readonly Finding[]): readonly Finding[] {
  const byKey = groupBy(findings, ({ rule, address }) =>
    JSON.stringify([rule, address]),
  );
  return [...byKey.values()].map(([first, ...others]) =>
    others.reduce(
      (merged, { message, forcedBy }) => ({
        ...merged,
        message: text`${merged.message}; ${removeSharedName(message, first.message)}`,
        forcedBy: [...new Set([...merged.forcedBy, ...forcedBy])],
      }),
      first,
    ),
  );
}

/** Removes the resource at the start of a sentence if another one starts with the same resource. */
function removeSharedName(sentence: RichText, other: RichText): RichText {
  const name = sentence.findIndex((part) => typeof part === "object");
  const isShared = (index: number): boolean =>
    toPlainText(sentence.slice(index, index + 1)) ===
    toPlainText(other.slice(index, index + 1));
  if (name < 0 || !sentence.slice(0, name + 1).every((_, i) => isShared(i)))
    return sentence;
  return sentence
    .slice(isShared(name + 1) ? name + 2 : name + 1)
    .map((part, index) =>
      index === 0 && typeof part === "string"
        ? (part.trimStart() as typeof part)
        : part,
    );
}

/** Returns resources by their addresses, as they are before the apply if they exist then. */
function mapResources(plan: PlanModel): ReadonlyMap<string, Resource> {
  const { resources, before } = plan;
  return new Map(
    resources
      .filter(({ deposed }) => deposed === undefined)
      .flatMap(
        ({ address, previousAddress, type, after }): [string, Resource][] => {
          const earlier = before.get(previousAddress ?? address);
          if (earlier !== undefined) return [[address, earlier]];
          return after === undefined
            ? []
            : [[address, { address, type, values: after }]];
        },
      ),
  );
}
