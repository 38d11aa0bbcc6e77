/** Names that a misspelled text can mean. Pure, so that scripts can use them without loading the provider. */

/**
 * Counts the edits between two texts: an inserted, removed or other character, or two adjacent characters that are
 * swapped.
 *
 * @see https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance
 */
export function countEdits(one: string, other: string): number {
  let beforePrevious: readonly number[] = [];
  let previous: readonly number[] = Array.from(
    { length: other.length + 1 },
    (_, column) => column,
  );
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwapped =
        row > 1 &&
        column > 1 &&
        one[row - 1] === other[column - 2] &&
        one[row - 2] === other[column - 1];
      const at = (counts: readonly number[], index: number): number =>
        counts[index] ?? Infinity;
      current.push(
        Math.min(
          at(previous, column) + 1,
          at(current, column - 1) + 1,
          at(previous, column - 1) + (isSame ? 0 : 1),
          isSwapped ? at(beforePrevious, column - 2) + 1 : Infinity,
        ),
      );
    }
    beforePrevious = previous;
    previous = current;
  }
  return previous.at(-1) ?? 0;
}

/** Returns the names with the fewest edits to a text, if these are at most `maximum`. */
export function findSimilar(
  text: string,
  names: readonly string[],
  maximum: number,
): readonly string[] {
  const counts = names.map((name) => countEdits(text, name));
  const fewest = Math.min(maximum, ...counts);
  return names.filter((_, index) => counts[index] === fewest);
}

/** Formats a question that suggests names. */
export function formatSuggestion(names: readonly string[]): string {
  return `did you mean ${names.join(" or ")}?`;
}
