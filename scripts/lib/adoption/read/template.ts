import {
  type CollectionTag,
  isMap,
  isScalar,
  parse,
  parseDocument,
  Scalar,
  type ScalarTag,
} from "yaml";
import { isJsonObject, type JsonObject } from "../../system/json-object";
import { isDeepStrictEqual } from "node:util";
import { UserError } from "../../../../constructs/errors";
import type { LiveStack } from "./live-stack";

/** Short forms of YAML, which stand for functions of the same name. */
const FUNCTIONS = [
  "And",
  "Base64",
  "Cidr",
  "Equals",
  "FindInMap",
  "GetAZs",
  "If",
  "ImportValue",
  "Join",
  "Length",
  "Not",
  "Or",
  "Select",
  "Split",
  "Sub",
  "ToJsonString",
  "Transform",
] as const;

/** Short forms of CloudFormation in YAML, read as the functions that they stand for. */
export function createYamlTags(): (ScalarTag | CollectionTag)[] {
  const named: readonly (readonly [string, string])[] = [
    ["Ref", "Ref"],
    ["Condition", "Condition"],
    ...FUNCTIONS.map((name) => [name, `Fn::${name}`] as const),
  ];
  return [
    ...named.flatMap(([short, long]) => tagsOf(`!${short}`, long)),
    ...tagsOf("!GetAtt", "Fn::GetAtt", (value) =>
      typeof value === "string" ? splitAtDot(value) : value,
    ),
  ];
}

function tagsOf(
  tag: string,
  long: string,
  valueOf: (value: unknown) => unknown = (value) => value,
): (ScalarTag | CollectionTag)[] {
  return [
    { tag, resolve: (text: string) => ({ [long]: valueOf(text) }) },
    ...(["map", "seq"] as const).map((collection) => ({
      tag,
      collection,
      resolve: (node: { toJSON(): unknown }) =>
        new Scalar({ [long]: valueOf(plainOf(node.toJSON())) }),
    })),
  ];
}

/** Nodes within a collection, which the library leaves in it where a tag made them. */
function plainOf(value: unknown): unknown {
  if (isScalar(value)) return plainOf(value.value);
  if (Array.isArray(value)) return value.map(plainOf);
  return isJsonObject(value)
    ? Object.fromEntries(
        Object.entries(value).map(([key, part]) => [key, plainOf(part)]),
      )
    : value;
}

function splitAtDot(text: string): readonly string[] {
  const dot = text.indexOf(".");
  return dot < 0 ? [text] : [text.slice(0, dot), text.slice(dot + 1)];
}

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
export const RETAIN_HANDLE = "AdoptionRetainsAll";
/** A further update gets another, for the same reason. */
const HANDLES = new RegExp(`^${RETAIN_HANDLE}\\d*$`);
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
      : parse(text, { customTags: createYamlTags(), logLevel: "silent" });
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
export function addRetainPolicies(
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
export function findUnretained(
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

/** Whether a template was written by {@link addRetainPolicies}. */
export function hasRetainHandle({ Resources }: Template): boolean {
  return Object.entries(Resources).some(
    ([id, { Type }]) => isRetainHandle(id) && Type === HANDLE_TYPE,
  );
}

/** Whether a logical id is of what {@link addRetainPolicies} adds. */
export function isRetainHandle(logicalId: string): boolean {
  return HANDLES.test(logicalId);
}

/** Logical id that no update has used before, since the one there is changes nothing any more. */
function nextHandle({ Resources }: Template): string {
  const count = Object.keys(Resources).filter(isRetainHandle).length;
  return count === 0 ? RETAIN_HANDLE : `${RETAIN_HANDLE}${count + 1}`;
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
export function isSameExceptPolicies(one: Template, other: Template): boolean {
  const [is, was] = [one, other].map((template) =>
    withoutPolicies(template, Object.keys(template.Resources)),
  );
  return isDeepStrictEqual(is, was);
}

/** What must not change. */
function withoutPolicies(template: Template, kept: readonly string[]): unknown {
  const resources = Object.entries(template.Resources)
    .filter(([id]) => !isRetainHandle(id))
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
