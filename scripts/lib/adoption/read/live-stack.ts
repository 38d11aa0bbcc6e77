import type { Output } from "@aws-sdk/client-cloudformation";
import { getDnsSuffix } from "../../../../constructs/aws";
import { UserError } from "../../../../constructs/errors";
import {
  isJsonObject,
  type JsonObject,
  toJsonObject,
} from "../../system/json-object";
import { isRetained, type Template } from "./template";

/** A CloudFormation stack, with its resources and templates. */
export interface LiveStack {
  readonly name: string;
  /** ARN, which stays valid after the deletion. */
  readonly id: string;
  readonly status: string;
  readonly isTerminationProtected: boolean;
  /** ARN of the parent of a nested stack. */
  readonly parentId: string | undefined;
  readonly capabilities: readonly string[];
  /** Values of the stack's parameters, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly outputs: readonly Output[];
  readonly resources: readonly StackResource[];
  /** Text of the original template. */
  readonly templateText: string;
  readonly template: Template;
  /** The template after its macros ran; the original one if it has no macros. */
  readonly processedTemplate: Template;
}

export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  readonly status: string;
}

const UPDATABLE =
  /^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT|IMPORT_ROLLBACK)_COMPLETE$/;

/** @throws UserError when the stack cannot be adopted in its current form or status */
export function requireAdoptable(stack: LiveStack): void {
  const { name, parentId, resources, status, template } = stack;
  if (parentId !== undefined)
    throw new UserError(
      `stack ${name} must not be a nested stack, got one in ${parentId}`,
      "remove it from its parent first, with DeletionPolicy Retain in the parent's template",
    );
  const nested = resources.find(
    ({ type }) => type === "AWS::CloudFormation::Stack",
  );
  if (nested !== undefined)
    throw new UserError(
      `stack ${name} must not contain nested stacks, got ${nested.logicalId}`,
      "pass the stack that contains the user pool as --stack-name",
    );
  const parameter = findSsmParameter(template);
  if (parameter !== undefined)
    throw new UserError(
      `resources of stack ${name} must not use a parameter that every update reads from SSM, got ${parameter}`,
      "declare it with type String and its current value, and update the stack",
    );
  if (!UPDATABLE.test(status))
    throw new UserError(
      `the status of stack ${name} must allow an update, such as UPDATE_COMPLETE or UPDATE_ROLLBACK_COMPLETE, got ${status}`,
      status === "UPDATE_ROLLBACK_FAILED"
        ? "run `aws cloudformation continue-update-rollback`"
        : "wait until no operation is in progress, or fix what the stack's events report",
    );
}

/** Returns a parameter that a resource uses and that every update reads from SSM. */
function findSsmParameter({
  Parameters: parameters,
  Resources: resources,
}: Template): string | undefined {
  const used = JSON.stringify(resources);
  return Object.entries(toJsonObject(parameters)).find(
    ([name, parameter]) =>
      String(toJsonObject(parameter).Type).startsWith(
        "AWS::SSM::Parameter::Value",
      ) &&
      (used.includes(`{"Ref":"${name}"}`) || used.includes(`\${${name}}`)),
  )?.[0];
}

/**
 * Returns the resources that the deletion of the stack would delete, because a template does not retain them. Resources
 * that are no longer in the stack are not affected by its deletion.
 */
export function findUnretained(
  {
    template,
    processedTemplate,
    resources,
  }: Pick<LiveStack, "template" | "processedTemplate" | "resources">,
  logicalIds: readonly string[],
): readonly string[] {
  return logicalIds.filter(
    (id) =>
      resources.some(({ logicalId }) => logicalId === id) &&
      !(isRetained(template, id) && isRetained(processedTemplate, id)),
  );
}

/** Returns the properties of a resource in the original template. */
export function getProperties(
  { template }: LiveStack,
  logicalId: string,
): JsonObject {
  return template.Resources[logicalId]?.Properties ?? {};
}

/**
 * Resolves a property with the stack's parameters and physical ids; returns `undefined` if it is empty, not a string, or
 * uses any other function.
 */
export function resolveText(
  property: unknown,
  stack: LiveStack,
): string | undefined {
  const value = resolveValue(property, stack);
  return typeof value === "string" && value !== "" ? value : undefined;
}

function resolveValue(property: unknown, stack: LiveStack): unknown {
  if (!isJsonObject(property)) return property;
  const [name, argument] = Object.entries(property)[0] ?? [];
  switch (name) {
    case "Ref":
      return resolveReference(String(argument), stack);
    case "Fn::GetAtt":
      return Array.isArray(argument)
        ? getPhysicalId(String(argument[0]), stack)
        : undefined;
    case "Fn::Join":
      return join(argument, stack);
    case "Fn::Sub":
      return typeof argument === "string"
        ? substitute(argument, stack)
        : undefined;
    default:
      return undefined;
  }
}

/** Returns whether a value of a template contains a reference to a resource. */
export function hasReference(value: unknown, logicalId: string): boolean {
  if (Array.isArray(value))
    return value.some((item) => hasReference(item, logicalId));
  if (!isJsonObject(value)) return false;
  const { Ref: id, "Fn::GetAtt": attribute, "Fn::Sub": text } = value;
  const [template] = Array.isArray(text)
    ? (text as readonly unknown[])
    : [text];
  return (
    id === logicalId ||
    (Array.isArray(attribute) && attribute[0] === logicalId) ||
    (typeof attribute === "string" && attribute.startsWith(`${logicalId}.`)) ||
    (typeof template === "string" &&
      ["}", "."].some((end) => template.includes(`\${${logicalId}${end}`))) ||
    Object.values(value).some((item) => hasReference(item, logicalId))
  );
}

function resolveReference(name: string, stack: LiveStack): string | undefined {
  const [, partition, , region, account] = stack.id.split(":");
  switch (name) {
    case "AWS::StackName":
      return stack.name;
    case "AWS::Region":
      return region;
    case "AWS::AccountId":
      return account;
    case "AWS::Partition":
      return partition;
    case "AWS::URLSuffix":
      return getDnsSuffix(region ?? "");
    default:
      return stack.parameters[name] ?? getPhysicalId(name, stack);
  }
}

function getPhysicalId(
  logicalId: string,
  { resources }: LiveStack,
): string | undefined {
  return resources.find((resource) => resource.logicalId === logicalId)
    ?.physicalId;
}

function join(argument: unknown, stack: LiveStack): string | undefined {
  if (!Array.isArray(argument)) return undefined;
  const [separator, parts] = argument as readonly unknown[];
  if (typeof separator !== "string" || !Array.isArray(parts)) return undefined;
  const texts = parts.map((part) => resolveText(part, stack));
  return texts.includes(undefined) ? undefined : texts.join(separator);
}

const PLACEHOLDER = /\$\{([^!}][^}]*)\}/g;

function substitute(text: string, stack: LiveStack): string | undefined {
  const resolve = (name: string): string | undefined =>
    resolveReference(name.replace(/\..*/, ""), stack);
  const names = [...text.matchAll(PLACEHOLDER)].map(([, name = ""]) => name);
  return names.some((name) => resolve(name) === undefined)
    ? undefined
    : text
        .replace(PLACEHOLDER, (_, name: string) => resolve(name) ?? "")
        .replaceAll("${!", "${");
}
