/** What a plan's text says of each resource, in Terraform's words: `will be created`, `must be replaced`, … */
export function plannedIn(stdout: string): Record<string, string> {
  const said = stdout.matchAll(
    /^ {2}# (\S+) ((?:will|must) be [a-z -]+?)(?: \(.*)?$/gm,
  );
  return Object.fromEntries(
    [...said].map(([, address = "", words = ""]) => [address, words]),
  );
}
