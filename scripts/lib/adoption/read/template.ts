import { isDeepStrictEqual } from "node:util";
import {
  type CollectionTag,
  isMap,
  isScalar,
  parse,
  parseDocument,
  Scalar,
  type ScalarTag,
} from "yaml";
import { UserError } from "../../../../constructs/errors";
import {
  isJsonObject,
  type JsonObject,
  toJsonObject,
} from "../../system/json-object";

/** A resource of a CloudFormation template, with long-form functions. */
export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: JsonObject;
  readonly DeletionPolicy?: unknown;
  readonly UpdateReplacePolicy?: unknown;
}

/** The sections of a CloudFormation template that an adoption reads. */
export interface Template {
  readonly Parameters?: unknown;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Transform?: unknown;
}

const POLICIES: readonly (keyof TemplateResource)[] = [
  "DeletionPolicy",
  "UpdateReplacePolicy",
];
const RETAIN = "Retain";

/** Logical id of an inert resource: CloudFormation may ignore an update that changes policies only. */
export const RETAIN_HANDLE = "AdoptionRetainsAll";
const RETAIN_HANDLES = new RegExp(`^${RETAIN_HANDLE}\\d*$`);
const HANDLE_TYPE = "AWS::CloudFormation::WaitConditionHandle";

/** Functions with a short form in YAML, such as `!Sub` for `Fn::Sub`. */
const FUNCTIONS =
  "And Base64 Cidr Equals FindInMap GetAZs If ImportValue Join Length Not Or Select Split Sub ToJsonString Transform";

/**
 * Parses a template in JSON or YAML.
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
    Object.values(template.Resources).every(
      (resource) => typeof toJsonObject(resource).Type === "string",
    )
  )
    return template as unknown as Template;
  throw new UserError(
    "the stack's template must be JSON or YAML with a Resources section, got another format",
    "print it with `aws cloudformation get-template --template-stage Original`",
  );
}

/**
 * Adds the retain policies to resources, and an inert resource; changes nothing else. A YAML template stays YAML, with
 * its short forms, scalars and comments.
 *
 * @throws UserError when the rewritten template would have another meaning
 */
export function addRetainPolicies(
  text: string,
  logicalIds: readonly string[],
): string {
  const before = parseTemplate(text);
  const count = Object.keys(before.Resources).filter(isRetainHandle).length;
  // an existing handle changes nothing in a later update
  const handle = count === 0 ? RETAIN_HANDLE : `${RETAIN_HANDLE}${count + 1}`;
  const written = isJson(text)
    ? addToJson(text, logicalIds, handle)
    : addToYaml(text, logicalIds, handle);
  if (!isSameExceptPolicies(parseTemplate(written), before, logicalIds))
    throw new UserError(
      "cannot rewrite the stack's template with the same meaning",
      "convert the template to JSON, update the stack with it, and run the command again",
    );
  return written;
}

/** Returns whether a resource has both retain policies. */
export function isRetained(template: Template, logicalId: string): boolean {
  const resource = template.Resources[logicalId];
  return POLICIES.every((policy) => resource?.[policy] === RETAIN);
}

/** Returns whether {@link addRetainPolicies} wrote a template. */
export function hasRetainHandle({ Resources }: Template): boolean {
  return Object.entries(Resources).some(
    ([id, { Type }]) => isRetainHandle(id) && Type === HANDLE_TYPE,
  );
}

/** Returns whether {@link addRetainPolicies} adds a resource of this logical id. */
export function isRetainHandle(logicalId: string): boolean {
  return RETAIN_HANDLES.test(logicalId);
}

/**
 * Returns whether two templates are equal, apart from handles and retain policies.
 *
 * @param logicalIds resources whose policies may differ
 */
export function isSameExceptPolicies(
  one: Template,
  other: Template,
  logicalIds: readonly string[] = Object.keys({
    ...one.Resources,
    ...other.Resources,
  }),
): boolean {
  return isDeepStrictEqual(
    ignorePolicies(one, logicalIds),
    ignorePolicies(other, logicalIds),
  );
}

function addToJson(
  text: string,
  logicalIds: readonly string[],
  handle: string,
): string {
  const template = JSON.parse(text) as { Resources: Record<string, object> };
  for (const id of logicalIds)
    template.Resources[id] = {
      ...template.Resources[id],
      ...Object.fromEntries(POLICIES.map((policy) => [policy, RETAIN])),
    };
  template.Resources[handle] = { Type: HANDLE_TYPE };
  return JSON.stringify(template);
}

/** The failsafe schema preserves the text of every scalar; CloudFormation interprets its type. */
function addToYaml(
  text: string,
  logicalIds: readonly string[],
  handle: string,
): string {
  const document = parseDocument(text, {
    schema: "failsafe",
    logLevel: "silent",
  });
  const resources = document.get("Resources");
  if (!isMap(resources)) throw new TypeError("Resources must be a map");
  for (const id of logicalIds) {
    const resource = resources.get(id);
    if (!isMap(resource)) continue;
    for (const policy of POLICIES) resource.set(policy, RETAIN);
  }
  resources.set(handle, document.createNode({ Type: HANDLE_TYPE }));
  return document.toString({ lineWidth: 0 });
}

function ignorePolicies(
  template: Template,
  logicalIds: readonly string[],
): object {
  const resources = Object.entries(template.Resources)
    .filter(([id]) => !isRetainHandle(id))
    .map(([id, resource]) => [
      id,
      logicalIds.includes(id)
        ? { ...resource, DeletionPolicy: null, UpdateReplacePolicy: null }
        : resource,
    ]);
  return { ...template, Resources: Object.fromEntries(resources) as object };
}

/** Returns YAML tags that parse CloudFormation's short forms as the functions that they abbreviate. */
function createYamlTags(): (ScalarTag | CollectionTag)[] {
  return [
    ...createTags("Ref", "Ref"),
    ...createTags("Condition", "Condition"),
    ...FUNCTIONS.split(" ").flatMap((name) => createTags(name, `Fn::${name}`)),
    ...createTags("GetAtt", "Fn::GetAtt", (value) =>
      // an attribute may contain dots, a logical id cannot
      typeof value === "string" ? value.split(/\.(.*)/s, 2) : value,
    ),
  ];
}

function createTags(
  short: string,
  long: string,
  convert: (value: unknown) => unknown = (value) => value,
): (ScalarTag | CollectionTag)[] {
  const tag = `!${short}`;
  return [
    { tag, resolve: (text: string) => ({ [long]: convert(text) }) },
    ...(["map", "seq"] as const).map((collection) => ({
      tag,
      collection,
      resolve: (node: { toJSON(): unknown }) =>
        new Scalar({ [long]: convert(unwrapScalars(node.toJSON())) }),
    })),
  ];
}

/** Removes the scalar nodes that nested tags leave in a parsed collection. */
function unwrapScalars(value: unknown): unknown {
  if (isScalar(value)) return unwrapScalars(value.value);
  if (Array.isArray(value)) return value.map(unwrapScalars);
  return isJsonObject(value)
    ? Object.fromEntries(
        Object.entries(value).map(([key, part]) => [key, unwrapScalars(part)]),
      )
    : value;
}

function isJson(text: string): boolean {
  return /^\s*\{/.test(text);
}
