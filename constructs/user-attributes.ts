/** Attributes that a client can write if its list is not set: the standard ones, except those that no client can write. */
export const DEFAULT_WRITE_ATTRIBUTES: readonly string[] = [
  "address",
  "birthdate",
  "email",
  "family_name",
  "gender",
  "given_name",
  "locale",
  "middle_name",
  "name",
  "nickname",
  "phone_number",
  "picture",
  "preferred_username",
  "profile",
  "updated_at",
  "website",
  "zoneinfo",
];

/** Attributes that a client can read if its list is not set. */
export const DEFAULT_READ_ATTRIBUTES: readonly string[] = [
  ...DEFAULT_WRITE_ATTRIBUTES,
  "email_verified",
  "phone_number_verified",
];

const CUSTOM_PREFIX = "custom:";

export function isCustomAttribute(name: string): boolean {
  return name.startsWith(CUSTOM_PREFIX);
}

/** Returns the name of a custom attribute in tokens and in lists of attributes. */
export function getCustomAttributeName(name: string): string {
  return isCustomAttribute(name) ? name : `${CUSTOM_PREFIX}${name}`;
}
