import schema from "./provider-schema.json";
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

/** Attributes whose keys are free, such as tags. */
const MAP_ATTRIBUTES = splitNames(
  "attribute_mapping attributes client_metadata provider_details roles supported_login_providers tags tags_all validation_data",
);

type Category = "rule" | "access" | "ignored";

/** Returns the attributes of a type that the review knows, by category; a path includes all attributes under it. */
export function listKnownAttributes(
  type: string,
): Readonly<Record<Category, readonly string[]>> {
  return KNOWN.get(type) ?? { rule: [], access: [], ignored: [] };
}

const KNOWN = new Map(
  Object.entries(REVIEWED_TYPES).map(([type, { access = [], ignored }]) => [
    type,
    {
      rule: Object.values(RULES).flatMap(({ covers }) => covers[type] ?? []),
      access,
      ignored: [
        ...Object.values(IGNORED_OF_EVERY_TYPE),
        ...Object.values(ignored ?? {}),
      ].flatMap(splitNames),
    },
  ]),
);

/** Whether the review knows a type of resource. */
export function isReviewedType(type: string): boolean {
  return KNOWN.has(type);
}

/** Returns what reviews an attribute; `undefined` for an attribute that only a newer provider has. */
export function classifyAttribute(
  type: string,
  path: string,
): Category | undefined {
  const [root = ""] = path.split(".");
  const attributes = Object.values(schema).flatMap(
    (types: Readonly<Record<string, readonly string[]>>) => types[type] ?? [],
  );
  const isInSchema = MAP_ATTRIBUTES.includes(root) || attributes.includes(path);
  const { rule, access, ignored } = listKnownAttributes(type);
  const isListed = (paths: readonly string[]): boolean =>
    paths.includes(path) ||
    (isInSchema && paths.some((one) => path.startsWith(`${one}.`)));
  if (isListed(rule)) return "rule";
  if (isListed(access)) return "access";
  if (isListed(ignored)) return "ignored";
  const isBlock = attributes.some((one) => one.startsWith(`${path}.`));
  return isBlock ? "rule" : undefined;
}

export function splitNames(names: string): readonly string[] {
  return names.split(" ");
}
