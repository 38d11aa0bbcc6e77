import { LIMITS, type STANDARD_ATTRIBUTES } from "./constraints";
import { check, isUnknown } from "./validation";

/** An attribute of a user pool that an identity provider can set. */
export type MappedAttribute =
  (typeof STANDARD_ATTRIBUTES)[number] | `custom:${string}`;

/**
 * Attributes of the user pool, and the names of the provider's attributes that set them at each sign-in. The user pool
 * requires `email`. The email address counts as unverified unless `email_verified` is mapped too.
 */
export type AttributeMapping = Readonly<Record<"email", string>> &
  Readonly<Partial<Record<MappedAttribute, string>>>;

/** Returns the errors of a mapping. */
export function checkAttributeMapping(
  attributes: AttributeMapping,
): (string | undefined)[] {
  if (isUnknown(attributes))
    return [
      "attributes of an identity provider must be known at synth, got a map that only Terraform knows",
    ];
  const names = Object.keys(attributes);
  return [
    names.includes("email")
      ? undefined
      : `attributes of an identity provider must map email, which the user pool requires, got ${names.join(", ") || "none"}`,
    ...Object.entries<string | undefined>(attributes).flatMap(
      ([name, attribute]) => [
        check(LIMITS.mappedAttribute, name),
        check(
          LIMITS.providerAttribute,
          attribute,
          `attribute of the identity provider for ${name}`,
        ),
      ],
    ),
  ];
}
