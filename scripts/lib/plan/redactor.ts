import {
  isSecretName,
  redactGeneratedKeys,
  redactSecretPairs,
} from "./secret-names";

declare const redacted: unique symbol;
declare const untrusted: unique symbol;

/** Text without secrets, which may be printed: only a {@link Redactor} makes it. */
export type Redacted = string & { readonly [redacted]: true };

/** Text of a plan, a state or AWS that may hold a secret. */
export type Untrusted = string & { readonly [untrusted]: true };

/** A value without secrets. */
export type RedactedValue =
  | Redacted
  | number
  | boolean
  | null
  | readonly RedactedValue[]
  | { readonly [name: string]: RedactedValue };

/** Stands in for a secret. */
export const REDACTED = "(redacted)" as Redacted;
/** Stands in for a secret that another one takes the place of, so that the change is seen. */
export const REDACTED_CHANGED = "(redacted, changed)" as Redacted;

/** Shapes that nothing but a secret has, wherever they are. */
const SHAPES =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)|(?<![\w-])eyJ[\w-]{8,4000}\.[\w-]{8,8000}\.[\w-]{0,2000}|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bxox[abprs]-[\w-]{10,}|\bA(?:KIA|SIA)[0-9A-Z]{16}\b|\bAIza[\w-]{35}|\bSG\.[\w-]{16,}\.[\w-]{16,}|\bnpm_[A-Za-z0-9]{36}|\bglpat-[\w-]{20,}|\b[rs]k_(?:live|test)_\w{16,}|(?<=\b(?:Bearer|Basic) )[\w.~+/=-]{16,}|(?<=:\/\/[^\s:/@]{0,64}:)[^\s:/@]{1,200}(?=@)/g;
/** How each of the {@link SHAPES} begins: most texts have none of these. */
const MAY_HAVE_SHAPE =
  /-----BEGIN|eyJ|gh[pousr]_|github_pat_|xox|AKIA|ASIA|AIza|SG\.|npm_|glpat-|k_(?:live|test)_|Bearer|Basic|:\/\/[^\s/]*@/;

/** Length of the shortest secret that is looked for inside other texts; a shorter one is known as a whole alone. */
const SHORTEST = 4;
/** A secret that may be an ordinary word as well: it is replaced only where nothing joins it to another. */
const WORD_LIKE = /^[A-Za-z]{1,15}$|^[a-z]+(?:[-_ .][a-z]+)*$|^\d{1,7}$/;
/** Names of attributes into which a person may write anything. */
const FREE_TEXT =
  /(^|_)(tags|tags_all|description|message|comment|details|metadata|input|output|triggers_replace|triggers|variables|content|value)$/;
const FREE_TEXT_NAMES = new Map<string, boolean>();

function isFreeTextName(name: string): boolean {
  const known = FREE_TEXT_NAMES.get(name);
  if (known !== undefined) return known;
  const isFree = FREE_TEXT.test(name);
  FREE_TEXT_NAMES.set(name, isFree);
  return isFree;
}

/** Names that are Terraform's or AWS's and no part of a value. */
const ATTRIBUTE = /^[a-z][a-z0-9_]*$/;
/** Characters that join a word to the next one. */
const JOINING = /[\p{L}\p{N}_-]/u;

/** Knows the secrets of one plan, or of one state, and makes its texts printable. */
export class Redactor {
  private readonly whole: ReadonlySet<string>;
  /** Secrets by their first characters, the longest first. */
  private readonly byStart = new Map<string, string[]>();
  /** Marks the hashes of the first characters of all secrets: what is not marked begins none. */
  private readonly starts = new Uint8Array(65_536);
  private readonly known = new Map<string, Redacted>();

  /**
   * @param secrets texts that must not be printed, also as parts of other texts
   * @param ids ids that AWS made, which look like generated keys and are none
   */
  constructor(
    secrets: Iterable<string> = [],
    private readonly ids: ReadonlySet<string> = new Set(),
  ) {
    this.whole = new Set([...secrets].filter((secret) => secret !== ""));
    for (const secret of new Set([...this.whole].flatMap(spellings))) {
      const start = secret.slice(0, SHORTEST);
      const list = this.byStart.get(start);
      if (list === undefined) this.byStart.set(start, [secret]);
      else list.push(secret);
      this.starts[startHash(secret, 0)] = 1;
    }
    for (const list of this.byStart.values())
      list.sort((one, other) => other.length - one.length);
  }

  /** Returns the text with every secret in it replaced. */
  redact(text: string): Redacted {
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const result = this.replaced(text) as Redacted;
    this.known.set(text, result);
    return result;
  }

  /** Returns the text without secrets and without anything that looks like a generated key. */
  redactFreeText(text: string): Redacted {
    const known = redactSecretPairs(this.redact(text), REDACTED);
    return redactGeneratedKeys(known, REDACTED, this.ids) as Redacted;
  }

  /**
   * Returns a value with every secret in it replaced.
   *
   * @param name name of the attribute that has the value, since a secret is known by it
   * @param mark Terraform's mark: `true` for a secret, or an object or a list with the marks of the value's parts
   * @param isFreeText whether a person may have written anything into it, such as into an output
   */
  redactValue(
    value: unknown,
    name = "",
    mark?: unknown,
    isFreeText = isFreeTextName(name),
  ): RedactedValue {
    if (isSecretValue(name, value, mark)) return REDACTED;
    if (typeof value === "string")
      return isFreeText ? this.redactFreeText(value) : this.redact(value);
    if (typeof value === "number" || typeof value === "boolean") return value;
    if (typeof value !== "object" || value === null) return null;
    const marks = partsOf(mark);
    if (Array.isArray(value))
      return value.map((part, index) =>
        this.redactValue(part, name, marks[index], isFreeText),
      );
    const result: Record<string, RedactedValue> = {};
    for (const key of Object.keys(value)) {
      const part = this.redactValue(
        (value as Readonly<Record<string, unknown>>)[key],
        key,
        marks[key],
        isFreeText || isFreeTextName(key),
      );
      if (ATTRIBUTE.test(key) && !isFreeText) result[key] = part;
      // an assignment to __proto__ would hide it
      else
        Object.defineProperty(result, this.redactFreeText(key), {
          value: part,
          enumerable: true,
          configurable: true,
          writable: true,
        });
    }
    return result;
  }

  /**
   * Returns a value with every secret in it replaced, in which a secret that differs from the one before it differs too.
   *
   * @param before the value that it replaces, not redacted, with its redacted form
   */
  redactChanged(
    value: unknown,
    mark: unknown,
    before: { readonly raw: unknown; readonly redacted: RedactedValue },
    isFreeText = false,
  ): RedactedValue {
    const shown = this.redactValue(value, "", mark, isFreeText);
    return before.raw === null || before.raw === undefined
      ? shown
      : withChanges(shown, value, before);
  }

  private replaced(text: string): string {
    if (this.whole.has(text)) return REDACTED;
    let shown = "";
    let from = 0;
    for (let at = 0; at + SHORTEST <= text.length; at += 1) {
      if (this.starts[startHash(text, at)] === 0) continue;
      const found = this.byStart
        .get(text.slice(at, at + SHORTEST))
        ?.find(
          (secret) => text.startsWith(secret, at) && isApart(secret, text, at),
        );
      if (found === undefined) continue;
      shown += text.slice(from, at) + REDACTED;
      from = at + found.length;
      at = from - 1;
    }
    const rest = shown + text.slice(from);
    return MAY_HAVE_SHAPE.test(rest) ? rest.replace(SHAPES, REDACTED) : rest;
  }
}

/** Whether Terraform's mark or the attribute's name says that a value is a secret. */
export function isSecretValue(
  name: string,
  value: unknown,
  mark: unknown,
): boolean {
  if (mark === true)
    return value !== null && value !== undefined && value !== "";
  return isSecretName(name, value);
}

/** Gathers the texts that are secrets, to make a {@link Redactor} of. */
export class SecretCollector {
  readonly secrets = new Set<string>();

  /** Adds the texts of a value that a mark or a name says are secrets. */
  add(value: unknown, name: string, mark: unknown): void {
    if (mark === true) {
      this.addAll(value);
      return;
    }
    if (isSecretName(name, value)) {
      this.addAll(value, isLongEnough);
      return;
    }
    if (typeof value !== "object" || value === null) return;
    const marks = partsOf(mark);
    if (Array.isArray(value))
      for (const [index, part] of value.entries())
        this.add(part, name, marks[index]);
    else
      for (const [key, part] of Object.entries(value))
        this.add(part, key, marks[key]);
  }

  /** Adds each text of a secret value; of one that is JSON, also those that its names say are secrets. */
  private addAll(
    value: unknown,
    isWanted: (secret: string) => boolean = () => true,
  ): void {
    if (typeof value === "string") {
      if (isWanted(value)) this.secrets.add(value);
      for (const line of value.split(/\r?\n/))
        if (line.trim().length >= 16) this.secrets.add(line.trim());
      if (/^\s*[[{]/.test(value)) this.add(parsed(value), "", undefined);
    } else if (typeof value === "number") {
      if (isWanted(String(value))) this.secrets.add(String(value));
    } else if (typeof value === "object" && value !== null) {
      for (const part of Object.values(value)) this.addAll(part, isWanted);
    }
  }
}

/** What only a name says is a secret may be an ordinary word, which is not looked for elsewhere. */
function isLongEnough(secret: string): boolean {
  return secret.length >= 6 && !/^[a-z]+$/i.test(secret);
}

function withChanges(
  shown: RedactedValue,
  raw: unknown,
  before: { readonly raw: unknown; readonly redacted: RedactedValue },
): RedactedValue {
  if (typeof shown === "string")
    return shown === before.redacted &&
      !sameValue(raw, before.raw) &&
      before.raw !== undefined
      ? REDACTED_CHANGED
      : shown;
  if (typeof shown !== "object" || shown === null) return shown;
  const part = (key: string | number) => ({
    raw: partsOf(before.raw)[key],
    redacted: (partsOf(before.redacted)[key] ?? null) as RedactedValue,
  });
  const rawParts = partsOf(raw);
  if (Array.isArray(shown))
    return (shown as readonly RedactedValue[]).map((one, index) =>
      withChanges(one, rawParts[index], part(index)),
    );
  return Object.fromEntries(
    Object.entries(shown as Readonly<Record<string, RedactedValue>>).map(
      ([key, one]) => [key, withChanges(one, rawParts[key], part(key))],
    ),
  );
}

function sameValue(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

function partsOf(whole: unknown): Readonly<Record<string | number, unknown>> {
  return typeof whole === "object" && whole !== null
    ? (whole as Readonly<Record<string | number, unknown>>)
    : {};
}

/** Whether a secret that may be an ordinary word is one here, and no part of a longer name. */
function isApart(secret: string, text: string, at: number): boolean {
  if (!WORD_LIKE.test(secret)) return true;
  const [before, after] = [text[at - 1], text[at + secret.length]];
  return ![before, after].some(
    (character) => character !== undefined && JOINING.test(character),
  );
}

function startHash(text: string, at: number): number {
  return (
    (text.charCodeAt(at) +
      text.charCodeAt(at + 1) * 31 +
      text.charCodeAt(at + 2) * 961 +
      text.charCodeAt(at + 3) * 29_791) &
    65_535
  );
}

/** A secret as it is, and as JSON, a URL, HTML and Base64 spell it. */
function spellings(secret: string): readonly string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const spelled = [
    secret,
    inJson,
    JSON.stringify(inJson).slice(1, -1),
    // as Terraform's jsonencode has it
    inJson.replace(
      /[&<>]/g,
      (character) => `\\u00${(character.codePointAt(0) ?? 0).toString(16)}`,
    ),
    encodeURIComponent(secret.replace(/\p{Surrogate}/gu, "\u{fffd}")),
    Buffer.from(secret).toString("base64").replace(/=+$/, ""),
  ];
  return spelled.filter((one) => one.length >= SHORTEST);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
