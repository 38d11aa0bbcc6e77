/** Longest code block, in characters: GitHub limits the summary of a step to one mebibyte. */
const MAX_CODE_LENGTH = 600_000;

/**
 * Escapes control characters, line ends, direction marks and lone surrogates as `\u…`, so that a text from outside stays
 * on its line.
 */
export function escapeControlCharacters(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu,
    (character) =>
      `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}

/** Escapes a text so that Markdown and HTML show it as it is, without mentioning users. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_<>[\]#|~@]/g, (character) =>
    character === "@" ? "@\u200b" : `\\${character}`,
  );
}

/** Escapes control and format characters in JSON, so that a terminal or a page shows it as it is. Line ends stay. */
export function escapeJson(json: string): string {
  return json.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
    character
      .split("")
      .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)
      .join(""),
  );
}

/** Formats a line as a Markdown code span, in which Markdown has no effect. */
export function formatCodeSpan(line: string): string {
  const shown = line === "" ? '""' : line;
  const runs = (shown.match(/`+/g) ?? []).map((run) => run.length);
  const fence = "`".repeat(Math.max(0, ...runs) + 1);
  // Markdown removes one space at both ends, unless the span has only spaces
  const padding = /^[ `]|[ `]$/.test(shown) && /[^ ]/.test(shown) ? " " : "";
  return `${fence}${padding}${shown}${padding}${fence}`;
}

/**
 * Returns a Markdown code block whose fence is longer than any in the text.
 *
 * @param language for syntax highlighting
 */
export function formatCodeBlock(text: string, language = "text"): string {
  const runs = (text.match(/`+/g) ?? []).map((run) => run.length);
  const fence = "`".repeat(Math.max(3, Math.max(0, ...runs) + 1));
  const shown =
    text.length <= MAX_CODE_LENGTH
      ? text
      : `${text.slice(0, MAX_CODE_LENGTH)}\n… the rest is in the log`;
  return `${fence}${language}\n${shown.trimEnd()}\n${fence}`;
}
