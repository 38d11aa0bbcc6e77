/**
 * Returns whether only Terraform knows a part of a value: cdktf represents it by a text, by a list or by a map of one item.
 * Pure, because commands use it, and cdktf takes long to load.
 */
export function hasUnknownPart(value: unknown): boolean {
  return /[$#&]\{TfToken\[/.test(JSON.stringify(value));
}
