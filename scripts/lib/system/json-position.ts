/** Position in a text; both numbers start at 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
}

const SPACE = /[ \t\n\r]*/y;
const TEXT = /"(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"/y;
const SCALAR = new RegExp(
  `${TEXT.source}|-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d+)?|true|false|null`,
  "y",
);

/**
 * Returns where a text stops being JSON; `undefined` if it is JSON. The error of `JSON.parse` quotes the text, which can hold
 * a secret, and has no position for some errors.
 */
export function findJsonError(text: string): TextPosition | undefined {
  const error = new JsonScanner(text).findError();
  if (error === undefined) return undefined;
  const lines = text.slice(0, error).split("\n");
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 };
}

class JsonScanner {
  private offset = 0;

  constructor(private readonly text: string) {}

  findError(): number | undefined {
    const isValid = this.readValue();
    this.read(SPACE);
    return isValid && this.offset === this.text.length
      ? undefined
      : this.offset;
  }

  private readValue(): boolean {
    if (this.readMark("[")) return this.readMembers("]", () => true);
    if (this.readMark("{")) return this.readMembers("}", () => this.readName());
    return this.read(SCALAR);
  }

  private readMembers(end: string, readName: () => boolean): boolean {
    if (this.readMark(end)) return true;
    do if (!readName() || !this.readValue()) return false;
    while (this.readMark(","));
    return this.readMark(end);
  }

  private readName(): boolean {
    this.read(SPACE);
    return this.read(TEXT) && this.readMark(":");
  }

  private readMark(mark: string): boolean {
    this.read(SPACE);
    if (this.text[this.offset] !== mark) return false;
    this.offset += 1;
    this.read(SPACE);
    return true;
  }

  private read(pattern: RegExp): boolean {
    pattern.lastIndex = this.offset;
    const [match] = pattern.exec(this.text) ?? [];
    this.offset += match?.length ?? 0;
    return match !== undefined;
  }
}
