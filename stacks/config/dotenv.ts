/** A variable in the text of a dotenv file. */
export interface DotenvVariable {
  readonly name: string;
  readonly value: string;
  /** Number of the line with the name. */
  readonly line: number;
  /** Whether the value has a `${NAME}` or `$(command)` outside single quotes, which is not expanded here. */
  readonly hasReference: boolean;
}

/** A line that is neither a variable nor a comment, or whose value readers read differently. */
export interface InvalidLine {
  readonly line: number;
  /** Describes the line without quoting it: it can be part of a secret. */
  readonly form: string;
}

export interface DotenvText {
  /** Variables in the order of the text. A name can occur more than once. */
  readonly variables: readonly DotenvVariable[];
  readonly invalidLines: readonly InvalidLine[];
}

/** A name that shells and programs can read. */
export const VARIABLE_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** White space of python-dotenv (`\s` of Python) without line ends. */
const BLANK = String.raw`[\t\v\f \x1c-\x1f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]`;
const IGNORED = new RegExp(`^${BLANK}*(?:#|$)`);
const START = new RegExp(
  `^${BLANK}*(?:export${BLANK}+)?(?!export${BLANK})([A-Za-z_][A-Za-z0-9_]*)${BLANK}*=(${BLANK}*)`,
);
/** Text that can follow a closing quote. */
const END = new RegExp(`^${BLANK}*(?:$|${BLANK}#)`);
const COMMENT = new RegExp(`${BLANK}#[^]*$`);
const OUTER_BLANKS = new RegExp(`^${BLANK}+|${BLANK}+$`, "g");
/** `export` with several variables, as in a shell. */
const EXPORTS = new RegExp(
  `^${BLANK}*export${BLANK}[^]*=[^]*${BLANK}[A-Za-z_][A-Za-z0-9_]*=`,
);

/** A reference to a variable or a command, which other readers expand outside single quotes. */
export const REFERENCE = /\$(?:\{[^}]*\}|\([^)]*\))/;
/** Quotes of other programs: backquotes, `$'…'` of a shell, and those that word processors insert. */
const OTHER_QUOTES = /^(?:`|\$['"]|[\u2018-\u201f])/;
const SHELL =
  /^\s*(?:\$|(?:set|setx|setenv|export|declare|typeset|readonly|local)\s)/i;

interface Quotes {
  /** Matches the text after the opening quote, with the closing quote. */
  readonly pattern: RegExp;
  readonly isLiteral: boolean;
  readonly escapes: Readonly<Record<string, string>>;
}

const QUOTES: Readonly<Record<string, Quotes>> = {
  "'": {
    pattern: /([^'\\]*(?:\\[^][^'\\]*)*)'/y,
    isLiteral: true,
    escapes: { "\\": "\\", "'": "'" },
  },
  '"': {
    pattern: /([^"\\]*(?:\\[^][^"\\]*)*)"/y,
    isLiteral: false,
    escapes: {
      "\\": "\\",
      "'": "'",
      '"': '"',
      a: "\x07",
      b: "\b",
      f: "\f",
      n: "\n",
      r: "\r",
      t: "\t",
      v: "\v",
    },
  },
};

/**
 * Parses the text of a dotenv file with the meaning of python-dotenv, on every version of Node.
 *
 * - A line is `NAME=value`, blank, or a comment that begins with `#`. `export` before the name is ignored, and so are blanks
 *   around the name and the value. Lines end with LF, CRLF or CR.
 * - A value without quotes ends at the end of its line, or at a `#` after a blank.
 * - A value in `'…'` or `"…"` can have several lines, which end with LF in the value. Only a comment after a blank can follow
 *   the closing quote. In single quotes, `\\` and `\'` are escapes; in double quotes also `\"`, `\a`, `\b`, `\f`, `\n`, `\r`,
 *   `\t` and `\v`. Other backslashes are part of the value.
 * - Nothing is expanded.
 *
 * Everything else is an invalid line, so that no variable is lost, renamed or shortened silently.
 */
export function parseDotenv(source: string): DotenvText {
  const text = source.replace(/^\ufeff/, "").replace(/\r\n?/g, "\n");
  const variables: DotenvVariable[] = [];
  const invalidLines: InvalidLine[] = [];
  let line = 1;
  for (let position = 0; position < text.length;) {
    const lineEnd = findLineEnd(text, position);
    const { end = lineEnd, ...found } = parseLine(text, position, lineEnd);
    if (found.form !== undefined) invalidLines.push({ line, form: found.form });
    if (found.variable !== undefined)
      variables.push({ ...found.variable, line });
    line += text.slice(position, end).split("\n").length;
    position = end + 1;
  }
  return { variables, invalidLines };
}

interface ParsedLine {
  readonly variable?: Omit<DotenvVariable, "line">;
  readonly form?: string;
  /** End of the last line of a value of several lines. */
  readonly end?: number;
}

function parseLine(
  text: string,
  position: number,
  lineEnd: number,
): ParsedLine {
  const line = text.slice(position, lineEnd);
  if (line.includes("\0")) return { form: "a zero byte" };
  if (IGNORED.test(line)) return {};
  const [start, name, blanks = ""] = START.exec(line) ?? [];
  if (start === undefined || name === undefined)
    return { form: describeLine(line) };
  const rest = line.slice(start.length);
  const quotes = QUOTES[rest.charAt(0)];
  if (quotes !== undefined)
    return parseQuoted(text, position + start.length + 1, name, quotes);
  if (OTHER_QUOTES.test(rest))
    return { form: "a value in quotes other than ' and \"" };
  const [raw, comment] = splitComment(`${blanks}${rest}`);
  if (EXPORTS.test(line.slice(0, line.length - comment.length)))
    return {
      form: "several variables; write one in each line, or quotes around the value",
    };
  if (raw.split('"').length % 2 === 0 && comment.includes('"'))
    return { form: "a # between quotes; write quotes around the whole value" };
  const value = raw.replace(OUTER_BLANKS, "");
  return { variable: { name, value, hasReference: REFERENCE.test(value) } };
}

/** @param position position after the opening quote */
function parseQuoted(
  text: string,
  position: number,
  name: string,
  { pattern, isLiteral, escapes }: Quotes,
): ParsedLine {
  pattern.lastIndex = position;
  const [quoted, raw] = pattern.exec(text) ?? [];
  if (quoted === undefined || raw === undefined)
    return { form: "a value without a closing quote" };
  const closed = position + quoted.length;
  const end = findLineEnd(text, closed);
  if (quoted.includes("\0")) return { form: "a zero byte", end };
  if (!END.test(text.slice(closed, end)))
    return {
      form: "text after a closing quote, other than a blank and a comment",
      end,
    };
  const value = raw.replace(
    /\\([^])/g,
    (escape, character: string) => escapes[character] ?? escape,
  );
  const hasReference = !isLiteral && REFERENCE.test(value);
  return { variable: { name, value, hasReference }, end };
}

function findLineEnd(text: string, position: number): number {
  const end = text.indexOf("\n", position);
  return end === -1 ? text.length : end;
}

function describeLine(line: string): string {
  if (SHELL.test(line)) return "a command of a shell; write NAME=value";
  if (!line.includes("=")) return "a line without =";
  return /^\s*=/.test(line)
    ? "a line without a name"
    : "a name that is not the name of a variable (letters, digits or _)";
}

function splitComment(text: string): readonly [string, string] {
  const start = text.search(COMMENT);
  return start === -1 ? [text, ""] : [text.slice(0, start), text.slice(start)];
}
