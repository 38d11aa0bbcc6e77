/** Returns the action in a message of AWS for a denied call, which can be of another service than the call. */
export function findDeniedAction(message: string): string | undefined {
  const text = message.replace(/[\s│]+/g, " ");
  if (text.includes("Access to KMS is not allowed")) return "kms:Decrypt";
  return /not authorized to perform:? ([a-z][a-z0-9-]*:[A-Za-z0-9]+)/.exec(
    text,
  )?.[1];
}
