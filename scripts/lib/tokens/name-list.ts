import { UsageError } from "../cli";

/**
 * Names that an option lists, each once; none when it is not given.
 *
 * @throws UsageError when it is given and lists none, as of a variable that is not set
 */
export function nameList(
  option: string,
  text: string | undefined,
  separator: RegExp,
): readonly string[] {
  if (text === undefined) return [];
  const names = text.split(separator).filter((name) => name !== "");
  if (names.length > 0) return [...new Set(names)];
  throw new UsageError(`--${option} must be one name or more, got nothing`);
}
