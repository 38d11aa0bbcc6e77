import type { Reading } from "./expression";

/** Structure of a block that Terraform's language defines. A provider's schema defines the rest. */
export interface Block {
  readonly labels?: number;
  /** Whether a provider's schema defines other nested blocks. */
  readonly hasShape?: true;
  readonly blocks?: Readonly<Record<string, Block>>;
  /** Structure by the first label, in addition to `blocks`. */
  readonly blocksByLabel?: Readonly<
    Record<string, Readonly<Record<string, Block>>>
  >;
  readonly reads?: Readonly<Record<string, Reading>>;
  readonly readsOthers?: Reading;
  /** How strings in objects are evaluated, by key. */
  readonly nestedReads?: Readonly<Record<string, Reading>>;
}

/** Name of an argument. */
export const IDENTIFIER = /^[\p{ID_Start}_][\p{ID_Continue}-]*$/u;

const LITERAL: Block = { readsOthers: "literal" };
const CONDITIONS = { precondition: {}, postcondition: {} };
const CONNECTION = { connection: {} };
const PROVISIONERS = {
  ...CONNECTION,
  provisioner: {
    labels: 1,
    reads: { when: "reference", on_failure: "reference" },
    blocks: CONNECTION,
  },
} as const;
const RESOURCE: Block = {
  labels: 2,
  hasShape: true,
  reads: { depends_on: "reference", provider: "reference" },
  blocks: {
    ...PROVISIONERS,
    lifecycle: {
      reads: { ignore_changes: "reference", replace_triggered_by: "reference" },
      blocks: CONDITIONS,
    },
  },
};

/** A block of a provider's schema. */
export const NESTED: Block = { hasShape: true };

export const DYNAMIC: Block = {
  labels: 1,
  reads: { iterator: "reference" },
  blocks: { content: NESTED },
};

/**
 * Blocks at the top level of a configuration, in the order of the file.
 *
 * @see https://developer.hashicorp.com/terraform/language/syntax/json
 */
export const TOP_LEVEL: Readonly<Record<string, Block>> = {
  terraform: {
    reads: { experiments: "reference" },
    readsOthers: "literal",
    blocks: {
      required_providers: {
        nestedReads: { configuration_aliases: "reference" },
        readsOthers: "literal",
      },
      provider_meta: { labels: 1, hasShape: true },
      cloud: { ...LITERAL, blocks: { workspaces: LITERAL } },
      backend: {
        ...LITERAL,
        labels: 1,
        blocksByLabel: {
          remote: { workspaces: LITERAL },
          kubernetes: { exec: LITERAL },
          oss: { assume_role: LITERAL },
        },
      },
    },
  },
  provider: {
    labels: 1,
    hasShape: true,
    reads: { alias: "literal", version: "literal" },
  },
  locals: {},
  variable: {
    labels: 1,
    reads: {
      default: "literal",
      deprecated: "literal",
      description: "literal",
      type: "type",
    },
    blocks: { validation: {} },
  },
  data: RESOURCE,
  ephemeral: RESOURCE,
  resource: RESOURCE,
  module: {
    labels: 1,
    reads: {
      depends_on: "reference",
      providers: "reference",
      source: "literal",
      version: "literal",
    },
  },
  output: {
    labels: 1,
    reads: { depends_on: "reference", description: "literal" },
    blocks: CONDITIONS,
  },
  check: { labels: 1, blocks: { data: RESOURCE, assert: {} } },
  moved: { reads: { from: "reference", to: "reference" } },
  removed: {
    reads: { from: "reference" },
    blocks: { ...PROVISIONERS, lifecycle: {} },
  },
  import: { reads: { provider: "reference", to: "reference" } },
};

/** Order in a block. Other arguments have rank 1, other blocks rank 2; each rank is sorted by name. */
export const RANKS: ReadonlyMap<string, number> = new Map([
  ["count", 0],
  ["for_each", 0],
  ["provider", 0],
  ["connection", 3],
  ["provisioner", 4],
  ["lifecycle", 5],
  ["depends_on", 6],
]);
