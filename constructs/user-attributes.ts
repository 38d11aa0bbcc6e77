import { STANDARD_ATTRIBUTES } from "./constraints";

/** Attributes that a client can read if its list is not set. */
export const DEFAULT_READ_ATTRIBUTES: readonly string[] = STANDARD_ATTRIBUTES;

/** Attributes that a client can write if its list is not set: those except the ones that no client can write. */
export const DEFAULT_WRITE_ATTRIBUTES: readonly string[] =
  DEFAULT_READ_ATTRIBUTES.filter((name) => !name.endsWith("_verified"));

export const CUSTOM_PREFIX = "custom:";

export function isCustomAttribute(name: string): boolean {
  return name.startsWith(CUSTOM_PREFIX);
}

/** Returns the name of a custom attribute in tokens and in lists of attributes. */
export function getCustomAttributeName(name: string): string {
  return isCustomAttribute(name) ? name : `${CUSTOM_PREFIX}${name}`;
}
