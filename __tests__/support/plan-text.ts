/** Returns the action on each resource in the text of a plan, such as `will be created` or `must be replaced`. */
export function plannedIn(stdout: string): Record<string, string> {
  const lines = stdout.matchAll(
    /^ {2}# (\S+) ((?:will|must) be [a-z -]+?)(?: \(.*)?$/gm,
  );
  return Object.fromEntries(
    [...lines].map(([, address = "", words = ""]) => [address, words]),
  );
}
