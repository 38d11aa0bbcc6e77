import { TerraformElement, type TerraformStack } from "cdktf";
import type { Json, JsonObject } from "./json";
import { formatHcl } from "./writer";

/** A stack in Terraform's native syntax, and the metadata that this syntax cannot express. */
export interface StackHcl {
  readonly hcl: string;
  readonly metadata: JsonObject;
}

/** Formats a stack in Terraform's native syntax. */
export function formatStackHcl(stack: TerraformStack): StackHcl {
  const configuration = stack.toTerraform() as JsonObject;
  const typed: Record<string, JsonObject> = {};
  for (const element of stack.node.findAll()) {
    if (TerraformElement.isTerraformElement(element)) {
      // an override of a list hides its type
      const plain = Object.create(element, {
        rawOverrides: { value: {} },
      }) as TerraformElement;
      mergeFragment(
        typed,
        plain.toHclTerraform() as Record<string, JsonObject>,
      );
    }
  }
  return {
    hcl: formatHcl(configuration, typed),
    metadata: createMetadata(configuration),
  };
}

/** Merges the blocks of one element, which are in a section by type, and in a type by name. */
function mergeFragment(
  typed: Record<string, JsonObject>,
  fragment: Record<string, JsonObject | undefined>,
): void {
  for (const [section, blocks] of Object.entries(fragment)) {
    for (const [type, block] of Object.entries(blocks ?? {})) {
      const merged = (typed[section] ??= {}) as Record<string, JsonObject>;
      merged[type] = Array.isArray(block)
        ? (block as unknown as JsonObject)
        : { ...merged[type], ...(block as JsonObject) };
    }
  }
}

/** Creates the metadata that cdktf writes: all `//` comments and the backend. */
function createMetadata(configuration: JsonObject): JsonObject {
  const listComments = (section: string): JsonObject =>
    mapValues(configuration[section], (type) =>
      mapValues(type, (block) => ({ "//": (block as JsonObject)["//"] ?? {} })),
    );
  return {
    "//": configuration["//"] ?? {},
    terraform: configuration.terraform ?? {},
    resource: listComments("resource"),
    data: listComments("data"),
  };
}

function mapValues(
  object: Json | undefined,
  change: (value: Json) => Json,
): JsonObject {
  return Object.fromEntries(
    Object.entries((object ?? {}) as JsonObject).map(([key, value]) => [
      key,
      change(value),
    ]),
  );
}
