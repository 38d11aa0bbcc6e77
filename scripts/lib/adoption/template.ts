import { isDeepStrictEqual } from "node:util";
import { isMap, parse, parseDocument } from "yaml";
import { UserError } from "../../../constructs/errors";
import { isJsonObject, type JsonObject } from "../json-object";
import type { LiveStack } from "./live-stack";
import { cloudFormationTags } from "./template-tags";

/** A resource as a template has it, in CloudFormation's long form. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: JsonObject;
  readonly DeletionPolicy?: unknown;
  readonly UpdateReplacePolicy?: unknown;
}

/** A template of CloudFormation, as far as it is read here. */
export interface Template {
  readonly Parameters?: unknown;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Transform?: unknown;
}

/** Attributes that keep what a resource stands for, when it leaves the stack and when it is replaced. */
const POLICIES = ["DeletionPolicy", "UpdateReplacePolicy"] as const;
const RETAIN = "Retain";

/** Logical id of what makes the update one that changes something: an update of policies alone may do nothing. */
export const HANDLE = "AdoptionRetainsAll";
/** A further update gets another, for the same reason. */
const HANDLES = new RegExp(`^${HANDLE}\\d*$`);
const HANDLE_TYPE = "AWS::CloudFormation::WaitConditionHandle";

/**
 * Reads a template, JSON or YAML.
 *
 * @throws UserError when it is neither, or has no resources
 */
export function parseTemplate(text: string): Template {
  let template: unknown;
  try {
    template = isJson(text)
      ? JSON.parse(text)
      : parse(text, { customTags: cloudFormationTags(), logLevel: "silent" });
  } catch {
    template = undefined;
  }
  if (
    isJsonObject(template) &&
    isJsonObject(template.Resources) &&
    Object.values(template.Resources).every(isResource)
  )
    return template as unknown as Template;
  throw new UserError(
    "the stack's template must be JSON or YAML with Resources, got something else",
    "look at aws cloudformation get-template --template-stage Original",
  );
}

/**
 * The template with everything of `kept` kept when the stack goes, and nothing else said differently.
 *
 * YAML stays YAML, with its short forms, scalars and comments.
 *
 * @throws UserError when the text cannot be written so that it means the same
 */
export function retainingTemplate(
  text: string,
  kept: readonly string[],
): string {
  const handle = nextHandle(parseTemplate(text));
  const written = isJson(text)
    ? retainingJson(text, kept, handle)
    : retainingYaml(text, kept, handle);
  const [is, was] = [written, text].map((one) =>
    withoutPolicies(parseTemplate(one), kept),
  );
  if (!isDeepStrictEqual(is, was))
    throw new UserError(
      "the stack's template cannot be written back with the same meaning",
      "turn it into JSON, update the stack with that, and run the command again",
    );
  return written;
}

/**
 * Those of `kept` that a stack does not keep when it goes, by its template or by what macros make of that. What is no
 * longer part of it stays whatever happens to it.
 */
export function notRetained(
  {
    template,
    processed,
    resources,
  }: Pick<LiveStack, "template" | "processed" | "resources">,
  kept: readonly string[],
): readonly string[] {
  return kept
    .filter((id) => resources.some(({ logicalId }) => logicalId === id))
    .filter((id) =>
      [template, processed].some(({ Resources }) =>
        POLICIES.some((policy) => Resources[id]?.[policy] !== RETAIN),
      ),
    );
}

/** Whether a template was written by {@link retainingTemplate}. */
export function isRetaining({ Resources }: Template): boolean {
  return Object.entries(Resources).some(
    ([id, { Type }]) => isHandle(id) && Type === HANDLE_TYPE,
  );
}

/** Whether a logical id is of what {@link retainingTemplate} adds. */
export function isHandle(logicalId: string): boolean {
  return HANDLES.test(logicalId);
}

/** Logical id that no update has used before, since the one there is changes nothing any more. */
function nextHandle({ Resources }: Template): string {
  const count = Object.keys(Resources).filter(isHandle).length;
  return count === 0 ? HANDLE : `${HANDLE}${count + 1}`;
}

function retainingJson(
  text: string,
  kept: readonly string[],
  handle: string,
): string {
  const template = JSON.parse(text) as { Resources: Record<string, object> };
  for (const id of kept)
    template.Resources[id] = {
      ...template.Resources[id],
      ...Object.fromEntries(POLICIES.map((policy) => [policy, RETAIN])),
    };
  template.Resources[handle] = { Type: HANDLE_TYPE };
  return JSON.stringify(template);
}

/** Every scalar stays the text that it was: of what kind it is, CloudFormation knows. */
function retainingYaml(
  text: string,
  kept: readonly string[],
  handle: string,
): string {
  const document = parseDocument(text, {
    schema: "failsafe",
    logLevel: "silent",
  });
  const resources = document.get("Resources");
  if (!isMap(resources)) throw new TypeError("Resources must be a map");
  for (const id of kept) {
    const resource = resources.get(id);
    if (!isMap(resource)) continue;
    for (const policy of POLICIES) resource.set(policy, RETAIN);
  }
  resources.set(handle, document.createNode({ Type: HANDLE_TYPE }));
  return document.toString({ lineWidth: 0 });
}

/** Whether templates say the same, whatever they keep. */
export function isSameButPolicies(one: Template, other: Template): boolean {
  const [is, was] = [one, other].map((template) =>
    withoutPolicies(template, Object.keys(template.Resources)),
  );
  return isDeepStrictEqual(is, was);
}

/** What must not change. */
function withoutPolicies(template: Template, kept: readonly string[]): unknown {
  const resources = Object.entries(template.Resources)
    .filter(([id]) => !isHandle(id))
    .map(([id, resource]) => [
      id,
      kept.includes(id)
        ? Object.fromEntries(
            Object.entries(resource).filter(
              ([name]) => !(POLICIES as readonly string[]).includes(name),
            ),
          )
        : resource,
    ]);
  return { ...template, Resources: Object.fromEntries(resources) as object };
}

function isJson(text: string): boolean {
  return /^\s*\{/.test(text);
}

function isResource(value: unknown): boolean {
  return isJsonObject(value) && typeof value.Type === "string";
}
