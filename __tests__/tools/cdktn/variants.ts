/** Surroundings that the project is to run in. */
export interface Variant {
  readonly name: string;
  /** Major versions of Node: everything runs on the first, the synthesis alone on those after it. */
  readonly nodes: readonly [number, ...number[]];
  /** Packages in place of those that the lockfile has, as npm writes an alias; without any, the project's own folder is used. */
  readonly aliases?: Readonly<Record<string, string>>;
}

/** Every variant: the Node versions that are supported, and CDK Terrain, which carries CDK for Terraform on. */
export const VARIANTS: readonly Variant[] = [
  { name: "node20", nodes: [20] },
  { name: "node22", nodes: [22] },
  { name: "node24", nodes: [24] },
  {
    name: "cdktn",
    nodes: [22, 20],
    aliases: {
      cdktf: "npm:cdktn@0.24",
      "@cdktf/provider-aws": "npm:@cdktn/provider-aws@25",
    },
  },
];
