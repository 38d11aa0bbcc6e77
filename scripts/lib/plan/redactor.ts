import {
  isProviderDetails,
  isPublicDetail,
  shortenDocument,
} from "./provider-details";
import { NO_FIELDS } from "./secret-versions";
import {
  isSecretName,
  redactGeneratedKeys,
  redactSecretPairs,
} from "./secret-names";

declare const redacted: unique symbol;
declare const untrusted: unique symbol;

/** Text without secrets, which can be printed. Only a {@link Redactor} returns it. */
export type Redacted = string & { readonly [redacted]: true };

/** Text of a plan, a state or AWS that may contain a secret. */
export type Untrusted = string & { readonly [untrusted]: true };

/** A value without secrets. */
export type RedactedValue =
  | Redacted
  | number
  | boolean
  | null
  | readonly RedactedValue[]
  | { readonly [name: string]: RedactedValue };

/** Replaces a secret. */
export const REDACTED = "(redacted)" as Redacted;
/** Replaces a secret that differs from the one before, so that the change is visible. */
export const REDACTED_CHANGED = "(redacted, changed)" as Redacted;

/** Formats that only secrets have: private keys, JWTs, API tokens, passwords in URLs. */
const SECRET_FORMATS =
  /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)|(?<![\w-])eyJ[\w-]{8,4000}\.[\w-]{8,8000}\.[\w-]{0,2000}|\bgh[pousr]_\w{20,}|\bgithub_pat_\w{20,}|\bxox[abprs]-[\w-]{10,}|\bA(?:KIA|SIA)[0-9A-Z]{16}\b|\bAIza[\w-]{35}|\bSG\.[\w-]{16,}\.[\w-]{16,}|\bnpm_[A-Za-z0-9]{36}|\bglpat-[\w-]{20,}|\b[rs]k_(?:live|test)_\w{16,}|(?<=\b(?:Bearer|Basic) )[\w.~+/=-]{16,}|(?<=:\/\/[^\s:/@]{0,64}:)[^\s:/@]{1,200}(?=@)/g;
/** Prefixes of {@link SECRET_FORMATS}, which most texts do not contain. */
const SECRET_PREFIXES =
  /-----BEGIN|eyJ|gh[pousr]_|github_pat_|xox|AKIA|ASIA|AIza|SG\.|npm_|glpat-|k_(?:live|test)_|Bearer|Basic|:\/\/[^\s/]*@/;

/** Length of the shortest secret that is searched for inside other texts. A shorter one is redacted only as a whole text. */
const MIN_LENGTH = 4;
/** A secret that can be an ordinary word: it is redacted only as a separate word. */
const WORD_LIKE = /^[A-Za-z]{1,15}$|^[a-z]+(?:[-_ .][a-z]+)*$|^\d{1,7}$/;
/** Names of attributes with free text. */
const FREE_TEXT =
  /(?:^|_)(?:tags|tags_all|description|message|comment|details|metadata|input|output|triggers_replace|triggers|variables|content|value)$/;
/** Names of Terraform or AWS, which are not a part of a value. */
const ATTRIBUTE_NAME = /^[a-z][a-z0-9_]*$/;
const WORD_CHARACTER = /[\p{L}\p{N}_-]/u;

/** Redacts the secrets of one plan or one state. */
export class Redactor {
  private readonly secrets: ReadonlySet<string>;
  /** Secrets by their first characters, longest first. */
  private readonly byStart = new Map<string, string[]>();
  /** One bit per hash of first characters, to skip positions where no secret starts. */
  private readonly starts = new Uint8Array(65_536);
  private readonly cache = new Map<string, Redacted>();

  /**
   * @param secrets texts to redact, also inside other texts
   * @param ids ids of AWS that look like generated keys
   */
  constructor(
    secrets: Iterable<string> = [],
    private readonly ids: ReadonlySet<string> = new Set(),
  ) {
    this.secrets = new Set([...secrets].filter((secret) => secret !== ""));
    for (const secret of new Set([...this.secrets].flatMap(encodeSecret))) {
      const start = secret.slice(0, MIN_LENGTH);
      this.byStart.set(start, [...(this.byStart.get(start) ?? []), secret]);
      this.starts[startHash(secret, 0)] = 1;
    }
    for (const list of this.byStart.values())
      list.sort((one, other) => other.length - one.length);
  }

  /** Redacts the secrets in a text. */
  redact(text: string): Redacted {
    const known = this.cache.get(text);
    if (known !== undefined) return known;
    const result = this.replaceSecrets(text) as Redacted;
    this.cache.set(text, result);
    return result;
  }

  /** Redacts secrets, values next to names of secrets, and anything that looks like a generated key. */
  redactFreeText(text: string): Redacted {
    const known = redactSecretPairs(this.redact(text), REDACTED);
    return redactGeneratedKeys(known, REDACTED, this.ids) as Redacted;
  }

  /**
   * Redacts the secrets in a value.
   *
   * @param name attribute of the value, which can be the name of a secret
   * @param mark Terraform's `sensitive_values`: `true` for a secret, or the marks of the parts
   * @param isFreeText whether the value can contain any text, as that of an output can
   */
  redactValue(
    value: unknown,
    name = "",
    mark?: unknown,
    isFreeText = FREE_TEXT.test(name),
  ): RedactedValue {
    const isSecret =
      !isWithoutContent(value) && (mark === true || isSecretName(name, value));
    if (isSecret) return REDACTED;
    if (typeof value === "string") {
      const shown = shortenDocument(name, value);
      return isFreeText || shown !== value
        ? this.redactFreeText(shown)
        : this.redact(shown);
    }
    if (typeof value === "number" || typeof value === "boolean") return value;
    if (typeof value !== "object" || value === null) return null;
    const marks = getParts(mark);
    if (Array.isArray(value))
      return value.map((part, index) =>
        this.redactValue(part, name, marks[index], isFreeText),
      );
    if (isProviderDetails(name))
      return Object.fromEntries(
        Object.entries(value).map(([key, part]) => [
          this.redactFreeText(key),
          this.redactDetail(key, part, marks[key]),
        ]),
      );
    return Object.fromEntries(
      Object.entries(value).map(([key, part]) => [
        ATTRIBUTE_NAME.test(key) && !isFreeText
          ? key
          : this.redactFreeText(key),
        this.redactValue(
          part,
          key,
          marks[key],
          isFreeText || FREE_TEXT.test(key),
        ),
      ]),
    );
  }

  /** Redacts a part of the connection of an identity provider: every text is a secret unless its key is public. */
  private redactDetail(
    key: string,
    value: unknown,
    mark: unknown,
  ): RedactedValue {
    if (value === null || value === undefined || value === "")
      return this.redactValue(value);
    return mark === true || typeof value !== "string" || !isPublicDetail(key)
      ? REDACTED
      : (redactSecretPairs(
          this.redact(shortenDocument(key, value)),
          REDACTED,
        ) as Redacted);
  }

  /**
   * Redacts the secrets in a value, and marks those that differ from the previous value.
   *
   * @param before the previous value, not redacted and redacted
   */
  redactChanged(
    value: unknown,
    mark: unknown,
    before: { readonly raw: unknown; readonly redacted: RedactedValue },
    name = "",
    isFreeText = false,
  ): RedactedValue {
    const shown = this.redactValue(value, name, mark, isFreeText);
    return before.raw === null || before.raw === undefined
      ? shown
      : markChanges(shown, value, before);
  }

  private replaceSecrets(text: string): string {
    if (this.secrets.has(text)) return REDACTED;
    let shown = "";
    let from = 0;
    for (let at = 0; at + MIN_LENGTH <= text.length; at += 1) {
      if (this.starts[startHash(text, at)] === 0) continue;
      const found = this.byStart
        .get(text.slice(at, at + MIN_LENGTH))
        ?.find(
          (secret) =>
            text.startsWith(secret, at) && isSeparate(secret, text, at),
        );
      if (found === undefined) continue;
      shown += text.slice(from, at) + REDACTED;
      from = at + found.length;
      at = from - 1;
    }
    const rest = shown + text.slice(from);
    return SECRET_PREFIXES.test(rest)
      ? rest.replace(SECRET_FORMATS, REDACTED)
      : rest;
  }
}

/** Whether a value contains nothing to redact, such as the JSON object of the first version of a secret. */
export function isWithoutContent(value: unknown): boolean {
  return (
    value === null || value === undefined || value === "" || value === NO_FIELDS
  );
}

function markChanges(
  shown: RedactedValue,
  raw: unknown,
  before: { readonly raw: unknown; readonly redacted: RedactedValue },
): RedactedValue {
  if (typeof shown === "string")
    return shown === before.redacted &&
      !isSameValue(raw, before.raw) &&
      before.raw !== undefined
      ? REDACTED_CHANGED
      : shown;
  if (typeof shown !== "object" || shown === null) return shown;
  const part = (key: string | number) => ({
    raw: getParts(before.raw)[key],
    redacted: (getParts(before.redacted)[key] ?? null) as RedactedValue,
  });
  const rawParts = getParts(raw);
  if (Array.isArray(shown))
    return (shown as readonly RedactedValue[]).map((one, index) =>
      markChanges(one, rawParts[index], part(index)),
    );
  return Object.fromEntries(
    Object.entries(shown as Readonly<Record<string, RedactedValue>>).map(
      ([key, one]) => [key, markChanges(one, rawParts[key], part(key))],
    ),
  );
}

function isSameValue(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

export function getParts(
  whole: unknown,
): Readonly<Record<string | number, unknown>> {
  return typeof whole === "object" && whole !== null
    ? (whole as Readonly<Record<string | number, unknown>>)
    : {};
}

/** Returns whether a word-like secret is a separate word at a position, and not a part of a longer name. */
function isSeparate(secret: string, text: string, at: number): boolean {
  if (!WORD_LIKE.test(secret)) return true;
  const [before, after] = [text[at - 1], text[at + secret.length]];
  return ![before, after].some(
    (character) => character !== undefined && WORD_CHARACTER.test(character),
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

/** Returns a secret as it is and as encoded in JSON, URLs, Terraform's `jsonencode` and Base64. */
function encodeSecret(secret: string): readonly string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const encoded = [
    secret,
    inJson,
    JSON.stringify(inJson).slice(1, -1),
    // Terraform's jsonencode
    inJson.replace(
      /[&<>]/g,
      (character) => `\\u00${(character.codePointAt(0) ?? 0).toString(16)}`,
    ),
    encodeURIComponent(secret.replace(/\p{Surrogate}/gu, "\u{fffd}")),
    Buffer.from(secret).toString("base64").replace(/=+$/, ""),
  ];
  return encoded.filter((one) => one.length >= MIN_LENGTH);
}
