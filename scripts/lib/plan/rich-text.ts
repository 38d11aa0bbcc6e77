import type { Redacted } from "./redactor";

/**
 * A sentence for a person. Its words are literals of this project; what others have named is a {@link Name}, which each
 * rendering writes so that it stays nothing but a name.
 */
export type RichText = readonly (Words | Name)[];

declare const words: unique symbol;

/** Words of this project: only {@link text} and {@link literal} make them, from literals of the code. */
export type Words = string & { readonly [words]: true };

/** A name, an address or a value of a plan, without secrets. */
export interface Name {
  readonly name: Redacted;
}

/**
 * Returns a sentence from a template, in which redacted text is a name.
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
 * Whether a type is known to the last letter: only such a text is a required key. It is no `string`, no template, and no text
 * with a brand.
 */
type IsLiteral<T extends string> =
  Partial<Record<T, unknown>> extends Record<T, unknown> ? false : true;

/** Returns words that the code chooses between; a text whose value the compiler does not know is refused. */
export function literal<const T extends string>(
  chosen: IsLiteral<T> extends true ? T : never,
): RichText {
  return [chosen as string as Words];
}

/** Returns names as a sentence lists them. */
export function listNames(names: readonly Redacted[]): RichText {
  return names.flatMap((name, index): RichText => {
    if (index === 0) return [{ name }];
    return text`${literal(index === names.length - 1 ? " and " : ", ")}${name}`;
  });
}

/** Returns at most `most` names as a sentence lists them, and the number of the others. */
export function listSomeNames(names: readonly Redacted[], most = 8): RichText {
  if (names.length <= most) return listNames(names);
  const shown = names.slice(0, most).flatMap((name) => text`${name}, `);
  return text`${shown}and ${names.length - most} more`;
}

/** Returns sentences joined by words. */
export function joinTexts(
  parts: readonly RichText[],
  between: RichText = literal(", "),
): RichText {
  return parts.flatMap((part, index) =>
    index === 0 ? part : [...between, ...part],
  );
}

/** Returns a sentence as one redacted text, with every name as it is, for output that has no markup. */
export function toPlainText(sentence: RichText): Redacted {
  return sentence
    .map((part) => (typeof part === "string" ? part : part.name))
    .join("") as Redacted;
}
