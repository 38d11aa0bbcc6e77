import {
  escapeControlCharacters,
  escapeMarkdown,
  formatCodeSpan,
} from "../../cli/escape";
import type { RichText } from "../../plan/rich-text";

/** Longest name that is not shortened, in characters after escaping. */
const MAX_NAME_LENGTH = 200;
const HEAD_LENGTH = 120;
const TAIL_LENGTH = MAX_NAME_LENGTH - HEAD_LENGTH - 1;
/** Longest sentence that is not shortened, in bytes. */
const MAX_SENTENCE_SIZE = 2_000;

/**
 * Formats a sentence as Markdown in one line; a longer one ends with the number of names that are left out.
 *
 * @param isCell whether the sentence is in a table, where a pipe ends the cell, even in code
 */
export function formatMarkdown(
  sentence: RichText,
  { longest = MAX_SENTENCE_SIZE, isCell = false } = {},
): string {
  let text = "";
  let size = 0;
  for (const [index, part] of sentence.entries()) {
    let added: string;
    if (typeof part === "string") {
      added = escapeMarkdown(part.replace(/\s+/g, " "));
    } else {
      const span = formatCodeSpan(shortenName(part.name));
      // without a space, two spans would be one
      const gap = text.endsWith("`") ? " " : "";
      added = `${gap}${isCell ? span.replaceAll("|", "\\|") : span}`;
    }
    size += countBytes(added);
    if (size > longest) {
      const rest = sentence.slice(index);
      const names = rest.filter((one) => typeof one !== "string").length;
      return `${text.trimEnd()} …${names === 0 ? "" : ` and ${names} more`}`;
    }
    text += added;
  }
  return text;
}

export function countBytes(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

/** Escapes a name, and removes its middle if it is long; neither characters nor escape sequences are split. */
function shortenName(name: string): string {
  if (name.length <= MAX_NAME_LENGTH) {
    const escaped = escapeControlCharacters(name);
    if (escaped.length <= MAX_NAME_LENGTH) return escaped;
  }
  const characters = Array.from(name.slice(0, MAX_NAME_LENGTH));
  const last = Array.from(name.slice(-MAX_NAME_LENGTH)).reverse();
  const tail = takeCharacters(last, TAIL_LENGTH).reverse();
  return `${takeCharacters(characters, HEAD_LENGTH).join("")}…${tail.join("")}`;
}

/** Escapes as many characters as fit into `length`. */
function takeCharacters(
  characters: readonly string[],
  length: number,
): string[] {
  let left = length;
  return characters.map(escapeControlCharacters).filter((escaped) => {
    left -= escaped.length;
    return left >= 0;
  });
}
