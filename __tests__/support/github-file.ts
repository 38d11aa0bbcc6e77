/**
 * Reads the pairs of a file in `GITHUB_ENV` or `GITHUB_OUTPUT`, like the runner.
 *
 * @see https://github.com/actions/runner/blob/main/src/Runner.Worker/FileCommandManager.cs
 */
export function readGithubFile(text: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  const lines = text.split("\n");
  // the text after the last newline
  if (lines.pop() !== "") throw new Error("the last line has no end");
  while (lines.length > 0) {
    const line = lines.shift() ?? "";
    if (line === "") continue;
    const equals = line.indexOf("=");
    const heredoc = line.indexOf("<<");
    if (equals >= 0 && (heredoc < 0 || equals < heredoc)) {
      pairs[line.slice(0, equals)] = line.slice(equals + 1);
      continue;
    }
    if (heredoc < 1) throw new Error(`invalid format '${line}'`);
    const delimiter = line.slice(heredoc + 2);
    const end = lines.indexOf(delimiter);
    if (end < 0) throw new Error(`matching delimiter not found '${delimiter}'`);
    pairs[line.slice(0, heredoc)] = lines.splice(0, end).join("\n");
    lines.shift();
  }
  return pairs;
}
