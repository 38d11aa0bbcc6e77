/** Replaces the part of a file that is generated. Throws unless exactly one part matches. */
export function replaceGeneratedPart(
  file: string,
  text: string,
  pattern: RegExp,
  part: string,
): string {
  const [before, after, ...more] = text.split(pattern);
  if (before === undefined || after === undefined || more.length > 0)
    throw new Error(`${file} must have ${pattern} exactly once`);
  return before + part + after;
}
