import type { Redacted } from "./redactor";

/**
 * A sentence of literals of this project and of {@link Name}s from outside. Each renderer escapes the names, so that they
 * cannot add markup.
 */
export type RichText = readonly (Words | Name)[];

declare const words: unique symbol;

/** Literal text of this project. Only {@link text} and {@link literal} create it. */
export type Words = string & { readonly [words]: true };

/** A redacted name, address or value of a plan. */
export interface Name {
  readonly name: Redacted;
}

/**
 * Creates a sentence from a template. Redacted values become names.
 *
 * @example text`group ${groupName} can write ${bucketName}`
 */
export function text(
  template: TemplateStringsArray,
  ...values: readonly (Redacted | number | RichText)[]
): RichText {
  return template.flatMap((part, index): RichText => {
    const value = values[index];
    const before = part === "" ? [] : [part as Words];
    if (value === undefined) return before;
    if (typeof value === "number") return [...before, String(value) as Words];
    return typeof value === "string"
      ? [...before, { name: value }]
      : [...before, ...value];
  });
}

/**
 * Whether a type is a string literal, which is a required key in a record: not `string`, a template or a branded string.
 */
type IsLiteral<T extends string> =
  Partial<Record<T, unknown>> extends Record<T, unknown> ? false : true;

/** Creates text from a string literal. Other strings do not compile. */
export function literal<const T extends string>(
  chosen: IsLiteral<T> extends true ? T : never,
): RichText {
  return [chosen as string as Words];
}

/** Lists names, such as `a, b and c`. */
export function listNames(names: readonly Redacted[]): RichText {
  return names.flatMap((name, index): RichText => {
    if (index === 0) return [{ name }];
    return text`${literal(index === names.length - 1 ? " and " : ", ")}${name}`;
  });
}

/** Lists at most `most` names, and the number of the others. */
export function listSomeNames(names: readonly Redacted[], most = 8): RichText {
  if (names.length <= most) return listNames(names);
  const shown = names.slice(0, most).flatMap((name) => text`${name}, `);
  return text`${shown}and ${names.length - most} more`;
}

/** Joins sentences. */
export function joinTexts(
  parts: readonly RichText[],
  between: RichText = literal(", "),
): RichText {
  return parts.flatMap((part, index) =>
    index === 0 ? part : [...between, ...part],
  );
}

/** Returns a sentence as text without markup. */
export function toPlainText(sentence: RichText): Redacted {
  return sentence
    .map((part) => (typeof part === "string" ? part : part.name))
    .join("") as Redacted;
}
