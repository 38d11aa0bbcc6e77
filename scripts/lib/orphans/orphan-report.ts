import { nameOf } from "../plan/resource-names";
import { inOneLine } from "../plan/shown-values";
import type { Orphan } from "./orphans";

/**
 * What lies in AWS beside a stage, and what to do about each: take in what a plan would make a second time, and delete
 * what nothing needs.
 */
export function orphanReport(
  orphans: readonly Orphan[],
  stage: string,
): string {
  if (orphans.length === 0)
    return `Stage ${stage}: everything in AWS that has its name is in its state`;
  const wanted = orphans.filter(({ address }) => address !== undefined);
  const others = orphans.filter(({ address }) => address === undefined);
  const count = orphans.length === 1 ? "1 thing" : `${orphans.length} things`;
  return [
    `Stage ${stage}: ${count} in AWS that its state does not have`,
    ...(wanted.length === 0
      ? []
      : [
          "",
          "A deployment would make these a second time. To take one in, put its block into a file beside cdk.tf.json, such as imports.tf, and deploy with Terraform; or delete it:",
          ...wanted.map(told),
          "",
          ...wanted.map(importBlock),
        ]),
    ...(others.length === 0
      ? []
      : ["", "The code has no use for these:", ...others.map(told)]),
    "",
    "Commands that delete them, for those that are surely nobody's:",
    ...orphans.map(({ deletion }) => `  ${deletion}`),
  ].join("\n");
}

function told({ type, name, created, users }: Orphan): string {
  const since = created === undefined ? "" : `, made ${created.toISOString()}`;
  const has = users === undefined ? "" : `, about ${users} users`;
  return inOneLine(`- ${nameOf(type, { name })}${since}${has}`);
}

function importBlock({ address, importId }: Orphan): string {
  return `import {\n  to = ${address ?? ""}\n  id = ${JSON.stringify(importId)}\n}`;
}
