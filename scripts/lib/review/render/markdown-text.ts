import { escapeControlCharacters, escapeMarkdown } from "../../cli/escape";
import type { RichText } from "../../plan/rich-text";

/** Longest name that is shown whole, in characters as shown. */
const LONGEST_NAME = 200;
const HEAD = 120;
const TAIL = LONGEST_NAME - HEAD - 1;
/** Longest sentence that is shown whole, in bytes. */
const LONGEST_SENTENCE = 2_000;

/** A name as GitHub's Markdown shows nothing but the name, whatever it holds. */
export function formatCodeSpan(name: string): string {
  const shown = name === "" ? '""' : shortName(name);
  const runs = (shown.match(/`+/g) ?? []).map((run) => run.length);
  const fence = "`".repeat(Math.max(0, ...runs) + 1);
  // a space at both ends is taken off, unless there is nothing else
  const padding = /^[ `]|[ `]$/.test(shown) && /[^ ]/.test(shown) ? " " : "";
  return `${fence}${padding}${shown}${padding}${fence}`;
}

/**
 * A sentence as Markdown in one line; a list of names that is too long ends with the number of those left out.
 *
 * @param isCell whether it stands in a table, where a pipe in code too would end its cell
 */
export function formatMarkdown(
  sentence: RichText,
  { longest = LONGEST_SENTENCE, isCell = false } = {},
): string {
  let text = "";
  let size = 0;
  for (const [index, part] of sentence.entries()) {
    // two spans without anything between would be one
    const gap = text.endsWith("`") ? " " : "";
    const added =
      typeof part === "string"
        ? escapeMarkdown(part.replace(/\s+/g, " "))
        : `${gap}${isCell ? formatCodeSpan(part.name).replaceAll("|", "\\|") : formatCodeSpan(part.name)}`;
    size += countBytes(added);
    if (size > longest)
      return `${text.trimEnd()} ${more(sentence.slice(index))}`;
    text += added;
  }
  return text;
}

/** The length of a text as it is sent. */
export function countBytes(text: string): number {
  return Buffer.byteLength(text, "utf8");
}

function more(left: RichText): string {
  const names = left.filter((part) => typeof part !== "string").length;
  return names === 0 ? "…" : `… and ${names} more`;
}

/** A name in one line, without its middle where it is long; no character is cut in two, nor the code of an invisible one. */
function shortName(name: string): string {
  if (name.length <= LONGEST_NAME) {
    const shown = escapeControlCharacters(name);
    if (shown.length <= LONGEST_NAME) return shown;
  }
  const head = taken(name.slice(0, LONGEST_NAME), HEAD);
  const tail = taken(name.slice(-LONGEST_NAME), TAIL, true);
  return `${head.join("")}…${tail.reverse().join("")}`;
}

/** Returns as many characters from the start, or from the end backward, as have room. */
function taken(text: string, most: number, isBackward = false): string[] {
  const characters = Array.from(text);
  if (isBackward) characters.reverse();
  const isPlain = escapeControlCharacters(text) === text;
  const found: string[] = [];
  let length = 0;
  for (const character of characters) {
    const shown = isPlain ? character : escapeControlCharacters(character);
    length += shown.length;
    if (length > most) break;
    found.push(shown);
  }
  return found;
}
