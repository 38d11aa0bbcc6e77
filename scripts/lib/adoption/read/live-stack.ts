import type { Stack } from "@aws-sdk/client-cloudformation";
import { UserError } from "../../../../constructs/errors";
import { isJsonObject } from "../../system/json-object";
import type { Template } from "./template";

/** A stack as CloudFormation has it now. */
export interface LiveStack {
  readonly name: string;
  /** ARN, by which it is known after it is gone too. */
  readonly id: string;
  readonly status: string;
  readonly isTerminationProtected: boolean;
  /** ARN of the stack that this one is a part of. */
  readonly parentId: string | undefined;
  readonly capabilities: readonly string[];
  /** Values of its parameters, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly outputs: readonly {
    readonly key: string;
    readonly value: string;
    readonly exportName: string | undefined;
  }[];
  readonly resources: readonly StackResource[];
  /** As it was sent. */
  readonly templateText: string;
  readonly template: Template;
  /** What its macros have made of it; the same where it has none. */
  readonly processed: Template;
}

export interface StackResource {
  readonly logicalId: string;
  readonly type: string;
  readonly physicalId: string;
  readonly status: string;
}

/** A stack by what CloudFormation says of it, and by its parts. */
export function toLiveStack(
  stack: Stack,
  parts: Pick<
    LiveStack,
    "resources" | "templateText" | "template" | "processed"
  >,
): LiveStack {
  return {
    name: stack.StackName ?? "",
    id: stack.StackId ?? "",
    status: stack.StackStatus ?? "",
    isTerminationProtected: stack.EnableTerminationProtection === true,
    parentId: stack.ParentId,
    capabilities: stack.Capabilities ?? [],
    parameters: Object.fromEntries(
      (stack.Parameters ?? []).map(
        ({ ParameterKey = "", ParameterValue = "", ResolvedValue }) => [
          ParameterKey,
          ResolvedValue ?? ParameterValue,
        ],
      ),
    ),
    outputs: (stack.Outputs ?? []).map(
      ({ OutputKey = "", OutputValue = "", ExportName }) => ({
        key: OutputKey,
        value: OutputValue,
        exportName: ExportName,
      }),
    ),
    ...parts,
  };
}

/** States in which CloudFormation takes an update. */
const UPDATABLE =
  /^(CREATE|UPDATE|UPDATE_ROLLBACK|IMPORT|IMPORT_ROLLBACK)_COMPLETE$/;
/** Why a stack cannot be taken over as it is; `undefined` when it can. */
export function validateStack(stack: LiveStack): UserError | undefined {
  if (stack.parentId !== undefined)
    return new UserError(
      `stack ${stack.name} must stand by itself, got one nested in ${stack.parentId}`,
      "take it out of its parent first, with the parent's DeletionPolicy Retain for it",
    );
  const nested = stack.resources.find(
    ({ type }) => type === "AWS::CloudFormation::Stack",
  );
  if (nested !== undefined)
    return new UserError(
      `stack ${stack.name} must hold no stack of its own, got ${nested.logicalId}`,
      "name the stack that holds the user pool with --stack-name",
    );
  const parameter = parameterOfSsm(stack.template);
  if (parameter !== undefined)
    return new UserError(
      `the resources of stack ${stack.name} must use no parameter that an update reads anew from SSM, got ${parameter}`,
      "make it a parameter of type String with the value that it has, and update the stack with that",
    );
  if (!UPDATABLE.test(stack.status))
    return new UserError(
      `stack ${stack.name} must be in a state that takes an update, such as UPDATE_COMPLETE or UPDATE_ROLLBACK_COMPLETE, got ${stack.status}`,
      stack.status === "UPDATE_ROLLBACK_FAILED"
        ? "aws cloudformation continue-update-rollback brings it to UPDATE_ROLLBACK_COMPLETE"
        : "wait until it is at rest, or mend it as its events say",
    );
  return undefined;
}

/** A parameter that every update takes from SSM anew, and that a resource is made with. */
function parameterOfSsm({
  Parameters: parameters,
  Resources: resources,
}: Template): string | undefined {
  if (!isJsonObject(parameters)) return undefined;
  const used = JSON.stringify(resources);
  return Object.entries(parameters).find(
    ([name, parameter]) =>
      isJsonObject(parameter) &&
      String(parameter.Type).startsWith("AWS::SSM::Parameter::Value") &&
      (used.includes(`{"Ref":"${name}"}`) || used.includes(`\${${name}}`)),
  )?.[0];
}

/**
 * Value of a property of a template, as far as it can be told from parameters and physical ids; `undefined` where it
 * takes more.
 */
export function resolveValue(property: unknown, stack: LiveStack): unknown {
  if (!isJsonObject(property)) return property;
  const [name, argument] = Object.entries(property)[0] ?? [];
  switch (name) {
    case "Ref":
      return refOf(String(argument), stack);
    case "Fn::GetAtt":
      return Array.isArray(argument)
        ? physicalIdOf(String(argument[0]), stack)
        : undefined;
    case "Fn::Join":
      return joined(argument, stack);
    case "Fn::Sub":
      return typeof argument === "string"
        ? substituted(argument, stack)
        : undefined;
    default:
      return undefined;
  }
}

/** {@link resolveValue} where it is a text. */
export function resolveText(
  property: unknown,
  stack: LiveStack,
): string | undefined {
  const value = resolveValue(property, stack);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Whether a value of a template has a reference to a resource in it. */
export function hasReference(value: unknown, logicalId: string): boolean {
  if (Array.isArray(value))
    return value.some((one) => hasReference(one, logicalId));
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
    Object.values(value).some((one) => hasReference(one, logicalId))
  );
}

function refOf(name: string, stack: LiveStack): string | undefined {
  switch (name) {
    case "AWS::StackName":
      return stack.name;
    case "AWS::Region":
      return stack.id.split(":")[3];
    case "AWS::AccountId":
      return stack.id.split(":")[4];
    case "AWS::Partition":
      return stack.id.split(":")[1];
    case "AWS::URLSuffix":
      return "amazonaws.com";
    default:
      return stack.parameters[name] ?? physicalIdOf(name, stack);
  }
}

function physicalIdOf(
  logicalId: string,
  { resources }: LiveStack,
): string | undefined {
  return resources.find((resource) => resource.logicalId === logicalId)
    ?.physicalId;
}

function joined(argument: unknown, stack: LiveStack): string | undefined {
  if (!Array.isArray(argument)) return undefined;
  const [separator, parts] = argument as readonly unknown[];
  if (typeof separator !== "string" || !Array.isArray(parts)) return undefined;
  const texts = parts.map((part) => resolveText(part, stack));
  return texts.includes(undefined) ? undefined : texts.join(separator);
}

function substituted(text: string, stack: LiveStack): string | undefined {
  const names = [...text.matchAll(/\$\{([^!}][^}]*)\}/g)].map(
    ([, name = ""]) => name,
  );
  const values = new Map(
    names.map((name) => [name, refOf(name.replace(/\..*/, ""), stack)]),
  );
  return [...values.values()].includes(undefined)
    ? undefined
    : text
        .replace(
          /\$\{([^!}][^}]*)\}/g,
          (_, name: string) => values.get(name) ?? "",
        )
        .replaceAll("${!", "${");
}
