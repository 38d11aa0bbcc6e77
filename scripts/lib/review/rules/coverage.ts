import { BLOCK_ATTRIBUTES, MAP_ATTRIBUTES } from "./block-attributes";
import { REVIEWED_TYPES, RULES } from "./registry";
import { ASSIGNED, REPLACES } from "./rule";

/** Attributes of every type whose change needs no rule, separated by spaces, by the reason. */
export const IGNORED_OF_EVERY_TYPE: Readonly<Record<string, string>> = {
  [ASSIGNED]: "arn id",
  [REPLACES]: "region",
  "only the tag Stack has an effect, which another rule reports":
    "tags tags_all",
  "how long Terraform waits": "timeouts",
};

type Category = "rule" | "access" | "ignored";

/** Returns the attributes of a type that the review knows, by category; a path stands for all attributes under it. */
export function listKnownAttributes(
  type: string,
): Readonly<Record<Category, readonly string[]>> {
  return KNOWN.get(type) ?? { rule: [], access: [], ignored: [] };
}

const KNOWN = new Map(
  Object.entries(REVIEWED_TYPES).map(([type, { access = [], ignored }]) => [
    type,
    {
      rule: [
        ...new Set(
          Object.values(RULES).flatMap(({ covers }) => covers[type] ?? []),
        ),
      ].sort(),
      access,
      ignored: [
        ...Object.values(IGNORED_OF_EVERY_TYPE),
        ...Object.values(ignored ?? {}),
      ].flatMap(splitNames),
    },
  ]),
);

/** Returns the attributes of blocks of a type, by their paths. */
export function listBlockAttributes(type: string): readonly string[] {
  return BLOCK_PATHS.get(type) ?? [];
}

const BLOCK_PATHS = new Map(
  Object.entries(BLOCK_ATTRIBUTES).map(([type, blocks]) => [
    type,
    Object.entries(blocks).flatMap(([block, names]) =>
      splitNames(names).map((name) => `${block}.${name}`),
    ),
  ]),
);

/** Whether the review knows a type of resource. */
export function isReviewedType(type: string): boolean {
  return KNOWN.has(type);
}

/** Returns what reviews an attribute; `undefined` if the review does not know it. */
export function classifyAttribute(
  type: string,
  path: string,
): Category | undefined {
  const [root = ""] = path.split(".");
  const known = listKnownAttributes(type);
  const blocks = listBlockAttributes(type);
  const isInBlock = MAP_ATTRIBUTES.includes(root) || blocks.includes(path);
  const isListed = (paths: readonly string[]): boolean =>
    paths.includes(path) ||
    (isInBlock && paths.some((one) => path.startsWith(`${one}.`)));
  if (isListed(known.rule)) return "rule";
  if (isListed(known.access)) return "access";
  if (isListed(known.ignored)) return "ignored";
  const isWholeBlock = [...known.rule, ...known.access, ...blocks].some((one) =>
    one.startsWith(`${path}.`),
  );
  return isWholeBlock ? "rule" : undefined;
}

export function splitNames(names: string): readonly string[] {
  return names.split(" ");
}
