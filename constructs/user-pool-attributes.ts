import type { CognitoUserPoolSchema } from "@cdktf/provider-aws/lib/cognito-user-pool";
import { Token } from "cdktf";
import { LIMITS } from "./constraints";
import type { CustomAttribute, CustomAttributes } from "./user-pool-options";
import { check, checkCount } from "./validation";

/** Returns the errors of custom attributes. */
export function checkCustomAttributes(
  attributes: CustomAttributes,
): (string | undefined)[] {
  return [
    checkCount(LIMITS.customAttributesPerUserPool, attributes),
    ...Object.entries(attributes).flatMap(([name, attribute]) => [
      check(LIMITS.customAttributeName, name),
      ...checkBounds(name, attribute),
    ]),
  ];
}

function checkBounds(
  name: string,
  attribute: CustomAttribute,
): (string | undefined)[] {
  const bounds = getBounds(attribute);
  if (bounds === undefined) return [];
  const [min, max] = bounds;
  const limit =
    attribute.type === "String"
      ? LIMITS.attributeLength
      : LIMITS.attributeNumber;
  const isKnown = !Token.isUnresolved(min) && !Token.isUnresolved(max);
  return [
    ...bounds.map((bound) => check(limit, bound, `${limit.subject} "${name}"`)),
    isKnown && min > max
      ? `upper bound of custom attribute "${name}" must be at least ${min}, got ${max}`
      : undefined,
  ];
}

function getBounds(
  attribute: CustomAttribute,
): readonly [min: number, max: number] | undefined {
  switch (attribute.type) {
    case "String":
      return [attribute.minLength ?? 0, attribute.maxLength ?? 2048];
    case "Number":
      return [
        attribute.minimum ?? Number.MIN_SAFE_INTEGER,
        attribute.maximum ?? Number.MAX_SAFE_INTEGER,
      ];
    default:
      return undefined;
  }
}

/** Creates the schema of custom attributes. Bounds are set, because Terraform would replace a pool without them. */
export function createCustomSchema(
  attributes: CustomAttributes,
): CognitoUserPoolSchema[] {
  return Object.entries(attributes).map(([name, attribute]) => ({
    name,
    attributeDataType: attribute.type,
    developerOnlyAttribute: false,
    mutable: true,
    required: false,
    ...createConstraints(attribute),
  }));
}

function createConstraints(
  attribute: CustomAttribute,
): Partial<CognitoUserPoolSchema> {
  const bounds = getBounds(attribute);
  if (bounds === undefined) return {};
  const [min, max] = bounds.map(formatNumber) as [string, string];
  return attribute.type === "String"
    ? { stringAttributeConstraints: { minLength: min, maxLength: max } }
    : { numberAttributeConstraints: { minValue: min, maxValue: max } };
}

function formatNumber(value: number): string {
  return Token.isUnresolved(value) ? Token.asString(value) : String(value);
}
