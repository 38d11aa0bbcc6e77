import { countEdits } from "../../constructs/similar-text";
import { FIXED_OUTPUTS } from "../outputs";
import { SETTING_NAMES } from "./settings";

/** Outputs of a stage, which `outputs` prints as variables for a file, such as `USERPOOL_ID`. */
const OUTPUT_VARIABLES = FIXED_OUTPUTS.map((name) => name.toUpperCase());
/** Prefixes of variables that AWS and GitHub define. A part of such a name can be a name of theirs. */
const SHARED_PREFIX = /^(AWS|GITHUB)_/;
/** Fewest letters of a name in which every kind of misspelling counts: a shorter one is close to other names. */
const LONG_NAME = 9;
const MAX_EDITS = 2;

/** A setting's name, or the beginning of one: `STATE_BUCKET` can mean `STATE_BUCKET_NAME`. */
interface Form {
  readonly setting: string;
  readonly words: readonly string[];
  readonly isShortened: boolean;
}

const FORMS: readonly Form[] = SETTING_NAMES.flatMap(listForms);
const WORDS = new Set(SETTING_NAMES.flatMap((name) => name.split("_")));

/**
 * Returns the settings that a name can be a misspelling of, the most similar ones only.
 *
 * An application can use the same file for its own variables, so that a name must differ in a way that only a mistake
 * explains: letters in the wrong order, one letter too many, too few or another one in a long word, a word at the end that is
 * missing, or other separators. A plural (`APP_NAMES`), a number (`USER_POOL_ID_2`) and another word (`CLIENT_NAME`) are
 * names of their own.
 */
export function findSimilarSettings(name: string): readonly string[] {
  const text = name.toUpperCase();
  const isOther =
    SETTING_NAMES.includes(text) ||
    OUTPUT_VARIABLES.includes(text) ||
    /\d/.test(text) ||
    FORMS.some(({ words }) => isPlural(text, words.join("_")));
  if (isOther) return [];
  const words = text.split(/[^A-Z]/);
  const costs = FORMS.map((form) => getCost(words, form));
  const lowest = Math.min(...costs);
  return lowest === Infinity
    ? []
    : FORMS.filter((_, index) => costs[index] === lowest).map(
        ({ setting }) => setting,
      );
}

/** Lists a name, and its beginnings of at least two words. From the third word on, any word can be missing. */
function listForms(setting: string): readonly Form[] {
  const [first = "", second, ...others] = setting.split("_");
  if (second === undefined)
    return [{ setting, words: [first], isShortened: false }];
  const endings = SHARED_PREFIX.test(setting)
    ? [others]
    : others.reduce<readonly (readonly string[])[]>(
        (lists, word) => lists.flatMap((list) => [[...list, word], list]),
        [[]],
      );
  return endings.map((ending) => ({
    setting,
    words: [first, second, ...ending],
    isShortened: ending.length < others.length,
  }));
}

/** Returns how different a name is; `Infinity` if it is another name. */
function getCost(words: readonly string[], form: Form): number {
  const letters = form.words.join("");
  const cost = form.isShortened ? MAX_EDITS + 1 : 0;
  const isLong = letters.length >= LONG_NAME;
  if (isLong && words.join("") === letters) return cost;
  if (words.length !== form.words.length) return Infinity;
  const edits = form.words
    .map((word, index) => countWordEdits(words[index] ?? "", word, isLong))
    .reduce((sum, count) => sum + count, 0);
  return edits > MAX_EDITS ? Infinity : cost + edits;
}

function countWordEdits(text: string, word: string, isLong: boolean): number {
  if (text === word) return 0;
  const isShortWord = word.length <= 3;
  if (!isLong || (isShortWord && text.length >= word.length))
    return isSlip(text, word) ? 1 : Infinity;
  // STAGE is no misspelling of STATE
  if (WORDS.has(text) && !isPlural(text, word) && !isPlural(word, text))
    return Infinity;
  const edits = countEdits(text, word);
  return edits <= (word.length >= 9 ? 2 : 1) ? edits : Infinity;
}

function isPlural(text: string, singular: string): boolean {
  return text === `${singular}S` && !singular.endsWith("S");
}

/**
 * Returns whether a text differs from a word by two swapped letters, a letter twice, or a vowel that is missing inside.
 * Other differences make other words: `STATE`, `STAGED`, `SAGE`.
 */
function isSlip(text: string, word: string): boolean {
  if (countEdits(text, word) !== 1) return false;
  const difference = text.length - word.length;
  const remove = (from: string, index: number): string =>
    from.slice(0, index) + from.slice(index + 1);
  if (difference === 1)
    return Array.from(text).some(
      (letter, index) =>
        letter === text[index + 1] && remove(text, index) === word,
    );
  if (difference === -1)
    return Array.from(word).some(
      (letter, index) =>
        index > 0 &&
        index < word.length - 1 &&
        "AEIOU".includes(letter) &&
        remove(word, index) === text,
    );
  return Array.from(text).sort().join("") === Array.from(word).sort().join("");
}
