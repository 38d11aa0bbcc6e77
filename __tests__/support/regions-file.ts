import path from "node:path";
import { RegionInfo } from "@aws-cdk/region-info";

export const REGIONS_FILE = path.resolve(
  __dirname,
  "../../constructs/regions.ts",
);
const COLUMNS = 80;

/** Formats the partitions and Regions of AWS that `@aws-cdk/region-info` knows, as the module that the product loads. */
export function formatRegionsFile(): string {
  const partitions = new Map<string, RegionInfo[]>();
  for (const region of RegionInfo.regions) {
    const { partition = "" } = region;
    partitions.set(partition, [...(partitions.get(partition) ?? []), region]);
  }
  const blocks = [...partitions]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([partition, regions]) =>
      [
        `  ${/^\w+$/.test(partition) ? partition : `"${partition}"`}: {`,
        `    dnsSuffix: "${regions[0]?.domainSuffix ?? ""}",`,
        formatRegions(regions.map(({ name }) => `"${name}"`).sort()),
        "  },",
      ].join("\n"),
    );
  return [
    "/** Partitions and Regions of AWS, as `@aws-cdk/region-info` has them. `npm run record-plans -- regions` writes this file. */",
    "export const PARTITIONS = {",
    ...blocks,
    "} as const;",
    "",
  ].join("\n");
}

/** Formats a list as prettier does. */
function formatRegions(names: readonly string[]): string {
  const line = `    regions: [${names.join(", ")}],`;
  return line.length <= COLUMNS
    ? line
    : [
        "    regions: [",
        ...names.map((name) => `      ${name},`),
        "    ],",
      ].join("\n");
}
