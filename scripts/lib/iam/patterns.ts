/** A character that no pattern contains. */
const OTHER_CHARACTER = "\u{e000}";

/** Returns whether a text matches a pattern of IAM: `*` matches any text, `?` any character. */
export function isGlobMatch(pattern: string, text: string): boolean {
  return isMatch(pattern, text, () => true);
}

/**
 * Returns whether a pattern certainly matches every text that another pattern matches. `?` does not cover `*`, which
 * matches any number of characters.
 */
export function isGlobSuperset(pattern: string, other: string): boolean {
  return isMatch(pattern, other, (character) => character !== "*");
}

function isMatch(
  pattern: string,
  text: string,
  isCharacter: (character: string | undefined) => boolean,
): boolean {
  let [at, read, star, resume] = [0, 0, -1, 0];
  while (read < text.length) {
    const wanted = pattern[at];
    if (wanted === "*") {
      [star, resume] = [at, read];
      at += 1;
    } else if (
      wanted === text[read] ||
      (wanted === "?" && isCharacter(text[read]))
    ) {
      at += 1;
      read += 1;
    } else if (star >= 0) {
      resume += 1;
      [at, read] = [star + 1, resume];
    } else {
      return false;
    }
  }
  while (pattern[at] === "*") at += 1;
  return at === pattern.length;
}

/**
 * Returns texts that represent all texts: each pattern, and each overlap of two patterns, matches at least one of them.
 */
export function sampleTexts(patterns: readonly string[]): readonly string[] {
  const all = [...new Set(patterns)];
  const wild = all.filter((pattern) => /[*?]/.test(pattern));
  // the empty text, and one that is longer than any number of question marks
  const longest = Math.max(0, ...wild.map((pattern) => pattern.length));
  const fillers =
    wild.length === 0 ? [""] : ["", OTHER_CHARACTER.repeat(longest + 1)];
  const found = fillers.flatMap((filler) => [
    ...all.map((pattern) => createSample(pattern, filler)),
    ...wild.flatMap((one, index) =>
      wild
        .slice(index + 1)
        .flatMap((other) => findOverlap(one, other, filler) ?? []),
    ),
  ]);
  return [...new Set(found)];
}

function createSample(pattern: string, filler: string): string {
  return pattern.replaceAll("?", OTHER_CHARACTER).replaceAll("*", filler);
}

/** Returns a text that both patterns match, with `filler` for `*`; `undefined` if there is none. */
function findOverlap(
  one: string,
  other: string,
  filler: string,
): string | undefined {
  const seen = new Set<number>();
  const search = (at: number, otherAt: number): string | undefined => {
    const key = at * (other.length + 1) + otherAt;
    if (seen.has(key)) return undefined;
    seen.add(key);
    const [a, b] = [one[at], other[otherAt]];
    if (a === undefined && b === undefined) return "";
    for (const [text, step, otherStep] of listSteps(a, b, filler)) {
      const rest = search(at + step, otherAt + otherStep);
      if (rest !== undefined) return text + rest;
    }
    return undefined;
  };
  return search(0, 0);
}

/** Returns texts that match the next characters of two patterns, and the number of characters that each consumes. */
function listSteps(
  a: string | undefined,
  b: string | undefined,
  filler: string,
): readonly (readonly [text: string, step: number, otherStep: number])[] {
  const toText = (character: string): string =>
    character === "?" ? OTHER_CHARACTER : character;
  if (a === "*" && b === "*")
    return [
      [filler, 1, 1],
      ["", 1, 0],
      ["", 0, 1],
    ];
  if (a === "*")
    return b === undefined
      ? [["", 1, 0]]
      : [
          [toText(b), 0, 1],
          ["", 1, 0],
        ];
  if (b === "*")
    return a === undefined
      ? [["", 0, 1]]
      : [
          [toText(a), 1, 0],
          ["", 0, 1],
        ];
  if (a === undefined || b === undefined) return [];
  if (a === "?") return [[toText(b), 1, 1]];
  return b === "?" || a === b ? [[a, 1, 1]] : [];
}
