/** ASCII characters of Java's `\s`. JavaScript's `\s` includes characters of Unicode. */
const SPACES = "\\t\\n\\x0B\\f\\r ";
const NO_SPACES = "\\x00-\\x08\\x0E-\\x1F\\x21-\\u{10FFFF}";

/** Java's names of ASCII classes. */
const ASCII_CLASSES: Readonly<Record<string, string>> = {
  ASCII: "\\x00-\\x7F",
  Lower: "a-z",
  Upper: "A-Z",
  Alpha: "a-zA-Z",
  Digit: "0-9",
  Alnum: "a-zA-Z0-9",
  Punct: "!-\\/:-@\\[-`\\{-~",
  Graph: "!-~",
  Print: "\\x20-~",
  Blank: " \\t",
  Cntrl: "\\x00-\\x1F\\x7F",
  XDigit: "0-9a-fA-F",
  Space: SPACES,
  all: "\\u{0}-\\u{10FFFF}",
  IsWhitespace: "\\p{White_Space}",
};

/** Characters that a regular expression with the flag `u` can escape, and letters with the same meaning in both languages. */
const SAME_ESCAPES = /^[\^$\\.*+?()[\]{}|/wWdDbBtnrf0-9]$/;

/**
 * Compiles a pattern of an API model, which is one of Java or Python, and which a whole value must match.
 *
 * @throws SyntaxError for a construct without an equivalent
 */
export function compilePattern(pattern: string): RegExp {
  const [, inline = "", rest = ""] = /^(?:\(\?([a-z]+)\))?(.*)$/s.exec(
    pattern,
  ) ?? ["", "", ""];
  if (/[^ims]/.test(inline))
    throw new SyntaxError(`unknown flag in ${pattern}`);
  return new RegExp(`^(?:${translate(rest)})$`, `u${inline}`);
}

function translate(pattern: string): string {
  let translated = "";
  let isInClass = false;
  let index = 0;
  while (index < pattern.length) {
    const rest = pattern.slice(index);
    const [token, replacement]: Translation =
      translateEscape(rest, isInClass) ??
      (isInClass ? translateInClass(rest) : translateOutside(rest));
    isInClass = isInClass ? token !== "]" : token.startsWith("[");
    translated += replacement;
    index += token.length;
  }
  return translated;
}

type Translation = readonly [token: string, replacement: string];

function translateEscape(
  rest: string,
  isInClass: boolean,
): Translation | undefined {
  if (!rest.startsWith("\\")) return undefined;
  const quoted = /^\\Q(.*?)(?:\\E|$)/s.exec(rest);
  if (quoted !== null)
    return [
      quoted[0],
      (quoted[1] ?? "").replace(/[\^$\\.*+?()[\]{}|/-]/g, "\\$&"),
    ];
  // more than four digits are meant as a code point
  const long = /^\\u(10[0-9A-Fa-f]{4}|1[0-9A-Fa-f]{4})(?![0-9A-Fa-f])/.exec(
    rest,
  );
  if (long !== null) return [long[0], `\\u{${long[1] ?? ""}}`];
  const braced = /^\\x(\{[0-9A-Fa-f]+\})/.exec(rest);
  if (braced !== null) return [braced[0], `\\u${braced[1] ?? ""}`];
  // a class cannot begin a range
  const beforeDash = /^(\\(?:[wWdD]|[pP]\{\w+\}))-(?!\])/.exec(rest);
  if (isInClass && beforeDash !== null) {
    const [token, first = ""] = beforeDash;
    const [, replacement = ""] = translateEscape(first, isInClass) ?? [];
    return [token, `${replacement}\\-`];
  }
  const same = /^\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|c[A-Z])/.exec(rest);
  if (same !== null) return [same[0], same[0]];
  const property = /^\\([pP])(?:\{(\w+)\}|([A-Z]))/.exec(rest);
  if (property !== null) {
    const [token, kind = "", name, letter] = property;
    return [
      token,
      translateProperty(kind === "P", name ?? letter ?? "", isInClass),
    ];
  }
  const character = String.fromCodePoint(rest.codePointAt(1) ?? 0);
  const token = `\\${character}`;
  if (character === "s" || character === "S") {
    const members = character === "s" ? SPACES : NO_SPACES;
    return [token, isInClass ? members : `[${members}]`];
  }
  if (character === "h")
    return [token, isInClass ? "\\t\\p{Zs}" : "[\\t\\p{Zs}]"];
  if (character === "A") return [token, "^"];
  if (character === "z" || character === "Z") return [token, "$"];
  if (character === "-") return [token, isInClass ? token : "-"];
  if (SAME_ESCAPES.test(character)) return [token, token];
  if (/[A-Za-z]/.test(character)) throw new SyntaxError(`unknown ${token}`);
  return [token, character];
}

function translateProperty(
  isNegated: boolean,
  name: string,
  isInClass: boolean,
): string {
  const members = ASCII_CLASSES[name];
  if (members === undefined)
    return `\\${isNegated ? "P" : "p"}{${name.replace(/^Is/, "")}}`;
  if (!isNegated) return isInClass ? members : `[${members}]`;
  if (isInClass) throw new SyntaxError(`no class of all but ${name}`);
  return `[^${members}]`;
}

function translateInClass(rest: string): Translation {
  const posix = /^\[:(\w+):\]/.exec(rest);
  if (posix !== null) {
    const [token, name = ""] = posix;
    const members =
      ASCII_CLASSES[
        name === "xdigit"
          ? "XDigit"
          : `${name.charAt(0).toUpperCase()}${name.slice(1)}`
      ];
    if (members === undefined) throw new SyntaxError(`unknown ${token}`);
    return [token, members];
  }
  if (rest.startsWith("&&")) throw new SyntaxError("intersection of classes");
  if (rest.startsWith("[")) return ["[", "\\["];
  return takeCharacter(rest);
}

function translateOutside(rest: string): Translation {
  // "]" as the first member of a class is itself
  const opening = /^\[\^?\]?/.exec(rest);
  if (opening !== null) return [opening[0], opening[0].replace("]", "\\]")];
  // possessive quantifiers match the same whole values, or fewer
  const quantifier = /^([*+?]|\{\d+,?\d*\})\+/.exec(rest);
  if (quantifier !== null) return [quantifier[0], quantifier[1] ?? ""];
  const counted = /^\{\d+,?\d*\}/.exec(rest);
  if (counted !== null) return [counted[0], counted[0]];
  if (/^[{}\]]/.test(rest)) return [rest.charAt(0), `\\${rest.charAt(0)}`];
  const atomic = /^\(\?>/.exec(rest);
  if (atomic !== null) return [atomic[0], "(?:"];
  return takeCharacter(rest);
}

function takeCharacter(rest: string): Translation {
  const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
  return [character, character];
}
