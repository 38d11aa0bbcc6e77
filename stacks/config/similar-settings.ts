import { countEdits } from "../../constructs/similar-text";
import { FIXED_OUTPUTS } from "../outputs";
import { SETTING_NAMES } from "./settings";

/** Outputs of a stage, which `outputs` prints as variables for a file, such as `USERPOOL_ID`. */
const OUTPUT_VARIABLES = FIXED_OUTPUTS.map((name) => name.toUpperCase());
/** Output that every stage has: a file with it lists the outputs of a stage. */
const COMMON_OUTPUT = "USERPOOL_ID";
/** Prefix of variables that GitHub and its tools define. A part of such a name can be a name of theirs. */
const SHARED_PREFIX = "GITHUB_";
/** Last words for the kind of a reference. Without one, a name can mean the same value. */
const REFERENCE_WORDS = ["NAME", "ID", "ARN", "URL", "URLS"];
/** Words that differ from a word of a setting by one missing letter. */
const OTHER_WORDS = ["SAGE"];
/** Fewest letters of a name in which every kind of misspelling counts: a shorter one is close to other names. */
const LONG_NAME = 9;
const MAX_EDITS = 2;

/** A setting's name, or one without a word: `STATE_BUCKET` can mean `STATE_BUCKET_NAME`. */
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
 * explains: letters in the wrong order, a missing letter, one letter too many or another one in a long word, another form of
 * a word (`DELETE_PROTECTION`), or other separators. A plural (`APP_NAMES`), a number (`USER_POOL_ID_2`) and another word
 * (`CLIENT_NAME`) are names of their own. So is a name without a word of a setting (`USER_POOL`), if the setting is set.
 *
 * @param isSet returns whether the files and the environment of the stage have a variable
 */
export function findSimilarSettings(
  name: string,
  isSet: (name: string) => boolean = () => false,
): readonly string[] {
  const text = name.toUpperCase();
  const isOutput = OUTPUT_VARIABLES.includes(text);
  const isOther =
    SETTING_NAMES.includes(text) ||
    (isOutput && (text === COMMON_OUTPUT || isSet(COMMON_OUTPUT))) ||
    /\d/.test(text) ||
    FORMS.some(({ words }) => isPlural(text, words.join("_")));
  if (isOther) return [];
  const words = text.split(/[^A-Z]/);
  const costs = FORMS.map((form) =>
    (form.isShortened || isOutput) && isSet(form.setting)
      ? Infinity
      : getCost(words, form),
  );
  const lowest = Math.min(...costs);
  return lowest === Infinity
    ? []
    : FORMS.filter((_, index) => costs[index] === lowest).map(
        ({ setting }) => setting,
      );
}

/** Lists a name, and its forms without one word: from the third word on, one that does not change the meaning. */
function listForms(setting: string): readonly Form[] {
  const words = setting.split("_");
  const last = words.length - 1;
  const removable = setting.startsWith(SHARED_PREFIX)
    ? []
    : words
        .map((word, index) => ({ word, index }))
        .filter(
          ({ word, index }) =>
            index >= 2 && (index < last || REFERENCE_WORDS.includes(word)),
        );
  return [
    { setting, words, isShortened: false },
    ...removable.map(({ index }) => ({
      setting,
      words: words.filter((_, at) => at !== index),
      isShortened: true,
    })),
  ];
}

/** Returns how different a name is; `Infinity` if it is another name. */
function getCost(words: readonly string[], form: Form): number {
  const letters = form.words.join("");
  const cost = form.isShortened ? MAX_EDITS + 1 : 0;
  const isLong = letters.length >= LONG_NAME;
  const isWhole = form.words.length > 1 && !form.isShortened;
  if ((isLong || isWhole) && words.join("") === letters) return cost;
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
  if (isSameStem(text, word)) return 1;
  const edits = countEdits(text, word);
  return edits <= (word.length >= 9 ? 2 : 1) ? edits : Infinity;
}

/** Returns whether two words are forms of one, such as `DELETE` and `DELETION`. */
function isSameStem(one: string, other: string): boolean {
  const [stem, ...others] = [one, other].map((word) =>
    word.replace(/(ION|ING|ED|E)$/, ""),
  );
  return stem !== undefined && stem.length >= 5 && others.includes(stem);
}

function isPlural(text: string, singular: string): boolean {
  return text === `${singular}S` && !singular.endsWith("S");
}

/**
 * Returns whether a text differs from a word by two swapped letters, a letter twice, or a missing letter of a word with at
 * least four. Other differences make other words: `STATE`, `STAGED`.
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
  // the only edit is a missing letter
  if (difference === -1) return word.length >= 4 && !OTHER_WORDS.includes(text);
  return Array.from(text).sort().join("") === Array.from(word).sort().join("");
}
