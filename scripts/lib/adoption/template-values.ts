import { isJsonObject } from "../json-object";
import type { LiveStack } from "./live-stack";

/**
 * Value of a property of a template, as far as it can be told from parameters and physical ids; `undefined` where it
 * takes more.
 */
export function valueOf(property: unknown, stack: LiveStack): unknown {
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

/** {@link valueOf} where it is a text. */
export function textOf(
  property: unknown,
  stack: LiveStack,
): string | undefined {
  const value = valueOf(property, stack);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Whether a value of a template has a reference to a resource in it. */
export function refersTo(value: unknown, logicalId: string): boolean {
  if (Array.isArray(value))
    return value.some((one) => refersTo(one, logicalId));
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
    Object.values(value).some((one) => refersTo(one, logicalId))
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
  const texts = parts.map((part) => textOf(part, stack));
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
