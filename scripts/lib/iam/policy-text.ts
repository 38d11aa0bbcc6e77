/**
 * Decodes a policy as IAM returns it, URL-encoded. Plain JSON, which stand-ins for IAM return, stays as it is; so does a text
 * that is neither, which `parsePolicy` then reports as not readable.
 */
export function decodePolicy(text: string): string {
  if (/^\s*\{/.test(text)) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
