/** A character that stands for any that no pattern names. */
const OTHER = "\u{e000}";

/** Whether a text is one that a pattern of IAM stands for: `*` is any text, `?` any character. */
export function isGlobMatch(pattern: string, text: string): boolean {
  return isMatch(pattern, text, () => true);
}

/**
 * Whether a pattern certainly stands for every text that another pattern stands for. `?` does not cover `*`, which may
 * stand for any number of characters.
 */
export function isGlobSuperset(pattern: string, other: string): boolean {
  return isMatch(pattern, other, (character) => character !== "*");
}

function isMatch(
  pattern: string,
  text: string,
  isSingle: (character: string | undefined) => boolean,
): boolean {
  let [at, read, star, resume] = [0, 0, -1, 0];
  while (read < text.length) {
    const wanted = pattern[at];
    if (wanted === "*") {
      [star, resume] = [at, read];
      at += 1;
    } else if (
      wanted === text[read] ||
      (wanted === "?" && isSingle(text[read]))
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
 * Texts of which each set of patterns that can be told apart stands for at least one: what holds for these holds for all
 * texts. Each pattern has some of its own, and so has each two that overlap.
 */
export function sampleTexts(patterns: readonly string[]): readonly string[] {
  const all = [...new Set(patterns)];
  const wild = all.filter((pattern) => /[*?]/.test(pattern));
  // no text at all, and a longer one than any number of question marks stands for
  const longest = Math.max(0, ...wild.map((pattern) => pattern.length));
  const fillers = wild.length === 0 ? [""] : ["", OTHER.repeat(longest + 1)];
  const found = fillers.flatMap((filler) => [
    ...all.map((pattern) => ownSample(pattern, filler)),
    ...wild.flatMap((one, index) =>
      wild
        .slice(index + 1)
        .flatMap((other) => overlap(one, other, filler) ?? []),
    ),
  ]);
  return [...new Set(found)];
}

function ownSample(pattern: string, filler: string): string {
  return pattern.replaceAll("?", OTHER).replaceAll("*", filler);
}

/** A text that both patterns stand for, with `filler` for what neither says; `undefined` when there is none. */
function overlap(
  one: string,
  other: string,
  filler: string,
): string | undefined {
  const seen = new Set<number>();
  const width = other.length + 1;
  const search = (at: number, beside: number): string | undefined => {
    const key = at * width + beside;
    if (seen.has(key)) return undefined;
    seen.add(key);
    const [a, b] = [one[at], other[beside]];
    if (a === undefined && b === undefined) return "";
    const step = (
      text: string,
      next: readonly [number, number],
    ): string | undefined => {
      const rest = search(...next);
      return rest === undefined ? undefined : text + rest;
    };
    if (a === "*" && b === "*")
      return (
        step(filler, [at + 1, beside + 1]) ??
        step("", [at + 1, beside]) ??
        step("", [at, beside + 1])
      );
    if (a === "*")
      return (
        (b === undefined
          ? undefined
          : step(b === "?" ? OTHER : b, [at, beside + 1])) ??
        step("", [at + 1, beside])
      );
    if (b === "*")
      return (
        (a === undefined
          ? undefined
          : step(a === "?" ? OTHER : a, [at + 1, beside])) ??
        step("", [at, beside + 1])
      );
    if (a === undefined || b === undefined) return undefined;
    if (a === "?") return step(b === "?" ? OTHER : b, [at + 1, beside + 1]);
    if (b === "?" || a === b) return step(a, [at + 1, beside + 1]);
    return undefined;
  };
  return search(0, 0);
}
