/** Splits a list of words at spaces and line ends. */
export function splitWords(list: string): readonly string[] {
  return list.trim().split(/\s+/);
}
